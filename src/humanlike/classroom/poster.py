"""The class's address as a code that a telephone's camera reads: on a page, in a terminal."""

from __future__ import annotations

import html
import io
import ipaddress
from string import Template
from typing import TYPE_CHECKING, Final, TextIO
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from segno import QRCode

QUIET: Final = 4
"""Modules left white around the code (ISO/IEC 18004:2015, section 6.3.8)."""
ALONE: Final = (
    "This machine alone reaches this address. With --host 0.0.0.0 telephones and laptops in the "
    "same network reach it too, and a code for their cameras stands here."
)


def reachable(address: str) -> bool:
    """Whether others than this machine can reach an address such as ``http://192.0.2.7:8321/``."""
    name = urlsplit(address).hostname or ""
    try:
        return not ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name != "localhost"


def as_svg(address: str) -> str:
    """Draw an address as a QR code: black on white whatever the colours around it are.

    Parameters
    ----------
    address : str
        What a camera gets; at least 15 % of the code may be hidden (level M, or a higher one that
        needs no more room).

    Returns
    -------
    str
        An ``svg`` element without a size of its own, one unit to a module.
    """
    drawn: str = _code(address).svg_inline(
        dark="#000", light="#fff", border=QUIET, omitsize=True, svgclass=None, lineclass=None
    )
    return drawn


def as_text(address: str, out: TextIO) -> str:
    """Draw it for a terminal; nothing for a file, or a terminal without block characters."""
    encoding = (getattr(out, "encoding", None) or "").lower().replace("-", "")
    if not (out.isatty() and encoding == "utf8"):
        return ""
    buffer = io.StringIO()
    _code(address).terminal(buffer, border=QUIET, compact=True)
    return buffer.getvalue()


def _code(address: str) -> QRCode:
    import segno

    return segno.make_qr(address, error="m")


def poster(template: Template, address: str, n: int, minutes: int) -> str:
    """Write the page to be projected: the address, and its code where that leads anywhere.

    Parameters
    ----------
    template : Template
        ``book/classroom/show.html``.
    address : str
        Of the class's page.
    n, minutes : int
        How many questions each person is asked, and about how long that takes.
    """
    shown = html.escape(address)
    code = f'<div class="code" role="img" aria-label="QR code of {shown}">{as_svg(address)}</div>'
    return template.substitute(
        code=code if reachable(address) else f'<p class="alone">{html.escape(ALONE)}</p>',
        address=shown, n=n, minutes=minutes,
    )  # fmt: skip
