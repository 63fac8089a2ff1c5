"""Rendered pages of the book and of runs, with the rules a browser shall keep on them."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from dataclasses import replace
from pathlib import Path

from humanlike.web.exchange import Reply
from humanlike.web.folder import file_reply

# The theme's own pages hold scripts; each is allowed by its checksum, and these two attributes.
_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_HANDLERS = (b"toggleFullScreen()", b"window.print()")


def shown_file(folder: Path, path: str, token: str) -> Reply:
    """Return a file of a rendered book; a page can then ask the server for a run.

    Parameters
    ----------
    folder : Path
        Folder of the rendered pages.
    path : str
        Path below it.
    token : str
        What the page must send back when it writes.

    Raises
    ------
    Refused
        If there is no such file.
    """
    reply = file_reply(folder, path)
    if not reply.kind.startswith("text/html"):
        return reply
    mark = f'<meta name="humanlike-token" content="{html.escape(token)}">'.encode()
    content = reply.content.replace(b"</head>", mark + b"</head>", 1)
    return replace(reply, content=content, policy=_policy(content))


def _policy(content: bytes) -> str:
    scripts = sorted({_checksum(found) for found in _SCRIPT.findall(content)})
    handlers = [_checksum(one) for one in _HANDLERS]
    return (
        f"default-src 'none'; script-src 'self' {' '.join(scripts)}; "
        f"script-src-attr 'unsafe-hashes' {' '.join(handlers)}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _checksum(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
