"""Faults on a container's packets: iptables rules in its network, in chains named after the marker."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.injectors.docker import container_preconditions
from gameday.injectors.docker.faults.base import Inspected, NetworkFaultKind
from gameday.injectors.docker.sidecar_script import SidecarScript
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.model import Json
from gameday.plugins.parameters import (
    MainParameter,
    Parameter,
    choice_parameter,
    integer_parameter,
    percentage_parameter,
    text_parameter,
)
from gameday.plugins.types import ParamProblem

_PORT, _PEER = (
    integer_parameter(0, 65535, 0),
    text_parameter("an address or a network, such as 10.0.0.7 or 10.0.0.0/24", "any"),
)
_BOTH = ("in", "out")
_SIDE = {"in": "-s", "out": "-d"}
_CHAIN = {"in": "INPUT", "out": "OUTPUT"}
_RESET = "-j REJECT --reject-with tcp-reset"


class RuleFaultKind(NetworkFaultKind):
    """Fault by iptables rules."""

    __slots__ = ()

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        container_preconditions.require_ipv4_only(now)
        return NetworkFaultKind.capture_state(self, now)

    def match_expressions(self, way: str, snapshot: ContainerSnapshot) -> list[str]:
        """Return which packets are affected, as arguments of iptables."""
        raise NotImplementedError

    def actions_by_direction(self) -> Mapping[str, str]:
        """Return what happens to packets that come `in` or go `out`, as arguments of iptables."""
        raise NotImplementedError

    @override
    def script(self, marker: str, snapshot: ContainerSnapshot) -> SidecarScript:
        chains = {way: f"{marker}-{way}" for way in self.actions_by_direction()}
        rules = [
            f"-A {chains[way]} {match} {action}"
            for way, action in self.actions_by_direction().items()
            for match in self.match_expressions(way, snapshot)
        ]
        jumps = [f"-I {_CHAIN[way]} 1 -j {chain}" for way, chain in chains.items()]
        table = "\n".join(["*filter", *(f":{chain} -" for chain in chains.values()), *rules, *jumps, "COMMIT"])
        # both directions: a leftover without an intent does not tell which it was
        removals = "\n".join(_remove_chain_script(chain, f"{marker}-{way}") for way, chain in _CHAIN.items())
        return SidecarScript(
            check_presence=_count_rules_script(marker, len(rules) + len(jumps)),
            revert_fault=f"{{ {removals}\n}} 2>/dev/null",
            apply_fault=f"revert_fault\niptables-restore -w 2 --noflush <<END\n{table}\nEND",
        )  # fmt: skip

    @override
    def trial_script(self) -> SidecarScript | None:
        return self.script("gd-trial", ContainerSnapshot("", "", "", {"peers": ["192.0.2.1"]}))


class TcpFaultKind(RuleFaultKind):
    """Fault on TCP packets. `port`: at either end of a connection, 0 for any; `peer`: the other address, or any."""

    __slots__ = ()
    port: int
    peer: str

    def __post_init__(self) -> None:
        """Validate the peer, which becomes part of a rule. Raises ParamProblem."""
        if self.peer == "any":
            return
        try:
            ipaddress.IPv4Network(self.peer)
        except ValueError:
            wrong = f"{self.peer!r} is not an address or network: write 10.0.0.7 or 10.0.0.0/24"
            raise ParamProblem("peer", wrong) from None

    @override
    def match_expressions(self, way: str, snapshot: ContainerSnapshot) -> list[str]:
        del snapshot
        peer = "" if self.peer == "any" else f" {_SIDE[way]} {self.peer}"
        return [f"-p tcp{peer} --{end} {self.port}" for end in ("dport", "sport")] if self.port else [f"-p tcp{peer}"]


@dataclass(frozen=True, slots=True)
class Refuse(TcpFaultKind):
    """Refusal of TCP to the container: new connections are refused, open ones break at their next packet."""

    kind = "refuse"
    effect = "Like `outage`, for one port or one peer only."
    note = "Its rules are removed."

    port: int
    peer: str
    parameters: ClassVar[Mapping[str, Parameter]] = {"port": _PORT, "peer": _PEER}

    @override
    def actions_by_direction(self) -> Mapping[str, str]:
        return {"in": _RESET}


@dataclass(frozen=True, slots=True)
class Loss(TcpFaultKind):
    """Loss of the container's TCP packets: each is lost with probability `rate`."""

    kind = "loss"
    main = MainParameter("rate", "What share of its packets is lost?", "30%", "With {amount} packet loss on {target}")
    effect = "This share of its TCP packets is dropped."
    note = "Its rules are removed."

    rate: float
    port: int
    peer: str
    direction: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "rate": percentage_parameter("1%", "100%"), "port": _PORT, "peer": _PEER,
        "direction": choice_parameter("both", "both", "in", "out"),
    }  # fmt: skip

    @override
    def actions_by_direction(self) -> Mapping[str, str]:
        ways = _BOTH if self.direction == "both" else (self.direction,)
        return dict.fromkeys(ways, f"-m statistic --mode random --probability {self.rate:.4f} -j DROP")


