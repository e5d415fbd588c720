"""Who plays, and what: the roles from the roster by the rotation, or a scenario drawn blind for one person alone."""

from __future__ import annotations

import json
import random
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.cli.output import print_output
from gameday.errors import BadArguments, InvalidFiles, Refused

if TYPE_CHECKING:
    from gameday.model import Environment, Scenario
    from gameday.people.cast import Cast


def propose_cast(roster: Path, scenario: Scenario, drill: str, seed: int, record: Path) -> Cast:
    """Who would hold which role if it began now, by the rotation. Raises BadFiles."""
    from gameday.files.roster import read_roster
    from gameday.people.cast import Cast
    from gameday.people.role_history import read_record
    from gameday.people.rotation import DrillSlot

    found, now = read_roster(roster), time.time()
    slot = DrillSlot(drill, now, now + scenario.timebox, scenario.roles_required, scenario.roles_optional)
    return Cast(found, tuple(read_record(record, found.team)), slot, seed)


def save_cast(drill: str, roster: Path | None, cast: Cast) -> None:
    """For a screen that comes later: who was proposed, and who did not come. Goes with the drill's other notes."""
    if roster is None:
        return
    body = {"roster": str(roster.absolute()), "seed": cast.seed, "missing": sorted(cast.missing)}
    with suppress(OSError):
        path = _left(drill)
        path.touch(mode=0o600)
        path.write_text(json.dumps(body), encoding="utf-8")


def load_cast(drill: str, scenario: Scenario, record: Path) -> Cast | None:
    """The cast that a closed screen left; None where there is none, or its roster is gone."""
    with suppress(OSError, ValueError, KeyError, InvalidFiles):
        body = json.loads(_left(drill).read_text(encoding="utf-8"))
        cast = propose_cast(Path(body["roster"]), scenario, drill, int(body["seed"]), record)
        return replace(cast, missing=frozenset(body["missing"]))
    return None


def _left(drill: str) -> Path:
    from gameday.store.paths import runtime_folder

    return runtime_folder() / f"{drill}.cast"


def require_cast(roster: Path, scenario: Scenario, drill: str, seed: int, record: Path) -> Cast:
    """The rotation's proposal. Raises BadFiles, or Refused when nobody is free, or nobody takes any needed role."""
    from gameday.people.cast import roles_besides_facilitator, unfilled_roles

    cast = propose_cast(roster, scenario, drill, seed, record)
    if not cast.available():
        raise Refused(
            f"nobody in {roster} is free now: all are on call, or away",
            "Change `busy` or `on_call` there; or respond alone: --solo; or without people: --rehearse",
        )
    if missing := unfilled_roles(cast, scenario.roles_required):
        print_output(f"nobody for {', '.join(missing)}: {'; '.join(cast.assignment.reasons)}")
        if len(missing) == len(roles_besides_facilitator(scenario.roles_required)):
            raise Refused(
                f"nobody in {roster} takes a role that this scenario needs",
                "Change `declined` or `roles` there; or respond alone: --solo; or without people: --rehearse",
            )
    return cast


def draw_scenario(folder: str, environment: Environment, seed: int) -> tuple[Path, bool]:
    """A scenario that fits the environment, and whether it was blind: of one alone everybody knows which. Raises
    BadArguments when none fits. Its name is not said."""
    from gameday.cli.check import fault_kinds
    from gameday.files.check import check_files, is_scenario
    from gameday.files.scenario_library import library

    paths = list(filter(is_scenario, sorted(Path(folder).glob("*.yaml")) if folder else library().values()))
    fit = [path for path in paths if not check_files([path], environment, fault_kinds())]
    if not fit:
        raise BadArguments(
            f"no scenario in {folder or 'the library'} fits the environment {environment.name}",
            "`gameday check FILE --env NAME` says what each of them lacks.",
        )
    print_output(
        f"drawn from {len(fit)} that fit" + ("" if len(fit) > 1 else ": of one alone you know which, so it is informed")
    )
    return random.Random(seed).choice(fit), len(fit) > 1  # noqa: S311 - a draw among colleagues, no secret
