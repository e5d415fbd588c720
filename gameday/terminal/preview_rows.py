"""Rows of a scenario's assumed timeline, in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gameday.boards.schedule_items import format_message_source
from gameday.drill.estimated_schedule import EstimatedSchedule, cancelling_moment, estimate_moment, estimate_time
from gameday.drill.message_rules import depends_on_people
from gameday.model import Fault, Message, Scenario, ScriptStep
from gameday.moments import MOMENTS, Moment
from gameday.units import format_duration, format_elapsed, format_expectation, format_parameters, format_time


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the timeline.

    `at`: seconds after the start; None if no time can be assumed.
    """

    at: float | None
    who: str
    what: str


def scheduled_rows(scenario: Scenario, assumed: EstimatedSchedule) -> list[Row]:
    """Return the items until the end of the drill, in order of time, then of the file."""
    rows = [*_begins(scenario, assumed), *_responders(scenario, assumed), *_messages(scenario, assumed)]
    return [*_by_time([row for row in rows if row.at is not None and row.at < assumed.end]), _end(scenario, assumed)]


def rows_after_assumed_end(scenario: Scenario, assumed: EstimatedSchedule) -> list[Row]:
    """Return the items between the assumed end and the timebox, which is the last."""
    if assumed.end >= scenario.timebox:
        return []
    rows = _messages(scenario, assumed)
    late = [row for row in rows if row.at is not None and assumed.end <= row.at < scenario.timebox]
    return [*_by_time(late), _timebox(scenario)]


def untimed_rows(scenario: Scenario, assumed: EstimatedSchedule) -> list[Row]:
    """Return the messages whose time cannot be assumed."""
    late = scenario.timebox
    untimed = [
        message for message in scenario.messages if (at := estimate_moment(message, assumed)) is None or at >= late
    ]
    return [Row(None, format_message_source(message), _message_text(message)) for message in untimed]


def _end(scenario: Scenario, assumed: EstimatedSchedule) -> Row:
    if scenario.ends is None or assumed.end >= scenario.timebox:
        return _timebox(scenario)
    after = f"{format_duration(scenario.ends.after)} after {scenario.ends.moment}"
    return Row(assumed.end, "end", f"{after}: all faults are reverted and verified.")


def _timebox(scenario: Scenario) -> Row:
    choices = "The drill ends, unless you extend it once by 5 min. You may reveal the fault."
    return Row(scenario.timebox, "timebox", f"{choices} All faults are reverted and verified.")


def _by_time(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.at or 0.0)


def _begins(scenario: Scenario, assumed: EstimatedSchedule) -> Iterator[Row]:
    yield Row(0.0, "start", "The drill starts. Responders see only its code name.")
    for fault in scenario.faults:
        middle = estimate_time(fault.at, assumed)
        yield Row(middle, "fault", _fault(fault, scenario))
        if fault.shows is not None and middle is not None:
            at = middle + (fault.shows.by.after if fault.shows.by else 0.0) / 2
            yield Row(at, "users", f"{format_expectation(fault.shows)}; otherwise the fault had no effect.")
        if fault.lasts is not None and middle is not None:
            yield Row(
                middle + fault.lasts, "fault", f"{fault.id} ends by itself, after {format_duration(fault.lasts)}."
            )
    impact = assumed.moments.get(Moment.IMPACT)
    if impact is not None and all(fault.shows is None for fault in scenario.faults):
        yield Row(impact, "users", "Possible impact: the file names no expected effect.")
    yield from _page(scenario, assumed)


def _fault(fault: Fault, scenario: Scenario) -> str:
    params = f", {format_parameters(fault.params)}" if fault.params else ""
    target = f"{fault.target} ({scenario.requires.targets[fault.target]})"
    return f"{fault.kind}{params}, on {target}.{_fault_time(fault)}{_adjustable(fault)}"


def _fault_time(fault: Fault) -> str:
    low, high = format_elapsed(fault.at.after), format_elapsed(fault.at.latest)
    again = (
        f" Repeated {fault.repeat.times} times, every {format_duration(fault.repeat.every)}." if fault.repeat else ""
    )
    if fault.at.moment is not Moment.START:
        return f" Applied at {format_time(fault.at)}.{again}"
    return (f" Applied between {low} and {high}, hidden." if fault.at.spread else "") + again


def _adjustable(fault: Fault) -> str:
    ranges = ", ".join(f"{key} within {text}" for key, text in fault.adjust.items())
    return f" You may adjust {ranges}." if ranges else ""


def _page(scenario: Scenario, assumed: EstimatedSchedule) -> Iterator[Row]:
    page, at = scenario.page, assumed.moments.get(Moment.PAGED)
    if page is None or at is None:
        return
    silent = estimate_time(page.fallback, assumed)
    by_then = f"still silent at {format_elapsed(silent)}" if silent is not None else "silent"
    late = format_time(page.fallback)
    if not page.alert:
        yield Row(silent, "page", f'The program pages at {late}: "{page.say}"')
        return
    yield Row(at, "page", f'{page.alert} fires. If it is {by_then} ({late}), the program pages: "{page.say}"')


def _responders(scenario: Scenario, assumed: EstimatedSchedule) -> Iterator[Row]:
    for at, step in assumed.steps:
        yield Row(at, "team", _step_text(step, scenario, assumed))
    if Moment.MITIGATED in assumed.moments and assumed.actions:
        yield Row(
            assumed.moments[Moment.MITIGATED], "users", "Service restored (mitigated). The fault may still be present."
        )


def _step_text(step: ScriptStep, scenario: Scenario, assumed: EstimatedSchedule) -> str:
    if step.moment is None:
        return f"runs {step.action}."
    due = [
        (objective.id, at)
        for objective in scenario.objectives
        if objective.moment is step.moment and objective.by and (at := estimate_time(objective.by, assumed)) is not None
    ]
    by_then = "".join(f" Objective {name}: by {format_elapsed(at)}." for name, at in due)
    return f"{step.moment}: {MOMENTS[step.moment].means}.{by_then}"


def _messages(scenario: Scenario, assumed: EstimatedSchedule) -> Iterator[Row]:
    for message in scenario.messages:
        spared = cancelling_moment(message, assumed)
        skipped = f" Skipped: {spared} is at {format_elapsed(assumed.moments[spared])}." if spared else ""
        at = estimate_moment(message, assumed)
        over = at is not None and at >= assumed.end
        yield Row(at, format_message_source(message), _message_text(message) + ("" if over else skipped))


def _message_text(message: Message) -> str:
    when = _when(message) + (f", unless {message.unless}" if message.unless else "")
    if message.hint is not None:
        offered = "offered to you" if depends_on_people(message) else "sent"
        return f'"{message.say}" ({offered} {when})'
    return f'"{message.say}" ({when})' + (f" Look for: {message.look_for}." if message.look_for else "")


def _when(message: Message) -> str:
    if message.when:
        return f"when {message.when} is run"
    if message.at is None:
        return "in reserve: sent when you decide"
    after = format_duration(message.at.after)
    return f"{after} after {message.at.moment}" if message.at.after else f"at {message.at.moment}"
