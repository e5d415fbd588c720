"""Containers of a target before the fault, and what an intent keeps of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gameday.errors import Refused
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.common.target_settings import draw_names
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError, NotFound
from gameday.injectors.docker.marker_labels import MARKER_LABEL
from gameday.injectors.docker.target_settings import (
    COMPOSE_ONE_OFF,
    COMPOSE_PROJECT,
    COMPOSE_SERVICE,
    Settings,
    read_settings,
)
from gameday.model import Binding, Json
from gameday.plugins.types import Deadline, Intent


def resolve_container_ids(binding: Binding, deadline: Deadline) -> frozenset[str]:
    """Return the ids of the target's containers, unique across engines; empty where they cannot be resolved."""
    try:
        settings = read_settings(binding)
        with EngineApi(settings.engine, deadline) as engine:
            return frozenset(match_container_ids(engine, settings).values())
    except (Refused, EngineError):
        return frozenset()


@dataclass(frozen=True, slots=True)
class ContainerSnapshot:
    """State of one container before the fault.

    `started`: its start time in the engine's words; another time means another start. `saved_state`: what a kind
    needs to restore it. `restarts`: how often its restart policy had started it; a start by hand resets that count."""

    id: str
    name: str
    started: str
    saved_state: Mapping[str, Json]
    restarts: int = 0

    def encode(self) -> dict[str, Json]:
        stored: dict[str, Json] = {
            "id": self.id,
            "name": self.name,
            "started": self.started,
            "saved_state": dict(self.saved_state),
        }
        return {**stored, "restarts": self.restarts}

    @classmethod
    def decode(cls, data: Mapping[str, Any]) -> ContainerSnapshot:
        return cls(
            str(data["id"]), str(data["name"]), str(data["started"]), data["saved_state"], int(data.get("restarts", 0))
        )

    @property
    def superseded_traces(self) -> tuple[str, ...]:
        """Traces of earlier faults of the same drill and kind, which an adjusted fault may replace."""
        superseded = self.saved_state.get("superseded")
        return tuple(str(trace) for trace in superseded) if isinstance(superseded, list) else ()

    def inspect_now(self, engine: EngineApi) -> Mapping[str, Any] | None:
        """Return the engine's inspection; None if the container no longer exists."""
        try:
            return engine.inspect(self.id)
        except NotFound:
            return None

    def was_restarted(self, now: Mapping[str, Any]) -> bool:
        """Return True if it was started again since the snapshot. `now`: the engine's inspection."""
        return bool(now["State"]["StartedAt"] != self.started)

    def was_restarted_by_policy(self, now: Mapping[str, Any]) -> bool:
        """Return True if it ended since and was started again by its restart policy."""
        return self.was_restarted(now) and int(now.get("RestartCount") or 0) > self.restarts

    def stopped_note(self, now: Mapping[str, Any]) -> str:
        """Return that it no longer runs; empty if it does."""
        return "" if now["State"]["Running"] else f"{self.name} has stopped"

    def foreign_change(self, now: Mapping[str, Any] | None) -> str:
        """Return what somebody else did to the container meanwhile; empty when nothing."""
        if now is None:
            return f"{self.name} was removed by someone else"
        by_somebody = self.was_restarted(now) and not self.was_restarted_by_policy(now)
        return f"{self.name} was restarted by someone else" if by_somebody else ""


def decode_snapshots(intent: Intent) -> tuple[ContainerSnapshot, ...]:
    """Return the snapshots in an intent of this injector."""
    listed = intent.undo["containers"]
    return (
        tuple(ContainerSnapshot.decode(snapshot) for snapshot in listed if isinstance(snapshot, dict))
        if isinstance(listed, list)
        else ()
    )


def describe_containers(snapshots: Sequence[ContainerSnapshot], engine: str, many: int = 0) -> str:
    """Return the containers for a person. `many`: how many of them are still to be drawn."""
    if 0 < many < len(snapshots):
        return (
            f"{many} of: {', '.join(snapshot.name for snapshot in snapshots)} at {engine}, drawn when the drill begins"
        )
    return (
        f"container{'s' if len(snapshots) > 1 else ''} {', '.join(snapshot.name for snapshot in snapshots)} at {engine}"
    )


def select_containers(engine: EngineApi, settings: Settings, binding: Binding) -> list[Mapping[str, Any]]:
    """Return the inspections of the drawn containers, or of those previewed that still exist.

    All matching ones where nothing is drawn yet. Raises Refused when nothing matches."""
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
    return draw_names(settings, list(ids), binding.seed) if binding.drawn else sorted(ids)


