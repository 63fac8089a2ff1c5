"""Bring one file from its pinned address, or say shortly why that is not possible."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import urlsplit

from humanlike.data.digest import BLOCK, remember, replacing
from humanlike.data.problems import OFFLINE_VARIABLE, BadCopy
from humanlike.data.registry import DataFile

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
PAUSES = (0.5, 2.0)
_unreachable: dict[str, str] = {}
_lock = threading.Lock()


class Bar(Protocol):
    """What pooch asks of a progress bar."""

    total: int

    def update(self, amount: int, /) -> object:
        """Move forward by so many bytes."""

    def reset(self) -> object:
        """Go back to the start."""

    def close(self) -> object:
        """Finish."""


class NotDownloaded(Exception):
    """The file could not be brought; the message says why."""


class WrongContent(Exception):
    """What came is not the published file."""

    def __init__(self, copy: BadCopy) -> None:
        super().__init__(copy.found)
        self.copy = copy


def offline() -> bool:
    """Tell whether ``HUMANLIKE_OFFLINE`` forbids downloads."""
    return os.environ.get(OFFLINE_VARIABLE, "").lower() not in ("", "0", "false", "no")


def forget_unreachable() -> None:
    """Try all hosts again, also those that could not be reached earlier in this process."""
    with _lock:
        _unreachable.clear()


def download(file: DataFile, target: Path, bar: Bar | None = None) -> Path:
    """Download a file, check it, and only then put it in place.

    A host that cannot be reached is not tried again in this process, so that a notebook without a
    network falls back at once. A broken transfer is tried three times in all.

    Raises
    ------
    NotDownloaded
        If there is no network, the host answers with an error, or the transfer keeps breaking.
    WrongContent
        If the content does not have the registered checksum; ``target`` is left as it was.
    """
    if offline():
        raise NotDownloaded(f"{OFFLINE_VARIABLE} is set")
    host = urlsplit(file.url).netloc
    for pause in (*PAUSES, None):
        if host in _unreachable:
            raise NotDownloaded(_unreachable[host])
        try:
            with replacing(target) as stream:
                _transfer(file.url, host, stream, bar)
                _check(file, stream)
                stat = os.fstat(stream.fileno())
            remember(target, file.sha256, stat)
            return target
        except _Broken as problem:
            if pause is None:
                raise NotDownloaded(str(problem)) from problem
            time.sleep(pause)
    raise NotDownloaded(f"{host} gave no answer")


class _Broken(Exception):
    """A transfer that may succeed when tried again."""


def _transfer(url: str, host: str, stream: IO[bytes], bar: Bar | None) -> None:
    import requests
    from pooch import HTTPDownloader

    if bar is not None:
        bar.reset()
    fetcher = HTTPDownloader(progressbar=bar, timeout=(CONNECT_SECONDS, READ_SECONDS))
    try:
        fetcher(url, stream, None)
    except requests.exceptions.HTTPError as problem:
        status = 0 if problem.response is None else problem.response.status_code
        message = f"{host} answered {status} for {url}"
        raise (_Broken if status == 429 or status >= 500 else NotDownloaded)(message) from problem
    except (requests.exceptions.ConnectionError, requests.exceptions.ReadTimeout) as problem:
        if stream.tell() > 0:
            raise _Broken(f"the transfer of {url} broke off") from problem
        reason = f"{host} cannot be reached ({type(problem).__name__})"
        with _lock:
            _unreachable[host] = reason
        raise NotDownloaded(reason) from problem
    except requests.exceptions.RequestException as problem:
        raise _Broken(f"the transfer of {url} broke off ({type(problem).__name__})") from problem


def _check(file: DataFile, stream: IO[bytes]) -> None:
    stream.flush()
    stream.seek(0)
    digest = hashlib.sha256()
    for block in iter(lambda: stream.read(BLOCK), b""):
        digest.update(block)
    if digest.hexdigest() != file.sha256:
        found = f"sha256 {digest.hexdigest()} ({stream.tell():,} bytes)"
        raise WrongContent(BadCopy(file.url, found))
