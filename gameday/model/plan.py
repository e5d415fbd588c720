"""A scenario in an environment, everything drawn and bound."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.model.environment import Binding, Environment
from gameday.model.scenario import Fault, Scenario, ScriptStep, TimeExpression
from gameday.model.types import Mode


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault bound to something real; `at`: its time, drawn from the range by the plan's seed."""

    fault: Fault
    binding: Binding
    at: TimeExpression


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario in an environment, everything drawn and bound: what the facilitator plays."""

    drill: str
    scenario: Scenario
    environment: Environment
    faults: tuple[PlannedFault, ...]
    mode: Mode
    seed: int
    pace: float = 1.0
    mitigation: str = ""
    script: tuple[ScriptStep, ...] = ()
    informed: bool = False
    """Responders know what will fail, so their time to detect is not measured."""

    @property
    def injectors(self) -> list[str]:
        """Names of the injectors that a revert needs: those of the faults, and that of the silence."""
        silence = self.environment.silence
        names = {planned.binding.injector for planned in self.faults}
        return sorted(names | {silence.injector} if silence else names)
