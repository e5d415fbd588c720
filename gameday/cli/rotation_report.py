"""Texts and documents of `gameday rotation`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta

from gameday.app.rotation import PlannedDrill
from gameday.app.rotation_requests import Turns
from gameday.cli.json_documents import JsonDocument
from gameday.clock import format_iso_time
from gameday.people.rotation_plan import explain_absence, explain_role
from gameday.units import format_role


class PlannedDrillDocument(JsonDocument):
    """A drill with people that comes, with the roles that the rotation proposes."""

    starts_at: Annotated[str, Meta(description="The start.")]
    schedule: Annotated[str | None, Meta(description="The name of the schedule; null if one drill a week is planned.")]
    environment: Annotated[str | None, Meta(description="The environment; null without a schedule.")]
    roles: Annotated[dict[str, str], Meta(description="Names by role.")]
    unfilled: Annotated[list[str], Meta(description="Roles that nobody takes.")]
    reasons: Annotated[list[str], Meta(description="Why these people, as far as it is not only their turn.")]


def plan_lines(drills: Sequence[PlannedDrill], weeks: int) -> Iterator[str]:
    """Yield the lines of `gameday rotation plan`."""
    if not drills:
        yield f"no drill with people in the next {weeks} weeks: all are skipped, or none is scheduled"
        return
    if drills[0].schedule is None:
        yield "One drill each week from now on. To plan by your schedules: gameday schedule add ... --hosted"
    for drill in drills:
        yield from drill_lines(drill)


def drill_lines(drill: PlannedDrill) -> Iterator[str]:
    """Yield the time of a drill, its roles, and what is unusual."""
    cast = drill.cast
    yield f"{_format_time(drill)}{f'  {drill.schedule.name}' if drill.schedule else ''}"
    yield f"  {'; '.join(f'{format_role(role)}: {cast.name(person)}' for role, person in cast.holders())}"
    if cast.assignment.unfilled:
        yield f"  unfilled: {', '.join(format_role(role) for role in cast.assignment.unfilled)}"
    away = [(person.name, explain_absence(cast, person)) for person in cast.roster.people]
    if absent := [f"{name} ({reason})" for name, reason in away if reason]:
        yield f"  not available: {', '.join(absent)}"
    yield from (f"  {reason}" for reason in cast.assignment.reasons if reason.startswith("swap of "))


def plan_documents(drills: Sequence[PlannedDrill]) -> Iterator[PlannedDrillDocument]:
    """Yield the documents of `gameday rotation plan --format json`."""
    for drill in drills:
        cast = drill.cast
        yield PlannedDrillDocument(
            starts_at=format_iso_time(cast.slot.start),
            schedule=drill.schedule.name if drill.schedule else None,
            environment=drill.schedule.environment if drill.schedule else None,
            roles={role.value: cast.name(person) for role, person in cast.holders()},
            unfilled=[role.value for role in cast.assignment.unfilled],
            reasons=list(cast.assignment.reasons),
        )


def why_lines(turns: Turns) -> Iterator[str]:
    """Yield the lines of `gameday rotation why`."""
    person = turns.person
    ready = ", ".join(format_role(role) for role in sorted(person.roles)) or "no role"
    yield f"{person.name}: level {person.level}, ready for {ready}"
    if person.declined:
        yield f"  declines: {', '.join(format_role(role) for role in sorted(person.declined))}"
    last = [f"{format_role(role)} in {week}" for role, week in turns.last]
    yield f"  last turns: {', '.join(last) or 'none recorded'}"
    for drill in turns.drills:
        yield f"  {_format_time(drill)}  {explain_role(drill.cast, person)}"


def _format_time(drill: PlannedDrill) -> str:
    return f"{drill.local_time:%a %Y-%m-%d %H:%M %Z}"
