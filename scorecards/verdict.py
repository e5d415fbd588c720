"""Verdict of a drill, from its events alone: the exit code, and whether the hypothesis held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from gameday.errors import Exit
from gameday.events import (
    Applied,
    ApplyRefused,
    ApplyUnknown,
    Body,
    Ended,
    Evaluated,
    Event,
    FaultConfirmed,
    FaultEndedUnexpectedly,
    GuardrailBroken,
    Halted,
    ImpactDetected,
    Interrupted,
    Mitigated,
    Planned,
    ResumedAfterStop,
    SignalUnreadable,
    SteadyStateChecked,
    Stopped,
    final_stops,
    has_any,
    last_of,
    of_type,
    outside_changes,
    read_plan,
    time_of,
)
from gameday.model import EndReason, Source
from gameday.scorecards.counted_judgements import deciding_evaluations, mitigated_at
from gameday.scorecards.fault_outcomes import FaultOutcome, collect_fault_outcomes, describe_missing_effect
from gameday.scorecards.planned_revert import planned_revert
from gameday.scorecards.rehearsal_failures import rehearsal_failures
from gameday.store.outstanding import outstanding_markers, owed_cleanups
from gameday.units import format_missing

Held = Literal["held", "not held", "unknown"]
HALTS: tuple[type[Body], ...] = (GuardrailBroken, SignalUnreadable, Stopped, Interrupted, Halted)
"""Events that halt a drill, the strongest reason first; an unreadable signal only where a guardrail needs it."""
HELD_UNTIL_HALT = "the hypothesis held until the drill was halted, and was not tested to its end"
APPLY_UNKNOWN = "it is unknown whether a fault was applied"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The exit code, whether the hypothesis held, and the reasons against a pass (none for code 0)."""

    exit: Exit
    hypothesis: Held
    reasons: tuple[str, ...]


def decide_verdict(events: Sequence[Event]) -> Verdict:
    """Return the verdict: dirty overrides halted, halted overrides failed, failed overrides not held."""
    plan = read_plan(events)
    held, doubts = _hypothesis(events, plan)
    doubts = (*doubts, *(change.summary for change in outside_changes(events) if held == "unknown"))
    code, reasons = _ending(events)
    if held == "held" and _is_cut_short(events):
        held, reasons = "unknown", (HELD_UNTIL_HALT, *reasons)
    if code is Exit.HELD and not plan.faults:  # a drill of people alone tests nothing of the system
        return Verdict(Exit.NOT_HELD if _not_steady(events) else code, held, (*reasons, *_not_steady(events)))
    if code is Exit.HELD:
        reasons = (*reasons, *doubts, *rehearsal_failures(events, plan), *_not_steady(events))
        code = Exit.NOT_HELD if reasons or held != "held" else Exit.HELD
    else:
        reasons = (*reasons, *doubts)
    return Verdict(code, held, _without_repetitions(reasons))


def _without_repetitions(reasons: Sequence[str]) -> tuple[str, ...]:
    """Return the reasons without those that another one says with its figures."""
    return tuple(reason for reason in reasons if not any(other.startswith(f"{reason}: ") for other in reasons))


def rehearsal_exit_code(exits: Sequence[Exit]) -> Exit:
    """Return the exit code of a rehearsal of several drills.

    Each tries one mitigation, and one must succeed; a dirty, halted or failed drill overrides that.
    """
    return next((code for code in (Exit.DIRTY, Exit.HALTED, Exit.FAILED) if code in exits), min(exits))


def _ending(events: Sequence[Event]) -> tuple[Exit, tuple[str, ...]]:
    if left := [f"{marker} may still be active" for marker in outstanding_markers(events)]:
        return Exit.DIRTY, tuple(left)
    if owed := tuple(f"{cleanup.item} was not undone" for cleanup in owed_cleanups(events)):
        return Exit.DIRTY, owed
    last = last_of(events, Ended)
    end = last.body if last else None
    halts = tuple(_halts(events))
    if halts or (end and end.reason is EndReason.HALTED):
        return Exit.HALTED, (_halt_text(halts[0]) if halts else "the drill was halted",)
    if end is None:
        return Exit.FAILED, ("no end was recorded",)
    if end.reason is EndReason.REFUSED:
        return Exit.REFUSED, (end.text or "preflight refused the drill",)
    if end.reason is EndReason.FAILED:
        return Exit.FAILED, (f"the program itself failed: {end.text}".rstrip(": "),)
    futile = end.reason is EndReason.FUTILE
    if futile and has_any(events, ApplyRefused) and not has_any(events, Applied, ApplyUnknown):
        return Exit.REFUSED, (end.text,)
    return Exit.HELD, (end.text,) if futile else ()


def _halts(events: Sequence[Event]) -> Iterator[Event]:
    stops = final_stops(events)
    for halt in HALTS:
        for event in stops if halt is Stopped else of_type(events, halt):
            if not isinstance(event.body, SignalUnreadable) or event.body.guardrail is not None:
                yield event


