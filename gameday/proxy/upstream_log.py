"""What the log says of an upstream: once that it cannot be dialled, and once that it can be again."""

from __future__ import annotations

import logging
import os

from gameday.proxy.change_log import printable_name

log = logging.getLogger("gameday.proxy")


class UpstreamLog:
    """Of one proxy. Clients of a dead upstream come by the hundred; the log has one line for all of them."""

    def __init__(self, proxy: str) -> None:
        self._proxy = proxy
        self._dead: str | None = None
        """The upstream of which it was said."""

    def failed(self, upstream: str, error: OSError | ValueError) -> None:
        if self._dead != upstream:
            self._dead = upstream
            text = "proxy %s: upstream %s cannot be dialled: %s; clients are reset (said once until it can be)"
            log.warning(text, printable_name(self._proxy), printable_name(upstream), _why(error))

    def worked(self, upstream: str) -> None:
        if self._dead is not None:
            again = self._dead == upstream
            self._dead = None
            if again:
                log.info(
                    "proxy %s: upstream %s can be dialled again", printable_name(self._proxy), printable_name(upstream)
                )


def _why(error: OSError | ValueError) -> str:
    """Of what asyncio says, the system's own words: it puts the address in their place."""
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno).lower()
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return str(error)
