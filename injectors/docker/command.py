"""A command of the scenario's in the container, with the command that takes it back."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.contract import ParamProblem
from gameday.injectors.docker.engine import Engine
from gameday.injectors.docker.found import Was
from gameday.injectors.docker.kind import ByEngine, Inspected, Recipe
from gameday.injectors.docker.trouble import EngineTrouble
from gameday.injectors.parameters import Parameter, a_text, some_words


@dataclass(frozen=True, slots=True)
class Exec(ByEngine):
    """`run` makes the fault, `revert` takes it back, `check` ends with 0 while it stands. Without `check` it is taken
    to stand from `run` to `revert`. Each has to bear being called twice, and `revert` where `run` never came to be."""

    run: tuple[str, ...]
    revert: tuple[str, ...]
    check: tuple[str, ...]
    irreversible: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "run": some_words("a command"), "revert": some_words("a command", []), "check": some_words("a command", []),
        "irreversible": a_text("left out, or acknowledged", "no"),
    }  # fmt: skip

    def __post_init__(self) -> None:
        if not self.run:
            raise ParamProblem("run", "run is empty")
        if not self.revert and self.irreversible != "acknowledged":
            wrong = "nothing takes it back: write the command that does, or `irreversible: acknowledged`"
            raise ParamProblem("revert", wrong)

    @override
    def apply(self, engine: Engine, was: Was) -> None:
        done = engine.run(was.id, self.run)
        if done.code != 0:
            raise EngineTrouble(f"in {was.name}, {self.run[0]} ended with {done.code}: {done.said[-200:]}")

    @override
    def stands(self, engine: Engine, now: Inspected, was: Was) -> bool:
        if not now["State"]["Running"] or now["State"]["Paused"]:
            raise EngineTrouble(
                f"{was.name} does not run: nothing can be asked in it, and nothing taken back, until it does"
            )
        return not self.check or engine.run(was.id, self.check).code == 0

    @override
    def unseen(self) -> bool:
        return not self.check

    @override
    def to_undo(self, engine: Engine, now: Inspected, was: Was, *, noted: bool) -> bool:
        return bool(self.revert) and (noted or bool(self.check)) and self.stands(engine, now, was)

    @override
    def left(self, now: Inspected, was: Was) -> str:
        """What the scenario acknowledged to be irreversible is not put back, and not called so."""
        del now
        return "" if self.revert else f"what {self.run[0]} did in {was.name} stays: the scenario acknowledges that"

    @override
    def undo(self, engine: Engine, was: Was) -> None:
        if not self.revert:
            return
        done = engine.run(was.id, self.revert)
        if done.code != 0:
            raise EngineTrouble(f"in {was.name}, {self.revert[0]} ended with {done.code}: {done.said[-200:]}")
        if engine.runs(was.id, self.run):
            raise EngineTrouble(f"in {was.name}, {self.run[0]} still runs: what it does now is not taken back yet")

    @override
    def recipes(self, was: Was) -> list[Recipe]:
        del was
        return []

    @override
    def reverts(self) -> str:
        return f"run {shlex.join(self.revert)} in it" if self.revert else "nothing: the scenario acknowledges that"
