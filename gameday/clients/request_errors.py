"""Errors of requests: an outage of the server, or a request that could never succeed."""

from __future__ import annotations


class RequestError(Exception):
    """No usable response. The text is for people, and holds no secret."""


class NoResponse(RequestError):
    """Nothing came back: refused, closed, or silent for too long."""


class TimedOut(NoResponse):
    """No answer in time: the request may have been received all the same. `seconds`: how long it was awaited."""

    def __init__(self, text: str, seconds: float = 0.0) -> None:
        super().__init__(text)
        self.seconds = seconds
