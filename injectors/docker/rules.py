"""Packets of a container refused or lost: rules in its network namespace, in chains that are named by the mark."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from gameday.contract import ParamProblem
from gameday.injectors.docker.found import Was
from gameday.injectors.docker.namespace import InNetwork
from gameday.injectors.docker.script import Script
from gameday.injectors.parameters import Parameter, a_number, a_share, a_text, one_of

_PORT, _PEER = a_number(0, 65535, 0), a_text("an address or a network, as 10.0.0.7 or 10.0.0.0/24", "any")
_BOTH = ("in", "out")
_CHAIN = {"in": "INPUT", "out": "OUTPUT"}
_RESET = "-j REJECT --reject-with tcp-reset"


class Rules(InNetwork):
    """`port`: 0 for any, at whichever end of a connection; `peer`: whom it has to do with."""

    __slots__ = ()
    port: int
    peer: str

    def fates(self) -> Mapping[str, str]:
        """What becomes of a packet that comes `in` or goes `out`, in the words of iptables."""
        raise NotImplementedError

    def script(self, mark: str, was: Was) -> Script:
        del was
        ours = {way: f"{mark}-{way}" for way in self.fates()}
        rules = [f"-A {ours[way]} {match} {fate}" for way, fate in self.fates().items() for match in self._matches(way)]
        jumps = [f"-I {_CHAIN[way]} 1 -j {chain}" for way, chain in ours.items()]
        table = "\n".join(["*filter", *(f":{chain} -" for chain in ours.values()), *rules, *jumps, "COMMIT"])
        back = "\n".join(_dropped(_CHAIN[way], chain) for way, chain in ours.items())
        return Script(
            shows=_counted(mark, len(rules) + len(jumps)), put_back=f"{{ {back}\n}} 2>/dev/null",
            apply=f"put_back\niptables-restore -w 2 --noflush <<END\n{table}\nEND",
        )  # fmt: skip

    def _matches(self, way: str) -> list[str]:
        peer = "" if self.peer == "any" else f" {'-s' if way == 'in' else '-d'} {self.peer}"
        return [f"-p tcp{peer} --{end} {self.port}" for end in ("dport", "sport")] if self.port else [f"-p tcp{peer}"]

    def trial(self) -> Script | None:
        return self.script("gd-trial", Was("", "", "", {}))

    def _check(self) -> None:
        """Raises ParamProblem: what stands there becomes a part of a rule."""
        if self.peer == "any":
            return
        try:
            ipaddress.IPv4Network(self.peer)
        except ValueError:
            wrong = f"{self.peer!r} is no address or network: write 10.0.0.7 or 10.0.0.0/24"
            raise ParamProblem("peer", wrong) from None


@dataclass(frozen=True, slots=True)
class Refuse(Rules):
    """TCP to the container is answered with a reset: new connections are refused, and those that stand break at
    their next packet."""

    port: int
    peer: str
    parameters: ClassVar[Mapping[str, Parameter]] = {"port": _PORT, "peer": _PEER}

    def __post_init__(self) -> None:
        self._check()

    def fates(self) -> Mapping[str, str]:
        return {"in": _RESET}


@dataclass(frozen=True, slots=True)
class Loss(Rules):
    """Of its TCP packets, `rate` are lost, one by one, at random."""

    rate: float
    port: int
    peer: str
    direction: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "rate": a_share("1%", "100%"), "port": _PORT, "peer": _PEER,
        "direction": one_of("both", "both", "in", "out"),
    }  # fmt: skip

    def __post_init__(self) -> None:
        self._check()

    def fates(self) -> Mapping[str, str]:
        ways = _BOTH if self.direction == "both" else (self.direction,)
        return dict.fromkeys(ways, f"-m statistic --mode random --probability {self.rate:.4f} -j DROP")


@dataclass(frozen=True, slots=True)
class Outage(Rules):
    """The container is gone, for everybody. `seen_as` refused: connections break and new ones are refused; silent: no
    answer."""

    seen_as: str
    parameters: ClassVar[Mapping[str, Parameter]] = {"seen_as": one_of("refused", "refused", "silent")}

    @property
    def port(self) -> int:  # type: ignore[override]
        return 0

    @property
    def peer(self) -> str:  # type: ignore[override]
        return "any"

    def fates(self) -> Mapping[str, str]:
        return {"in": _RESET} if self.seen_as == "refused" else dict.fromkeys(_BOTH, "-j DROP")


def _counted(mark: str, whole: int) -> str:
    """Each rule and each jump is a line of `iptables -S`."""
    return f"""\
rules=$(iptables -w 2 -S) || return 2
ours=$(echo "$rules" | grep -c -e '^-A {mark}-' -e '-j {mark}-')
[ "$ours" -eq {whole} ] && return 0
case $rules in *'{mark}-'*) return 2 ;; esac
return 1"""


def _dropped(chain: str, ours: str) -> str:
    return f"while iptables -w 2 -D {chain} -j {ours}; do :; done; iptables -w 2 -F {ours}; iptables -w 2 -X {ours}"
