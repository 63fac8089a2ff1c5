"""What a notebook calls: record a value, show a figure, show a table.

Everything leaves the notebook as cell output, so an executed notebook carries its own values,
captions and provenance, wherever it was executed::

    page = begin("rsa")
    page.record("rho.en.all.base", rho)
    page.figure(fig, "fig-rsa-english", caption="…", alt="…")
    page.table(frame, caption="…")
"""

from __future__ import annotations

import io
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from humanlike.book.chapters import Chapter, get_chapter
from humanlike.data import usage
from humanlike.errors import HumanlikeError, unknown
from humanlike.paths import project_root
from humanlike.query import usage as models

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

VALUE_MIME = "application/vnd.humanlike.value+json"
SESSION_MIME = "application/vnd.humanlike.session+json"
FIGURE_KEY = "humanlike_figure"

_open: Page | None = None


class Page:
    """A chapter being executed."""

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter

    @property
    def simulated(self) -> bool:
        """Whether any data read so far are simulated."""
        return any(not use.real for use in usage.used())

    def record(self, key: str, value: Any, interval: tuple[float, float] | None = None) -> None:
        """Record one value under a key the chapter's card declares.

        Parameters
        ----------
        key : str
            Key as declared in the chapter's card.
        value : int, float, str, bool or numpy scalar
            The value; numpy scalars become Python ones.
        interval : tuple of float, optional
            Lower and upper bound of its interval.

        Raises
        ------
        HumanlikeError
            If the key is not declared, a number is NaN or infinite, or the type is another.
        """
        if key not in self.chapter.values:
            raise HumanlikeError(
                unknown(f"value of chapter {self.chapter.name}", key, self.chapter.values)
                + f" Values are declared in notebooks/{self.chapter.name}.yml."
            )
        entry: dict[str, Any] = {"key": key, "value": plain_scalar(key, value)}
        if interval is not None:
            low, high = (plain_scalar(key, bound) for bound in interval)
            entry["interval"] = [low, high]
        _display({VALUE_MIME: entry, "text/plain": f"recorded {key} = {entry['value']}"})

    def figure(self, figure: Figure, name: str, *, caption: str, alt: str) -> None:
        """Show a figure with its number, caption and alternative text.

        Parameters
        ----------
        figure : matplotlib.figure.Figure
            Closed after it is shown. On simulated data it is stamped as such.
        name : str
            Label for cross-references, such as ``"fig-rsa-english"``.
        caption : str
            Markdown shown below the figure.
        alt : str
            What the figure shows, for those who cannot see it.

        Raises
        ------
        HumanlikeError
            If caption or alternative text is empty.
        """
        import matplotlib.pyplot as plt

        if not caption.strip() or not alt.strip():
            raise HumanlikeError(f"Figure '{name}' needs a caption and an alternative text.")
        if self.simulated:
            from humanlike.plots.style import stamp

            stamp(figure, "SIMULATED DATA")
            caption = f"**Simulated data, not a result.** {caption}"
            alt = f"Simulated data, not a result. {alt}"
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
        note = {"name": name, "caption": caption, "alt": alt}
        _display({"image/svg+xml": buffer.getvalue(), "text/plain": alt}, {FIGURE_KEY: note})

    def table(self, frame: pd.DataFrame, *, caption: str, **options: Any) -> None:
        """Show a table that can be sorted and searched on the page.

        Parameters
        ----------
        frame : pandas.DataFrame
            Rows in the order to show; the index is not shown.
        caption : str
            Plain text above the table.
        **options
            Passed to :func:`humanlike.tables.to_html`.
        """
        from humanlike.tables import to_html

        if self.simulated:
            caption = f"Simulated data, not a result. {caption}"
        _display({"text/html": to_html(frame, caption=caption, **options), "text/plain": caption})

    def html(self, markup: str, *, text: str) -> None:
        """Show a piece of HTML, such as the data of an interactive figure.

        Parameters
        ----------
        markup : str
            HTML in which everything that comes from data is escaped already.
        text : str
            What it shows, for those who read the notebook without it.

        Raises
        ------
        HumanlikeError
            If the markup or the text is empty.
        """
        if not markup.strip() or not text.strip():
            raise HumanlikeError("A piece of HTML needs markup and a text that says what it shows.")
        if self.simulated:
            text = f"Simulated data, not a result. {text}"
            markup = f"<p><strong>Simulated data, not a result.</strong></p>{markup}"
        _display({"text/html": markup, "text/plain": text})


def begin(name: str) -> Page:
    """Open a chapter: set the figures' style and start noting which data are read.

    Raises
    ------
    HumanlikeError
        If there is no chapter of that name.
    """
    global _open
    from humanlike.plots.style import use_style

    usage.clear()
    models.clear()
    use_style()
    _open = Page(get_chapter(name, project_root()))
    return _open


def close() -> None:
    """Leave a note of data read and models asked; the executor calls this after the last cell.

    Raises
    ------
    HumanlikeError
        If no chapter is open, or its card does not name some of the data or models.
    """
    if _open is None:
        raise HumanlikeError("The notebook never called humanlike.book.record.begin(chapter).")
    data = [
        {
            "id": u.id,
            "title": u.title,
            "real": u.real,
            "files": dict(u.sha256),
            "licence": u.licence,
        }
        for u in usage.used()
    ]
    undeclared = sorted({u.id for u in usage.used()} - set(_open.chapter.data))
    if undeclared:
        raise HumanlikeError(
            f"Chapter {_open.chapter.name} reads {', '.join(undeclared)}, which its card does not "
            f"name. Add it to 'data' in notebooks/{_open.chapter.name}.yml."
        )
    asked = models.asked()
    _check_asked(_open.chapter, asked)
    session = {
        "chapter": _open.chapter.name,
        "real": not _open.simulated,
        "data": data,
        "models": [asdict(use) for use in asked],
    }
    _display({SESSION_MIME: session, "text/plain": ""})


def _check_asked(chapter: Chapter, asked: list[models.ModelUse]) -> None:
    """Refuse a model outside the package that the card does not name."""
    outside = [use for use in asked if not use.made_here]
    if outside and not chapter.asks:
        raise HumanlikeError(
            f"Chapter {chapter.name} asks {outside[0].spec}, but its card does not say so. Name "
            f"the parameter that holds the model under 'asks' in notebooks/{chapter.name}.yml; "
            "else its answers would be taken for valid when the model has changed."
        )


def plain_scalar(key: str, value: Any) -> int | float | str | bool:
    """Convert a numpy scalar or 0-d array to a Python scalar and refuse what is not a value.

    Raises
    ------
    HumanlikeError
        For NaN, infinity, or anything that is not a number, a text or a truth value.
    """
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if not isinstance(value, int | float | str | bool):
        raise HumanlikeError(
            f"Value '{key}' is a {type(value).__name__}; record a number, a text or a truth value."
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise HumanlikeError(
            f"Value '{key}' is {value}. A value that does not exist is not recorded: find out "
            "where the missing number comes from, or leave the key out."
        )
    return value


def _display(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    from IPython.display import display

    display(data, metadata=metadata or {}, raw=True)
