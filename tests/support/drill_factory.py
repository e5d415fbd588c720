"""Whole drills made by hand, event by event, for the tests of everything that reads a log."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from support.events import MARKER, body

from gameday.events import Event, body_data
from gameday.model import Json, Reading, Role, Source

DRILL = "gd-7f3a"
BOOT = "0f7c1d2e-boot"
MONO, WALL = 5_000.0, 1_772_632_800.0  # 2026-03-04 14:00:00 UTC
MARK = MARKER
HUMAN, SCRIPT, PROBE = Source.HUMAN, Source.SCRIPT, Source.PROBE

SIGNALS = {
    "journey-success": "ratio", "journey-p95": "duration", "neighbour-success": "ratio", "database-wait": "duration",
    "database-cpu": "ratio", "journey-slow": "alert",
}  # fmt: skip

Row = tuple[float, str, dict[str, Json], Source, Role | None]


@dataclass(frozen=True)
class Made:
    """A drill's events and readings, and ways of making another from it."""

    events: tuple[Event, ...]
    readings: tuple[Reading, ...]

    def without(self, *kinds: str) -> Made:
        return Made(numbered([event for event in self.events if event.kind not in kinds]), self.readings)

    def changed(self, kind: str, **data: Json) -> Made:
        """Every event of the kind, with its data changed."""
        swapped = [
            replace(e, body=body(kind, {**body_data(e.body), **data})) if e.kind == kind else e for e in self.events
        ]
        return Made(tuple(swapped), self.readings)

    def moved(self, kind: str, to: float) -> Made:
        """Every event of the kind, as if it had happened `to` seconds after the drill's clock began."""
        swapped = [replace(e, happened=MONO + to, at=MONO + to) if e.kind == kind else e for e in self.events]
        return Made(numbered(sorted(swapped, key=lambda e: e.at)), self.readings)

    def plus(
        self, at: float, kind: str, source: Source = Source.RUNNER, role: Role | None = None, **data: Json
    ) -> Made:
        more = [*self.events, event((at, kind, dict(data), source, role))]
        return Made(numbered(sorted(more, key=lambda e: e.at)), self.readings)


def event(row: Row) -> Event:
    at, kind, data, source, role = row
    said_late = data.pop("_recorded", at)
    recorded = float(said_late) if isinstance(said_late, int | float) else at
    return Event(0, DRILL, MONO + recorded, WALL + recorded, MONO + at, source, role, 1, BOOT, body(kind, data))


def numbered(events: Sequence[Event]) -> tuple[Event, ...]:
    return tuple(replace(e, seq=i) for i, e in enumerate(events, 1))


def _expected(say: str, tells: str = "") -> dict[str, Json]:
    test = "fires" if say.endswith(" fires") else say.split(" ", 1)[1].rsplit(" ", 1)[0].replace(" ", "_")
    limit = "" if test == "fires" else say.split(f" {test.replace('_', ' ')} ")[1]
    return {"text": say, "signal": say.split(" ")[0], "test": test, "limit": limit, "meaning": tells}


