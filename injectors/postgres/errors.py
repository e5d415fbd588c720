"""Meaning of server errors, for a person.

A driver's own text is never passed on: it may quote an address, and with it a password.
"""

from __future__ import annotations

NO_SLOT = "53300"
CANCELLED = "57014"
NO_LOCK = "55P03"
NOT_ALLOWED = "42501"
_SQLSTATE_TEXT = {
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
_CONNECT_ERROR_TEXT = {
    "password authentication failed": "it does not take the name or the password",
    "no password supplied": "it asks for a password, and the address has none",
    "no pg_hba.conf entry": "it lets nobody in from here with that name",
    "is not permitted to log in": "this role is not permitted to log in",
    "too many clients": _SQLSTATE_TEXT[NO_SLOT],
    "too many connections": _SQLSTATE_TEXT[NO_SLOT],
    "remaining connection slots": _SQLSTATE_TEXT[NO_SLOT],
    "unsupported startup parameter": "what answers takes no settings from a session, as a pooler does",
    "starting up": "it is starting up",
    "shutting down": "it is shutting down",
    "does not exist": "it has no such role or database",
    "Connection refused": "nobody listens there",
    "could not translate host name": "its name is not known",
    "certificate": "its certificate is not taken",
    "SSL": "it does not agree about SSL",
}
"""Meanings by a part of libpq's text, since a failed connection has no SQLSTATE; the first match counts."""


class ServerError(Exception):
    """No answer, or an error for one. `sqlstate`: empty where the connection itself failed."""

    def __init__(self, why: str, sqlstate: str = "") -> None:
        super().__init__(why)
        self.sqlstate = sqlstate


class DeadlineExceeded(ServerError):
    """No answer within the deadline: the outcome is unknown."""


def connection_error(text: str) -> ServerError:
    """`text`: libpq's, looked at and thrown away."""
    found = next((means for said, means in _CONNECT_ERROR_TEXT.items() if said in text), "no connection could be made")
    return ServerError(found, NO_SLOT if found == _SQLSTATE_TEXT[NO_SLOT] else "")


def server_error(sqlstate: str) -> ServerError:
    """An error that the server answered with."""
    if not sqlstate:
        return ServerError("the connection broke")
    return ServerError(_SQLSTATE_TEXT.get(sqlstate, f"the server answers with SQLSTATE {sqlstate}"), sqlstate)
