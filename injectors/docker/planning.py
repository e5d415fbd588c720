"""From a scenario's fault and a binding to an intent: read from the engine, nothing changed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gameday.contract import Behind, Intent
from gameday.errors import Refused
from gameday.injectors.docker.engine import Engine
from gameday.injectors.docker.found import Was, find, must_run, name_of, said_of, were_of
from gameday.injectors.docker.given import refuse_what_is_not_given
from gameday.injectors.docker.guardian import guarded, must_be_told
from gameday.injectors.docker.kind import ByEngine, BySide, Inspected, Kind
from gameday.injectors.docker.kinds import KINDS
from gameday.injectors.docker.labels import MARK, ours
from gameday.injectors.docker.refusals import shared_network, shared_volume
from gameday.injectors.docker.rules import Partition
from gameday.injectors.docker.settings import Settings, read_settings
from gameday.injectors.docker.sides import LEASE
from gameday.injectors.docker.trouble import EngineTrouble
from gameday.marks import drill_of
from gameday.model import Binding, Fault, Json


def planned(fault: Fault, binding: Binding, mark: str, engine: Engine) -> Intent:
    """Raises Refused, or EngineTrouble when the engine cannot be asked."""
    settings, kind, drill = read_settings(binding), KINDS[fault.kind].read(fault.params), drill_of(mark)
    refuse_what_is_not_given(engine, settings, fault.kind, kind)
    found = find(engine, settings, binding)
    if kind.of_network:
        shared_network(engine, found)
    standing = _standing(engine, drill, {str(one["Id"]) for one in found})
    must_run(found, settings.target)
    between = _between(engine, binding, settings, kind)
    were = [_was(kind, one, fault.kind, standing, between) for one in found]
    names: list[Json] = [was.name for was in were]
    if filled := [source for was in were if (source := kind.fills(was))]:
        shared_volume(engine, filled, [was.id for was in were])
    behind = _behind(kind, settings, were)
    return Intent(
        mark=mark, drill=drill, fault=fault.id, kind=fault.kind, injector="docker",
        environment=binding.environment, target=binding.target,
        address={"engine": settings.engine, "containers": names}, params=dict(fault.params),
        undo={
            "ids": [was.id for was in were], "containers": [was.encode() for was in were],
            "tools": settings.tools, "guardian": settings.guardian,
            "image": settings.tools or an_image(engine, mark),
        },
        touches=said_of(were, settings.engine, 0 if binding.drawn else settings.many(len(were))),
        reverts=kind.reverts(),
        behind=behind, lease=LEASE if behind in (Behind.ENGINE, Behind.BESIDE) else 0.0,
    )  # fmt: skip


def _standing(engine: Engine, drill: str, ids: set[str]) -> list[Intent]:
    """What of the same drill stands on these: a dial that is turned. Raises Refused for another drill's."""
    found: dict[str, Intent] = {}
    for one, intent in ours(engine.containers([MARK])):
        noted = f"/{intent.mark}" in one["Names"]  # what preflight tries stands on nobody
        if noted and ids & {was.id for was in were_of(intent)}:
            found[intent.mark] = intent
    for mark, intent in found.items():
        if intent.drill != drill:
            raise Refused(
                f"{mark} of another drill stands on {', '.join(intent.several)}",
                "Wait for that drill, or look with `gameday halt --sweep ENVIRONMENT`.",
            )
    return list(found.values())


def _between(engine: Engine, binding: Binding, settings: Settings, kind: Kind) -> dict[str, Json]:
    """Of a fault between two targets: where the other one's containers are now."""
    if not isinstance(kind, Partition):
        return {}
    if kind.peer not in binding.others or kind.peer == binding.target:
        raise Refused(
            f"target {binding.target}: there is no other target {kind.peer!r} that the injector docker does",
            f"There are: {', '.join(sorted(set(binding.others) - {binding.target})) or 'none'}.",
        )
    other = replace(binding, target=kind.peer, settings=binding.others[kind.peer], shown=())
    theirs = read_settings(other)
    if theirs.engine != settings.engine:
        raise Refused(
            f"target {binding.target} is at the engine {settings.engine}, and {kind.peer} at {theirs.engine}: only "
            "containers of one engine can be parted",
            "Correct it in gameday.yaml if they are one, or name a peer that is at the same.",
        )
    found = find(engine, theirs, other)
    networks = [net for one in found for net in one["NetworkSettings"]["Networks"].values()]
    addresses: list[Json] = [str(net["IPAddress"]) for net in networks if net["IPAddress"]]
    if not addresses:
        raise Refused(f"target {kind.peer} has no address in any network: there is nothing to part it from")
    return {"peers": addresses}


def _was(kind: Kind, one: Inspected, name: str, standing: Sequence[Intent], between: Mapping[str, Json]) -> Was:
    before: Mapping[str, Json] = {**kind.before(one), **between}
    ident = str(one["Id"])
    over: list[Json] = []
    for intent in standing:
        if intent.kind == name and isinstance(turned := KINDS[name].read(intent.params), BySide):
            over += [trace for was in were_of(intent) if was.id == ident for trace in turned.traces(intent.mark, was)]
    more = {**before, "over": over} if over else before
    return Was(ident, name_of(one), str(one["State"]["StartedAt"]), more, int(one.get("RestartCount") or 0))


def _behind(kind: Kind, settings: Settings, were: Sequence[Was]) -> Behind:
    if isinstance(kind, BySide):
        return Behind.ENGINE
    assert isinstance(kind, ByEngine)
    recipes = guarded(kind, were, settings.tools, settings.guardian)
    must_be_told(recipes, were, settings.target)
    return Behind.BESIDE if recipes else Behind.GUARDIAN


def an_image(engine: Engine, mark: str) -> str:
    """For a note, which never runs: drawn, since the target's own would tell which container it is about. Of those that
    somebody's container uses, where there are any: they cannot be removed anyway while it is there."""
    images = engine.images()
    if not images:
        raise EngineTrouble("the engine has no image at all")
    used = {str(one["ImageID"]) for one in engine.containers([]) if MARK not in one["Labels"]}
    held = sorted(used.intersection(images))
    return random.Random(mark).choice(held or images)  # noqa: S311 - any will do
