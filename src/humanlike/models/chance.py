"""Chance that is the same for everyone: numbers from a hash instead of a generator."""

from __future__ import annotations

import hashlib


def uniform(count: int, *parts: object) -> list[float]:
    """Return numbers in [0, 1) that depend on nothing but the parts."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(text, digest_size=8 * count).digest()
    return [int.from_bytes(digest[8 * n : 8 * n + 8], "big") / 2**64 for n in range(count)]