def _restrict_to_previewed(ids: Mapping[str, str], shown: Sequence[str], settings: Settings) -> list[str]:
    """Return the previewed containers, by id: another container may have got the name meanwhile."""
    existing = ", ".join(sorted(ids))
    if names := sorted(name for name, ident in ids.items() if ident in shown):
        return names
    raise Refused(
        f"target {settings.target}: the previewed containers no longer exist",
        f"{existing} replaced them after preflight. Start the drill again to use it.",
    )


def _require_single_project(engine: EngineApi, ids: Mapping[str, str], settings: Settings) -> None:
    """Raise Refused for labels that match containers of several projects.

    Whichever were drawn, one of the projects may be another team's."""
    if settings.container or any(label.startswith(f"{COMPOSE_PROJECT}=") for label in settings.labels):
        return
    of = {
        str(container["Labels"].get(COMPOSE_PROJECT, ""))
        for container in engine.containers(settings.labels)
        if container["Id"] in ids.values()
    }
    if len(of) > 1:
        named = ", ".join(sorted(container or "none" for container in of))
        raise Refused(
            f"target {settings.target}: {settings.describe()} is in several Compose projects: {named}",
            f"Add a label to the target: {COMPOSE_PROJECT}: PROJECT.",
        )


def require_running(containers: Sequence[Mapping[str, Any]], target: str) -> None:
    """Raise Refused if a container is not running."""
    for container in containers:
        state = container["State"]
        if not state["Running"] or state["Paused"] or state["Restarting"]:
            how = "is paused" if state["Paused"] else f"is not running ({state['Status']})"
            wrong = f"target {target}: container {name_in_inspection(container)} {how}"
            raise Refused(wrong, "Start or unpause it first: a drill starts from a working system.")


def match_container_ids(engine: EngineApi, settings: Settings) -> dict[str, str]:
    """Return the ids of the matching containers by name; the drill's own never match."""
    if settings.container:
        try:
            container = engine.inspect(settings.container)
        except NotFound:
            return {}
        # an id's beginning is a container too, for the engine: here a name is meant, and it alone
        is_named = name_in_inspection(container) == settings.container or container["Id"] == settings.container
        return (
            {name_in_inspection(container): container["Id"]}
            if is_named and MARKER_LABEL not in (container["Config"]["Labels"] or {})
            else {}
        )
    listed = engine.containers(settings.labels)
    return {
        name_in_listing(container): container["Id"]
        for container in listed
        if _is_eligible(container["Labels"]) and container["State"] not in _TERMINAL_STATES
    }


_TERMINAL_STATES = ("dead", "removing")


def _is_eligible(labels: Mapping[str, str]) -> bool:
    """Return True unless it belongs to the drill, or is a one-off of `docker compose run`."""
    return MARKER_LABEL not in labels and labels.get(COMPOSE_ONE_OFF) != "True"


def _what_is_there_hint(engine: EngineApi, settings: Settings) -> str:
    """Return what exists instead: a correct name most often belongs to a stack that is not running."""
    todo = "Start it, or correct the target in gameday.yaml."
    if settings.container:
        return f"See `docker ps`. {todo}"
    project = next((label for label in settings.labels if label.startswith(f"{COMPOSE_PROJECT}=")), "")
    if project and (services := _label_values(engine, project, COMPOSE_SERVICE)):
        return f"Running services of that project: {services}. {todo}"
    return (
        f"Compose projects on that engine: {_label_values(engine, COMPOSE_PROJECT, COMPOSE_PROJECT) or 'none'}. {todo}"
    )


def _label_values(engine: EngineApi, label: str, key: str) -> str:
    """Return the values of a label among the containers that have another label."""
    listed = engine.containers([label])
    return ", ".join(sorted({str(container["Labels"][key]) for container in listed if key in container["Labels"]}))


def name_in_listing(container: Mapping[str, Any]) -> str:
    """Return the name of a listed container, without the aliases that links give it.

    One that is being removed may have no name any more."""
    names = [str(name) for name in container["Names"] or [] if str(name).count("/") == 1]
    return names[0].lstrip("/") if names else str(container["Id"])[:12]


def name_in_inspection(inspected: Mapping[str, Any]) -> str:
    return str(inspected["Name"]).lstrip("/")
