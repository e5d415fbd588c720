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
    CANCELLED: "the server cancelled the query",
    NO_LOCK: "other sessions hold the lock",
    NOT_ALLOWED: "permission denied for this role",
    "40P01": "deadlock",
    "42P01": "no such table",
    "57P01": "someone else ended the session",
    "57P05": "the session was idle for too long",
    "25P03": "the session was idle for too long",
    "22023": "the server lacks a setting that a lease requires",
    "42704": "the server lacks a setting that a lease requires",
}
_CONNECT_ERROR_TEXT = {
    "password authentication failed": "wrong user name or password",
    "no password supplied": "it requires a password, but the address has none",
    "no pg_hba.conf entry": "its pg_hba.conf does not admit this role from this host",
    "is not permitted to log in": "this role is not permitted to log in",
    "too many clients": _SQLSTATE_TEXT[NO_SLOT],
    "too many connections": _SQLSTATE_TEXT[NO_SLOT],
    "remaining connection slots": _SQLSTATE_TEXT[NO_SLOT],
    "unsupported startup parameter": "it refuses session settings (is it a connection pooler?)",
    "starting up": "it is starting up",
    "shutting down": "it is shutting down",
    "does not exist": "no such role or database",
    "Connection refused": "connection refused",
    "could not translate host name": "host name not found",
    "certificate": "its certificate was rejected",
    "SSL": "SSL negotiation failed",
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
    """Return the error that libpq's text means; the text itself is not passed on."""
    text_for_person = next((means for part, means in _CONNECT_ERROR_TEXT.items() if part in text), "cannot connect")
    return ServerError(text_for_person, NO_SLOT if text_for_person == _SQLSTATE_TEXT[NO_SLOT] else "")


def server_error(sqlstate: str) -> ServerError:
    """Return the error for an SQLSTATE that the server answered with."""
    if not sqlstate:
        return ServerError("the connection broke")
    return ServerError(_SQLSTATE_TEXT.get(sqlstate, f"the server returned SQLSTATE {sqlstate}"), sqlstate)