def planned(mode: str, pace: float, mitigation: str) -> dict[str, Json]:
    return {
        "scenario": "db-slowdown", "type": "dependency-latency", "title": "",
        "hypothesis": "With the database 400 ms late, checkout still works, more slowly, and we are told in 3 minutes.",
        "expectations": [_expected("journey-success at least 97%"), _expected("journey-slow fires")],
        "clues": [
            _expected("database-wait above 2x baseline", "the time goes in waiting for the database"),
            _expected("database-cpu below 1.2x baseline", "the database itself is not busy"),
        ],
        "page": {"alert": "journey-slow"},
        "objectives": [
            {"id": "swarm", "moment": "assembled", "within": 300.0 / pace, "of": "paged"},
            {"id": "command", "moment": "ic-announced", "within": 180.0 / pace, "of": "declared"},
            {"id": "first-update", "moment": "update", "within": 300.0 / pace, "of": "declared"},
        ],
        "mitigations": ["shed-optional-work", "read-from-cache"], "mitigation": mitigation,
        "faults": [{"id": "slow", "fault_kind": "latency", "target": "database", "params": {"delay": "400ms"},
                    "effect": "journey-p95 above 5x baseline"}],
        "mitigated_when": [_expected("journey-p95 at most 3x baseline")],
        "guardrails": [_expected("neighbour-success below 99%"), _expected("journey-success below 50%")],
        "questions": ["What told you where the time went, and what pointed elsewhere?",
                    "What could have shown you three minutes sooner?"],
        "runbooks": {"slow-journey": "https://runbooks.example/slow-journey"},
        "terms": {"journey": "checkout", "customer": "shopper"},
        "timebox": 1800.0 / pace, "ends": {"after": 120.0 / pace, "of": "mitigated"},
        "mode": mode, "pace": pace, "seed": 41,
        "environment": "staging", "signals": dict(SIGNALS),
    }  # fmt: skip


def _before(mode: str, pace: float, mitigation: str) -> list[Row]:
    run, probe = Source.RUNNER, PROBE
    return [
        (0.0, "planned", planned(mode, pace, mitigation), run, None),
        (0.1, "phase", {"before": "planned", "after": "preflight"}, run, None),
        (0.6, "check", {"name": "targets", "passed": True, "text": "database carries traffic"}, run, None),
        (0.8, "check", {"name": "signals", "passed": True, "text": "6 of 6 can be read"}, run, None),
        (8.0, "baseline", {"signal": "journey-p95", "value": 0.043, "n": 61}, probe, None),
        (8.0, "baseline", {"signal": "database-wait", "value": 0.004, "n": 61}, probe, None),
        (8.0, "baseline", {"signal": "database-cpu", "value": 0.11, "n": 8}, probe, None),
        (8.2, "steady-state", {"when": "before", "holds": True, "failing": []}, probe, None),
        (9.0, "phase", {"before": "preflight", "after": "running"}, run, None),
        (9.1, "start", {"delay": 4.0}, run, None),
    ]


def _fault(at: float) -> list[Row]:
    run = Source.RUNNER
    return [
        (at, "intended", {"intent": {}}, run, None),
        (at + 0.02, "applied", {"marker": MARK}, run, None),
        (at + 0.05, "fault", {"marker": MARK, "fault": "slow", "fault_kind": "latency", "target": "database"}, run,
         None),
        (at + 2.4, "impact", {"signal": "journey-p95", "value": 1.31, "n": 22}, PROBE, None),
        (at + 3.1, "effect", {"fault": "slow", "seen": True, "signal": "journey-p95", "value": 1.9, "n": 31,
                              "text": "journey-p95 above 5x baseline"}, PROBE, None),
    ]  # fmt: skip


def _judged(part: str, index: int, at: float, value: float | None, n: int, say: str, verdict: str = "met") -> Row:
    data: dict[str, Json] = {
        "part": part, "index": index, "signal": say.split(" ")[0], "verdict": verdict, "value": value, "n": n,
        "text": say, "start": MONO + at - 6, "end": MONO + at,
    }  # fmt: skip
    return (at, "evaluated", data, PROBE, None)


def _debrief(at: float, heading: str, say: str) -> Row:
    return (at, "debrief", {"heading": heading, "text": say}, HUMAN, Role.SCRIBE)


def _after(at: float, censored: bool = True) -> list[Row]:
    run = Source.RUNNER
    return [
        (at, "phase", {"before": "running", "after": "reverting"}, run, None),
        (at + 0.01, "reverting", {"reason": "ends"}, run, None),
        (at + 0.12, "fault-reverted", {"marker": MARK}, run, None),
        (at + 0.15, "reverted", {"seconds": 0.14}, run, None),
        (
            at + 5.0,
            "recovered",
            {"censored": censored, "cause": "the drill's own revert" if censored else ""},
            PROBE,
            None,
        ),
        (at + 5.2, "cleanup", {"item": "recommendations are off", "result": "restored"}, run, None),
        (at + 8.4, "steady-state", {"when": "after", "holds": True, "failing": []}, PROBE, None),
        (at + 8.6, "end", {"reason": "ends"}, run, None),
        (at + 8.7, "phase", {"before": "reverting", "after": "done"}, run, None),
    ]


