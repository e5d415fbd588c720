"""The log of changes to proxies and toxics, with a callback when a fault ends."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping

log = logging.getLogger("gameday.proxy")


class ChangeLog:
    """Writes one line for each change. Renewing a lease is not a change."""

    def __init__(self) -> None:
        self.on_fault_end: Callable[[], None] = lambda: None
        """Called when a fault that may have been saved has ended."""

    def record(self, proxy: str, change: str, ends_fault: bool = False) -> None:
        """Log a change of a proxy."""
        log.info("proxy %s: %s", printable_name(proxy), change)
        if ends_fault:
            self.on_fault_end()


def printable_name(name: str) -> str:
    """Return a name on one line, quoted where it has blanks or control characters."""
    return name if name.isprintable() and " " not in name else json.dumps(name)


def lease_suffix(seconds: float | None) -> str:
    """Format a lease as the end of a log line; empty if there is none."""
    return "" if seconds is None else f", for {_format_seconds(seconds)} s"


def format_attributes(attributes: Mapping[str, object]) -> str:
    """Format attributes as `name=value`, separated by blanks."""
    return " ".join(f"{name}={json.dumps(value)}" for name, value in attributes.items())


def _format_seconds(seconds: float) -> str:
    """Round to a readable precision: a lease restored from a file has many digits."""
    return f"{seconds:.{1 if seconds >= 1 else 3}f}".rstrip("0").rstrip(".")
