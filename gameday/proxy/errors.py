"""Errors of the API: an exception with status and text, and Toxiproxy's own error texts."""

from __future__ import annotations

PROXY_NOT_FOUND = (404, "proxy not found")
TOXIC_NOT_FOUND = (404, "toxic not found")
PROXY_EXISTS = (409, "proxy already exists")
TOXIC_EXISTS = (409, "toxic already exists")
INVALID_TYPE = (400, "invalid toxic type")
INVALID_STREAM = (400, "stream was invalid, can be either upstream or downstream")
FORBIDDEN = 403
"""Status of what the options of the server do not allow; the text says which option would."""


class ApiError(Exception):
    """A refused request: the HTTP status and the text for its sender."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def bad_body(reason: str) -> ApiError:
    """Create the error for a request body with invalid content."""
    return ApiError(400, f"bad request body: {reason}")


def missing_field(field: str, where: str = "") -> ApiError:
    """Create the error for a request body that lacks a required field."""
    return ApiError(400, f"missing required field: {field}{where}")
