"""Pages that carry everything with them: figures as text inside, no other file, no network."""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)


def document(title: str, body: str, *, style: str, script: str = "") -> str:
    """Return a whole page; `body` is escaped already, style and script are the project's own."""
    code = f"<script>\n{script}</script>" if script else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{html.escape(title)}</title>\n"
        f'<link rel="icon" href="data:,">\n<style>\n{style}</style>\n</head>\n'
        f"<body>\n{body}\n{code}</body>\n</html>\n"
    )


def figure(svg: str, *, caption: str, alt: str) -> str:
    """Return a figure as an image, in which no script can run.

    Parameters
    ----------
    svg : str
        The drawing.
    caption : str
        HTML below it.
    alt : str
        What it shows, as plain text.
    """
    coded = base64.b64encode(svg.encode()).decode()
    return (
        f'<figure><img src="data:image/svg+xml;base64,{coded}" alt="{html.escape(alt)}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def as_svg(drawn: Figure) -> str:
    """Return a figure as SVG, the same each time, and close it."""
    import matplotlib.pyplot as plt

    buffer = io.StringIO()
    drawn.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(drawn)
    return buffer.getvalue()
