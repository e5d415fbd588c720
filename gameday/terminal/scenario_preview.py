"""Timeline of a scenario in plain text, for a facilitator who prepares a drill."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from gameday.drill.estimated_schedule import EstimatedSchedule, estimate_schedule
from gameday.model import Environment, Expectation, Role, Scenario
from gameday.terminal.briefing_text import briefing_sentences
from gameday.terminal.glyphs import Glyphs, sanitize
from gameday.terminal.preview_rows import Row, rows_after_assumed_end, scheduled_rows, untimed_rows
from gameday.units import format_duration, format_elapsed, format_expectation, format_role

WIDTH = 80
_CLOCK, _WHO = 7, 14
_ASSUMED = (
    "Times count from the start of the drill. Where the file has no fixed time, one is assumed: the fault in the "
    "middle of its hidden delay; effect, alert and objectives at half their limit; mitigation {mitigation}, as in a "
    "rehearsal. "
    "The real drill will differ."
)


def scenario_preview(scenario: Scenario, environment: Environment | None, glyphs: Glyphs) -> Iterator[str]:
    """Yield the lines of a preview, none wider than 80.

    `scenario`: adapted to the environment, or to none.
    """
    assumed = estimate_schedule(scenario)
    yield from _wrapped(f"{scenario.id}: timeline for the facilitator", glyphs)
    where = f" Environment: {environment.name}." if environment else ""
    box = f"At most {format_duration(scenario.timebox)}, difficulty {scenario.difficulty} of 5.{where}"
    yield from _wrapped(f"Facilitator only, contains spoilers. {box}", glyphs)
    yield from _headed("BEFORE THE DRILL", _before(scenario, environment), glyphs)
    yield ""
    yield from timetable_lines(scenario, assumed, glyphs)
    yield from _rows("IF THE TEAM NEEDS MORE TIME", rows_after_assumed_end(scenario, assumed), glyphs)
    yield from _rows("WITHOUT A FIXED TIME", untimed_rows(scenario, assumed), glyphs)
    yield from _headed("END OF THE DRILL", _endings(scenario), glyphs)
    yield from _headed("AFTER THE DRILL", _afterwards(scenario), glyphs)


def timetable_lines(scenario: Scenario, assumed: EstimatedSchedule, glyphs: Glyphs) -> Iterator[str]:
    """Yield the timeline: its assumptions, then every item until the end of the drill."""
    yield "TIMELINE"
    yield from _wrapped(_ASSUMED.format(mitigation=next(iter(assumed.actions), "none")), glyphs)
    yield from _lines(scheduled_rows(scenario, assumed), glyphs)


def _before(scenario: Scenario, environment: Environment | None) -> Iterator[tuple[str, str]]:
    yield "hypothesis", scenario.statement
    yield from _title_once("holds if", _expectation_texts(scenario.expect))
    yield (
        "roles",
        f"required {_roles(scenario.roles_required)}"
        + (f"; optional {_roles(scenario.roles_optional)}" if scenario.roles_optional else ""),
    )
    yield from _title_once("target", [f"{name}: {means}" for name, means in scenario.requires.targets.items()])
    if scenario.requires.signals:
        yield "signals", ", ".join(f"{name} ({signal.kind})" for name, signal in scenario.requires.signals.items())
    if load := scenario.requires.load:
        yield "load", f"started if the rate of {load.signal} is below {load.at_least:g}/s"
    links = environment.runbooks if environment else {}
    yield from _title_once("runbook", [f"{name} {links.get(name, '')}".strip() for name in scenario.runbooks])
    yield from _title_once("starts if", _expectation_texts(scenario.steady_state))
    if _relative(scenario):
        yield "baseline", "measured just before the start, without a fault"
    yield from _title_once("briefing", briefing_sentences())


def _endings(scenario: Scenario) -> Iterator[tuple[str, str]]:
    if scenario.mitigations:
        yield "mitigations", ", ".join(scenario.mitigations)
    yield from _title_once("mitigated if", _expectation_texts(scenario.mitigated_when))
    yield from _title_once("clues", [f"{clue}: {clue.means}".removesuffix(": ") for clue in scenario.clues])
    for rail in scenario.guardrails:
        warning = f"; warns you after {format_duration(rail.warn_at)}" if rail.warn_at else ""
        yield "halts if", f"{rail.expectation} for {format_duration(rail.hold)}{warning}"
    if scenario.ends is not None:
        yield "ends", f"{format_duration(scenario.ends.after)} after {scenario.ends.moment}"
    yield "timebox", f"{format_duration(scenario.timebox)}; you may extend it once by 5 min"
    yield "STOP", "anyone, at any time: all faults are reverted at once"


def _afterwards(scenario: Scenario) -> Iterator[tuple[str, str]]:
    yield "announce", "Say aloud that the drill is over, after the screen confirms that all faults are reverted."
    yield (
        "debrief",
        "Most junior role first: what happened, what went well, what could be better, action items.",
    )
    yield from _title_once("ask", scenario.debrief)


def _relative(scenario: Scenario) -> bool:
    effects = [fault.shows for fault in scenario.faults if fault.shows]
    limits = [item.limit for item in (*scenario.expect, *scenario.mitigated_when, *scenario.clues, *effects)]
    limits += [rail.limit for rail in scenario.guardrails]
    return any(limit is not None and limit.relative for limit in limits)


def _expectation_texts(expectations: Iterable[Expectation]) -> list[str]:
    return [format_expectation(expectation) for expectation in expectations]


def _roles(roles: Sequence[Role]) -> str:
    return ", ".join(format_role(role) for role in roles) or "none"


def _title_once(title: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the title with the first text, and the other texts without it."""
    yield from ((title if index == 0 else "", text) for index, text in enumerate(texts))


def _headed(heading: str, entries: Iterable[tuple[str, str]], glyphs: Glyphs) -> Iterator[str]:
    yield from ("", heading)
    for title, text in entries:
        yield from _wrapped(text, glyphs, f"  {title:<{_WHO}}")


def _rows(heading: str, rows: Sequence[Row], glyphs: Glyphs) -> Iterator[str]:
    if rows:
        yield from ("", heading)
        yield from _lines(rows, glyphs)


def _lines(rows: Iterable[Row], glyphs: Glyphs) -> Iterator[str]:
    for row in rows:
        at = format_elapsed(row.at) if row.at is not None else ""
        yield from _wrapped(row.what, glyphs, f"{at:>{_CLOCK}}  {_truncate(sanitize(row.who, glyphs)):<{_WHO}}")


def _truncate(who: str) -> str:
    return who if len(who) < _WHO else who[: _WHO - 2] + "."


def _wrapped(text: str, glyphs: Glyphs, lead: str = "") -> Iterator[str]:
    """Yield the text wrapped to the right of the lead."""
    under = " " * len(lead)
    yield from textwrap.wrap(
        sanitize(text, glyphs), WIDTH, initial_indent=lead, subsequent_indent=under, break_on_hyphens=False
    )
