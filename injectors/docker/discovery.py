"""The containers of a target, as they are before the fault: read from the engine, and what an intent keeps of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gameday.errors import Refused
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError, NotFound
from gameday.injectors.docker.marker_labels import MARK
from gameday.injectors.docker.target_settings import (
    COMPOSE_ONE_OFF,
    COMPOSE_PROJECT,
    COMPOSE_SERVICE,
    Settings,
    read_settings,
)
from gameday.model import Binding, Json
from gameday.plugins.types import Deadline, Intent


def containers(binding: Binding, deadline: Deadline) -> frozenset[str]:
    """Their ids, which no two engines share; empty where nobody can say: then nothing is planned there either."""
    try:
        settings = read_settings(binding)
        with EngineApi(settings.engine, deadline) as engine:
            return frozenset(match_container_ids(engine, settings).values())
    except (Refused, EngineError):
        return frozenset()


@dataclass(frozen=True, slots=True)
class ContainerSnapshot:
    """One container before the fault. `started`: when it was, in the engine's words: another time is another start,
    by whoever it was. `more`: what a kind needs to put it back. `restarts`: how often the engine had started it by
    itself, as its restart policy says; a start by hand begins that count anew."""

    id: str
    name: str
    started: str
    saved_state: Mapping[str, Json]
    restarts: int = 0

    def encode(self) -> dict[str, Json]:
        kept: dict[str, Json] = {
            "id": self.id,
            "name": self.name,
            "started": self.started,
            "more": dict(self.saved_state),
        }
        return {**kept, "restarts": self.restarts}

    @classmethod
    def decode(cls, data: Mapping[str, Any]) -> ContainerSnapshot:
        return cls(str(data["id"]), str(data["name"]), str(data["started"]), data["more"], int(data.get("restarts", 0)))

    @property
    def superseded_markers(self) -> tuple[str, ...]:
        """What faults of the same drill and kind had left there: it may be written over."""
        over = self.saved_state.get("over")
        return tuple(str(one) for one in over) if isinstance(over, list) else ()

    def inspect_now(self, engine: EngineApi) -> Mapping[str, Any] | None:
        """The engine's inspection; None when the container is not there any more."""
        try:
            return engine.inspect(self.id)
        except NotFound:
            return None

    def was_restarted(self, now: Mapping[str, Any]) -> bool:
        """Whether somebody started it since; `now`: the engine's inspection."""
        return bool(now["State"]["StartedAt"] != self.started)

    def was_restarted_by_policy(self, now: Mapping[str, Any]) -> bool:
        """Whether it ended since, and the engine started it again by itself."""
        return self.was_restarted(now) and int(now.get("RestartCount") or 0) > self.restarts

    def stopped_note(self, now: Mapping[str, Any]) -> str:
        """That it does not run any more; empty where it does."""
        return "" if now["State"]["Running"] else f"{self.name} ended meanwhile"

    def foreign_change(self, now: Mapping[str, Any] | None) -> str:
        """What somebody did to the container meanwhile, which is theirs; empty when nothing."""
        if now is None:
            return f"{self.name} was removed by somebody meanwhile"
        theirs = self.was_restarted(now) and not self.was_restarted_by_policy(now)
        return f"{self.name} was started again meanwhile, and not by us" if theirs else ""


def snapshots_of(intent: Intent) -> tuple[ContainerSnapshot, ...]:
    """The containers of an intent of this injector."""
    listed = intent.undo["containers"]
    return (
        tuple(ContainerSnapshot.decode(one) for one in listed if isinstance(one, dict))
        if isinstance(listed, list)
        else ()
    )


def describe_containers(were: Sequence[ContainerSnapshot], engine: str, many: int = 0) -> str:
    """What a fault is on, for a person. `many`: so many of them, which are not drawn yet."""
    if 0 < many < len(were):
        return f"{many} of: {', '.join(was.name for was in were)} at {engine}, drawn when the drill begins"
    return f"container{'s' if len(were) > 1 else ''} {', '.join(was.name for was in were)} at {engine}"


def select_containers(engine: EngineApi, settings: Settings, binding: Binding) -> list[Mapping[str, Any]]:
    """The inspections of those drawn, or of those shown that are there still; of all where nothing is drawn yet.
    Raises Refused when nothing matches."""
    ids = match_container_ids(engine, settings)
    if not ids:
        raise Refused(
            f"target {settings.target}: no {settings.describe()} at {settings.engine}",
            _what_is_there_hint(engine, settings),
        )
    _require_single_project(engine, ids, settings)
    names = _restrict_to_previewed(ids, binding.shown, settings) if binding.shown else _drawn(ids, settings, binding)
    return map_concurrently(lambda name: engine.inspect(ids[name]), names)


