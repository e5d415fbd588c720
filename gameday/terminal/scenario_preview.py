"""A scenario told as an afternoon, in plain text: for a facilitator who reads it before the others arrive."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from gameday.drill.estimated_schedule import EstimatedSchedule, estimate_schedule
from gameday.model import Environment, Expectation, Role, Scenario
from gameday.terminal.briefing_text import BRIEFING_SENTENCES
from gameday.terminal.glyphs import Glyphs, sanitize
from gameday.terminal.preview_rows import Row, overtime_rows, scheduled_rows, untimed_rows
from gameday.units import format_duration, format_elapsed, format_expectation, format_role

WIDTH = 80
_CLOCK, _WHO = 7, 14
_ASSUMED = (
    "The clock counts from STARTEX. What has no fixed time is assumed: the fault comes in the middle of its hidden "
    "delay, the effect and the alert at half their limit, and the team does each thing at half its limit and takes "
    "{mitigation}, as a rehearsal plays it. Your afternoon will go otherwise."
)


def scenario_preview(scenario: Scenario, environment: Environment | None, glyphs: Glyphs) -> Iterator[str]:
    """The whole of it, line by line, none wider than 80. `scenario`: ready for the environment, or for none."""
    assumed = estimate_schedule(scenario)
    yield from _wrapped(f"{scenario.id}, as an afternoon", glyphs)
    where = f" In the environment {environment.name}." if environment else ""
    box = f"At most {format_duration(scenario.timebox)}, difficulty {scenario.difficulty} of 5.{where}"
    yield from _wrapped(f"For the facilitator alone: it tells what fails. {box}", glyphs)
    yield from _headed("BEFORE", _before(scenario, environment), glyphs)
    yield ""
    yield from timetable_lines(scenario, assumed, glyphs)
    yield from _rows("IF THE TEAM NEEDS LONGER", overtime_rows(scenario, assumed), glyphs)
    yield from _rows("AT ANY TIME", untimed_rows(scenario, assumed), glyphs)
    yield from _headed("ENDINGS", _endings(scenario), glyphs)
    yield from _headed("AFTERWARDS", _afterwards(scenario), glyphs)


def timetable_lines(scenario: Scenario, assumed: EstimatedSchedule, glyphs: Glyphs) -> Iterator[str]:
    """The part with the clock: what it assumes, and what comes until ENDEX."""
    yield "THE AFTERNOON"
    yield from _wrapped(_ASSUMED.format(mitigation=next(iter(assumed.actions), "no mitigation")), glyphs)
    yield from _lines(scheduled_rows(scenario, assumed), glyphs)


def _before(scenario: Scenario, environment: Environment | None) -> Iterator[tuple[str, str]]:
    yield "tested", scenario.statement
    yield from _title_once("holds if", _said(scenario.expect))
    yield (
        "who",
        f"needs {_roles(scenario.roles_required)}"
        + (f"; better with {_roles(scenario.roles_optional)}" if scenario.roles_optional else ""),
    )
    yield from _title_once("target", [f"{name}: {means}" for name, means in scenario.requires.targets.items()])
    if scenario.requires.signals:
        yield "signals", ", ".join(f"{name} ({signal.kind})" for name, signal in scenario.requires.signals.items())
    if load := scenario.requires.load:
        yield "load", f"at least {load.at_least:g}/s of {load.signal}, else it is started"
    links = environment.runbooks if environment else {}
    yield from _title_once("runbook", [f"{name} {links.get(name, '')}".strip() for name in scenario.runbooks])
    yield from _title_once("begins if", _said(scenario.steady_state))
    if _relative(scenario):
        yield "baseline", "measured just before STARTEX, without a fault"
    yield from _title_once("read aloud", [said.format(which="") for said in BRIEFING_SENTENCES])


def _endings(scenario: Scenario) -> Iterator[tuple[str, str]]:
    if scenario.mitigations:
        yield "mitigations", ", ".join(scenario.mitigations)
    yield from _title_once("mitigated", _said(scenario.mitigated_when))
    yield from _title_once("clues", [f"{clue}: {clue.means}".removesuffix(": ") for clue in scenario.clues])
    for rail in scenario.guardrails:
        warned = f"; you hear of it after {format_duration(rail.warn_at)}" if rail.warn_at else ""
        yield "halts if", f"{rail.expectation} for {format_duration(rail.hold)}{warned}"
    if scenario.ends is not None:
        yield "ends", f"{format_duration(scenario.ends.after)} after {scenario.ends.moment}"
    yield "timebox", f"{format_duration(scenario.timebox)}; extended once by 5 min if you say so"
    yield "STOP", "by anybody, at any moment: everything is taken back at once"


def _afterwards(scenario: Scenario) -> Iterator[tuple[str, str]]:
    yield "ENDEX", "Say it aloud: the drill is over. Every fault is read back as gone before you do."
    yield (
        "debrief",
        "In role order, the most junior first: what happened, what went well, what could be better, what to do.",
    )
    yield from _title_once("ask", scenario.debrief)


def _relative(scenario: Scenario) -> bool:
    effects = [fault.shows for fault in scenario.faults if fault.shows]
    limits = [one.limit for one in (*scenario.expect, *scenario.mitigated_when, *scenario.clues, *effects)]
    limits += [rail.limit for rail in scenario.guardrails]
    return any(limit is not None and limit.relative for limit in limits)


def _said(expectations: Iterable[Expectation]) -> list[str]:
    return [format_expectation(one) for one in expectations]


def _roles(roles: Sequence[Role]) -> str:
    return ", ".join(format_role(one) for one in roles) or "nobody"


def _title_once(title: str, said: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The title once, then only the texts under it."""
    yield from ((title if index == 0 else "", one) for index, one in enumerate(said))


def _headed(heading: str, entries: Iterable[tuple[str, str]], glyphs: Glyphs) -> Iterator[str]:
    yield from ("", heading)
    for title, said in entries:
        yield from _wrapped(said, glyphs, f"  {title:<{_WHO}}")


def _rows(heading: str, rows: Sequence[Row], glyphs: Glyphs) -> Iterator[str]:
    if rows:
        yield from ("", heading)
        yield from _lines(rows, glyphs)


def _lines(rows: Iterable[Row], glyphs: Glyphs) -> Iterator[str]:
    for row in rows:
        at = format_elapsed(row.at) if row.at is not None else ""
        yield from _wrapped(row.what, glyphs, f"{at:>{_CLOCK}}  {_cut(sanitize(row.who, glyphs)):<{_WHO}}")


def _cut(who: str) -> str:
    return who if len(who) < _WHO else who[: _WHO - 2] + "."


def _wrapped(said: str, glyphs: Glyphs, lead: str = "") -> Iterator[str]:
    """The text at the lead's right, its further lines under its first."""
    under = " " * len(lead)
    yield from textwrap.wrap(
        sanitize(said, glyphs), WIDTH, initial_indent=lead, subsequent_indent=under, break_on_hyphens=False
    )