def rehearsal() -> Made:
    """db-slowdown with no people, ten times as fast: held, won by shed-optional-work, clean."""
    rows: list[Row] = [
        *_before("rehearsal", 10.0, "shed-optional-work"), *_fault(13.1),
        (24.6, "alert", {"signal": "journey-slow", "expected": True}, Source.ALERT, None),
        (24.7, "paged", {"by": "environment", "text": "checkout has been slow for 2 minutes."}, Source.RUNNER, None),
        (26.0, "acknowledged", {"text": "", "step": 0}, SCRIPT, None),
        (27.5, "message", {"entry": 0, "persona": "support", "look_for": "",
         "text": "Two shoppers report that checkout hangs, then completes."}, Source.RUNNER, None),
        (30.1, "declared", {"text": "", "step": 1}, SCRIPT, Role.OPS),
        (33.0, "ic-announced", {}, SCRIPT, Role.IC),
        (36.2, "assembled", {}, SCRIPT, None),
        _judged("clue", 0, 38.0, 0.41, 24, "database-wait is 410 ms, limit: above 2x baseline (8 ms), n 24"),
        _judged("clue", 1, 38.0, 0.12, 24, "database-cpu is 12%, limit: below 1.2x baseline (13.2%), n 24"),
        (40.4, "update", {"text": "Checkout is slow for all shoppers. Next update in 10 minutes."}, SCRIPT, Role.COMMS),
        (44.0, "theory", {"text": "The time goes in waiting for the database."}, SCRIPT, Role.OPS),
        (48.3, "action-finished", {"action": "shed-optional-work", "succeeded": True, "text": "done"}, SCRIPT,
         Role.OPS),
        _judged("mitigated", 0, 57.9, 0.11, 31, "journey-p95 is 110 ms, limit: at most 3x baseline (129 ms), n 31"),
        (57.9, "mitigated", {"actions": ["shed-optional-work"]}, PROBE, None),
        _judged("expectation", 0, 57.9, 0.991, 214, "journey-success is 99.1%, limit: at least 97%, n 214"),
        _judged("expectation", 1, 24.6, 1.0, 1, "journey-slow is firing, n 1"),
        *_after(70.0),
    ]  # fmt: skip
    return _made(rows, end=80.0, fault=(13.1, 70.1), eased=48.5)


