"""A container taken off its networks: the engine is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from gameday.errors import Refused
from gameday.injectors.docker.engine import Conflict, Engine, NotThere
from gameday.injectors.docker.found import Was, name_of
from gameday.injectors.docker.kind import ByEngine, Inspected, Recipe
from gameday.injectors.docker.requests import lacks, post
from gameday.injectors.docker.state import refuse_chosen_ports
from gameday.injectors.parameters import Parameter, a_text
from gameday.model import Json


@dataclass(frozen=True, slots=True)
class Disconnect(ByEngine):
    """It loses its network, or all of them, and comes back with its aliases, links and fixed addresses."""

    network: str
    parameters: ClassVar[Mapping[str, Parameter]] = {"network": a_text("a network's name, or all", "all")}

    def before(self, now: Inspected) -> dict[str, Json]:
        there = now["NetworkSettings"]["Networks"]
        mode = str(now["HostConfig"]["NetworkMode"])
        if mode in ("host", "none") or mode.startswith("container:"):
            raise Refused(f"container {name_of(now)} has no network of its own (network mode {mode})")
        chosen = there if self.network == "all" else {name: one for name, one in there.items() if name == self.network}
        if not chosen:
            raise Refused(
                f"container {name_of(now)} is not in a network {self.network!r}", f"It is in: {', '.join(there)}."
            )
        refuse_chosen_ports(now, "connected again")
        return {str(one["NetworkID"]): _endpoint(one, str(now["Id"])) for one in chosen.values()}

    def apply(self, engine: Engine, was: Was) -> None:
        for network in self._missing(engine.inspect(was.id), was, missing=False):
            engine.disconnect(was.id, network)

    def stands(self, engine: Engine, now: Inspected, was: Was) -> bool:
        del engine
        return bool(self._missing(now, was))

    def undo(self, engine: Engine, was: Was) -> None:
        for network in self._missing(engine.inspect(was.id), was):
            try:
                engine.connect(was.id, network, _for_sdk(was.more[network]))
            except NotThere as error:
                raise Conflict(f"the network that {was.name} was in is there no more: {error}") from None

    def left(self, now: Inspected, was: Was) -> str:
        del now, was
        return ""

    def recipes(self, was: Was) -> list[Recipe]:
        return [_join(was, network) for network in was.more]

    def reverts(self) -> str:
        return "connect it again, with its aliases, links and fixed addresses"

    @staticmethod
    def _missing(now: Inspected, was: Was, *, missing: bool = True) -> list[str]:
        """Of the networks of before: those it is not in, or is in."""
        there = {one["NetworkID"] for one in now["NetworkSettings"]["Networks"].values()}
        return [network for network in was.more if (network in there) is not missing]


def _endpoint(one: Mapping[str, Any], container: str) -> dict[str, Json]:
    """What makes it the same again, as the Engine API takes it; the engine adds the container's own id by itself."""
    aliases = [alias for alias in one.get("Aliases") or [] if not container.startswith(alias)]
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


def _join(was: Was, network: str) -> Recipe:
    """Of one network."""
    test = lacks(was.id, f'"NetworkID":"{network}"')
    body = {"Container": was.id, "EndpointConfig": was.more[network]}
    return Recipe(test, f"{test} && {post(f'/networks/{network}/connect', body)}")
