"""A command of the scenario's in the container, with the command that takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.command_text import format_command
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults.base import EngineFaultKind, Inspected
from gameday.injectors.docker.guardian_container import GuardianRecipe
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.plugins.parameters import Parameter, command_parameter, text_parameter
from gameday.plugins.types import ParamProblem


@dataclass(frozen=True, slots=True)
class Exec(EngineFaultKind):
    """Fault by commands: `run` applies it, `revert` reverts it, `check` exits with 0 while it is present.

    Without `check` it counts as present from `run` to `revert`. Each must be idempotent, and `revert` safe if `run`
    never ran."""

    kind = "exec"
    effect = "A command from the scenario runs in it."
    note = "The command's own `revert` runs."

    run: tuple[str, ...]
    revert: tuple[str, ...]
    check: tuple[str, ...]
    irreversible: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "run": command_parameter("a command"),
        "revert": command_parameter("a command", []),
        "check": command_parameter("a command", []),
        "irreversible": text_parameter("acknowledged", "no"),
    }

    def __post_init__(self) -> None:
        if not self.run:
            raise ParamProblem("run", "run is empty")
        if not self.revert and self.irreversible != "acknowledged":
            wrong = "missing command that reverts it: add `revert`, or write `irreversible: acknowledged`"
            raise ParamProblem("revert", wrong)

    @override
    def apply(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        done = engine.run(snapshot.id, self.run)
        if done.code != 0:
            raise EngineError(
                f"{self.run[0]} in {snapshot.name} failed with exit code {done.code}: {done.output[-200:]}"
            )

    @override
    def is_present(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot) -> bool:
        if not now["State"]["Running"] or now["State"]["Paused"]:
            raise EngineError(f"{snapshot.name} is not running: the fault cannot be checked or reverted until it is")
        return not self.check or engine.run(snapshot.id, self.check).code == 0

    @override
    def is_unobservable(self) -> bool:
        return not self.check

    @override
    def needs_revert(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot, *, has_marker: bool) -> bool:
        return bool(self.revert) and (has_marker or bool(self.check)) and self.is_present(engine, now, snapshot)

    @override
    def foreign_change(self, now: Inspected, snapshot: ContainerSnapshot) -> str:
        """Return that an acknowledged irreversible change stays."""
        del now
        return (
            ""
            if self.revert
            else f"the effect of {self.run[0]} in {snapshot.name} was not reverted, as the scenario acknowledges"
        )

    @override
    def revert_container(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        if not self.revert:
            return
        done = engine.run(snapshot.id, self.revert)
        if done.code != 0:
            raise EngineError(
                f"{self.revert[0]} in {snapshot.name} failed with exit code {done.code}: {done.output[-200:]}"
            )
        if engine.exec_still_running(snapshot.id, self.run):
            raise EngineError(f"{self.run[0]} in {snapshot.name} is still running, so its effect is not reverted yet")

    @override
    def guardian_recipes(self, snapshot: ContainerSnapshot) -> list[GuardianRecipe]:
        del snapshot
        return []

    @override
    def describe_revert(self) -> str:
        return (
            f"run {format_command(self.revert)} in the container"
            if self.revert
            else "nothing (irreversible: acknowledged)"
        )
