"""One event, one short sentence: what was so, in words that blame nobody and explain nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gameday.events import SIGNAL_CAUSES
from gameday.events.access import flag, integer, number, text
from gameday.model import Event, Role, Source
from gameday.review.document import code, plain, quoted, strong
from gameday.scorecards import scorecard_text
from gameday.scorecards.signal_summary import say as say_value
from gameday.units import format_duration, format_parameters

Kinds = Mapping[str, str]
"""The kind of each signal, by its name."""


def sentence(event: Event, kinds: Kinds) -> str:
    """What a timeline says of the event; empty for kinds that no timeline needs."""
    return _RENDERERS[event.kind](event, kinds) if event.kind in _RENDERERS else ""


def source_text(event: Event) -> str:
    """Where the row comes from: the role that said it, or what recorded it; and how much later, where it was."""
    late = event.at - event.happened
    later = f", written down {format_duration(round(late))} later" if late >= 2 and event.source is Source.HUMAN else ""
    if event.source is Source.HUMAN:
        return f"{role(event.role)}{later}"
    return _SOURCES[event.source]


def role(found: Role | None) -> str:
    return "IC" if found is Role.IC else found.value if found else "a responder"


_SOURCES = {
    Source.RUNNER: "program", Source.GUARDIAN: "guardian", Source.COMMAND: "a command", Source.PROBE: "readings",
    Source.ALERT: "alert", Source.SCRIPT: "script",
}  # fmt: skip


def _reading(event: Event, kinds: Kinds) -> str:
    signal = text(event.data, "signal")
    value = say_value(number(event.data, "value"), kinds.get(signal, ""))
    return f"{code(signal)} at {value} (n={integer(event.data, 'n')})"


def _said(prefix: str) -> Callable[[Event, Kinds], str]:
    def told(event: Event, _: Kinds) -> str:
        words = quoted_text(event)
        return f"{prefix}: {quoted(words)}" if words else prefix

    return told


def _fault(event: Event, _: Kinds) -> str:
    return f"{strong('The fault:')} {plain(text(event.data, 'kind'))} on {code(text(event.data, 'target'))}"


def _dialled(event: Event, _: Kinds) -> str:
    params = event.data.get("params")
    said = format_parameters(params) if isinstance(params, dict) else ""
    return f"{strong('The fault is turned')}" + (f" to {plain(said)}" if said else "")


def _asleep(event: Event, _: Kinds) -> str:
    return f"The machine slept for {format_duration(number(event.data, 'seconds') or 0.0)}"


def _effect(event: Event, kinds: Kinds) -> str:
    came = "The expected effect came" if flag(event.data, "seen") else "The expected effect did not come"
    return f"{came}: {_reading(event, kinds)}"


def quoted_text(event: Event) -> str:
    """What was said; a script says nothing that its event does not."""
    said = plain(text(event.data, "say"))
    return "" if said.startswith("(scripted)") else said


def _alert(event: Event, _: Kinds) -> str:
    return f"Alert {code(text(event.data, 'signal'))}" + ("" if flag(event.data, "expected") else " (not expected)")


def _page(event: Event, _: Kinds) -> str:
    by = "the program, because no alert had fired" if text(event.data, "by") == "program" else "the environment's alert"
    return f"The responders were paged by {by}"


def _steady(event: Event, _: Kinds) -> str:
    before = text(event.data, "when") == "before"
    if flag(event.data, "holds"):
        return "Steady state holds" if before else "Steady state holds again"
    return "Steady state does not hold" if before else "Steady state has not returned"


def _action(event: Event, _: Kinds) -> str:
    outcome = "" if flag(event.data, "ok") else ", which did not work"
    return f"Action {code(text(event.data, 'action'))}{outcome}"


def _signal(event: Event, _: Kinds) -> str:
    name = text(event.data, "name")
    return "The run was ended" + (f": {SIGNAL_CAUSES.get(name, name)}" if name else "")


def _recovered(event: Event, _: Kinds) -> str:
    """Steady state is said to hold by the event `steady`, when all is over."""
    return f"Recovered, after {plain(text(event.data, 'by'))}"


def _why(prefix: str) -> Callable[[Event, Kinds], str]:
    def told(event: Event, _: Kinds) -> str:
        why = plain(text(event.data, "why"))
        return f"{prefix}: {why}" if why else prefix

    return told


def _fixed(words: str) -> Callable[[Event, Kinds], str]:
    return lambda *_: words


def _cue(event: Event, _: Kinds) -> str:
    return f"Cue from {plain(text(event.data, 'persona'))}: {quoted(text(event.data, 'say'))}"


def _hint(event: Event, _: Kinds) -> str:
    return f"Hint ({plain(text(event.data, 'rung'))}): {quoted(text(event.data, 'say'))}"


_ENDS = {
    "ends": "as planned", "timebox": "at the timebox", "halted": "halted", "failed": "the program itself failed",
    "futile": "because going on would have taught nothing", "refused": "because preflight refused it",
}  # fmt: skip


def _end(event: Event, _: Kinds) -> str:
    return f"ENDEX, {_ENDS.get(text(event.data, 'reason'), plain(text(event.data, 'reason')))}"


_RENDERERS: dict[str, Callable[[Event, Kinds], str]] = {
    "steady": _steady, "start": _fixed("STARTEX"), "prediction": _said("Prediction, before the fault"),
    "fault": _fault, "effect": _effect, "impact": lambda e, k: f"Users feel it: {_reading(e, k)}", "alert": _alert,
    "paged": _page, "acknowledged": _said("Acknowledged"), "declared": _said("Declared: this is an incident"),
    "ic-announced": _said("The incident commander is announced"), "assembled": _fixed("All needed roles are there"),
    "update": _said("Status update"), "theory": _said("Theory"), "decision": _said("Decision"),
    "help": _said("Help is asked for"), "note": _said("Note"), "action": _action, "cue": _cue, "hint": _hint,
    "warned": lambda e, k: f"Near a guardrail: {_reading(e, k)}",
    "breach": lambda e, k: f"A guardrail broke: {_reading(e, k)}", "lapsed": _why("The fault went without us"),
    "undone": lambda e, _: plain(scorecard_text.undone_text(e.data)),
    "fault-end": lambda e, _: f"The fault {code(text(e.data, 'fault'))} ended by itself, as planned",
    "mitigated": _fixed("Users are served again"), "reverting": _fixed("Everything is being taken back"),
    "reverted": lambda e, _: plain(scorecard_text.reverted_text(e.data)), "recovered": _recovered,
    "stop": _said("STOP"), "halt": _why("Halted"), "signal": _signal,
    "end": _end, "dialled": _dialled, "paused": _fixed("PAUSE: everything stands still"),
    "resumed": _fixed("It goes on after the pause"), "extended": _fixed("The timebox is extended by five minutes"),
    "revealed": _fixed("The responders are told what the fault is"), "asleep": _asleep,
    "escalated": lambda e, _: f"The page was not acknowledged and goes to the {plain(text(e.data, 'to'))} too",
    "said-mitigated": _fixed("Somebody says that users are served again"),
    "given-up": _why("Closed by hand"), "left": _why("Left as somebody made it"),
}  # fmt: skip
