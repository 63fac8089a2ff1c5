"""Chapters' markdown as HTML that needs no Sphinx: roles become words, everything is escaped."""

from __future__ import annotations

import re
from typing import Final

_CODE = r"(?P<code>(?P<ticks>`+)(?:(?!(?P=ticks)).)+(?P=ticks)(?!`))"
_ASIDE = re.compile(r"\s*\((?:\{(?:ref|doc|numref|cite:p)\}`[^`]+`(?:,| and)?\s*)+\)")
_CITED = re.compile(r"\s*\{cite:[pt]\}`[^`]+`")
_ROLE = re.compile(r"(?<!`)\{(?P<role>[a-z:]+)\}`(?P<text>[^`]+)`|" + _CODE, re.DOTALL)
_TITLED = re.compile(r"(?P<title>[^<]+?)\s*<(?P<target>[^>]+)>")
_MATH = re.compile(r"(?<![\\$])\$(?!\$)(?P<math>[^$]+?)\$|" + _CODE, re.DOTALL)
_SIGNS: Final = {
    "rho": "ρ", "alpha": "α", "lambda": "λ", "cdot": "·", "times": "×", "pm": "±", "le": "≤",
    "ge": "≥", "approx": "≈", "in": "∈", "sum": "Σ", "lVert": "‖", "rVert": "‖", "log": "log",
    "cos": "cos", "sqrt": "√", "bar": "mean ", "hat": "", "ldots": "…", "beta": "β", "sigma": "σ",
}  # fmt: skip
_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def to_html(text: str, titles: dict[str, str]) -> str:
    """Turn markdown of a chapter into HTML.

    Parameters
    ----------
    text : str
        With recorded values filled in. Raw HTML in it is shown as text.
    titles : dict of str to str
        Title by page, such as ``notebooks/rsa``.

    Returns
    -------
    str
        Without links: what is pointed to lies elsewhere.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image"])
    return str(parser.render(plain(text, titles))).strip()


def plain(text: str, titles: dict[str, str]) -> str:
    """Replace roles and formulas by words; what remains is common markdown."""
    text = re.sub(r"^\([\w-]+\)=\s*\n", "", text, flags=re.MULTILINE)
    text = _CITED.sub("", _ASIDE.sub("", text))

    def word(match: re.Match[str]) -> str:
        return match[0] if match["code"] else _word(match["role"], match["text"], titles)

    def formula(match: re.Match[str]) -> str:
        return match[0] if match["code"] else _formula(match["math"])

    text = _MATH.sub(formula, _ROLE.sub(word, text))
    return re.sub(r"[ \t]+([.,;:)])", r"\1", text)


def _word(role: str, text: str, titles: dict[str, str]) -> str:
    titled = _TITLED.fullmatch(text.strip())
    if role == "math":
        return _formula(text)
    if titled:
        return titled["title"]
    if role == "doc":
        title = titles.get(text.strip().lstrip("/"), "")
        return f"*{title}*" if title else "another page"
    return {"ref": "the chapter", "numref": "the figure"}.get(role, text)


def _formula(math: str) -> str:
    """Write a short formula in plain signs; one with a layout of its own stays as code."""
    if re.search(r"\\frac|\\begin|\\text|\\operatorname", math):
        return f"`{math}`"
    plain = re.sub(r"\\([A-Za-z]+)\s*", lambda m: _SIGNS.get(m[1], m[1] + " "), math)
    plain = re.sub(r"\^\{?(\d+)\}?", lambda m: m[1].translate(_RAISED), plain)
    plain = re.sub(r"_\{?([A-Za-z0-9,]+)\}?", r"\\_\1", plain)
    return re.sub(r"[{}]|\\[,;! ]", "", plain).replace("*", "\\*")
