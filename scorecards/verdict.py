"""How a drill ended, from its events alone: the exit code, and whether the hypothesis held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gameday.errors import Exit
from gameday.events import (
    SIGNAL_CAUSES,
    Event,
    Planned,
    first,
    first_time,
    last,
    mitigating_actions,
    of_kind,
    read_plan,
)
from gameday.events.access import flag, text
from gameday.model import EndReason, Source
from gameday.moments import Moment
from gameday.store.outstanding import outstanding_marks

Held = Literal["held", "not held", "unknown"]

_HALTS = {
    "guardrail-breach": "a guardrail broke",
    "signal-unreadable": "a guardrail could not be read",
    "stop": "somebody said STOP",
    "interrupted": "the run was ended by hand",
    "halt": "the drill was halted",
}

LANDING_UNKNOWN = "nobody knows whether a fault landed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The exit code, whether the hypothesis held, and in words what stood against a pass (empty for code 0)."""

    exit: Exit
    hypothesis: Held
    reasons: tuple[str, ...]


def verdict(events: Sequence[Event]) -> Verdict:
    """Dirty wins over halted, halted over failed, failed over not held (DESIGN, section 3)."""
    plan = read_plan(events)
    held, doubts = _hypothesis(events, plan)
    code, reasons = _ending(events)
    if held == "held" and _cut_short(events):
        held, reasons = "unknown", ("it held until then, and was not read to its end", *reasons)
    if code is Exit.HELD and not plan.faults:  # of people alone: no fault, so nothing of the system is tested
        return Verdict(Exit.NOT_HELD if _not_steady(events) else code, held, (*reasons, *_not_steady(events)))
    if code is Exit.HELD:
        reasons = (*reasons, *doubts, *_rehearsal_failures(events, plan), *_not_steady(events))
        code = Exit.NOT_HELD if reasons or held != "held" else Exit.HELD
    else:
        reasons = (*reasons, *doubts)
    return Verdict(code, held, reasons)


def combined_exit(exits: Sequence[Exit]) -> Exit:
    """Of several drills of one rehearsal: each way out is tried and one must get there; dirt, a halt or a failure
    of ours wins."""
    worst = (Exit.DIRTY, Exit.HALTED, Exit.FAILED)
    return next((one for one in worst if one in exits), min(exits))


def judgements(events: Sequence[Event], part: str, count: int) -> tuple[Event | None, ...]:
    """The deciding `judged` event of each line of a part; None where none was made. An unmet one decides for
    good; else the last that could be read; else one that could not."""
    found: list[Event | None] = [None] * count
    for event in of_kind(events, "evaluated"):
        index = event.data.get("index")
        if text(event.data, "part") != part or not isinstance(index, int):
            continue
        found.extend([None] * (index + 1 - len(found)))
        found[index] = _stronger_judgement(found[index], event)
    return tuple(found)


def _stronger_judgement(old: Event | None, new: Event) -> Event:
    ranks = {"unmet": 2, "met": 1}
    if old is None or ranks.get(text(new.data, "verdict"), 0) >= ranks.get(text(old.data, "verdict"), 0):
        return new
    return old


def _ending(events: Sequence[Event]) -> tuple[Exit, tuple[str, ...]]:
    if marks := outstanding_marks(events):
        return Exit.DIRTY, tuple(f"{mark} may still stand" for mark in marks)
    end = last(events, "end")
    halts = tuple(_halted_by(found, words) for kind, words in _HALTS.items() if (found := _halt(events, kind)))
    if halts or (end and text(end.data, "reason") == EndReason.HALTED):
        return Exit.HALTED, halts[:1] or (_HALTS["halt"],)
    if end and text(end.data, "reason") == EndReason.REFUSED:
        return Exit.REFUSED, (text(end.data, "text") or "preflight refused it",)
    if end is None:
        return Exit.FAILED, ("no end was recorded",)
    if text(end.data, "reason") == EndReason.FAILED:
        return Exit.FAILED, (f"the program itself failed: {text(end.data, 'text')}".rstrip(": "),)
    futile = text(end.data, "reason") == EndReason.FUTILE
    if futile and first(events, "apply-refused") and not first(events, "applied", "apply-unknown"):
        return Exit.REFUSED, (text(end.data, "text"),)
    return Exit.HELD, (text(end.data, "text"),) if futile else ()


def _halt(events: Sequence[Event], kind: str) -> Event | None:
    """A signal that no guardrail watches halts nothing where it cannot be read."""
    return next((one for one in of_kind(events, kind) if kind != "signal-unreadable" or "guardrail" in one.data), None)