def _drawn(ids: Mapping[str, str], settings: Settings, binding: Binding) -> list[str]:
    if settings.count > len(ids):
        wrong = f"target {settings.target}: count is {settings.count}, and {len(ids)} match: {', '.join(sorted(ids))}"
        raise Refused(wrong, "Correct count or labels in gameday.yaml.")
    return settings.sample(list(ids), binding.seed) if binding.drawn else sorted(ids)


def _restrict_to_previewed(ids: Mapping[str, str], shown: Sequence[str], settings: Settings) -> list[str]:
    """By their ids: another container may have got the name meanwhile."""
    there = ", ".join(sorted(ids))
    if names := sorted(name for name, ident in ids.items() if ident in shown):
        return names
    raise Refused(
        f"target {settings.target}: what preflight showed is not there any more",
        f"There is {there}, another one than preflight saw. A drill that begins anew shows and takes it.",
    )


def _require_single_project(engine: EngineApi, ids: Mapping[str, str], settings: Settings) -> None:
    """Raises Refused for labels that match containers of several projects, whoever of them is drawn: one of them is
    somebody else's."""
    if settings.container or any(label.startswith(f"{COMPOSE_PROJECT}=") for label in settings.labels):
        return
    of = {
        str(one["Labels"].get(COMPOSE_PROJECT, ""))
        for one in engine.containers(settings.labels)
        if one["Id"] in ids.values()
    }
    if len(of) > 1:
        named = ", ".join(sorted(one or "none" for one in of))
        raise Refused(
            f"target {settings.target}: {settings.describe()} is in several Compose projects: {named}",
            f"Name the one that is meant in its labels: {COMPOSE_PROJECT}: PROJECT.",
        )


def require_running(found: Sequence[Mapping[str, Any]], target: str) -> None:
    """Raises Refused when one of them does not."""
    for one in found:
        state = one["State"]
        if not state["Running"] or state["Paused"] or state["Restarting"]:
            how = "is paused" if state["Paused"] else f"does not run ({state['Status']})"
            wrong = f"target {target}: container {name_in_inspection(one)} {how} already"
            raise Refused(wrong, "A drill begins from what works: see to that first.")


def match_container_ids(engine: EngineApi, settings: Settings) -> dict[str, str]:
    """Their ids by their names; what is ours is nobody's target."""
    if settings.container:
        try:
            one = engine.inspect(settings.container)
        except NotFound:
            return {}
        # an id's beginning is a container too, for the engine: here a name is meant, and it alone
        known = name_in_inspection(one) == settings.container or one["Id"] == settings.container
        return {name_in_inspection(one): one["Id"]} if known and MARK not in (one["Config"]["Labels"] or {}) else {}
    listed = engine.containers(settings.labels)
    return {
        name_in_listing(one): one["Id"]
        for one in listed
        if _is_eligible(one["Labels"]) and one["State"] not in _TERMINAL_STATES
    }


_TERMINAL_STATES = ("dead", "removing")


def _is_eligible(labels: Mapping[str, str]) -> bool:
    """What is ours is nobody's target, and what `docker compose run` made for once is none of the service's."""
    return MARK not in labels and labels.get(COMPOSE_ONE_OFF) != "True"


def _what_is_there_hint(engine: EngineApi, settings: Settings) -> str:
    """What is there instead. A name that is right belongs, most of the time, to a stack that is not up."""
    todo = "Bring it up, or correct the target in gameday.yaml."
    if settings.container:
        return f"See `docker ps`. {todo}"
    project = next((label for label in settings.labels if label.startswith(f"{COMPOSE_PROJECT}=")), "")
    if project and (services := _label_values(engine, project, COMPOSE_SERVICE)):
        return f"Services of that project there: {services}. {todo}"
    return f"Compose projects there: {_label_values(engine, COMPOSE_PROJECT, COMPOSE_PROJECT) or 'none'}. {todo}"


def _label_values(engine: EngineApi, label: str, key: str) -> str:
    """What those with the label have under the key."""
    listed = engine.containers([label])
    return ", ".join(sorted({str(one["Labels"][key]) for one in listed if key in one["Labels"]}))


def name_in_listing(one: Mapping[str, Any]) -> str:
    """Of a container in a listing; what links call it stands there too, as /OTHER/ALIAS. One that is being removed may
    have none any more."""
    names = [str(name) for name in one["Names"] or [] if str(name).count("/") == 1]
    return names[0].lstrip("/") if names else str(one["Id"])[:12]


def name_in_inspection(inspected: Mapping[str, Any]) -> str:
    return str(inspected["Name"]).lstrip("/")
