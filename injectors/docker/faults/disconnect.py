"""A container taken off its networks: the engine is told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.docker import container_preconditions
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import Conflict, EngineError
from gameday.injectors.docker.faults.base import (
    EngineFaultKind,
    ForeignChange,
    Inspected,
    restore_obstacle,
)
from gameday.injectors.docker.guardian_container import GuardianRecipe, disconnected_test, reconnect_request
from gameday.injectors.docker.target_containers import ContainerSnapshot, name_in_inspection
from gameday.model import Json
from gameday.plugins.parameters import Parameter, text_parameter


@dataclass(frozen=True, slots=True)
class Disconnect(EngineFaultKind):
    """Disconnection from one network or all; aliases, links and fixed addresses are restored."""

    kind = "disconnect"
    effect = "It is disconnected from one network, or from all."
    note = "It is reconnected, with aliases, links, fixed addresses and driver options."

    affects_network = True
    network: str
    parameters: ClassVar[Mapping[str, Parameter]] = {"network": text_parameter("the name of a network, or all", "all")}

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        container_preconditions.require_own_network(now)
        networks = now["NetworkSettings"]["Networks"]
        chosen = (
            networks
            if self.network == "all"
            else {name: endpoint for name, endpoint in networks.items() if name == self.network}
        )
        if not chosen:
            raise Refused(
                f"container {name_in_inspection(now)} is not in a network {self.network!r}",
                f"It is in: {', '.join(networks)}.",
            )
        container_preconditions.require_fixed_ports(now, "after reconnecting")
        ident = str(now["Id"])
        return {
            str(endpoint["NetworkID"]): {"name": name, **_endpoint(endpoint, ident)}
            for name, endpoint in chosen.items()
        }

    @override
    def apply(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        for network in self._missing(engine.inspect(snapshot.id), snapshot, missing=False):
            engine.disconnect(snapshot.id, network)

    @override
    def is_present(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot) -> bool:
        del engine
        return bool(self._missing(now, snapshot))

    @override
    def needs_revert(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot, *, has_marker: bool) -> bool:
        del has_marker
        return bool(self._networks_to_rejoin(engine, now, snapshot))

    @override
    def revert_container(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        now = engine.inspect(snapshot.id)
        joins = self._networks_to_rejoin(engine, now, snapshot)
        reasons = [why for network in joins if (why := _reconnect(engine, snapshot, network))]
        if changes := [*reasons, *self._foreign_changes(now, snapshot, but=joins)]:
            raise ForeignChange("; ".join(changes))

    def _networks_to_rejoin(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot) -> list[str]:
        return [network for network in self._missing(now, snapshot) if engine.has_network(network)]

    @override
    def foreign_change(self, now: Inspected, snapshot: ContainerSnapshot) -> str:
        """Return changes to a container that is in every network which still exists."""
        return "; ".join(self._foreign_changes(now, snapshot))

    def _foreign_changes(self, now: Inspected, snapshot: ContainerSnapshot, but: Sequence[str] = ()) -> list[str]:
        """Return what somebody did to its networks, except those that are connected again now."""
        removed = [network for network in self._missing(now, snapshot) if network not in but]
        lacks = [
            _missing_settings_note(now, snapshot, network)
            for network in snapshot.saved_state
            if network not in (*removed, *but)
        ]
        return [why for why in (_removed_networks_note(snapshot, removed), *lacks) if why]

    @override
    def guardian_recipes(self, snapshot: ContainerSnapshot) -> list[GuardianRecipe]:
        return [_join(snapshot, network) for network in snapshot.saved_state]

    @override
    def describe_revert(self) -> str:
        return "reconnect it, with its aliases, links and fixed addresses"

    @staticmethod
    def _missing(now: Inspected, snapshot: ContainerSnapshot, *, missing: bool = True) -> list[str]:
        """Return the networks of the snapshot that it is not in, or is in.

        A stopped container lists networks without ids; a running one lists so a network that refused it an address."""
        networks, runs = now["NetworkSettings"]["Networks"], now["State"]["Running"]
        ids = {entry["NetworkID"] or name for name, entry in networks.items() if entry["EndpointID"] or not runs}
        return [net for net in snapshot.saved_state if (net in ids or _name(snapshot, net) in ids) is not missing]


def _reconnect(engine: EngineApi, snapshot: ContainerSnapshot, network: str) -> str:
    """Connect a network again; return which change of others prevents it.

    A container that was refused an address is half connected, and has to leave before it can connect."""
    for leaves in (True, False):
        try:
            engine.connect(snapshot.id, network, _endpoint_settings(snapshot, network))
            break
        except EngineError as error:
            if why := restore_obstacle(error):
                return f"{snapshot.name} cannot be connected to {_name(snapshot, network)}: {why} ({error})"
            if not leaves or not isinstance(error, Conflict):
                raise
        engine.disconnect(snapshot.id, network)
    return ""


def _missing_settings_note(now: Inspected, snapshot: ContainerSnapshot, network: str) -> str:
    """Return which aliases and address are missing after somebody connected it by hand."""
    saved: Any = snapshot.saved_state[network]
    endpoint = now["NetworkSettings"]["Networks"].get(_name(snapshot, network))
    if endpoint is None:
        return ""
    names = [alias for alias in saved.get("Aliases") or [] if alias not in (endpoint["Aliases"] or [])]
    fixed = (saved.get("IPAMConfig") or {}).get("IPv4Address", "")
    moved = fixed if fixed and (endpoint["IPAMConfig"] or {}).get("IPv4Address") != fixed else ""
    lost = [*(f"the alias {alias}" for alias in names), *([f"the address {moved}"] if moved else [])]
    output = f"{snapshot.name} was connected to {_name(snapshot, network)} by someone else, without {', '.join(lost)}"
    return output if lost else ""


def _removed_networks_note(snapshot: ContainerSnapshot, networks: Sequence[str]) -> str:
    names = ", ".join(_name(snapshot, network) for network in networks)
    return f"network {names} of {snapshot.name} was removed by someone else" if networks else ""


def _name(snapshot: ContainerSnapshot, network: str) -> str:
    saved = snapshot.saved_state[network]
    return str(saved["name"]) if isinstance(saved, dict) else ""


def _endpoint(endpoint: Mapping[str, Any], container: str) -> dict[str, Json]:
    """Return the endpoint's settings as the Engine API takes them; the engine adds the id alias itself.

    The device's name is in DriverOpts where somebody chose it; which other name it has, the engine does not say."""
    aliases = [alias for alias in endpoint.get("Aliases") or [] if alias != container[:12]]
    settings = {key: endpoint.get(key) for key in ("Links", "IPAMConfig", "DriverOpts", "GwPriority")}
    return {key: value for key, value in {"Aliases": aliases, **settings}.items() if value}


def _endpoint_settings(snapshot: ContainerSnapshot, network: str) -> dict[str, Json]:
    saved = snapshot.saved_state[network]
    assert isinstance(saved, dict)
    return {key: value for key, value in saved.items() if key != "name"}


def _join(snapshot: ContainerSnapshot, network: str) -> GuardianRecipe:
    """Return the recipe that connects one network again."""
    named = f'{json.dumps(_name(snapshot, network))}:{{"IPAMConfig"'
    undo = reconnect_request(snapshot.id, network, _endpoint_settings(snapshot, network))
    return GuardianRecipe(disconnected_test(snapshot.id, network, named), undo)
