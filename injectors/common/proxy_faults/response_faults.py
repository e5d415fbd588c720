"""Faults on answers: they come late, slowly, in pieces, or cut short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.injectors.common.proxy_faults.toxic import RequiredExtension, ToxiproxyFaultKind, milliseconds, toxic_body
from gameday.plugins.parameters import (
    MainParameter,
    Parameter,
    bandwidth_parameter,
    boolean_parameter,
    duration_parameter,
    size_parameter,
)
from gameday.plugins.types import ParamProblem


@dataclass(frozen=True, slots=True)
class Latency(ToxiproxyFaultKind):
    """Delayed answers.

    By `delay`, plus or minus `jitter`; one way, from the target to its client. `connect`: the first byte of a new
    connection too."""

    kind = "latency"
    main = MainParameter(
        "delay", "By how much are its responses delayed?", "200ms", "With {amount} of added latency on {target}"
    )
    adjustable = ("delay",)
    effect = (
        "Each response is delayed, plus or minus the jitter. With `connect`, so is the first byte of a new "
        "connection; connecting itself returns at once."
    )
    note = "Timeouts, retries, exhausted pools: the first fault to try."

    delay: float
    jitter: float
    connect: bool
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "delay": duration_parameter(zero=False),
        "jitter": duration_parameter("0s"),
        "connect": boolean_parameter(),
    }

    def __post_init__(self) -> None:
        if self.jitter > self.delay:
            raise ParamProblem("jitter", "jitter must not be more than delay")

    @property
    @override
    def needs(self) -> RequiredExtension | None:
        return RequiredExtension("connect", "latency with connect: true", "leave out connect") if self.connect else None

    @override
    def toxic(self) -> dict[str, Any]:
        connect = {"connect": True} if self.connect else {}
        return toxic_body("latency", latency=milliseconds(self.delay), jitter=milliseconds(self.jitter), **connect)


@dataclass(frozen=True, slots=True)
class Jitter(ToxiproxyFaultKind):
    """Each answer comes late by a time of its own, up to `delay`, in the order in which they were sent."""

    kind = "jitter"
    main = MainParameter(
        "delay",
        "Up to how much are its responses delayed?",
        "400ms",
        "With up to {amount} of added latency on {target}",
    )
    adjustable = ("delay",)
    effect = "Each response is delayed by a random time between 0 and the delay. Their order stays."
    note = "Averages that look healthy while the slowest requests suffer."

    delay: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"delay": duration_parameter(finest="2ms", zero=False)}

    @override
    def toxic(self) -> dict[str, Any]:
        half = milliseconds(self.delay / 2)
        return toxic_body("latency", latency=half, jitter=half)


@dataclass(frozen=True, slots=True)
class Bandwidth(ToxiproxyFaultKind):
    """Answers trickle at `rate`."""

    kind = "bandwidth"
    main = MainParameter(
        "rate", "To what rate are its responses limited?", "100KB/s", "With responses from {target} limited to {amount}"
    )
    adjustable = ("rate",)
    effect = "Responses are limited to this rate: the larger a response, the later it completes."
    note = "Large responses, backups that compete with traffic, streaming."

    rate: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"rate": bandwidth_parameter("1KB/s", "1000MB/s")}

    @override
    def toxic(self) -> dict[str, Any]:
        return toxic_body("bandwidth", rate=self.rate)


@dataclass(frozen=True, slots=True)
class Slice(ToxiproxyFaultKind):
    """Answers come in pieces of `size`, give or take `variation`, each `delay` after the one before."""

    kind = "slice"
    main = MainParameter(
        "size",
        "How large are the pieces of its responses?",
        "100B",
        "With responses from {target} in pieces of {amount}",
    )
    adjustable = ("size", "delay")
    effect = "Responses arrive unchanged, but in small pieces."
    note = "Clients that take one read for a whole message."

    size: int
    variation: int
    delay: float
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "size": size_parameter("1B", "16KB"),
        "variation": size_parameter("0B", "16KB", "0B"),
        "delay": duration_parameter("0s", highest="1m", finest="1us"),
    }

    def __post_init__(self) -> None:
        """Validate the variation: the original server crashes on one as large as the size."""
        if self.variation >= self.size:
            raise ParamProblem("variation", "variation must be less than size")

    @override
    def toxic(self) -> dict[str, Any]:
        delay = round(self.delay * 1_000_000)
        return toxic_body("slicer", average_size=self.size, size_variation=self.variation, delay=delay)


@dataclass(frozen=True, slots=True)
class Limit(ToxiproxyFaultKind):
    """A connection closes after so many `bytes` of answer."""

    kind = "limit"
    main = MainParameter(
        "bytes",
        "After how many bytes of responses does a connection close?",
        "64KB",
        "With connections to {target} closed after {amount}",
    )
    adjustable = ("bytes",)
    effect = "A connection closes after this many bytes of responses, possibly in the middle of one."
    note = "Truncated responses, resumed downloads."

    bytes: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"bytes": size_parameter("0B", "1GB")}

    @override
    def toxic(self) -> dict[str, Any]:
        return toxic_body("limit_data", bytes=self.bytes)
