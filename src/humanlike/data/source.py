"""Real first, simulated in plain sight: the one place where that choice is made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TypeVar

from humanlike.data import usage
from humanlike.data.problems import DataUnavailable
from humanlike.errors import HumanlikeError, unknown

DATA_VARIABLE = "HUMANLIKE_DATA"
T = TypeVar("T")


def simulation_forced() -> bool:
    """Tell whether ``HUMANLIKE_DATA=simulated`` asks for simulated data in place of real ones.

    Raises
    ------
    HumanlikeError
        If the variable holds anything but ``real``, ``simulated`` or nothing.
    """
    value = os.environ.get(DATA_VARIABLE, "")
    if value not in ("", "real", "simulated"):
        raise HumanlikeError(unknown(f"value of {DATA_VARIABLE}", value, ["real", "simulated"]))
    return value == "simulated"


def real_or_simulated(
    dataset_id: str,
    files: Iterable[str],
    missing: str,
    read: Callable[[], T],
    simulate: Callable[[], T],
) -> T:
    """Read the real data, or simulate them where that is allowed, and note which of the two.

    Parameters
    ----------
    dataset_id : str
        Id in the registry.
    files : iterable of str
        Registry paths or names of the files that ``read`` reads.
    missing : {"raise", "simulate"}
        What to do if the files cannot be had. A damaged file is an error in any case.
    read, simulate : callable
        Produce the table.

    Raises
    ------
    DataUnavailable
        If the files cannot be had and ``missing`` is ``"raise"``.
    """
    if missing not in ("raise", "simulate"):
        raise HumanlikeError(unknown("value of 'missing'", missing, ["raise", "simulate"]))
    if not simulation_forced():
        try:
            table = read()
        except DataUnavailable:
            if missing == "raise":
                raise
        else:
            usage.note(dataset_id, files, real=True)
            return table
    usage.note(dataset_id, real=False)
    return simulate()
