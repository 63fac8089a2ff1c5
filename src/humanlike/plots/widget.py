"""Data of an interactive figure, as HTML that is harmless whatever the data are."""

from __future__ import annotations

import json
from typing import Any


def widget(name: str, data: Any, still: str) -> str:
    """Write the element that ``book/assets/NAME.js`` turns into an interactive figure.

    Parameters
    ----------
    name : str
        Name of the script.
    data : dict or list
        What the script reads; finite numbers, texts, None, lists and dicts of these.
    still : str
        HTML that stands in where no script runs; everything in it from data is escaped already.

    Returns
    -------
    str
        HTML; nothing in the data can be taken for markup or end the script element.

    Raises
    ------
    ValueError
        If a number is NaN or infinite.
    """
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return (
        f'<div class="hl-widget hl-{name}"><script type="application/json">{text}</script>'
        f'<div class="hl-still">{still}</div></div>'
    )
