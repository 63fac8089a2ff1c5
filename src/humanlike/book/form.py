"""The form at the end of a chapter: choose parameters, see whether they will do, get the command.

``book/assets/form.js`` makes it from the rules written here and needs no server; without scripts
there are the table of parameters and the plain command.
"""

from __future__ import annotations

import html
import shlex
from collections.abc import Mapping
from typing import Any

from humanlike.book.chapters import PROFILES, Chapter, read_parameters
from humanlike.book.parameters import NUMBERS, Parameter
from humanlike.plots.widget import widget

DEFAULT_PROFILE = "paper"
HEADING = "## Run this chapter with other parameters"
WORDS = """\
The form writes the command that does it; nothing in this book changes, a run has its own folder and
page. `humanlike serve` shows the same form with a button that runs the chapter."""


def typed(value: Any) -> str:
    """Return a parameter's value as it is typed on the command line."""
    if isinstance(value, list | tuple):
        return ",".join(map(typed, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def command(chapter: str, profile: str, texts: Mapping[str, str]) -> str:
    """Return the command that runs a chapter, quoted for a POSIX shell.

    Parameters
    ----------
    chapter, profile : str
        Names.
    texts : mapping of str to str
        What each parameter is set to, as typed.
    """
    words = ["humanlike", "run", chapter]
    words += [] if profile == DEFAULT_PROFILE else ["--profile", profile]
    for name, text in texts.items():
        words += ["-p", f"{name}={text}"]
    return shlex.join(words)


def rules(chapter: Chapter) -> dict[str, Any]:
    """Return all that is needed to check a chapter's parameters elsewhere, as plain data."""
    known = read_parameters(chapter).values()
    return {
        "chapter": chapter.name,
        "default_profile": DEFAULT_PROFILE,
        "profiles": {
            name: {key: typed(value) for key, value in chapter.profile(name).items()}
            for name in PROFILES
        },
        "numbers": NUMBERS,
        "parameters": [_rule(parameter) for parameter in known],
    }


def _rule(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "default": typed(parameter.default),
        "doc": parameter.doc,
        "allowed": parameter.allowed,
        "bounds": parameter.bounds,
        "choices": parameter.choices and [typed(choice) for choice in parameter.choices],
    }


def form(chapter: Chapter) -> str:
    """Return the element that becomes the form; everything from the chapter is escaped."""
    return widget("form", rules(chapter), _still(chapter))


def section(chapter: Chapter) -> str:
    """Return the section of the page, or nothing for a chapter without parameters."""
    if not read_parameters(chapter):
        return ""
    return f"{HEADING}\n\n{WORDS}\n\n```{{raw}} html\n{form(chapter)}\n```"


def _still(chapter: Chapter) -> str:
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("Parameter", "Type", "Allowed", "Default")
    )
    rows = "".join(
        f'<tr><th scope="row"><code>{html.escape(p.name)}</code><br>{html.escape(p.doc)}</th>'
        f"<td>{html.escape(p.type)}</td><td>{html.escape(p.allowed) or 'any'}</td>"
        f"<td>{html.escape(typed(p.default))}</td></tr>"
        for p in read_parameters(chapter).values()
    )
    plain = f"{command(chapter.name, DEFAULT_PROFILE, {})} -p NAME=VALUE"
    return (
        f'<table class="table"><caption>Parameters of {html.escape(chapter.name)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<pre><code>{html.escape(plain)}</code></pre>"
    )
