"""What a server's answer means, for a person. A driver's own text is never passed on: it may quote an address, and
with it a password."""

from __future__ import annotations

NO_SLOT = "53300"
CANCELLED = "57014"
NO_LOCK = "55P03"
NOT_ALLOWED = "42501"
_MEANS = {
    NO_SLOT: "no connection slot is left",
    CANCELLED: "the server gave it up",
    NO_LOCK: "others hold it",
    NOT_ALLOWED: "this role is not allowed to",
    "40P01": "it was a deadlock",
    "42P01": "there is no such table",
    "57P01": "somebody ended the session",
    "57P05": "the session was idle for too long",
    "25P03": "the session was idle for too long",
    "22023": "the server does not know a setting that a lease needs",
    "42704": "the server does not know a setting that a lease needs",
}
_CONNECTING = {
    "password authentication failed": "it does not take the name or the password",
    "no password supplied": "it asks for a password, and the address has none",
    "no pg_hba.conf entry": "it lets nobody in from here with that name",
    "is not permitted to log in": "this role is not permitted to log in",
    "too many clients": _MEANS[NO_SLOT],
    "too many connections": _MEANS[NO_SLOT],
    "remaining connection slots": _MEANS[NO_SLOT],
    "unsupported startup parameter": "what answers takes no settings from a session, as a pooler does",
    "starting up": "it is starting up",
    "shutting down": "it is shutting down",
    "does not exist": "it has no such role or database",
    "Connection refused": "nobody listens there",
    "could not translate host name": "its name is not known",
    "certificate": "its certificate is not taken",
    "SSL": "it does not agree about SSL",
}
"""By what stands in libpq's text, in which a failed connection has no SQLSTATE; the first that does."""


class Trouble(Exception):
    """No answer, or an error for one. `sqlstate`: empty where the connection itself failed."""

    def __init__(self, why: str, sqlstate: str = "") -> None:
        super().__init__(why)
        self.sqlstate = sqlstate


class Late(Trouble):
    """Nothing came in the time there was: what became of it is not known."""


def unconnected(text: str) -> Trouble:
    """`text`: libpq's, looked at and thrown away."""
    found = next((means for said, means in _CONNECTING.items() if said in text), "no connection could be made")
    return Trouble(found, NO_SLOT if found == _MEANS[NO_SLOT] else "")


def refused(sqlstate: str) -> Trouble:
    """An error that the server answered with."""
    if not sqlstate:
        return Trouble("the connection broke")
    return Trouble(_MEANS.get(sqlstate, f"the server answers with SQLSTATE {sqlstate}"), sqlstate)
