"""Drills of every kind of course, generated for properties of what is said about them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st
from support.drill_factory import HUMAN, MARK, PROBE, SCRIPT, Made, Row, event, numbered, planned

from gameday.model import Json, Reading, Role, Source

START, FAULT = 9.0, 20.0
RUNNER = Source.RUNNER
LAST_MARK = "gd-7f3a00000002"
"""Marker of the fault that was applied again after STOP."""
_APPLIED = ["confirmed", "confirmed", "confirmed", "none", "refused", "unknown", "died"]
_ENDED = ["reverted", "reverted", "lapsed", "removed", "planned", "kept", "open"]
_STATEMENTS = {
    "acknowledged": Role.OPS, "declared": Role.OPS, "ic-announced": Role.IC, "assembled": None, "update": Role.COMMS,
    "theory": Role.OPS, "help": Role.IC, "decision": Role.IC,
}  # fmt: skip


@dataclass(frozen=True)
class _Outcome:
    """Begin and end of the fault, in seconds of the drill. `stop`: a STOP that was resumed, from until."""

    applied: str
    ended: str
    end: float
    stop: tuple[float, float] | None = None

    @property
    def mark(self) -> str:
        """The marker of the fault when the drill ends."""
        return LAST_MARK if self.stop else MARK

    def running(self, at: float) -> float:
        """Return the time itself, or when the drill was resumed and the fault present again."""
        return self.stop[1] + 0.5 if self.stop and self.stop[0] <= at < self.stop[1] + 0.5 else at


_RARELY = st.sampled_from([False, False, False, True])


def drills() -> st.SearchStrategy[Made]:
    """Return whole drills: with and without people, fault, impact, pauses, hints, STOP, a resume, lapse, revert."""
    return st.composite(_drill)()


def _drill(draw: st.DrawFn) -> Made:
    mode = draw(st.sampled_from(["facilitated", "solo", "rehearsal"]))
    plan = planned(mode, 1.0, "shed-optional-work" if mode == "rehearsal" else "")
    steady_state: list[Json] = ["journey-p95"] if draw(st.booleans()) else []
    plan |= {"steady_state": steady_state}
    if draw(st.booleans()):
        plan |= {"faults": []}
    end = float(draw(st.integers(25, 400)))
    applied = draw(st.sampled_from(_APPLIED)) if plan["faults"] else "none"
    stop = (FAULT + 1.5, _between(draw, FAULT + 2.0, end - 1.0)) if applied == "confirmed" and draw(_RARELY) else None
    outcome = _Outcome(applied, draw(st.sampled_from(_ENDED)), end, stop)
    rows: list[Row] = [(0.0, "planned", plan, RUNNER, None), (START, "start", {}, RUNNER, None)]
    rows += [*_fault_rows(draw, outcome), *_measured_rows(draw, outcome), *_people_rows(draw, mode, end)]
    rows += [*_stop_rows(outcome), *_pause_rows(draw, outcome), *_outside_rows(draw, outcome)]
    rows += _end_rows(draw, outcome)
    events = sorted((event(row) for row in rows), key=lambda made: made.at)
    return Made(numbered(events), tuple(_readings(draw, end)))


def left_open_after_a_resume() -> Made:
    """Return a drill that STOP interrupted: its first fault was reverted, and the one after the resume was not."""
    outcome = _Outcome("confirmed", "open", 100.0, stop=(FAULT + 1.5, 40.0))
    rows: list[Row] = [
        (0.0, "planned", planned("facilitated", 1.0, ""), RUNNER, None), (START, "start", {}, RUNNER, None),
        (FAULT, "intended", {"intent": {}}, RUNNER, None),
        (FAULT + 0.1, "fault", {"marker": MARK, "fault": "slow", "fault_kind": "latency", "target": "database"}, RUNNER,
         None),
        *_stop_rows(outcome), (outcome.end, "reverting", {"reason": "ends"}, RUNNER, None),
    ]  # fmt: skip
    return Made(numbered([event(row) for row in rows]), ())


def _fault_rows(draw: st.DrawFn, outcome: _Outcome) -> list[Row]:
    if outcome.applied == "none":
        return []
    rows: list[Row] = [(FAULT, "intended", {"intent": {}}, RUNNER, None)]
    answers: dict[str, Row] = {
        "refused": (FAULT + 0.1, "apply-refused", {"marker": MARK}, RUNNER, None),
        "unknown": (FAULT + 0.1, "apply-unknown", {"marker": MARK}, RUNNER, None),
        "confirmed": (FAULT + 0.1, "fault", {"marker": MARK, "fault": "slow", "fault_kind": "latency",
                                             "target": "database"}, RUNNER, None),
    }  # fmt: skip
    rows += [answers[outcome.applied]] if outcome.applied in answers else []
    return rows


def _stop_rows(outcome: _Outcome) -> list[Row]:
    """Return a STOP with its revert, the resume, and the fault as it is applied again."""
    if outcome.stop is None:
        return []
    stopped, resumed = outcome.stop
    return [
        (stopped, "stop", {"resumable": True}, HUMAN, None), (stopped, "reverting", {"reason": "STOP"}, RUNNER, None),
        (stopped + 0.1, "fault-reverted", {"marker": MARK}, RUNNER, None),
        (stopped + 0.1, "reverted", {"seconds": 0.123}, RUNNER, None),
        (stopped + 0.2, "stop-reverted", {}, RUNNER, None), (resumed, "stop-resumed", {}, HUMAN, Role.FACILITATOR),
        (resumed + 0.1, "intended", {"intent": {"marker": LAST_MARK}}, RUNNER, None),
        (resumed + 0.2, "fault", {"marker": LAST_MARK, "fault": "slow", "fault_kind": "latency", "target": "database"},
         RUNNER, None),
    ]  # fmt: skip


def _pause_rows(draw: st.DrawFn, outcome: _Outcome) -> list[Row]:
    """Return pauses, none within another; the last one may never be resumed."""
    edges = sorted(outcome.running(_between(draw, START, outcome.end)) for _ in range(draw(st.integers(0, 4))))
    spaced = [at + 0.001 * i for i, at in enumerate(edges)]
    kinds = [("paused", "resumed")[i % 2] for i in range(len(spaced))]
    if outcome.stop and any(kind == "paused" and at < outcome.stop[0] for at, kind in zip(spaced, kinds, strict=True)):
        return []  # a STOP in a pause ends it: the resume would be of no pause
    return [(at, kind, {}, HUMAN, Role.FACILITATOR) for at, kind in zip(spaced, kinds, strict=True)]


def _outside_rows(draw: st.DrawFn, outcome: _Outcome) -> list[Row]:
    """Return a change of the target by somebody outside the drill, undone or not."""
    if outcome.applied != "confirmed" or not draw(_RARELY):
        return []
    change: dict[str, Json] = {"target": "database", "text": "proxy db: it was disabled"}
    seen = outcome.running(_between(draw, FAULT + 1.0, outcome.end))
    rows: list[Row] = [(seen, "outside-change", change, RUNNER, None)]
    gone: Row = (outcome.running(_between(draw, seen, outcome.end)), "outside-change-gone", {**change}, RUNNER, None)
    return [*rows, gone] if draw(st.booleans()) else rows


def _measured_rows(draw: st.DrawFn, outcome: _Outcome) -> list[Row]:
    rows: list[Row] = []
    if outcome.applied == "confirmed" and draw(st.booleans()):
        rows.append((outcome.running(_between(draw, FAULT + 1, outcome.end)), "impact",
                     {"signal": "journey-p95", "value": 1.3, "n": 22}, PROBE, None))  # fmt: skip
        if draw(st.booleans()):
            actions: list[Json] = ["shed-optional-work"] if draw(st.booleans()) else []
            at = outcome.running(_between(draw, rows[0][0], outcome.end))
            rows += _action_rows(draw, rows[0][0], outcome.end) if actions else []
            rows.append((at, "mitigated", {"actions": actions}, PROBE, None))
    for signal, expected in (("journey-slow", True), ("pool-busy", False)):
        if draw(st.booleans()):
            rows.append((_between(draw, START, outcome.end), "alert", {"signal": signal, "expected": expected},
                         Source.ALERT, None))  # fmt: skip
    verdict = draw(st.sampled_from(["met", "unmet", "unknown", ""]))
    if verdict and outcome.applied == "confirmed":
        rows.append((outcome.end, "evaluated", {"part": "expectation", "index": 1, "signal": "journey-slow",
                     "verdict": verdict, "value": 1.0, "n": 1, "text": "journey-slow fires"}, PROBE, None))  # fmt: skip
    if draw(st.booleans()):
        by = draw(st.sampled_from(["environment", "program"]))
        rows.append((_between(draw, START, outcome.end), "paged", {"by": by, "text": "slow"}, RUNNER, None))
    return rows


def _action_rows(draw: st.DrawFn, start: float, end: float) -> list[Row]:
    """Return an action that a responder requested; it may last until after service is restored."""
    action: Json = "shed-optional-work"
    finished = _between(draw, start, end)
    return [
        (start, "action-requested", {"action": action}, HUMAN, Role.OPS),
        (start, "action-started", {"action": action}, HUMAN, None),
        (finished, "action-finished", {"action": action, "succeeded": True}, HUMAN, None),
    ]


def _people_rows(draw: st.DrawFn, mode: str, end: float) -> list[Row]:
    source = SCRIPT if mode == "rehearsal" else HUMAN
    kinds = draw(st.lists(st.sampled_from(sorted(_STATEMENTS)), max_size=8))
    rows: list[Row] = []
    for kind in kinds:
        at = _between(draw, START, end)
        data: dict[str, Json] = {"_recorded": _between(draw, at, end)}
        if kind in ("theory", "decision", "update", "help"):
            data["text"] = "some words"
        rows.append((at, kind, data, source, _STATEMENTS[kind]))
    for kind in draw(st.lists(st.sampled_from(["hint", "hint-whispered"]), max_size=3)):
        entry: dict[str, Json] = {"entry": len(rows), "text": "some words"}
        entry |= {"rung": draw(st.sampled_from(["nudge", "question"]))} if kind == "hint" else {}
        rows.append((_between(draw, START, end), kind, entry, HUMAN, Role.FACILITATOR))
    return rows


def _end_rows(draw: st.DrawFn, outcome: _Outcome) -> list[Row]:
    end, rows = outcome.end, list[Row]()
    halts: dict[str, Row] = {
        "key": (end, "stop", {}, HUMAN, None), "command": (end, "stop", {}, Source.COMMAND, None),
        "signal": (end, "interrupted", {"name": "SIGTERM"}, RUNNER, None),
        "guardrail": (end, "guardrail-breach", {"signal": "journey-success", "value": 0.4, "n": 9, "guardrail": 1},
                      PROBE, None),
        "halt": (end, "halt", {"reason": "`gameday halt`"}, Source.COMMAND, None),
    }  # fmt: skip
    cause = draw(st.sampled_from([*halts, "ends", "timebox"]))
    rows += [halts[cause]] if cause in halts else []
    rows.append((end + 0.1, "reverting", {"reason": cause}, RUNNER, None))
    is_open = outcome.ended == "open" and outcome.applied in ("confirmed", "unknown", "died")
    if outcome.applied in ("confirmed", "unknown", "died") and not is_open:
        rows += _removal_rows(draw, outcome)
    if is_open:
        return rows
    rows.append((end + 0.3, "reverted", {"seconds": 0.2}, RUNNER, None))
    if draw(st.booleans()):
        cause_text = draw(st.sampled_from(["", "the drill's own revert", "shed-optional-work"]))
        rows.append((end + 1, "recovered", {"censored": True, "cause": cause_text}, PROBE, None))
    if (steady := draw(st.sampled_from([True, False, None]))) is not None:
        rows.append((end + 2, "steady-state", {"when": "after", "holds": steady}, PROBE, None))
    reason = cause if cause in ("ends", "timebox") else "halted"
    return [*rows, (end + 3, "end", {"reason": reason}, RUNNER, None)]


def _removal_rows(draw: st.DrawFn, outcome: _Outcome) -> list[Row]:
    end = outcome.end
    if outcome.ended == "kept":
        return [(end + 0.2, "fault-kept", {"marker": outcome.mark, "reason": "somebody changed it"}, RUNNER, None)]
    reverted: Row = (end + 0.2, "fault-reverted", {"marker": outcome.mark}, RUNNER, None)
    if outcome.applied != "confirmed":
        return [reverted]
    at = max(outcome.stop[1] + 0.5 if outcome.stop else 0.0, _between(draw, FAULT + 1, end))
    first: dict[str, Row] = {
        "lapsed": (at, "lapsed", {"marker": outcome.mark, "reason": "the proxy restarted"}, RUNNER, None),
        "removed": (at, "removed", {"marker": outcome.mark, "fault": "slow", "by_action": "restart-database"}, RUNNER,
                    None),
        "planned": (at, "fault-end", {"marker": outcome.mark, "fault": "slow"}, RUNNER, None),
    }  # fmt: skip
    return [*([first[outcome.ended]] if outcome.ended in first else []), reverted]


def _readings(draw: st.DrawFn, end: float) -> list[Reading]:
    lowest = draw(st.sampled_from([1.0, 0.97, 0.42]))
    middle = (FAULT + end) / 2
    values = {5.0: 1.0, middle: lowest, end + 2: 1.0}
    return [Reading("journey-success", 5_000.0 + at, value, 24) for at, value in values.items()]


def _between(draw: st.DrawFn, low: float, high: float) -> float:
    return low + (max(high, low) - low) * draw(st.integers(0, 100)) / 100