@dataclass(frozen=True, slots=True)
class Outage(RuleFaultKind):
    """Outage of the container for all clients.

    `seen_as` refused: connections break and new ones are refused; silent: no answer."""

    kind = "outage"
    main = MainParameter("seen_as", "How does it fail: refused or silent?", "refused", "With {target} down ({amount})")
    effect = "`refused`: TCP connections to it are reset. `silent`: all its TCP packets are dropped."
    note = "Its rules are removed."

    seen_as: str
    parameters: ClassVar[Mapping[str, Parameter]] = {"seen_as": choice_parameter("refused", "refused", "silent")}

    @override
    def match_expressions(self, way: str, snapshot: ContainerSnapshot) -> list[str]:
        del way, snapshot
        return ["-p tcp"]

    @override
    def actions_by_direction(self) -> Mapping[str, str]:
        return {"in": _RESET} if self.seen_as == "refused" else dict.fromkeys(_BOTH, "-j DROP")


@dataclass(frozen=True, slots=True)
class Partition(RuleFaultKind):
    """Partition between the container and those of another target, `peer`; both still reach everybody else."""

    kind = "partition"
    peer_parameter = "peer"
    effect = (
        "It cannot communicate with the containers of the target `peer`, at the addresses that they have when the "
        "fault is applied."
    )
    note = "Its rules are removed."

    peer: str
    parameters: ClassVar[Mapping[str, Parameter]] = {"peer": text_parameter("another target")}

    @override
    def match_expressions(self, way: str, snapshot: ContainerSnapshot) -> list[str]:
        peers = snapshot.saved_state["peers"]
        return [f"{_SIDE[way]} {peer}" for peer in peers] if isinstance(peers, list) else []

    @override
    def actions_by_direction(self) -> Mapping[str, str]:
        return dict.fromkeys(_BOTH, "-j DROP")


def _count_rules_script(marker: str, expected: int) -> str:
    """Return a check that counts rules and jumps, each of which is a line of `iptables -S`."""
    return f"""\
rules=$(iptables -w 2 -S) || return 2
count=$(echo "$rules" | grep -c -e '^-A {marker}-in ' -e '^-A {marker}-out ' -e '-j {marker}-in$' -e '-j {marker}-out$')
[ "$count" -eq {expected} ] && return 0
echo "$rules" | grep -q -x -e '-N {marker}-in' -e '-N {marker}-out' && return 2
return 1"""


def _remove_chain_script(builtin: str, chain: str) -> str:
    return (
        f"while iptables -w 2 -D {builtin} -j {chain}; do :; done; iptables -w 2 -F {chain}; iptables -w 2 -X {chain}"
    )
