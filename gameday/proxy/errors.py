"""What the API answers when it refuses: one exception, and the original's texts with their statuses."""

from __future__ import annotations

PROXY_NOT_FOUND = (404, "proxy not found")
TOXIC_NOT_FOUND = (404, "toxic not found")
PROXY_EXISTS = (409, "proxy already exists")
TOXIC_EXISTS = (409, "toxic already exists")
INVALID_TYPE = (400, "invalid toxic type")
INVALID_STREAM = (400, "stream was invalid, can be either upstream or downstream")


class ApiError(Exception):
    """A request that is refused: an HTTP status and a text for the person who sent it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def bad_body(why: str) -> ApiError:
    return ApiError(400, f"bad request body: {why}")


def missing(field: str, where: str = "") -> ApiError:
    return ApiError(400, f"missing required field: {field}{where}")
