"""What each kind of event says, in one plain short sentence. Roles, never people; what was so, never why."""

from __future__ import annotations

from gameday.events import CAUSE_OWN_REVERT, SIGNAL_CAUSES
from gameday.events.access import flag, integer, lines, number, text
from gameday.model import Event, Source
from gameday.moments import Moment
from gameday.scorecards import scorecard_text
from gameday.scorecards.signal_summary import say as say_value
from gameday.terminal.facilitator_event_text import FACILITATOR_RENDERERS
from gameday.terminal.text_renderer import Kinds, Sentence, reason_suffix, text_renderer
from gameday.units import format_duration, format_role

"""The kind of each signal (ratio, duration, count, alert), by its name."""

_SCRIPTED = "(scripted)"
"""How a rehearsal begins what its script says for the responders."""


ROUTINE_KINDS = frozenset({"intended", "applied", "acting", "owner", "usual", "gone"})
"""Kinds that say little to somebody who watches: another event of the same second says it better."""


def event_text(event: Event, kinds: Kinds | None = None) -> str:
    """One short sentence for an event of any kind. `kinds`: with them values have their units (`1.9 s`)."""
    said = _RENDERERS[event.kind](event, kinds or {})
    return " ".join(said.split()) + _who(event)


def is_noteworthy(event: Event) -> bool:
    """Whether somebody who watches wants to hear of it at once."""
    if event.kind == "phase":
        return text(event.data, "after") in ("preflight", "stuck")
    if event.kind == "check":
        return text(event.data, "name") != "steady state"  # the event `steady` says the same
    if event.kind == Moment.RECOVERED:
        return text(event.data, "by") != CAUSE_OWN_REVERT  # so it does of this one
    return event.kind not in ROUTINE_KINDS


def _who(event: Event) -> str:
    spoken = event.source in (Source.HUMAN, Source.SCRIPT) and event.role is not None
    return f" ({format_role(event.role)})" if spoken and event.role else ""


def _reading(event: Event, kinds: Kinds) -> str:
    """`journey-p95 is 1.9 s, n 31`; the program's own words for it where it has some."""
    said = text(event.data, "say")
    if said:
        return said
    signal = text(event.data, "signal") or "a signal"
    value = number(event.data, "value")
    if value is None:
        return f"{signal} cannot be read"
    n = integer(event.data, "n")
    return f"{signal} is {say_value(value, kinds.get(signal, ''))}" + (f", n {n}" if n else "")


def _measured(prefix: str) -> Sentence:
    return lambda event, kinds: f"{prefix}: {_reading(event, kinds)}"


def _planned(event: Event, _: Kinds) -> str:
    box = number(event.data, "timebox")
    within = f", at most {format_duration(box)}" if box else ""
    return f"{text(event.data, 'mode').capitalize() or 'Drill'} of {text(event.data, 'scenario')} is planned{within}"


_PHASES = {
    "preflight": "Preflight: nothing is touched yet", "running": "The drill runs", "done": "The drill is closed",
    "reverting": "Everything is being taken back",
    "stuck": "STUCK: something of ours still stands; run gameday halt",
}  # fmt: skip


def _phase(event: Event, _: Kinds) -> str:
    after = text(event.data, "after")
    return _PHASES.get(after, "Another phase of the drill" + reason_suffix(after))


def _check(event: Event, _: Kinds) -> str:
    outcome = "Ready" if flag(event.data, "ok") else "NOT ready"
    return outcome + reason_suffix(text(event.data, "say") or text(event.data, "name"))


def _steady(event: Event, _: Kinds) -> str:
    before = text(event.data, "when") == "before"
    if flag(event.data, "holds"):
        return "Steady state holds" + ("" if before else " again")
    failing = ", ".join(lines(event.data, "failing"))
    return ("Steady state does not hold" if before else "Steady state has not returned") + (
        f": {failing}" if failing else ""
    )


def _intended(event: Event, _: Kinds) -> str:
    intent = event.data.get("intent")
    found = intent if isinstance(intent, dict) else {}
    return f"About to apply {text(found, 'kind') or 'a fault'} on {text(found, 'target') or 'its target'}"


def _fault(event: Event, _: Kinds) -> str:
    return f"FAULT: {text(event.data, 'kind')} on {text(event.data, 'target')}, read back as there"


def _effect(event: Event, kinds: Kinds) -> str:
    came = "The expected effect came" if flag(event.data, "seen") else "The expected effect did NOT come"
    return f"{came}: {_reading(event, kinds)}"


def _alert(event: Event, _: Kinds) -> str:
    return f"Alert {text(event.data, 'signal')} fires" + ("" if flag(event.data, "expected") else ", not expected")


def _page(event: Event, _: Kinds) -> str:
    by = " by the program, because the alert stayed silent" if text(event.data, "by") == "program" else ""
    return f"PAGE{by}: {text(event.data, 'say')}".removesuffix(": ")


def _cue(event: Event, _: Kinds) -> str:
    look_for = text(event.data, "look_for")
    return f'Cue, {text(event.data, "persona")}: "{text(event.data, "say")}"' + (
        f" (look for: {look_for})" if look_for else ""
    )


def _hint(prefix: str) -> Sentence:
    return lambda event, _: f'{prefix}, {text(event.data, "rung")}: "{text(event.data, "say")}"'


def _skipped(event: Event, _: Kinds) -> str:
    say, why = text(event.data, "say"), text(event.data, "why")
    line = f'"{say}"' if say else f"Line {integer(event.data, 'entry') + 1} of the course"
    return f"Skipped: {line}{reason_suffix(why)}"


