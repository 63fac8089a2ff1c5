"""Answers as digests: a program can tell whether an answer is right, a reader cannot read it off.

A curtain, not a lock. Each digest is slow to compute (PBKDF2) and has a salt of its own, so nobody
stumbles over an answer and no table of digests helps. But few answers are possible: a number with
two digits has a hundred, a choice three. Whoever wants to try them all can, in seconds.

What is said to a known slip is covered, with the wrong answer as its key.

A number is put on a grid whose step is the tolerance, and its digest is that of the grid point.
An answer is right if its own grid point or one of the two beside it is that of the solution: all
answers within one step of the solution, and none farther away than two, are right.
"""

from __future__ import annotations

import hashlib
import math

ROUNDS = 50_000
COARSE = 10.0
"""How much wider the grid is on which an answer is called near."""


def digest(text: str, salt: str) -> str:
    """Return the digest of a text, 32 hexadecimal digits.

    Parameters
    ----------
    text : str
        What to hide.
    salt : str
        Anything that differs from answer to answer.
    """
    made = hashlib.pbkdf2_hmac("sha256", text.encode(), f"humanlike/{salt}".encode(), ROUNDS)
    return made.hex()[:32]


def grid_point(number: float, step: float) -> int:
    """Return the nearest point of a grid, halves upwards; a step of 0 stands for whole numbers."""
    return math.floor(number / (step or 1.0) + 0.5)


def of_number(number: float, step: float, salt: str) -> str:
    """Return the digest of a number's grid point."""
    return digest(str(grid_point(number, step)), salt)


def around(number: float, step: float, salt: str) -> dict[str, str]:
    """Return, by their digests, all grid points that a number may count as.

    With a step of 0 only a whole number counts, as itself.
    """
    at = grid_point(number, step)
    shifts = (-1, 0, 1) if step else (0,) if number == at else ()
    return {digest(str(at + one), salt): str(at + one) for one in shifts}


def normal(text: str) -> str:
    """Return a text as it is compared: capitals and space do not count."""
    return " ".join(text.casefold().split())


def of_text(text: str, salt: str) -> str:
    """Return the digest of a text as it is compared."""
    return digest(normal(text), salt)


def cover(message: str, key: str, salt: str) -> str:
    """Return a message as hexadecimal digits that only who knows the key can read."""
    return _mixed(message.encode(), key, salt).hex()


def uncover(covered: str, key: str, salt: str) -> str:
    """Return the message that was covered with this key."""
    return _mixed(bytes.fromhex(covered), key, salt).decode()


def _mixed(data: bytes, key: str, salt: str) -> bytes:
    salted = f"humanlike/{salt}/says".encode()
    stream = hashlib.pbkdf2_hmac("sha256", key.encode(), salted, ROUNDS, len(data))
    return bytes(a ^ b for a, b in zip(data, stream, strict=True))
