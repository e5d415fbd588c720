"""The assumed afternoon as rows: when, who, what. Everything of a scenario that has a time, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gameday.drill.estimated_schedule import EstimatedSchedule, spared_by, time_of
from gameday.drill.facilitator import depends_on_people
from gameday.model import CourseEntry, Cue, Fault, Hint, Scenario, ScriptStep
from gameday.moments import MOMENTS, Moment
from gameday.terminal.number_format import format_elapsed
from gameday.units import format_duration, format_expectation, format_parameters


@dataclass(frozen=True, slots=True)
class Row:
    """`at`: seconds after STARTEX; None where no time can be assumed."""

    at: float | None
    who: str
    what: str


def scheduled_rows(scenario: Scenario, assumed: EstimatedSchedule) -> list[Row]:
    """What comes until the drill is over, in order of time; at one time in the order of the file."""
    rows = [*_begins(scenario, assumed), *_responders(scenario, assumed), *_course(scenario, assumed)]
    return [*_by_time([row for row in rows if row.at is not None and row.at < assumed.end]), _end(scenario, assumed)]


def overtime_rows(scenario: Scenario, assumed: EstimatedSchedule) -> list[Row]:
    """What stands ready when the team needs more time than assumed; the timebox is the last of it."""
    if assumed.end >= scenario.timebox:
        return []
    rows = _course(scenario, assumed)
    late = [row for row in rows if row.at is not None and assumed.end <= row.at < scenario.timebox]
    return [*_by_time(late), _timebox(scenario)]


def untimed_rows(scenario: Scenario, assumed: EstimatedSchedule) -> list[Row]:
    """Lines of the course whose time nobody can tell before."""
    late = scenario.timebox
    untimed = [line for line in scenario.course if (at := time_of(line, assumed)) is None or at >= late]
    return [Row(None, entry_source(line), _entry_text(line)) for line in untimed]


def entry_source(line: CourseEntry) -> str:
    """`support`, `hint signal`."""
    return line.play.persona if isinstance(line.play, Cue) else f"hint {line.play.rung}"


def _end(scenario: Scenario, assumed: EstimatedSchedule) -> Row:
    if scenario.ends is None or assumed.end >= scenario.timebox:
        return _timebox(scenario)
    after = f"{format_duration(scenario.ends.after)} after {scenario.ends.of}"
    return Row(assumed.end, "ENDEX", f"{after}: every fault is taken back and read back as gone.")


def _timebox(scenario: Scenario) -> Row:
    may = "It ends here, unless you extend it once by 5 min; you may reveal what it was."
    return Row(scenario.timebox, "timebox", f"{may} Every fault is taken back and read back as gone.")


def _by_time(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.at or 0.0)


def _begins(scenario: Scenario, assumed: EstimatedSchedule) -> Iterator[Row]:
    yield Row(0.0, "STARTEX", "The drill begins. Responders see a code name and nothing of the above.")
    for fault in scenario.faults:
        middle = (fault.start.low + fault.start.high) / 2
        yield Row(middle, "fault", _fault(fault, scenario))
        if fault.expect is not None:
            at = middle + (fault.expect.within or 0.0) / 2
            yield Row(at, "users", f"{format_expectation(fault.expect)}: else the fault had no effect.")
    if all(fault.expect is None for fault in scenario.faults):
        yield Row(
            assumed.moments[Moment.IMPACT], "users", "They feel it, if at all: the file names no expected effect."
        )
    yield from _page(scenario, assumed)


def _fault(fault: Fault, scenario: Scenario) -> str:
    params = f", {format_parameters(fault.params)}" if fault.params else ""
    target = f"{fault.target} ({scenario.needs.targets[fault.target]})"
    low, high = format_elapsed(fault.start.low), format_elapsed(fault.start.high)
    hidden = f" It comes between {low} and {high}, hidden." if fault.start.high else ""
    dial = f" You may turn it within {fault.dial}." if fault.dial else ""
    return f"{fault.kind}{params}, on {target}.{hidden}{dial}"


def _page(scenario: Scenario, assumed: EstimatedSchedule) -> Iterator[Row]:
    page, at = scenario.page, assumed.moments.get(Moment.PAGED)
    if page is None or at is None:
        return
    silent = assumed.moments[page.of] + page.else_after if page.of in assumed.moments else None
    by_then = f"still silent at {format_elapsed(silent)}" if silent is not None else "silent"
    late = f"{format_duration(page.else_after)} after {page.of}"
    yield Row(at, "page", f'{page.alert} fires. If it is {by_then} ({late}), the program pages: "{page.say}"')


def _responders(scenario: Scenario, assumed: EstimatedSchedule) -> Iterator[Row]:
    for at, step in assumed.steps:
        yield Row(at, "team", _step_text(step, scenario, assumed))
    if Moment.MITIGATED in assumed.moments and assumed.actions:
        yield Row(
            assumed.moments[Moment.MITIGATED], "users", "They are served again: mitigated. The fault may still stand."
        )


def _step_text(step: ScriptStep, scenario: Scenario, assumed: EstimatedSchedule) -> str:
    if step.moment is None:
        return f"takes {step.action}."
    wanted = [one for one in scenario.objectives if one.expect is step.moment and one.of in assumed.moments]
    by_then = "".join(
        f" Wanted by {format_elapsed(assumed.moments[one.of] + one.within)} ({one.id})." for one in wanted
    )
    return f"{step.moment}: {MOMENTS[step.moment].means}.{by_then}"


def _course(scenario: Scenario, assumed: EstimatedSchedule) -> Iterator[Row]:
    for line in scenario.course:
        spared = spared_by(line, assumed)
        been = f" Not needed: {spared} was at {format_elapsed(assumed.moments[spared])}." if spared else ""
        at = time_of(line, assumed)
        over = at is not None and at >= assumed.end
        yield Row(at, entry_source(line), _entry_text(line) + ("" if over else been))


def _entry_text(line: CourseEntry) -> str:
    play, when = line.play, _when(line)
    if isinstance(play, Hint):
        offered = "offered to you" if depends_on_people(line) else "sent"
        return f'"{line.say}" ({offered} {when}' + (f", unless {play.unless})" if play.unless else ")")
    return f'"{line.say}" ({when})' + (f" Look for: {play.look_for}." if play.look_for else "")


def _when(line: CourseEntry) -> str:
    of = f"{line.when} is taken" if line.when else str(line.of)
    return f"{format_duration(line.after)} after {of}" if line.after else f"{'when' if line.when else 'at'} {of}"
