"""The faults that a TCP proxy can do, their parameters, and the toxic that each becomes.

A kind means what the client sees: late answers (`latency`), a slow line (`bandwidth`), refused or silent
(`outage`), connections reset (`reset`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from gameday.contract import ParamProblem
from gameday.model import Json
from gameday.units import bandwidth, duration

T = TypeVar("T")
_TIMES = "400ms or 2m"


@dataclass(frozen=True, slots=True)
class Latency:
    """Answers come `delay` seconds late, give or take `jitter`; one way, from the target to its client."""

    delay: float
    jitter: float

    @classmethod
    def read(cls, raw: Mapping[str, Json]) -> Self:
        _only(raw, "delay", "jitter")
        delay, jitter = _value(raw, "delay", duration, _TIMES), _value(raw, "jitter", duration, _TIMES, "0s")
        if jitter > delay:
            raise ParamProblem("jitter", "jitter is more than the delay: an answer cannot come before it was sent")
        return cls(delay, jitter)

    def toxic(self) -> dict[str, Any]:
        attributes = {"latency": round(self.delay * 1000), "jitter": round(self.jitter * 1000)}
        return {"type": "latency", "stream": "downstream", "attributes": attributes}


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """Answers trickle at `rate` kilobytes a second."""

    rate: int

    @classmethod
    def read(cls, raw: Mapping[str, Json]) -> Self:
        _only(raw, "rate")
        rate = _value(raw, "rate", bandwidth, "100KB/s")
        if rate < 1:
            raise ParamProblem("rate", "rate is below 1KB/s: use the kind outage for a line that is dead")
        return cls(rate)

    def toxic(self) -> dict[str, Any]:
        return {"type": "bandwidth", "stream": "downstream", "attributes": {"rate": self.rate}}


@dataclass(frozen=True, slots=True)
class Outage:
    """The target is gone. `seen_as` refused: connections are closed and new ones refused; silent: no answer."""

    seen_as: str

    @classmethod
    def read(cls, raw: Mapping[str, Json]) -> Self:
        _only(raw, "seen_as")
        seen_as = str(raw.get("seen_as", "refused"))
        if seen_as not in ("refused", "silent"):
            raise ParamProblem("seen_as", f"an outage is seen as refused or as silent, not as {seen_as!r}")
        return cls(seen_as)

    @property
    def disables(self) -> bool:
        """Whether the proxy itself is switched off; then the toxic is only the undo note beside it."""
        return self.seen_as == "refused"

    def toxic(self) -> dict[str, Any]:
        if self.disables:
            return {"type": "noop", "stream": "downstream", "attributes": {}}
        return {"type": "timeout", "stream": "downstream", "attributes": {"timeout": 0}}


@dataclass(frozen=True, slots=True)
class Reset:
    """Connections are reset `after` seconds."""

    after: float

    @classmethod
    def read(cls, raw: Mapping[str, Json]) -> Self:
        _only(raw, "after")
        return cls(_value(raw, "after", duration, _TIMES, "0s"))

    def toxic(self) -> dict[str, Any]:
        return {"type": "reset_peer", "stream": "downstream", "attributes": {"timeout": round(self.after * 1000)}}


Kind = Latency | Bandwidth | Outage | Reset
KINDS: dict[str, type[Kind]] = {"latency": Latency, "bandwidth": Bandwidth, "outage": Outage, "reset": Reset}


def _only(raw: Mapping[str, Json], *known: str) -> None:
    for key in raw:
        if key not in known:
            raise ParamProblem(key, f"unknown parameter {key!r}; known are: {', '.join(known)}")


def _value(raw: Mapping[str, Json], key: str, read: Callable[[str], T], example: str, default: str | None = None) -> T:
    """`example`: how it is written, for whoever wrote a number or a list."""
    given = raw.get(key, default)
    if key not in raw and given is None:
        raise ParamProblem(key, f"{key} is missing")
    if not isinstance(given, str):
        said = "nothing" if given is None else f"{given}" if isinstance(given, int | float) else "this"
        raise ParamProblem(key, f"{said} is not written as it should be: write it as in {example}")
    try:
        return read(given)
    except ValueError as error:
        raise ParamProblem(key, str(error)) from error
