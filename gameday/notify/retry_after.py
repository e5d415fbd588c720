"""Pause that a server asks for with `Retry-After` (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from gameday.clients.http_client import Response

TOO_MANY_REQUESTS = 429


def retry_after(response: Response) -> float:
    """Return the seconds that the server asks to wait: a number, or the time until a date; 0 without either."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0
