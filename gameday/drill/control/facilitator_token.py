"""Token of the facilitator, which opens the facilitator's view before the end.

It prevents accidental spoilers; it is no barrier against the same user's shell.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.atomic_file import write_atomically
from gameday.errors import Refused
from gameday.store.paths import runtime_folder

if TYPE_CHECKING:
    from gameday.events import Event

VARIABLE = "GAMEDAY_TOKEN"
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Unambiguous characters; ten of them are 50 bits, can be read aloud and selected by a double click."""


def create_token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def digest_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def matches_digest(token: str, known: str) -> bool:
    return hmac.compare_digest(digest_token(token), known)


def save_token(drill: str, token: str) -> None:
    """Save the token for a facilitator whose terminal was closed; only explicit requests read it."""
    write_atomically(_token_file(drill), token, mode=0o600)


def load_token(drill: str) -> str:
    """Return the token of a running drill; empty when it is not there."""
    try:
        return _token_file(drill).read_text(encoding="ascii")
    except OSError:
        return ""


def _token_file(drill: str) -> Path:
    return runtime_folder() / f"{drill}.token"


def require_ended_or_token(events: Sequence[Event], drill: str, token: str, token_digest: str) -> None:
    """Refuse while a drill runs, unless `token` is its facilitator's. Raises Refused."""
    from gameday.events import Ended, has_any

    if has_any(events, Ended) or matches_digest(token, token_digest):
        return
    raise Refused(
        f"drill {drill} is still running; hidden to avoid spoilers",
        f"It opens to everyone after the end. The facilitator sets {VARIABLE} to the token that `gameday run` printed.",
    )
