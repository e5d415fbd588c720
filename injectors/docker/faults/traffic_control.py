"""Packets of a container made late or few: a queue of ours on each of its network devices, for what it sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.injectors.docker.discovery import ContainerSnapshot
from gameday.injectors.docker.faults.network_base import InNetwork
from gameday.injectors.docker.sidecar_script import Script
from gameday.markers import created_second
from gameday.model import Json
from gameday.plugins.parameters import MainParameter, Parameter, duration_parameter, rate_parameter
from gameday.plugins.types import ParamProblem

# busybox has a tc of its own, which its shell would prefer, and which knows neither netem nor tbf
_TC = """\
for tc in /usr/sbin/tc /sbin/tc /usr/bin/tc /bin/tc; do [ -x $tc ] && break; done
devices() { sed -n 's/^ *\\([^:]*\\):.*/\\1/p' /proc/net/dev | grep -v '^lo$'; }
"""


class Queues(InNetwork):
    """The queue's number is made from the mark: so it is ours to see and to remove."""

    __slots__ = ()

    def queue(self) -> str:
        """In the words of tc."""
        raise NotImplementedError

    @override
    def script(self, marker: str, was: ContainerSnapshot) -> Script:
        """What a device had before is kept by the kernel only if it was its own default: another one is refused. A
        dial that is turned replaces what stands of the same drill."""
        number = _number(marker)
        turned = "|".join([number, *was.superseded_markers])
        name = self.queue().split()[0]
        return Script(
            before=_TC,
            shows=f"""\
has=0; lacks=0
for device in $(devices); do
  told=$($tc qdisc show dev $device) || return 2
  case $told in *'qdisc {name} {number}: root'*) has=1 ;; *' {number}: root'*) return 2 ;; *) lacks=1 ;; esac
done
[ $has -eq 0 ] && return 1
[ $lacks -eq 0 ] && return 0
return 2""",
            put_back=f"""\
for device in $(devices); do
  case $($tc qdisc show dev $device) in *' {number}: root'*) $tc qdisc del dev $device root ;; esac
done""",
            apply=f"""\
for device in $(devices); do
  do=add
  told=$($tc qdisc show dev $device | grep ' root')
  echo "$told" | grep -q -E ' ({turned}): root' && do=replace
  $tc qdisc $do dev $device root handle {number}: {self.queue()} || return 1
done""",
        )

    @override
    def markers(self, marker: str, was: ContainerSnapshot) -> list[Json]:
        del was
        return [_number(marker)]

    @override
    def trial_script(self) -> Script | None:
        """On the one device that every network has."""
        return Script("return 1", ":", f"$tc qdisc add dev lo root {self.queue()}", before=_TC)


@dataclass(frozen=True, slots=True)
class Latency(Queues):
    """What it sends comes `delay` late, give or take `jitter`."""

    kind = "latency"
    main = MainParameter("delay", "How late do its answers come?", "200ms", "With the {target} {amount} late")
    adjustable = ("delay",)
    effect = "What it sends comes late."
    note = "The queue is removed."

    delay: float
    jitter: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"delay": duration_parameter(), "jitter": duration_parameter("0s")}

    def __post_init__(self) -> None:
        if self.jitter > self.delay:
            raise ParamProblem("jitter", "jitter is more than the delay: an answer cannot come before it was sent")

    @override
    def queue(self) -> str:
        return f"netem limit 100000 delay {self.delay * 1000:.0f}ms {self.jitter * 1000:.0f}ms"


@dataclass(frozen=True, slots=True)
class Bandwidth(Queues):
    """What it sends trickles at `rate`."""

    kind = "bandwidth"
    main = MainParameter("rate", "How much comes through to its clients?", "100KB/s", "With the {target} at {amount}")
    effect = "What it sends trickles."
    note = "The queue is removed."

    rate: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"rate": rate_parameter("1KB/s", "1000MB/s")}

    @override
    def queue(self) -> str:
        """A bucket of 20 ms of the rate, 10 kB at least: less would hold back a whole packet for ever."""
        bits = self.rate * 8000
        return f"tbf rate {bits}bit burst {max(10_000, bits // 8 // 50)} latency 1s"


def _number(marker: str) -> str:
    """A handle's major number, as tc writes it: none that people write (1:), none of the kernel's own (8001: on)."""
    return f"{0x1000 + created_second(marker) % 0x7000:x}"
