"""One line for each change of a proxy, and whoever else wants to know that a fault has ended."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping

log = logging.getLogger("gameday.proxy")


class ChangeLog:
    """What is told of proxies. A renewal is no change."""

    def __init__(self) -> None:
        self.ended: Callable[[], None] = lambda: None
        """Called when something that was saved may be over."""

    def tell(self, proxy: str, what: str, ends: bool = False) -> None:
        log.info("proxy %s: %s", printable_name(proxy), what)
        if ends:
            self.ended()


def printable_name(name: str) -> str:
    """A name on one line, whatever is in it."""
    return name if name.isprintable() and " " not in name else json.dumps(name)


def lease_suffix(seconds: float | None) -> str:
    return "" if seconds is None else f", for {_short(seconds)} s"


def written(attributes: Mapping[str, object]) -> str:
    return " ".join(f"{name}={json.dumps(value)}" for name, value in attributes.items())


def _short(seconds: float) -> str:
    """No more digits than anybody reads: of what is left after a restart there are many."""
    return f"{seconds:.{1 if seconds >= 1 else 3}f}".rstrip("0").rstrip(".")
