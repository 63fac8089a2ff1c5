"""``humanlike serve``: the book with a button that runs its chapters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from humanlike.book.chapters import find_chapters, get_chapter, read_parameters
from humanlike.book.run import runs_folder
from humanlike.web import pages
from humanlike.web.exchange import Refused, Reply, Request, Route, data, moved, page
from humanlike.web.jobs import Queue
from humanlike.web.server import LocalApp
from humanlike.web.shown import shown_file


class Chapters:
    """The application: what it answers, by path.

    Parameters
    ----------
    root : Path
        The project.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.queue = Queue(root)
        self.html = root / "_build" / "html"

    def app(self, host: str = "127.0.0.1", port: int = 0) -> LocalApp:
        """Return the application, bound to an address.

        Raises
        ------
        HumanlikeError
            If the port is taken, or the host is none of this machine.
        """
        return LocalApp(
            [
                Route("GET", "/", self.overview),
                Route("GET", "/chapters/{name}", self.chapter),
                Route("GET", "/jobs", self.jobs),
                Route("POST", "/jobs", self.ask),
                Route("GET", "/jobs/{id}", self.job),
                Route("GET", "/jobs/{id}/state", self.state),
                Route("POST", "/jobs/{id}/stop", self.stop),
                Route("GET", "/runs/*", self.run_file),
                Route("GET", "/book/*", self.book_file),
            ],
            static={"/assets": self.root / "book" / "assets"},
            host=host,
            port=port,
            background=self.queue.at_work,
        )

    @property
    def has_book(self) -> bool:
        """Whether the book was built."""
        return (self.html / "index.html").is_file()

    def overview(self, request: Request) -> Reply:
        """All chapters."""
        chapters = find_chapters(self.root).values()
        return page(pages.overview(chapters, self.has_book, request.token))

    def chapter(self, request: Request) -> Reply:
        """The form of one chapter."""
        name = request.places["name"]
        if name not in find_chapters(self.root):
            raise Refused(404, "There is no such chapter.")
        chapter = get_chapter(name, self.root)
        known = bool(read_parameters(chapter))
        return page(pages.chapter_page(chapter, known, self.has_book, request.token))

    def jobs(self, _request: Request) -> Reply:
        """All jobs, newest first."""
        return data([job.as_dict() for job in reversed(self.queue.jobs.values())])

    def ask(self, request: Request) -> Reply:
        """Put a run into the queue."""
        chapter, profile, texts = _wish(request.body)
        return data(self.queue.add(chapter, profile, texts).as_dict(), status=201)

    def job(self, request: Request) -> Reply:
        """The page of a job."""
        job = self.queue.get(request.places["id"])
        title = get_chapter(job.chapter, self.root).title
        return page(pages.job_page(title, job.id, request.token))

    def state(self, request: Request) -> Reply:
        """How far a job is."""
        return data(self.queue.get(request.places["id"]).as_dict())

    def stop(self, request: Request) -> Reply:
        """Stop a job."""
        job = self.queue.get(request.places["id"])
        self.queue.stop(job)
        return data(job.as_dict())

    def run_file(self, request: Request) -> Reply:
        """A file of a run folder."""
        return shown_file(runs_folder(), request.places["path"], request.token)

    def book_file(self, request: Request) -> Reply:
        """A file of the built book."""
        path = request.places["path"]
        if not path or path.endswith("/"):
            return moved(f"/book/{path}index.html")
        return shown_file(self.html, path, request.token)


def _wish(body: Any) -> tuple[str, str, dict[str, str]]:
    """Read what a form asks for; all of it is text, as on the command line."""
    if not isinstance(body, dict) or set(body) != {"chapter", "profile", "parameters"}:
        raise Refused(400, "A run takes 'chapter', 'profile' and 'parameters', and nothing else.")
    chapter, profile, texts = body["chapter"], body["profile"], body["parameters"]
    if not isinstance(chapter, str) or not isinstance(profile, str):
        raise Refused(400, "'chapter' and 'profile' are names.")
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise Refused(400, "'parameters' takes texts by name, as typed on the command line.")
    if any("\0" in text for text in texts.values()):
        raise Refused(400, "A parameter holds a character that no command line can.")
    return chapter, profile, texts


def serve(root: Path, *, host: str, port: int, browser: bool) -> None:
    """Serve until Ctrl-C.

    Parameters
    ----------
    root : Path
        The project.
    host, port : str, int
        Where to listen.
    browser : bool
        Whether to open the first page.

    Raises
    ------
    HumanlikeError
        If the port is taken, the host is none of this machine, or another server is at work.
    """
    Chapters(root).app(host, port).serve(lambda app: _announce(app, browser))
    print("Stopped; no run is left half-done.")


def _announce(app: LocalApp, browser: bool) -> None:
    reach = "this machine only" if app.guard.local else "every machine that has this address"
    print(f"Open {app.start_address}\nFor {reach}. Ctrl-C stops it.", flush=True)
    if browser:
        _open(app.start_address)


def _open(address: str) -> None:
    """Open the browser without waiting for it."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
