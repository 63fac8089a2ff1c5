"""What can go wrong with a file, said so that the reader knows the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from humanlike.data.registry import DataFile
from humanlike.errors import HumanlikeError

MIRROR_VARIABLE = "HUMANLIKE_DATA_MIRROR"
OFFLINE_VARIABLE = "HUMANLIKE_OFFLINE"
SHOWN = 3


class DataUnavailable(HumanlikeError):
    """Files are neither in the mirror nor in the cache, and could not be downloaded."""


class ChecksumMismatch(HumanlikeError):
    """A file is there, or came, but its content is not the published one."""


class DataWarning(UserWarning):
    """A damaged copy was passed over because a good one was found elsewhere."""


@dataclass(frozen=True)
class BadCopy:
    """A copy whose content is not the published one."""

    place: str
    """Path or address of the copy."""
    found: str
    """Its checksum, or why it has none."""


@dataclass(frozen=True)
class Failure:
    """A file that could not be had."""

    dataset: str
    file: DataFile
    target: Path
    """Where the cache would hold it."""
    reason: str
    """Why the download did not help."""
    bad: tuple[BadCopy, ...] = ()
    """Damaged copies met on the way."""


def describe_bad(file: DataFile, copies: Sequence[BadCopy]) -> str:
    """Say which copies of a file are wrong, what was expected and what was found."""
    lines = [f"{file.name} is not the published file: expected sha256 {file.sha256}"]
    lines += [f"  found {copy.found} in {copy.place}" for copy in copies]
    return "\n".join(lines)


def error_for(failures: Sequence[Failure], total: int) -> HumanlikeError:
    """Turn failures into one error: a mismatch if any copy was damaged, else unavailability.

    Parameters
    ----------
    failures : sequence of Failure
        At least one.
    total : int
        Number of files that were asked for.
    """
    damaged = [failure for failure in failures if failure.bad]
    if damaged:
        parts = [describe_bad(failure.file, failure.bad) for failure in damaged[:SHOWN]]
        parts += [f"... and {len(damaged) - SHOWN} more files."] * (len(damaged) > SHOWN)
        parts.append(f"No good copy could be had: {damaged[0].reason}.")
        parts.append(_damaged_advice(damaged[0]))
        return ChecksumMismatch("\n".join(parts))
    return DataUnavailable(_unavailable(failures, total))


def _damaged_advice(failure: Failure) -> str:
    return (
        "What to do: delete the damaged copy (or correct the mirror), then run "
        f"'humanlike data fetch {failure.dataset}' with a network. If a fresh download is refused "
        "too, the publisher changed the file: compare it with the registry before trusting it."
    )


def _unavailable(failures: Sequence[Failure], total: int) -> str:
    ids = list(dict.fromkeys(failure.dataset for failure in failures))
    names = ", ".join(failure.file.name for failure in failures[:SHOWN])
    more = f" and {len(failures) - SHOWN} more" if len(failures) > SHOWN else ""
    by_hand = [
        f"      {failure.target}  (sha256 {failure.file.sha256}, from {failure.file.url})"
        for failure in failures[:SHOWN]
    ]
    return "\n".join(
        [
            f"{len(failures)} of {total} files wanted of {', '.join(ids)} are not here: "
            f"{names}{more}.",
            f"No download: {failures[0].reason}.",
            "Ways to get them:",
            f"  - with a network: humanlike data fetch {' '.join(ids)}",
            f"  - from a mirror: set {MIRROR_VARIABLE} to a folder that holds "
            f"{failures[0].file.path}, plain or with .xz added",
            f"  - by hand, as{' (for example)' if more else ''}:",
            *by_hand,
        ]
    )
