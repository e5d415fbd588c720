"""Findings of `gameday init`, and what it reports of each place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy of a Toxiproxy server. `listen` and `upstream` as the server says them."""

    name: str
    listen: str
    upstream: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One place: what was found there, or why nothing was; `todo` what could be done about it."""

    available: bool
    say: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class InitFindings:
    """What was found on this machine and on the engines.

    `alerts`: names, and whether each fires now. `services`: those of the Compose `project`.
    `roster`: the file's name, empty if there is none."""

    toxiproxy: str = ""
    proxies: Sequence[Proxy] = ()
    prometheus: str = ""
    alerts: Mapping[str, bool] = field(default_factory=dict[str, bool])
    compose: str = ""
    project: str = ""
    services: Sequence[str] = ()
    roster: str = ""


def join_names(names: Sequence[str], most: int = 8) -> str:
    """Join names as `a, b, c and 4 more`, without terminal control characters."""
    shown = [name if name.isprintable() and len(name) <= 64 else repr(name)[:64] for name in names[:most]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
