"""The scorecard as JSON: its fields and their meanings, and the schema that is derived from its dataclasses."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping

from gameday.clock import format_iso_time
from gameday.errors import Exit
from gameday.model import Json
from gameday.scorecards.difficulty import Difficulty
from gameday.scorecards.evaluations import Evaluation
from gameday.scorecards.fault_outcomes import FaultOutcome
from gameday.scorecards.objectives import ObjectiveResult
from gameday.scorecards.scorecard import FiredAlert, Scorecard
from gameday.scorecards.signal_summary import SignalSummary
from gameday.scorecards.time_measurement import ResponseTime

VERSION = 1

_TYPE_NAMES: dict[object, str] = {
    str: "string", float: "number", int: "integer", bool: "boolean", types.NoneType: "null", Exit: "integer",
}  # fmt: skip
_NAMES: Mapping[type, Mapping[str, str]] = {
    Scorecard: {"began": "began_at", "ended": "ended_at", "review_due": "review_due_at"},
    FiredAlert: {"after": "after_s"},
    FaultOutcome: {"active": "active_s"},
    ObjectiveResult: {"within": "within_s", "seconds": "duration_s", "paused": "paused_s"},
    ResponseTime: {"seconds": "duration_s", "paused": "paused_s"},
}
"""Names in the JSON that differ: times end in `_at`, durations in `_s`."""
_N = "Number of samples that the value rests on."
_LOWER_BOUND = "True if the value is more than that, because requests timed out."
_PAUSED = "Pauses in between, which do not count."
_SCRIPTED = "True if a rehearsal's script took part: it says nothing about people."
MEANINGS: Mapping[type, Mapping[str, str]] = {
    Scorecard: {
        "drill": "The drill's code name.", "scenario": "The name of the scenario.",
        "type": "The scenario's type.", "environment": "The name of the environment.",
        "mode": "`facilitated`, `solo` or `rehearsal`.",
        "informed": "True if the responder knew what would fail.",
        "pace": "How many times as fast as with people a rehearsal ran.",
        "windows": "Limits that a rehearsal shortened.",
        "began_at": "When the drill was planned.", "ended_at": "Null while it runs.",
        "review_due_at": "From the team's charter, else two days after the end.",
        "exit": "The exit code of the drill.", "hypothesis": "The statement that was tested.",
        "held": "Result of the hypothesis.", "reasons": "Why it did not hold, is unknown, or the drill was halted.",
        "expectations": "Parts of the hypothesis.", "clues": "Readings that lead to the cause.",
        "alerts": "Alerts that fired.", "silent_alerts": "Expected alerts that did not fire in time.",
        "program_paged": "True if the program had to page.", "faults": "Faults that were confirmed active.",
        "mitigation": "The mitigation that a rehearsal tried, else the action that restored service.",
        "restored_by": "The last action that began before service was restored; may be empty.",
        "difficulty": "Hints given from the fault on.", "objectives": "What the team was expected to do by a time.",
        "response_times": "Times between the moments of the drill.",
        "signals": "Range of each signal while a fault was active.",
        "cleanups": "Changes of the responders, and what became of each.",
        "steady_state_holds": "After the drill. Null if it was not checked.",
        "loss_reason": "Why faults ended with the objects that held them; empty if each revert was verified.",
        "kept": "Why a fault was left unchanged, for each.",
        "outside_changes": "What somebody outside the drill changed on its targets, each with its times.",
        "closed_manually": "Markers of faults that a person closed without verification.",
        "steady_state_signals": "Signals of the steady state.",
        "has_alerts": "False if the environment defines no alert.",
    },
    Evaluation: {
        "expected": "The limit, and when it has to hold.", "meaning": "What a clue tells.",
        "verdict": "`met`, `unmet`, `unknown` or `not judged`.", "finding": "The worst reading that counts.",
        "value": "Null without a reading.", "n": _N, "lower_bound": _LOWER_BOUND,
        "readings": "Readings that were due while it was judged; 0 where they were not counted.",
        "missing": "Those of `readings` without a value, or with too few samples.",
    },
    FiredAlert: {
        "signal": "The name of the alert.", "expected": "True if the hypothesis expects it.",
        "after_s": "From `since`; negative before it.",
        "since": "What the time is counted from.",
    },
    FaultOutcome: {
        "id": "The id of the fault in the scenario.", "kind": "The kind of the fault.",
        "target": "The logical target.", "effect": "Result of the expected effect.",
        "signal": "The signal that shows the effect; may be empty.", "value": "Null without a reading.", "n": _N,
        "lower_bound": _LOWER_BOUND,
        "active_s": "Time in which it was confirmed active; null while it may be active.",
        "lapsed": "True if it ended unexpectedly.", "times": "How often it was applied.",
        "adjusted": "How often the facilitator adjusted it.",
        "ended_by": "The action or fault that ended it; may be empty.",
        "kept": "Why it was left unchanged; may be empty.",
        "unseen_in": "Periods without the effect, if others showed it; may be empty.",
    },
    Difficulty: {
        "nudge": "Hints of the first step, a nudge.", "question": "Hints of the second step, a question.",
        "pointer": "Hints of the third step, a pointer.", "answer": "Hints of the last step, the answer.",
        "whispered": "Hints of any kind that the mentor passed to the IC alone; in no other count.",
        "before_fault": "Hints of any kind that were given before the fault; in no other count.",
    },
    ObjectiveResult: {
        "id": "The id of the objective.", "moment": "The moment that was expected.",
        "of": "The moment that the time is counted from.",
        "within_s": "Null if no time was agreed.", "state": "The result; `not recorded` does not mean missed.",
        "duration_s": "Null if it was not measured.",
        "reason": "Why it was not measured; may be empty.", "scripted": _SCRIPTED,
        "missing": "Moments that the log does not have.", "paused_s": _PAUSED,
    },
    ResponseTime: {
        "name": "The name of the time, such as `detect`.", "meaning": "From when until when it is measured.",
        "start": "A moment.", "end": "A moment.",
        "duration_s": "Null if it was not measured.",
        "censored": "True if the time is a lower bound.", "state": "Whether and how it was measured.",
        "reason": "What cut it short; may be empty.",
        "scripted": _SCRIPTED, "paused_s": _PAUSED,
    },
    SignalSummary: {
        "signal": "The name of the signal.", "kind": "`ratio`, `duration` (in seconds), `count` or `alert`.",
        "baseline": "Null if it was not measured.",
        "baseline_n": "Number of samples of the baseline.", "lowest": "While a fault was active.",
        "highest": "While a fault was active.", "readings": "Readings with a value while a fault was active.",
        "failed": "Readings without one.",
    },
}  # fmt: skip
"""Meaning of each field of the JSON, of what the scorecard consists of."""


def encode(card: Scorecard) -> dict[str, Json]:
    """Return the scorecard as JSON; numbers are rounded to microseconds."""
    return {"scorecard": VERSION, **_fields(card)}


def schema() -> dict[str, Json]:
    """Return the JSON Schema of what `encode` returns."""
    derived = _derive(Scorecard)
    properties = derived["properties"]
    assert isinstance(properties, dict)
    version: Json = {"const": VERSION, "description": "Version of this format."}
    every = {"scorecard": version, **properties}
    derived |= {"properties": every, "required": list(every), "title": "gameday scorecard"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **derived}


def json_fields(kind: type) -> list[str]:
    """Return the names of a dataclass's fields in the JSON."""
    return [_json_name(kind, field.name) for field in dataclasses.fields(kind)]


