"""What Chromium leaves to do: page numbers of anchors, an outline, dates that do not change."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.data.digest import replacing
from humanlike.errors import HumanlikeError
from humanlike.pdf.contents import Part
from humanlike.pdf.joined import Title

if TYPE_CHECKING:
    from pypdf import PdfReader


def pypdf() -> Any:
    """Return the library that reads and writes PDF files.

    Raises
    ------
    HumanlikeError
        If it is not installed.
    """
    try:
        import pypdf
    except ImportError:
        raise HumanlikeError(
            "The PDF edition needs the package pypdf: python -m pip install pypdf"
        ) from None
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # Chromium's own slips are no news
    return pypdf


def page_numbers(file: Path) -> dict[str, int]:
    """Return the page, from 1, on which each anchor of a printed document stands."""
    reader: PdfReader = pypdf().PdfReader(file)
    found = {}
    for name, place in reader.named_destinations.items():
        number = reader.get_destination_page_number(place)
        if number is not None:
            found[name.removeprefix("/")] = number + 1
    return found


def finish(printed: Path, target: Path, title: Title, parts: list[Part]) -> int:
    """Give a printed document its outline and its data, and put it in its place.

    Returns
    -------
    int
        Number of pages.
    """
    library = pypdf()
    reader = library.PdfReader(printed)
    places = {k.removeprefix("/"): v for k, v in reader.named_destinations.items()}
    writer = library.PdfWriter(clone_from=reader)
    for part in parts:
        above = None
        for entry in part.pages:
            if part.title and above is None:
                above = _add(writer, reader, places, part.title, entry.anchor, None)
            own = _add(writer, reader, places, entry.title, entry.anchor, above)
            for section in entry.sections:
                _add(writer, reader, places, section.title, section.anchor, own)
    writer.page_mode = "/UseOutlines"
    stamp = "".join(sign for sign in title.date if sign.isdigit())[:8] or "20000101"
    date = f"D:{stamp}000000+00'00'"
    writer.metadata = {
        "/Title": title.title, "/Author": title.author, "/Subject": f"Version {title.version}",
        "/Creator": "humanlike", "/Producer": "Chromium, pypdf",
        "/CreationDate": date, "/ModDate": date,
    }  # fmt: skip
    with replacing(target) as stream:
        writer.write(stream)
    return len(reader.pages)


def _add(
    writer: Any, reader: Any, places: dict[str, Any], title: str, anchor: str, above: Any
) -> Any:
    """Add an entry to the outline; an anchor nothing leads to has no place and gets none."""
    from pypdf.generic import Fit

    place = places.get(anchor)
    if place is None:
        return above
    number = reader.get_destination_page_number(place)
    fit = Fit.xyz(left=0, top=float(place.top)) if place.top is not None else Fit.fit()
    return writer.add_outline_item(
        title=title, page_number=number, parent=above, fit=fit, is_open=False
    )
