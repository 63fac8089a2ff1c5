"""The page on which a class answers triplets: consent, questions, deletion."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Final

from humanlike.classroom.answers import CODE, Answers, Standing
from humanlike.classroom.answers import Refused as Unmet
from humanlike.classroom.poster import poster
from humanlike.paths import project_root
from humanlike.web.exchange import Refused, Reply, Request, Route, data, page

if TYPE_CHECKING:
    from humanlike.classroom.questions import Lesson
    from humanlike.web.server import LocalApp

SECONDS_EACH: Final = 5
MAX_BODY: Final = 1024
SHOW: Final = "show.html"
SHOW_AT: Final = "show"
GONE: Final = 410
CONFLICT: Final = 409


class ClassPage:
    """What the page and its script ask for.

    Parameters
    ----------
    answers : Answers
        Where answers go.
    name : str
        Name of the class; the browser keeps the code under it.

    Attributes
    ----------
    address : str
        Where the class finds it; known once the server is bound.
    """

    def __init__(self, answers: Answers, name: str) -> None:
        self.answers, self.name = answers, name
        self.template, self.show_template = (
            Template((folder() / one).read_text(encoding="utf-8")) for one in ("page.html", SHOW)
        )
        self.address = ""

    def routes(self) -> list[Route]:
        """Return what is answered; all of it to anybody who reaches the server."""
        found = [
            Route("GET", "/", self.home, owner=False),
            Route("GET", f"/{SHOW_AT}", self.show, owner=False),
        ]
        for path, answer in (
            ("/join", self.join), ("/state", self.state), ("/answer", self.take),
            ("/erase", self.erase),
        ):  # fmt: skip
            found.append(Route("POST", path, answer, owner=False))
        return found

    def home(self, request: Request) -> Reply:
        """The page, without any question; each is asked for when it is its turn."""
        lesson = self.answers.lesson
        words = {"token": request.token, "name": self.name, "n": lesson.n}
        words["minutes"] = minutes(lesson)
        words |= {
            "checks": "one question" if lesson.n_checks == 1 else f"{lesson.n_checks} of them"
        }
        return page(self.template.substitute({k: html.escape(str(v)) for k, v in words.items()}))

    def show(self, request: Request) -> Reply:
        """The page to be projected, with the address as text and as a code for cameras."""
        del request
        lesson = self.answers.lesson
        return page(poster(self.show_template, self.address, lesson.n, minutes(lesson)))

    def join(self, request: Request) -> Reply:
        """Let somebody in who agreed, and say the code."""
        if _fields(request.body, consent=bool)["consent"] is not True:
            raise Refused(400, "Only who agrees takes part.")
        try:
            code = self.answers.join()
        except Unmet as problem:
            raise Refused(CONFLICT, str(problem)) from None
        return data({"code": code, **self._shown(self.answers.standing(code))})

    def state(self, request: Request) -> Reply:
        """Say which question is next."""
        code = _code(_fields(request.body, code=str))
        return data(self._shown(self._known(code)))

    def take(self, request: Request) -> Reply:
        """Keep an answer and say which question is next."""
        body = _fields(request.body, code=str, place=int, choice=int)
        code = _code(body)
        if body["choice"] not in (1, 2):
            raise Refused(400, "The choice is 1 or 2.")
        self._known(code)
        try:
            now = self.answers.answer(code, body["place"], body["choice"] == 1)
        except Unmet as problem:
            raise Refused(CONFLICT, str(problem)) from None
        return data(self._shown(now))

    def erase(self, request: Request) -> Reply:
        """Delete a person's answers."""
        code = _code(_fields(request.body, code=str))
        self._known(code)
        return data({"erased": self.answers.erase(code)})

    def _known(self, code: str) -> Standing:
        try:
            return self.answers.standing(code)
        except Unmet as problem:
            raise Refused(GONE, str(problem)) from None

    def _shown(self, now: Standing) -> dict[str, Any]:
        """Return what the page needs; nothing says which questions come twice or are shared."""
        concepts, one = self.answers.lesson.concepts, now.question
        question = one and {
            "place": now.done,
            "anchor": concepts[one.anchor],
            "first": concepts[one.first],
            "second": concepts[one.second],
        }
        return {"done": now.done, "question": question}


def minutes(lesson: Lesson) -> int:
    """Return about how long a person takes."""
    return max(1, round(lesson.n * SECONDS_EACH / 60))


def folder() -> Path:
    """Return where the page, its style and its script lie."""
    return project_root() / "book" / "classroom"


def open_class(answers: Answers, name: str, host: str, port: int) -> LocalApp:
    """Bind the server of a class; ``serve`` of what is returned answers until Ctrl-C.

    Raises
    ------
    HumanlikeError
        If the port is taken, or the host is none of this machine.
    """
    from humanlike.web.server import LocalApp

    served = ClassPage(answers, name)
    app = LocalApp(
        served.routes(), static={"/files": folder()}, open_static=True,
        host=host, port=port, max_body=MAX_BODY,
    )  # fmt: skip
    served.address = app.address
    return app


def _fields(body: Any, **wanted: type) -> dict[str, Any]:
    """Check that a body holds exactly these fields, each of its type."""
    if not isinstance(body, dict) or set(body) != set(wanted):
        raise Refused(400, f"Expected the fields {', '.join(wanted)} and no other.")
    for name, kind in wanted.items():
        if type(body[name]) is not kind:
            raise Refused(400, f"The field '{name}' is of another type than {kind.__name__}.")
    return body


def _code(body: dict[str, Any]) -> str:
    code = str(body["code"])
    if not CODE.fullmatch(code):
        raise Refused(400, "A code looks like abcd-efgh-2345.")
    return code