def _halt_text(event: Event) -> str:
    match event.body:
        case Halted(reason=reason) if event.source is Source.GUARDIAN:
            return f"the guardian ended it: {reason}"
        case Halted(command=command) if command:
            return f"the drill was halted with `{command}`"
        case Halted(reason=reason):
            return _with_reason("the drill was halted", reason)
        case Interrupted():
            return _with_reason("the run was interrupted", event.body.cause)
        case GuardrailBroken(signal=signal):
            return _with_reason("a guardrail broke", signal)
        case SignalUnreadable(signal=signal):
            return _with_reason("a guardrail could not be read", signal)
        case _:
            return "someone called STOP"


def _with_reason(text: str, reason: str) -> str:
    return f"{text}: {reason}" if reason else text


def _hypothesis(events: Sequence[Event], plan: Planned) -> tuple[Held, tuple[str, ...]]:
    if doubts := _not_tested(events, plan):
        return "unknown", doubts
    evaluations = deciding_evaluations(events, "expectation", plan.expectations)
    lines = [(_expected(plan, index), body.verdict if body else "") for index, body in enumerate(evaluations)]
    unmet = tuple(f"did not hold: {expected}" for expected, result in lines if result == "unmet")
    if unmet:
        return "not held", unmet
    if has_any(events, ResumedAfterStop):
        return "unknown", ("STOP interrupted the faults, so the hypothesis was tested in parts",)
    if has_any(events, FaultEndedUnexpectedly):
        return "unknown", ("the fault lapsed before the hypothesis was tested to its end",)
    if not lines:
        return "unknown", ("the scenario expects nothing while the fault is active",)
    open_lines = tuple(
        f"not enough data to evaluate: {expected}{_missing(body)}"
        for (expected, result), body in zip(lines, evaluations, strict=True)
        if result != "met"
    )
    doubts = open_lines or _no_effect(events, plan)
    return ("unknown", doubts) if doubts else ("held", ())


def _missing(body: Evaluated | None) -> str:
    if body is None:
        return ""
    return f" ({format_missing(body.missing, body.readings) if body.missing else body.finding_text({})})"


def _expected(plan: Planned, index: int) -> str:
    return plan.expectations[index].text if index < len(plan.expectations) else f"expectation {index + 1}"


def _no_effect(events: Sequence[Event], plan: Planned) -> tuple[str, ...]:
    """Doubt a fault without any effect, unless the scenario says what it shows."""
    if has_any(events, ImpactDetected):
        return ()
    silent = sorted(fault.id for fault in plan.faults if not fault.effect)
    reason = "nothing shows that it was active: write its effect under `shows`"
    signals = ", ".join(plan.steady_state) or "any signal"
    return tuple(f"fault {fault} had no effect on {signals}, and {reason}" for fault in silent)


def _is_cut_short(events: Sequence[Event]) -> bool:
    """Return True if the drill was halted while the hypothesis was still tested: until service is restored, or it ends.

    What is halted during the revert, which began as planned, was tested to its end."""
    halted = min((event.happened for event in _halts(events)), default=None)
    tested = min((at for at in (time_of(events, Mitigated), planned_revert(events)) if at is not None), default=inf)
    return halted is not None and halted < tested


def _not_tested(events: Sequence[Event], plan: Planned) -> tuple[str, ...]:
    """Return the faults that tested nothing: never active, without effect, or cut short."""
    active = {event.body.fault for event in of_type(events, FaultConfirmed)}
    if not active:
        return (APPLY_UNKNOWN if has_any(events, ApplyUnknown) else "no fault was applied",)
    outcomes = collect_fault_outcomes(events)
    return (
        *(f"fault {fault.id} was never applied" for fault in plan.faults if fault.id not in active),
        *(reason for fault in outcomes if (reason := describe_missing_effect(events, fault))),
        *_missing_times(events, plan, outcomes),
    )


def _missing_times(events: Sequence[Event], plan: Planned, outcomes: Sequence[FaultOutcome]) -> Iterator[str]:
    """Yield each fault that came less often than planned, unless service was restored before."""
    if mitigated_at(events) < inf:
        return
    planned = {fault.id: fault.times for fault in plan.faults}
    for fault in outcomes:
        if fault.times < planned.get(fault.id, 1):
            yield f"fault {fault.id} came {fault.times} of {planned[fault.id]} times"


def _not_steady(events: Sequence[Event]) -> tuple[str, ...]:
    after = [event.body.holds for event in of_type(events, SteadyStateChecked) if event.body.when == "after"]
    if after and after[-1]:
        return ()
    if not after:
        return ("steady state was not checked afterwards",)
    was_left = has_any(events, ImpactDetected)
    return ("steady state was not restored" if was_left else "steady state did not hold after the drill",)
