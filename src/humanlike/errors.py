"""Errors meant for people: what was expected, what came, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class HumanlikeError(Exception):
    """A problem the user can solve; its message is shown without a traceback."""


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown, suggest the nearest one, and list those that exist.

    Parameters
    ----------
    kind : str
        What the name should have been, such as ``"chapter"``.
    name : str
        The name that came.
    known : iterable of str
        The names that exist.

    Returns
    -------
    str
        One sentence for the error message.
    """
    choices = sorted(known)
    near = get_close_matches(name, choices, n=1, cutoff=0.5)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    listed = ", ".join(choices) if choices else "none"
    return f"Unknown {kind} '{name}'.{hint} Known: {listed}."
