"""From a scenario's fault and a binding to an intent: read from the engine, nothing changed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from gameday.contract import Behind, Deadline, Intent
from gameday.errors import Refused
from gameday.injectors.docker.engine import Engine, EngineTrouble
from gameday.injectors.docker.found import Was, find, name_of
from gameday.injectors.docker.kind import ByEngine, BySide, Inspected, Kind
from gameday.injectors.docker.kinds import KINDS
from gameday.injectors.docker.labels import MARK, intent_in
from gameday.injectors.docker.settings import Settings, read_settings
from gameday.injectors.docker.sides import LEASE
from gameday.injectors.docker.target import Target
from gameday.model import Binding, Fault, Json


def planned(fault: Fault, binding: Binding, mark: str, deadline: Deadline) -> Intent:
    """Raises Refused, or EngineTrouble when the engine cannot be asked."""
    settings, kind = read_settings(binding), KINDS[fault.kind].read(fault.params)
    engine, drill = Engine(settings.engine, deadline), mark[:7]
    _refuse_what_is_not_given(engine, settings, fault.kind, kind)
    found = find(engine, settings, drill)
    standing = _standing(engine, drill, {str(one["Id"]) for one in found})
    were = [_was(kind, one, fault.kind, standing) for one in found]
    names = ", ".join(was.name for was in were)
    behind = _behind(kind, settings, were)
    return Intent(
        mark=mark, drill=drill, fault=fault.id, kind=fault.kind, injector="docker",
        environment=binding.environment, target=binding.target,
        address={"engine": settings.engine, "containers": names}, params=dict(fault.params),
        undo={
            "containers": [was.encode() for was in were], "tools": settings.tools, "guardian": settings.guardian,
            "image": settings.tools or _any_image(engine, mark),
        },
        touches=f"container{'s' if len(were) > 1 else ''} {names} at {settings.engine}", reverts=kind.reverts(),
        behind=behind, lease=LEASE if behind is Behind.ENGINE else 0.0,
    )  # fmt: skip


def _refuse_what_is_not_given(engine: Engine, settings: Settings, name: str, kind: Kind) -> None:
    if name == "exec" and not settings.exec:
        raise Refused(
            f"target {settings.target}: a scenario may not have commands run in its containers",
            "If it is meant, say `exec: true` there in gameday.yaml.",
        )
    if isinstance(kind, BySide) and not settings.tools:
        raise Refused(
            f"target {settings.target}: {name} needs a tools image for its side container",
            "Name it there in gameday.yaml, as `tools: gameday-tools:1`; examples/tools makes one.",
        )
    if settings.guardian and not settings.tools:
        raise Refused(
            f"target {settings.target}: a guardian container needs a tools image",
            "Name it beside `guardian`, as `tools: gameday-tools:1`; examples/tools makes one.",
        )
    if settings.tools and not engine.has_image(settings.tools):
        raise Refused(
            f"target {settings.target}: there is no image {settings.tools} at {settings.engine}",
            "Pull it, or build one with examples/tools.",
        )


def _standing(engine: Engine, drill: str, ids: set[str]) -> list[Intent]:
    """What of the same drill stands on these: a dial that is turned. Raises Refused for another drill's."""
    found: dict[str, Intent] = {}
    for one in engine.containers([MARK]):
        intent = intent_in(one["Labels"])
        if intent is not None and ids & {was.id for was in _were(intent)}:
            found[intent.mark] = intent
    for mark, intent in found.items():
        if intent.drill != drill:
            raise Refused(
                f"{mark} of another drill stands on {intent.address['containers']}",
                "Wait for that drill, or look with `gameday halt --sweep ENVIRONMENT`.",
            )
    return list(found.values())


def _were(intent: Intent) -> list[Was]:
    listed = intent.undo["containers"]
    return [Was.decode(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _was(kind: Kind, one: Inspected, name: str, standing: Sequence[Intent]) -> Was:
    before: Mapping[str, Json] = kind.before(one)
    ident = str(one["Id"])
    over: list[Json] = []
    for intent in standing:
        if intent.kind == name and isinstance(turned := KINDS[name].read(intent.params), BySide):
            over += [trace for was in _were(intent) if was.id == ident for trace in turned.traces(intent.mark, was)]
    return Was(ident, name_of(one), str(one["State"]["StartedAt"]), {**before, "over": over} if over else before)


def _behind(kind: Kind, settings: Settings, were: Sequence[Was]) -> Behind:
    if isinstance(kind, BySide):
        return Behind.ENGINE
    assert isinstance(kind, ByEngine)
    guarded = bool(settings.guardian) and any(kind.recipes(was) for was in were)
    return Behind.ENGINE if guarded else Behind.GUARDIAN


def _any_image(engine: Engine, mark: str) -> str:
    """For a note, which never runs: drawn, since the target's own would tell which container it is about."""
    images = engine.images()
    if not images:
        raise EngineTrouble("the engine has no image at all")
    return random.Random(mark).choice(images)  # noqa: S311 - any will do


def tried(target: Target) -> str:
    """Whether this engine's kernel can do it, in a container of ours with a network of its own; else what is missing,
    and what could be used."""
    trial = target.kind.trial() if isinstance(target.kind, BySide) else None
    if trial is None:
        return ""
    room = {"network_mode": "none", "cap_drop": ["ALL"], "cap_add": ["NET_ADMIN", "NET_RAW"]}
    done = target.sides.once("try", target.tools, trial, room)
    if done.code == 0:
        return ""
    said = done.said.splitlines()[-1] if done.said else f"it ended with {done.code}"
    assert isinstance(target.kind, BySide)
    return f"{target.intent.kind} cannot be done on this engine's kernel ({said}); {target.kind.instead()}"
