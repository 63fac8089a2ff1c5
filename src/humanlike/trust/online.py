"""Ask other hosts whether the pages that the book links to are still there, politely."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from humanlike.data.digest import replacing
from humanlike.data.download import offline
from humanlike.errors import HumanlikeError

SECONDS = 20.0
PAUSES = (2.0, 8.0)
BETWEEN = 1.0  # seconds between two requests to one host
HOSTS = 8  # hosts asked at once
FRESH_DAYS = 7
AGENT = "humanlike-link-check (an executable book looks whether its references are still there)"
GONE = (404, 410, 451)


@dataclass(frozen=True)
class Answer:
    """What came of an address.

    Attributes
    ----------
    address : str
        What was asked for.
    state : str
        ``ok``; ``gone``: the host says that there is nothing, or the name does not exist;
        ``undecided``: the host refuses programs, failed, or was too slow.
    said : str
        Status or problem.
    asked : float
        When, in seconds since 1970.
    """

    address: str
    state: str
    said: str
    asked: float


Ask = Callable[[str, str], tuple[int, str]]


def ask(method: str, address: str) -> tuple[int, str]:
    """Request an address once; return status and where redirections led.

    Raises
    ------
    OSError
        If there is no answer.
    """
    import requests

    with requests.request(
        method, address, timeout=SECONDS, stream=True, headers={"User-Agent": AGENT}
    ) as answer:
        return answer.status_code, answer.url


def check_online(
    addresses: Iterable[str], memo: Path, *, fresh: bool = False, ask: Ask = ask,
    pause: Callable[[float], None] = time.sleep, tell: Callable[[str], None] = lambda _: None,
) -> list[Answer]:  # fmt: skip
    """Ask for each address once: HEAD, then GET where HEAD is refused; twice more after a failure.

    One host gets one request at a time, at least a second apart. Good answers are kept for a week.

    Parameters
    ----------
    addresses : iterable of str
        With ``http`` or ``https``.
    memo : Path
        Where answers are kept; may be deleted at any time.
    fresh : bool
        Whether kept answers are passed over.
    ask, pause, tell : callable
        One request; waiting; saying what is asked.

    Returns
    -------
    list of Answer
        In the order of the addresses.

    Raises
    ------
    HumanlikeError
        If HUMANLIKE_OFFLINE forbids requests.
    """
    if offline():
        raise HumanlikeError("HUMANLIKE_OFFLINE is set, which forbids --online. Unset it.")
    wanted = list(dict.fromkeys(addresses))
    kept = {} if fresh else _kept(memo)
    hosts: dict[str, list[str]] = {}
    for address in wanted:
        if address not in kept:
            hosts.setdefault(urlsplit(address).netloc.lower(), []).append(address)
    lock = threading.Lock()

    def one_host(own: list[str]) -> None:
        for number, address in enumerate(own):
            if number:
                pause(BETWEEN)
            tell(address)
            answer = _decide(address, ask, pause)
            with lock:
                kept[address] = answer
                _keep(memo, kept)

    with ThreadPoolExecutor(HOSTS) as pool:
        list(pool.map(one_host, hosts.values()))
    return [kept[address] for address in wanted]


def _decide(address: str, ask: Ask, pause: Callable[[float], None]) -> Answer:
    state, said = "undecided", ""
    for wait in (*PAUSES, None):
        try:
            status, end = ask("HEAD", address)
            if status >= 400:
                status, end = ask("GET", address)
        except (OSError, ValueError) as problem:
            state, said = _no_answer(problem)
        else:
            moved = f", at {end}" if end.rstrip("/") != address.rstrip("/") else ""
            said = f"{status}{moved}"
            state = "ok" if status < 400 else "gone" if status in GONE else "undecided"
        if wait is None or state == "ok" or (state == "gone" and said[:1] == "4"):
            break
        pause(wait)
    return Answer(address, state, said, time.time())


def _no_answer(problem: Exception) -> tuple[str, str]:
    text = str(problem)
    nameless = any(
        w in text for w in ("Name or service", "getaddrinfo", "nodename", "NameResolution")
    )
    return ("gone", "no host of this name") if nameless else ("undecided", type(problem).__name__)


def _kept(memo: Path) -> dict[str, Answer]:
    """Return kept good answers that are not too old."""
    try:
        entries: list[dict[str, Any]] = json.loads(memo.read_text(encoding="utf-8"))
        answers = [Answer(**entry) for entry in entries]
    except (OSError, ValueError, TypeError):
        return {}
    oldest = time.time() - FRESH_DAYS * 86400
    return {a.address: a for a in answers if a.state == "ok" and a.asked > oldest}


def _keep(memo: Path, answers: dict[str, Answer]) -> None:
    rows = [asdict(answers[address]) for address in sorted(answers)]
    with replacing(memo) as stream:
        stream.write((json.dumps(rows, indent=1) + "\n").encode())
