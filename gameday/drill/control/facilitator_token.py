"""The facilitator's token: what opens the facilitator's view before ENDEX. No barrier against the same user's own
shell; it keeps an unasked look from spoiling."""

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
"""None that is taken for another; ten of them are 50 bits, read aloud or taken with a double click."""


def new() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def matches(token: str, known: str) -> bool:
    return hmac.compare_digest(digest(token), known)


def save(drill: str, token: str) -> None:
    """For the facilitator whose terminal was closed: read again only where it is asked for in so many words."""
    write_atomically(_token_file(drill), token, mode=0o600)


def load(drill: str) -> str:
    """The token of a running drill; empty when it is not there."""
    try:
        return _token_file(drill).read_text(encoding="ascii")
    except OSError:
        return ""


def _token_file(drill: str) -> Path:
    return runtime_folder() / f"{drill}.token"


def require_ended_or_token(events: Sequence[Event], drill: str, token: str, token_digest: str) -> None:
    """Raise Refused while a drill runs, unless `token` is its facilitator's."""
    if any(event.kind == "end" for event in events) or matches(token, token_digest):
        return
    raise Refused(
        f"drill {drill} is still running; hidden to avoid spoilers",
        f"It opens to everyone after the end. The facilitator sets {VARIABLE} to the token that `gameday run` printed.",
    )
