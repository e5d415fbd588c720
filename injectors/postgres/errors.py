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
    CANCELLED: "the server cancelled it",
    NO_LOCK: "other sessions hold the lock",
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
    "password authentication failed": "wrong user name or password",
    "no password supplied": "it requires a password, and the address has none",
    "no pg_hba.conf entry": "its pg_hba.conf admits no such role from this host",
    "is not permitted to log in": "this role is not permitted to log in",
    "too many clients": _SQLSTATE_TEXT[NO_SLOT],
    "too many connections": _SQLSTATE_TEXT[NO_SLOT],
    "remaining connection slots": _SQLSTATE_TEXT[NO_SLOT],
    "unsupported startup parameter": "session settings are refused, as by a connection pooler",
    "starting up": "it is starting up",
    "shutting down": "it is shutting down",
    "does not exist": "it has no such role or database",
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
    text_for_person = next(
        (means for part, means in _CONNECT_ERROR_TEXT.items() if part in text), "no connection could be made"
    )
    return ServerError(text_for_person, NO_SLOT if text_for_person == _SQLSTATE_TEXT[NO_SLOT] else "")


def server_error(sqlstate: str) -> ServerError:
    """Return the error for an SQLSTATE that the server answered with."""
    if not sqlstate:
        return ServerError("the connection broke")
    return ServerError(_SQLSTATE_TEXT.get(sqlstate, f"the server answers with SQLSTATE {sqlstate}"), sqlstate)