def _halted_by(found: Event, words: str) -> str:
    if found.kind == "halt" and found.source is Source.GUARDIAN:
        return f"its guardian ended it: {text(found.data, 'reason')}"
    if found.kind == "interrupted" and (name := text(found.data, "name")):
        return f"the run was ended: {SIGNAL_CAUSES.get(name, name)}"
    why = text(found.data, "signal" if found.kind in ("guardrail-breach", "signal-unreadable") else "reason")
    return f"{words}: {why}" if why else words


def _hypothesis(events: Sequence[Event], plan: Planned) -> tuple[Held, tuple[str, ...]]:
    doubts = _not_tested(events, plan)
    if doubts:
        return "unknown", doubts
    lapsed = first(events, "lapsed")
    found = judgements(events, "expectation", len(plan.expectations))
    verdicts = [text(event.data, "verdict") if event else "" for event in found]
    said = [
        plan.expectations[i].text if i < len(plan.expectations) else f"expectation {i + 1}" for i in range(len(found))
    ]
    if "unmet" in verdicts:
        return "not held", tuple(f"did not hold: {s}" for s, v in zip(said, verdicts, strict=True) if v == "unmet")
    if lapsed:
        return "unknown", ("the fault went without us, before the hypothesis was tested to its end",)
    if not verdicts:
        return "unknown", ("no expectation was written down for the time of the fault",)
    open_ones = tuple(f"could not be judged: {s}" for s, v in zip(said, verdicts, strict=True) if v != "met")
    doubts = open_ones or _no_effect_doubt(events, plan)
    return ("unknown", doubts) if doubts else ("held", ())


def _no_effect_doubt(events: Sequence[Event], plan: Planned) -> tuple[str, ...]:
    """That nothing was felt of a fault proves nothing, unless it was said what of it has to show."""
    if first(events, Moment.IMPACT):
        return ()
    silent = sorted(fault.id for fault in plan.faults if not fault.effect)
    why = "nothing shows that it was there for anybody: say what has to show, with `shows`"
    of = ", ".join(plan.steady_state) or "any signal"
    return tuple(f"the fault {name} had no effect on {of}, and {why}" for name in silent)


def _cut_short(events: Sequence[Event]) -> bool:
    """Halted while the hypothesis was still being read: it is, until users are served again."""
    halted, served = first_time(events, *_HALTS), first_time(events, Moment.MITIGATED)
    return halted is not None and (served is None or halted < served)


def _not_tested(events: Sequence[Event], plan: Planned) -> tuple[str, ...]:
    """A fault that was never there, or that nobody could feel, tests nothing."""
    stood = {text(event.data, "fault") for event in of_kind(events, "fault")}
    if not stood:
        unsure = first(events, "apply-unknown") is not None
        return (LANDING_UNKNOWN if unsure else "no fault was ever applied",)
    missing = [fault.id for fault in plan.faults if fault.id not in stood]
    effects = {text(event.data, "fault"): flag(event.data, "seen") for event in of_kind(events, "effect")}
    expected = {fault.id for fault in plan.faults if fault.effect} | set(effects)
    idle = sorted(fault for fault in expected & stood if effects.get(fault) is False)
    early = sorted(expected & stood - set(effects))
    return (
        *(f"the fault {name} was never applied" for name in missing),
        *(f"the fault {name} had no effect that could be seen" for name in idle),
        *(f"it ended before an effect of the fault {name} was seen" for name in early),
    )


def _rehearsal_failures(events: Sequence[Event], plan: Planned) -> tuple[str, ...]:
    """What makes a rehearsal fail: a way out that leads nowhere, a trail nobody could have followed."""
    if not plan.is_rehearsal:
        return ()
    found = judgements(events, "clue", len(plan.clues))
    shown = [bool(event and text(event.data, "verdict") == "met") for event in found]
    hidden = tuple(
        f"the trail did not show: {line.text}" for line, ok in zip(plan.clues, shown, strict=False) if not ok
    )
    if plan.mitigation and first(events, "mitigated") is None:
        tried = any(
            text(event.data, "action") == plan.mitigation
            for event in of_kind(events, "action-started", "action-finished")
        )
        how = "did not end the users' trouble" if tried else "was not tried"
        return (f"the way out {plan.mitigation} {how}", *hidden)
    if plan.mitigation and plan.mitigation not in mitigating_actions(events):
        return (f"users were served again before the way out {plan.mitigation} was begun", *hidden)
    return hidden


def _not_steady(events: Sequence[Event]) -> tuple[str, ...]:
    after = [event for event in of_kind(events, "steady-state") if text(event.data, "when") == "after"]
    if after and flag(after[-1].data, "holds"):
        return ()
    return ("steady state did not return" if after else "steady state was not read afterwards",)