def _fields(record: object) -> dict[str, Json]:
    assert dataclasses.is_dataclass(record)
    kind = type(record)
    return {
        _json_name(kind, field.name): _value(getattr(record, field.name), _json_name(kind, field.name))
        for field in dataclasses.fields(record)
    }


def _json_name(kind: type, field: str) -> str:
    return _NAMES.get(kind, {}).get(field, field)


def _value(value: object, name: str) -> Json:
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, tuple):
        return [_value(item, name) for item in value]
    if isinstance(value, float):
        return format_iso_time(value) if name.endswith("_at") else round(value, 6)
    if isinstance(value, Exit):
        return int(value)
    assert value is None or isinstance(value, bool | int | str)
    return str(value) if isinstance(value, str) else value


def _derive(hint: object, name: str = "") -> dict[str, Json]:
    if hint is float and name.endswith("_at"):
        return {"type": "string", "format": "date-time"}
    if hint in _TYPE_NAMES:
        return {"type": _TYPE_NAMES[hint]}
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return {"type": "array", "items": _derive(arguments[0])}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_derive(argument, name) for argument in arguments]}
    assert isinstance(hint, type) and dataclasses.is_dataclass(hint), f"no JSON for {hint}"
    return _derive_object(hint)


def _derive_object(kind: type) -> dict[str, Json]:
    hints, meanings = typing.get_type_hints(kind), MEANINGS[kind]
    properties: dict[str, Json] = {}
    for field in hints:
        name = _json_name(kind, field)
        properties[name] = {**_derive(hints[field], name), "description": meanings[name]}
    return {
        "type": "object", "title": kind.__name__, "properties": properties, "required": list(properties),
        "additionalProperties": False,
    }  # fmt: skip
