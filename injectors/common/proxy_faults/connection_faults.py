"""Faults on connections: refused, silent, reset, or slow to close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.injectors.common.proxy_faults.toxic import RequiredExtension, ToxiproxyFaultKind, milliseconds, toxic_body
from gameday.plugins.parameters import (
    MainParameter,
    Parameter,
    choice_parameter,
    duration_parameter,
)


@dataclass(frozen=True, slots=True)
class Outage(ToxiproxyFaultKind):
    """Outage of the target.

    `seen_as` refused: connections are closed and new ones refused; silent: no answer; new-refused: connections stay
    open, new ones are refused."""

    kind = "outage"
    main = MainParameter(
        "seen_as", "How does it fail: refused, silent or new-refused?", "refused", "With {target} down ({amount})"
    )
    effect = (
        "`refused`: open connections are closed and new ones refused. `silent`: connections stay open, "
        "new ones too, but nothing responds. `new-refused`: open connections continue, new ones are refused."
    )
    note = "Failover, missing timeouts, connection pools that hide an outage until they reconnect."

    seen_as: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "seen_as": choice_parameter("refused", "refused", "silent", "new-refused")
    }

    @property
    @override
    def disables_proxy(self) -> bool:
        return self.seen_as == "refused"

    @property
    @override
    def needs(self) -> RequiredExtension | None:
        if self.seen_as != "new-refused":
            return None
        return RequiredExtension("refuse", "outage with seen_as: new-refused", "write seen_as: refused or silent")

    @override
    def toxic(self) -> dict[str, Any]:
        if self.disables_proxy:
            return toxic_body("noop")
        return toxic_body("timeout", timeout=0) if self.seen_as == "silent" else toxic_body("refuse")


@dataclass(frozen=True, slots=True)
class Reset(ToxiproxyFaultKind):
    """Connections are reset `after` so long."""

    kind = "reset"
    main = MainParameter(
        "after", "After how long is each connection reset?", "0s", "With connections to {target} reset"
    )
    adjustable = ("after",)
    effect = "Each connection is reset instead of delivering the next response, at once or after a time."
    note = "Retries of requests that were half processed."

    after: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"after": duration_parameter("0s")}

    @override
    def toxic(self) -> dict[str, Any]:
        return toxic_body("reset_peer", timeout=milliseconds(self.after))


@dataclass(frozen=True, slots=True)
class Timeout(ToxiproxyFaultKind):
    """No answer; the connection closes `after` so long, or never with 0."""

    kind = "timeout"
    main = MainParameter(
        "after",
        "After how long does an unanswered connection close (0s: never)?",
        "0s",
        "With no responses from {target} and connections closing after {amount}",
    )
    adjustable = ("after",)
    effect = "Connections are accepted, but nothing responds; each closes after this time, or stays open with `0s`."
    note = "Missing timeouts, threads that wait forever."

    after: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"after": duration_parameter("0s")}

    @override
    def toxic(self) -> dict[str, Any]:
        return toxic_body("timeout", timeout=milliseconds(self.after))


@dataclass(frozen=True, slots=True)
class SlowClose(ToxiproxyFaultKind):
    """Delay of the end of a connection: its client learns `delay` later that the target closed it."""

    kind = "slow-close"
    main = MainParameter(
        "delay",
        "By how much is the close of a connection delayed?",
        "10s",
        "With connections to {target} closing {amount} late",
    )
    adjustable = ("delay",)
    effect = "Responses arrive in time, but connections close late."
    note = "Clients that read until the end; pools that count closing connections."

    delay: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"delay": duration_parameter()}

    @override
    def toxic(self) -> dict[str, Any]:
        return toxic_body("slow_close", delay=milliseconds(self.delay))
