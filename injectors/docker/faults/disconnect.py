"""A container taken off its networks: the engine is told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.docker import preconditions
from gameday.injectors.docker.discovery import ContainerSnapshot, name_in_inspection
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import Conflict, EngineError
from gameday.injectors.docker.faults.base import (
    EngineFaultKind,
    ForeignChange,
    GuardianRecipe,
    Inspected,
    restore_obstacle,
)
from gameday.injectors.docker.guardian_shell import is_disconnected, reconnect
from gameday.model import Json
from gameday.plugins.parameters import Parameter, text_parameter


@dataclass(frozen=True, slots=True)
class Disconnect(EngineFaultKind):
    """It loses its network, or all of them, and comes back with its aliases, links and fixed addresses."""

    kind = "disconnect"
    effect = "It loses one network, or all."
    note = "It is connected again, with aliases, links and fixed addresses."

    affects_network = True
    network: str
    parameters: ClassVar[Mapping[str, Parameter]] = {"network": text_parameter("a network's name, or all", "all")}

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        preconditions.require_own_network(now)
        there = now["NetworkSettings"]["Networks"]
        chosen = there if self.network == "all" else {name: one for name, one in there.items() if name == self.network}
        if not chosen:
            raise Refused(
                f"container {name_in_inspection(now)} is not in a network {self.network!r}",
                f"It is in: {', '.join(there)}.",
            )
        preconditions.require_fixed_ports(now, "connected again")
        ident = str(now["Id"])
        return {str(one["NetworkID"]): {"name": name, **_endpoint(one, ident)} for name, one in chosen.items()}

    @override
    def apply(self, engine: EngineApi, was: ContainerSnapshot) -> None:
        for network in self._missing(engine.inspect(was.id), was, missing=False):
            engine.disconnect(was.id, network)

    @override
    def is_present(self, engine: EngineApi, now: Inspected, was: ContainerSnapshot) -> bool:
        del engine
        return bool(self._missing(now, was))

    @override
    def needs_revert(self, engine: EngineApi, now: Inspected, was: ContainerSnapshot, *, noted: bool) -> bool:
        del noted
        return bool(self._networks_to_rejoin(engine, now, was))

    @override
    def revert_container(self, engine: EngineApi, was: ContainerSnapshot) -> None:
        now = engine.inspect(was.id)
        joins = self._networks_to_rejoin(engine, now, was)
        whys = [why for network in joins if (why := _reconnect(engine, was, network))]
        if theirs := [*whys, *self._foreign_changes(now, was, but=joins)]:
            raise ForeignChange("; ".join(theirs))

    def _networks_to_rejoin(self, engine: EngineApi, now: Inspected, was: ContainerSnapshot) -> list[str]:
        return [network for network in self._missing(now, was) if engine.has_network(network)]

    @override
    def foreign_change(self, now: Inspected, was: ContainerSnapshot) -> str:
        """Of a container that is in every network which is still there."""
        return "; ".join(self._foreign_changes(now, was))

    def _foreign_changes(self, now: Inspected, was: ContainerSnapshot, but: Sequence[str] = ()) -> list[str]:
        """What somebody did to its networks, but for those that we join again."""
        removed = [network for network in self._missing(now, was) if network not in but]
        lacks = [
            _missing_settings_note(now, was, network) for network in was.saved_state if network not in (*removed, *but)
        ]
        return [why for why in (_removed_networks_note(was, removed), *lacks) if why]

    @override
    def guardian_recipes(self, was: ContainerSnapshot) -> list[GuardianRecipe]:
        return [_join(was, network) for network in was.saved_state]

    @override
    def describe_revert(self) -> str:
        return "connect it again, with its aliases, links and fixed addresses"

    @staticmethod
    def _missing(now: Inspected, was: ContainerSnapshot, *, missing: bool = True) -> list[str]:
        """Of the networks of before: those it is not in, or is in. One that does not run has networks without ids; of
        one that runs, that is a network in which it found no place."""
        there, runs = now["NetworkSettings"]["Networks"], now["State"]["Running"]
        ids = {one["NetworkID"] or name for name, one in there.items() if one["EndpointID"] or not runs}
        return [net for net in was.saved_state if (net in ids or _name(was, net) in ids) is not missing]


def _reconnect(engine: EngineApi, was: ContainerSnapshot, network: str) -> str:
    """Says what of somebody's is in the way. A container that was refused a place is half in the network, and has to
    leave it before it can join."""
    for leaves in (True, False):
        try:
            engine.connect(was.id, network, _for_sdk(was.saved_state[network]))
            break
        except EngineError as trouble:
            if why := restore_obstacle(trouble):
                return f"{was.name} cannot be connected to {_name(was, network)}: {why} ({trouble})"
            if not leaves or not isinstance(trouble, Conflict):
                raise
        engine.disconnect(was.id, network)
    return ""


def _missing_settings_note(now: Inspected, was: ContainerSnapshot, network: str) -> str:
    """Who connects a container by hand may leave out how it was called there, and where it was found."""
    kept: Any = was.saved_state[network]
    there = now["NetworkSettings"]["Networks"].get(_name(was, network))
    if there is None:
        return ""
    names = [alias for alias in kept.get("Aliases") or [] if alias not in (there["Aliases"] or [])]
    fixed = (kept.get("IPAMConfig") or {}).get("IPv4Address", "")
    moved = fixed if fixed and (there["IPAMConfig"] or {}).get("IPv4Address") != fixed else ""
    lost = [*(f"the alias {alias}" for alias in names), *([f"the address {moved}"] if moved else [])]
    said = f"{was.name} was connected to {_name(was, network)} by somebody meanwhile, without {', '.join(lost)}"
    return said if lost else ""


def _removed_networks_note(was: ContainerSnapshot, networks: Sequence[str]) -> str:
    names = ", ".join(_name(was, network) for network in networks)
    return f"{names}, which {was.name} was in, was removed by somebody meanwhile" if networks else ""


def _name(was: ContainerSnapshot, network: str) -> str:
    kept = was.saved_state[network]
    return str(kept["name"]) if isinstance(kept, dict) else ""


def _endpoint(one: Mapping[str, Any], container: str) -> dict[str, Json]:
    """What makes it the same again, as the Engine API takes it; the engine adds the container's own id by itself."""
    aliases = [alias for alias in one.get("Aliases") or [] if alias != container[:12]]
    kept = {key: one.get(key) for key in ("Links", "IPAMConfig", "DriverOpts")}
    return {key: value for key, value in {"Aliases": aliases, **kept}.items() if value}


def _for_sdk(endpoint: Json) -> dict[str, Any]:
    """The same as the SDK's call takes it."""
    assert isinstance(endpoint, dict)
    fixed: Any = endpoint.get("IPAMConfig") or {}
    links: Any = endpoint.get("Links") or []
    return {
        "aliases": endpoint.get("Aliases"), "links": [tuple(link.split(":", 1)) for link in links] or None,
        "ipv4_address": fixed.get("IPv4Address"), "ipv6_address": fixed.get("IPv6Address"),
        "link_local_ips": fixed.get("LinkLocalIPs"), "driver_opt": endpoint.get("DriverOpts"),
    }  # fmt: skip


def _join(was: ContainerSnapshot, network: str) -> GuardianRecipe:
    """Of one network."""
    named = f'{json.dumps(_name(was, network))}:{{"IPAMConfig"'
    kept: Any = was.saved_state[network]
    endpoint = {key: value for key, value in kept.items() if key != "name"}
    return GuardianRecipe(is_disconnected(was.id, network, named), reconnect(was.id, network, endpoint))