def facilitated() -> Made:
    """db-slowdown with five people at the usual pace: one surprise, two hints, a late first update."""
    rows: list[Row] = [
        *_before("facilitated", 1.0, ""),
        (9.5, "prediction", {"text": "Checkout will time out and we see it on the error rate."}, HUMAN, Role.OPS),
        (9.6, "prediction", {"text": "Slow, but it works."}, HUMAN, Role.IC), *_fault(101.0),
        (222.0, "alert", {"signal": "journey-slow", "expected": True}, Source.ALERT, None),
        (222.1, "paged", {"by": "environment", "text": "checkout has been slow for 2 minutes."}, Source.RUNNER, None),
        (224.0, "message", {"entry": 0, "persona": "support",
                        "text": "Two shoppers report that checkout hangs, then completes.",
                        "look_for": ""}, Source.RUNNER, None),
        (240.0, "alert", {"signal": "pool-busy", "expected": False}, Source.ALERT, None),
        (251.0, "acknowledged", {"_recorded": 263.0}, HUMAN, Role.OPS),
        (330.0, "declared", {"_recorded": 341.0}, HUMAN, Role.OPS), (361.0, "ic-announced", {}, HUMAN, Role.IC),
        (400.0, "theory", {"text": "A bad deploy of the shop."}, HUMAN, Role.OPS),
        (433.0, "assembled", {}, HUMAN, Role.FACILITATOR), (470.0, "decision", {"text": "Do not roll back yet: "
         "no deploy today."}, HUMAN, Role.IC),
        (512.0, "help", {"text": "We need someone who knows the pool."}, HUMAN, Role.IC),
        (688.0, "update", {"text": "Checkout is slow for everyone, orders go through."}, HUMAN, Role.COMMS),
        (690.0, "message", {"entry": 2, "persona": "executive", "text": "Do I tell the board?",
                        "look_for": "impact, time of next update"}, Source.RUNNER, None),
        (822.0, "hint", {"entry": 3, "rung": "question", "text": "What changed for users, and since when?"}, HUMAN,
         Role.FACILITATOR),
        _judged("clue", 0, 640.0, 0.41, 240, "database-wait is 410 ms, limit: above 2x baseline (8 ms), n 24"),
        _judged("clue", 1, 640.0, 0.12, 240, "database-cpu is 12%, limit: below 1.2x baseline (13.2%), n 24"),
        (1010.0, "theory", {"text": "The shop waits for the database; the database is not busy."}, HUMAN, Role.OPS),
        (1064.0, "decision", {"text": "Take recommendations off and watch the p95."}, HUMAN, Role.IC),
        (1081.0, "action-finished", {"action": "shed-optional-work", "succeeded": True, "text": "done"}, HUMAN,
         Role.OPS),
        _judged("mitigated", 0, 1146.0, 0.11, 240, "journey-p95 is 110 ms, limit: at most 3x baseline (129 ms), n 31"),
        (1146.0, "mitigated", {"actions": ["shed-optional-work"]}, PROBE, None),
        (1180.0, "update", {"text": "Checkout is quick again. We keep watching."}, HUMAN, Role.COMMS),
        _judged("expectation", 0, 1146.0, 0.982, 9120, "journey-success is 98.2%, limit: at least 97%, n 9120"),
        _judged("expectation", 1, 222.0, 1.0, 1, "journey-slow is firing, n 1"),
        *_after(1266.0),
        _debrief(1310.0, "Went well", "The alert told us before support did."),
        _debrief(1330.0, "Learned", "We look at deploys first, even on a day without one."),
        _debrief(1350.0, "Act", "Put database-wait on the checkout dashboard."),
    ]  # fmt: skip
    return _made(rows, end=1276.0, fault=(101.0, 1266.1), eased=1082.0)


def _made(rows: Sequence[Row], end: float, fault: tuple[float, float], eased: float) -> Made:
    events = sorted((event(row) for row in rows), key=lambda made: made.at)
    return Made(numbered(events), tuple(_readings(end, fault, eased)))


def _readings(end: float, fault: tuple[float, float], eased: float) -> list[Reading]:
    found: list[Reading] = []
    for second in range(int(end)):
        wave = math.sin(second * 1.7) + math.sin(second * 0.61)
        bad = fault[0] + 1 < second < fault[1] + 1
        hard = bad and second < eased + 3
        shapes: Mapping[str, float | None] = {
            "journey-success": min(1.0, (0.985 if hard else 0.9985) + 0.002 * wave),
            "journey-p95": (1.9 if hard else 0.105 if bad else 0.043) * (1 + 0.06 * wave),
            "neighbour-success": 1.0,
            "database-wait": (0.41 if bad else 0.004) * (1 + 0.03 * wave),
            "database-cpu": None if second % 97 == 50 else 0.115 + 0.01 * wave,
            "journey-slow": 1.0 if fault[0] + 11 < second < fault[1] and hard else 0.0,
        }
        found += [Reading(s, MONO + second, v, 24, "" if v is not None else "timed out") for s, v in shapes.items()]
    return found