_PARTS = {"holds": "Hypothesis", "trail": "Trail", "mitigated": "Mitigated"}


def _judged(event: Event, kinds: Kinds) -> str:
    part, verdict = text(event.data, "part"), text(event.data, "verdict")
    return f"{_PARTS.get(part, part) or 'Readings'} {verdict}: {_reading(event, kinds)}"


def _unreadable(event: Event, _: Kinds) -> str:
    seconds = number(event.data, "seconds")
    since = f" for {format_duration(seconds)}" if seconds is not None else ""
    return f"{text(event.data, 'signal') or 'A signal'} cannot be read{since}" + reason_suffix(text(event.data, "say"))


def _action(event: Event, _: Kinds) -> str:
    done = (
        "is done" if flag(event.data, "ok") else "was tried and did NOT work" + reason_suffix(text(event.data, "say"))
    )
    return f"Action {text(event.data, 'action')} {done}"


def _handed_back(event: Event, _: Kinds) -> str:
    return f"Hand-back: {text(event.data, 'item')}, {text(event.data, 'result')}" + reason_suffix(
        text(event.data, "say")
    )


def _unwritten(event: Event, _: Kinds) -> str:
    count = len(lines(event.data, "lines")) or "Some"
    return f"{count} line{'' if count == 1 else 's'} of the log could not be written when it happened"


def _signal(event: Event, _: Kinds) -> str:
    name = text(event.data, "name")
    return "The run is ended" + reason_suffix(SIGNAL_CAUSES.get(name, name))


def _recovered(event: Event, _: Kinds) -> str:
    """Steady state is said to hold by the event `steady`, when all is over."""
    return f"RECOVERED, after {text(event.data, 'by') or CAUSE_OWN_REVERT}"


_ENDS = {
    "ends": "as planned",
    "timebox": "the timebox is over",
    "halted": "halted",
    "failed": "the program itself failed",
    "futile": "going on would teach nothing",
    "refused": "preflight refused it",
}


def _end(event: Event, _: Kinds) -> str:
    reason = text(event.data, "reason")
    said = text(event.data, "say") if reason not in ("ends", "timebox") else ""
    return f"ENDEX, {_ENDS.get(reason, reason)}" + reason_suffix(said)


_RENDERERS: dict[str, Sentence] = {
    "planned": _planned,
    "phase": _phase,
    "owner": text_renderer("Another process owns the drill now", "why"),
    "check": _check,
    "usual": _measured("Usual"),
    "steady": _steady,
    "start": text_renderer("STARTEX: the drill begins"),
    "intended": _intended,
    "applied": text_renderer("The engine says the fault is there"),
    "refused": text_renderer("The engine refused the fault; nothing was changed", "why"),
    "unknown": text_renderer(
        "Nobody knows whether the fault landed; it is taken back, and board while it might land", "why"
    ),
    "effect": _effect,
    "lapsed": text_renderer("The fault went without us", "why"),
    "undone": lambda event, _: scorecard_text.undone_text(event.data),
    Moment.PAGED: _page,
    "cue": _cue,
    "hint": _hint("Hint"),
    "offered": _hint("Hint offered, not sent"),
    "skipped": _skipped,
    "judged": _judged,
    "warned": _measured("NEAR A GUARDRAIL"),
    "breach": _measured("GUARDRAIL BROKEN, the drill is halted"),
    "unreadable": _unreadable,
    "acting": text_renderer("Action begins", "action"),
    "action": _action,
    **FACILITATOR_RENDERERS,
    "note": text_renderer("Note"),
    "decision": text_renderer("Decision"),
    "prediction": text_renderer("Prediction"),
    "reverting": text_renderer("Everything is being taken back", "why"),
    "not-yet": text_renderer("NOT taken back yet, trying again", "why"),
    "gone": text_renderer("A fault is taken back and read back as gone"),
    "left": text_renderer("Left as somebody made it", "why"),
    "given-up": text_renderer("Closed by hand", "why"),
    "load": text_renderer("Load"),
    "handed-back": _handed_back,
    "stop": text_renderer("STOP"),
    "halt": text_renderer("HALT", "why"),
    "signal": _signal,
    "debrief": text_renderer("Debrief"),
    "absent": text_renderer("Absent, somebody says", "expect"),
    "unwritten": _unwritten,
    "trouble": text_renderer("Trouble"),
    Moment.FAULT: _fault,
    Moment.IMPACT: _measured("IMPACT, users feel it"),
    Moment.ALERT: _alert,
    Moment.ACKNOWLEDGED: text_renderer("The page is acknowledged"),
    Moment.DECLARED: text_renderer("Declared: this is an incident"),
    Moment.IC_ANNOUNCED: text_renderer("The incident commander is announced"),
    Moment.ASSEMBLED: text_renderer("All needed roles are there"),
    Moment.UPDATE: text_renderer("Status update"),
    Moment.THEORY: text_renderer("Theory"),
    Moment.HELP: text_renderer("Help is asked for"),
    Moment.MITIGATED: text_renderer("MITIGATED, users are served again"),
    Moment.RECOVERED: _recovered,
    Moment.FAULT_END: lambda event, _: f"The fault {text(event.data, 'fault')} ended by itself, as planned",
    Moment.REVERTED: lambda event, _: scorecard_text.reverted_text(event.data),
    Moment.END: _end,
}
