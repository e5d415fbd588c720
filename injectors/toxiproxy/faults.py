"""The faults that a TCP proxy can do, their parameters, and the toxic that each becomes.

A kind means what the client sees: see docs/reference/faults.md, whose table is compared with this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.plugins.parameters import (
    Parameter,
    Params,
    boolean_parameter,
    choice_parameter,
    duration_parameter,
    rate_parameter,
    size_parameter,
)
from gameday.plugins.types import ParamProblem


@dataclass(frozen=True, slots=True)
class Need:
    """What only a server of ours can do: the extension that its `/version` names, and the words for a refusal."""

    extension: str
    what: str
    instead: str


class Kind(Params):
    """One kind of fault, in seconds, bytes, kilobytes a second."""

    __slots__ = ()

    def toxic(self) -> dict[str, Any]:
        """As the API takes it, without a name."""
        raise NotImplementedError

    @property
    def disables(self) -> bool:
        """Whether the proxy itself is switched off; then the toxic is only the undo note beside it."""
        return False

    @property
    def needs(self) -> Need | None:
        """None where every Toxiproxy can do it."""
        return None


@dataclass(frozen=True, slots=True)
class Latency(Kind):
    """Answers come `delay` late, give or take `jitter`; one way, from the target to its client. `connect`: so does
    the first byte of a new connection."""

    delay: float
    jitter: float
    connect: bool
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "delay": duration_parameter(),
        "jitter": duration_parameter("0s"),
        "connect": boolean_parameter(),
    }

    def __post_init__(self) -> None:
        if self.jitter > self.delay:
            raise ParamProblem("jitter", "jitter is more than the delay: an answer cannot come before it was sent")

    @property
    @override
    def needs(self) -> Need | None:
        return Need("connect", "latency with connect: true", "leave connect out") if self.connect else None

    @override
    def toxic(self) -> dict[str, Any]:
        connect = {"connect": True} if self.connect else {}
        return _toxic("latency", latency=_ms(self.delay), jitter=_ms(self.jitter), **connect)


@dataclass(frozen=True, slots=True)
class Jitter(Kind):
    """Each answer comes late by a time of its own, up to `delay`, in the order in which they were sent."""

    delay: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"delay": duration_parameter(finest="2ms")}

    @override
    def toxic(self) -> dict[str, Any]:
        half = _ms(self.delay / 2)
        return _toxic("latency", latency=half, jitter=half)


@dataclass(frozen=True, slots=True)
class Bandwidth(Kind):
    """Answers trickle at `rate`."""

    rate: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"rate": rate_parameter("1KB/s", "1000MB/s")}

    @override
    def toxic(self) -> dict[str, Any]:
        return _toxic("bandwidth", rate=self.rate)


@dataclass(frozen=True, slots=True)
class Outage(Kind):
    """The target is gone. `seen_as` refused: connections are closed and new ones refused; silent: no answer;
    new-refused: connections live on, and new ones are refused."""

    seen_as: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "seen_as": choice_parameter("refused", "refused", "silent", "new-refused")
    }

    @property
    @override
    def disables(self) -> bool:
        return self.seen_as == "refused"

    @property
    @override
    def needs(self) -> Need | None:
        if self.seen_as != "new-refused":
            return None
        return Need("refuse", "outage with seen_as: new-refused", "write seen_as: refused or silent")

    @override
    def toxic(self) -> dict[str, Any]:
        if self.disables:
            return _toxic("noop")
        return _toxic("timeout", timeout=0) if self.seen_as == "silent" else _toxic("refuse")


@dataclass(frozen=True, slots=True)
class Reset(Kind):
    """Connections are reset `after` so long."""

    after: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"after": duration_parameter("0s")}

    @override
    def toxic(self) -> dict[str, Any]:
        return _toxic("reset_peer", timeout=_ms(self.after))


@dataclass(frozen=True, slots=True)
class Slice(Kind):
    """Answers come in pieces of `size`, give or take `variation`, each `delay` after the one before."""

    size: int
    variation: int
    delay: float
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "size": size_parameter("1B", "16KB"),
        "variation": size_parameter("0B", "16KB", "0B"),
        "delay": duration_parameter("0s", highest="1m", finest="1us"),
    }

    def __post_init__(self) -> None:
        """The original cuts by halves until a piece is small enough: a variation as large as the size ends it."""
        if self.variation >= self.size:
            raise ParamProblem("variation", "variation has to be less than size: a piece of nothing is none")

    @override
    def toxic(self) -> dict[str, Any]:
        delay = round(self.delay * 1_000_000)
        return _toxic("slicer", average_size=self.size, size_variation=self.variation, delay=delay)


@dataclass(frozen=True, slots=True)
class Limit(Kind):
    """A connection closes after so many `bytes` of answer."""

    bytes: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"bytes": size_parameter("0B", "1GB")}

    @override
    def toxic(self) -> dict[str, Any]:
        return _toxic("limit_data", bytes=self.bytes)


@dataclass(frozen=True, slots=True)
class SlowClose(Kind):
    """When the target closes a connection, its client hears of it `delay` later."""

    delay: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"delay": duration_parameter()}

    @override
    def toxic(self) -> dict[str, Any]:
        return _toxic("slow_close", delay=_ms(self.delay))


KINDS: dict[str, type[Kind]] = {
    "latency": Latency, "jitter": Jitter, "bandwidth": Bandwidth, "outage": Outage, "reset": Reset,
    "slice": Slice, "limit": Limit, "slow-close": SlowClose,
}  # fmt: skip


def _toxic(type_: str, **attributes: int | bool) -> dict[str, Any]:
    """What a client sees goes from the target to it."""
    return {"type": type_, "stream": "downstream", "attributes": attributes}


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
