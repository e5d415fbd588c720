"""Links to a drill's pages: one secret token for each role, kept beside the drill's other runtime files.

The file is readable by this user alone, and is removed with the drill's other runtime files when it is closed. A
server that was killed reads it again, so that every link and every open page stays valid.
"""

from __future__ import annotations

import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gameday.atomic_file import write_atomically
from gameday.errors import Refused
from gameday.store.paths import runtime_folder
from gameday.web.rights import PageRole

TOKEN_BYTES = 16
"""128 bits: not to be guessed."""
LIFETIME_S = 12 * 3600.0
"""A link expires after this time, whatever becomes of the drill."""


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one drill. `expires_at`: seconds since the epoch; a revoked role has no token."""

    base_url: str
    expires_at: float
    tokens: Mapping[PageRole, str] = field(default_factory=dict[PageRole, str])

    def url(self, role: PageRole) -> str:
        """Return the address to send to the people of a role; empty where it was revoked."""
        token = self.tokens.get(role)
        return f"{self.base_url}/join/{token}" if token else ""

    def role_of(self, token: str) -> PageRole | None:
        """Return the role that a token opens; None for an unknown, revoked or expired one."""
        if time.time() >= self.expires_at:
            return None
        presented = token.encode("utf-8", "replace")
        matches = [role for role, known in self.tokens.items() if hmac.compare_digest(known.encode(), presented)]
        return matches[0] if matches else None


def links_path(drill: str) -> Path:
    """Return the file with the links of a drill."""
    return runtime_folder() / f"{drill}.links"


def links_state(drill: str) -> tuple[int, ...]:
    """Return what changes whenever the file is written; empty without one."""
    try:
        state = links_path(drill).stat()
    except OSError:
        return ()
    return state.st_ino, state.st_mtime_ns, state.st_size


def create_links(drill: str, base_url: str) -> Links:
    """Return the links of a drill: those that exist, at the address given, else new ones.

    Raises OSError if they cannot be written."""
    known = read_links(drill)
    tokens = {role: secrets.token_urlsafe(TOKEN_BYTES) for role in PageRole}
    links = Links(base_url, time.time() + LIFETIME_S, tokens)
    if known is not None:
        links = Links(base_url, known.expires_at, known.tokens)
    _write(drill, links)
    return links


def read_links(drill: str) -> Links | None:
    """Return the links of a drill; None where it has none, or they cannot be read."""
    try:
        body = json.loads(links_path(drill).read_text(encoding="utf-8"))
        tokens = {PageRole(role): str(token) for role, token in dict(body["tokens"]).items()}
        return Links(str(body["base_url"]), float(body["expires_at"]), tokens)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def replace_link(drill: str, role: PageRole, *, renew: bool) -> Links:
    """Revoke the link of a role, and every page that was opened with it; `renew`: create another. Raises Refused."""
    links = read_links(drill)
    if links is None:
        raise Refused(f"drill {drill} has no links", "Serve its pages first: gameday web")
    tokens = {known: token for known, token in links.tokens.items() if known is not role}
    if renew:
        tokens[role] = secrets.token_urlsafe(TOKEN_BYTES)
    changed = Links(links.base_url, links.expires_at, tokens)
    _write(drill, changed)
    return changed


def _write(drill: str, links: Links) -> None:
    write_atomically(links_path(drill), json.dumps(asdict(links)), mode=0o600)
