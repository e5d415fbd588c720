"""The dice of toxicity: with a seed, the same requests and connections in the same order fall alike."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 6
_SIDES = 1 << (8 * _BYTES)


class SeededRandom:
    """No throw depends on another, so that jitter and other traffic do not change which connections are hit."""

    def __init__(self, seed: int | None = None) -> None:
        self._seed = secrets.randbits(63) if seed is None else seed

    def draw(self, *what: str | int) -> float:
        """From 0 up to 1, the same for the same `what`."""
        digest = hashlib.blake2b(repr((self._seed, *what)).encode(), digest_size=_BYTES).digest()
        return int.from_bytes(digest) / _SIDES
