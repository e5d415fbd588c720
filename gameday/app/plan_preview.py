"""Preview of a drill: its plan, every object it would touch, and who would hold which role."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gameday.app.briefing_follow_up import list_follow_up
from gameday.app.environment_selection import SelectedEnvironment, read_environment, select_environment
from gameday.app.role_assignment import RosterFile, propose_cast
from gameday.app.scenario_selection import read_scenario, today
from gameday.app.spoilers import require_no_drill_in_environment

if TYPE_CHECKING:
    from gameday.model import Plan
    from gameday.people.cast import Cast
    from gameday.plugins.types import Intent

PREVIEW_DRILL = "gd-0000"


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """Plan of a run, made without changing anything. `cast` None without a roster."""

    selected: SelectedEnvironment
    plan: Plan
    intents: Sequence[Intent]
    warnings: Mapping[str, Sequence[str]]
    """Others that change the targets."""
    cast: Cast | None
    obstacles: Mapping[str, str]
    """Reason why a channel could send nothing now, by the channel's name."""
    follow_up: Sequence[str] = ()
    """Open action items and reviews, and the follow-up of the last drill of this type."""


def preview_plan(
    file: str, environment: str | None, seed: int | None, token: str, report: Callable[[str], None]
) -> PlanPreview:
    """Plan a scenario without a mutating call. `seed` None: what a run would draw stays open.

    Raises InvalidFiles, BadArguments, and Refused while a drill runs there, unless `token` is its facilitator's.
    """
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.drill.planning import interference_warnings, make_plan, preview_intents
    from gameday.files.scenario import adapt_to_environment
    from gameday.model import Mode
    from gameday.notify.channel_readiness import channel_obstacle

    scenario = read_scenario(file, read_environment(environment), today())
    selected = select_environment(environment, report, start_demo=False)
    require_no_drill_in_environment(selected.environment, token)
    injectors = InjectorRegistry()
    adapted = adapt_to_environment(scenario, selected.environment)
    plan = make_plan(PREVIEW_DRILL, adapted, selected.environment, Mode.FACILITATED, injectors, seed=seed or 0)
    intents = preview_intents(plan, injectors, drawn=seed is not None)
    warnings = interference_warnings(intents, injectors)
    obstacles = {
        name: obstacle
        for name, channel in selected.environment.channels.items()
        if (obstacle := channel_obstacle(channel))
    }
    cast = _propose_cast(plan, selected)
    return PlanPreview(selected, plan, intents, warnings, cast, obstacles, list_follow_up(plan))


def _propose_cast(plan: Plan, selected: SelectedEnvironment) -> Cast | None:
    from gameday.store.paths import data_folder

    if selected.roster is None:
        return None
    roster = RosterFile(selected.roster, data_folder().role_history)
    return propose_cast(roster, plan.scenario)
