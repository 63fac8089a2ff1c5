"""A process that asks: run by the tests, killed by them, and looked over the shoulder.

``python worker.py STORE LOG N DELAY`` asks N triplets and writes the text of each prompt that is
asked to LOG before it is answered.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path

from humanlike.models.base import Answer, Prompt
from humanlike.models.scripted import Scripted
from humanlike.query import query


def main(store: str, log: str, n: str, delay: str) -> None:
    """Ask."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def script(prompt: Prompt) -> Answer:
        os.write(file, f"{time.time()} {prompt.user}\n".encode())
        time.sleep(float(delay))
        return Answer(expected(prompt), finish="stop")

    model = Scripted(script, name="worker", chunk=100)
    result = query("triplets", model, n=int(n), store=Path(store))
    print(result.summary.valid)


def expected(prompt: Prompt) -> str:
    """Return the answer to a prompt: one of its options, decided by its text."""
    assert prompt.allowed is not None
    return prompt.allowed[hashlib.sha256(prompt.user.encode()).digest()[0] % 2]


if __name__ == "__main__":
    main(*sys.argv[1:])
