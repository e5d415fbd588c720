"""The words of a drill's log: each kind of event, and what its data holds.

Moments are kinds too, under their own word. Scorecard, review, pages and `status` are folds over these; there is
no second state. `docs/reference/log.md` is compared with this table by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gameday.model import Event, Json, Role, Source
from gameday.moments import MOMENTS, Moment

EVENT_KINDS: dict[str, str] = {
    "planned": "scenario, type, title, hypothesis, holds[], trail[], objectives[{id, expect, within, of}], ways_out[], "
    "way_out, faults[{id, kind, target, params, expect}], guardrails[], mitigated[], signals{name: kind}, page, "
    "roles[], difficulty, debrief[], runbooks{}, words{}, timebox, ends, mode, informed, pace, seed, "
    "environment, play{}: what will be played, as it was then",
    "phase": "before, after: the drill's phase changed",
    "owner": "epoch, why: another process owns the drill now",
    "check": "name, ok, say: one check of preflight; of a target: fault, on[], ids[]: nothing beside these is hit",
    "usual": "signal, value, n: what the signal measures in peace",
    "steady": "when (before | after), holds, failing[]: whether steady state holds",
    "ready": "say: preflight is well; the drill waits for the facilitator to begin",
    "begin": "roles[]: the facilitator begins, and for these roles somebody is there; STARTEX follows",
    "start": "delay: moment; the drill begins; the first fault comes after a hidden delay in seconds",
    "intended": "intent: a fault is about to be applied; durable before it is",
    "applied": "mark: the engine says the fault is there",
    "refused": "mark, why: the engine refused it; nothing was changed",
    "unknown": "mark, why: nobody knows whether it landed; it is reverted and watched",
    "fault": "mark, fault, kind, target: moment; read back as there (repeats for each fault)",
    "effect": "fault, seen, signal, value, n, say: whether the expected effect came in its time",
    "impact": "signal, value, n: moment; happened = the first reading outside steady state",
    "lapsed": "mark, why: the fault went without us; never applied again, never a pass",
    "undone": "mark, fault, action | by | why: a responder's action ended the fault, a later fault of ours (by) took "
    "it with it, or (why) it is not as we made it; taken back all the same",
    "fault-end": "mark, fault, say: moment; a fault has ended by itself, as the scenario plans it (lasts)",
    "alert": "signal, by (environment), expected: moment; an alert of the environment fired",
    "paged": "by (environment | program), say: moment; the responders were paged, by their own alert or by the program",
    "cue": "entry, persona, say, look_for: a scripted message was sent",
    "hint": "entry, rung, say: a hint was sent",
    "offered": "entry, rung, say: a hint that rests on what a person said was offered, not sent",
    "whispered": "entry, say: the mentor put it to the IC as a question, and to nobody else",
    "escalated": "to, say: the page was not acknowledged; it went to the next role",
    "asked": "say: the program asked a solo responder what they think",
    "answer": "say: what the solo responder answered",
    "skipped": "entry, why, say: a line of the course was not played",
    "judged": "part (holds | trail | mitigated), index, signal, verdict (met | unmet | unreadable), value, n, say, "
    "start, end: what the readings from start to end meant",
    "warned": "guardrail, signal, value, n, say: a guardrail is near; the facilitator hears first",
    "breach": "guardrail, signal, value, n, say: a guardrail broke; the drill is halted",
    "unreadable": "signal, seconds, say, guardrail: could not be read for its own time; one of a guardrail halts",
    "takes": "action: a responder wants it taken; the runner takes it",
    "acting": "action: a responder's action is about to be taken; written down before it is",
    "action": "action, ok, say: a responder's action (a way out) was taken",
    "course": "do (send | hold | release | skip | reword), entry, say: the facilitator's hand on a line of the course",
    "sooner": "fault: the facilitator wants the fault now",
    "dialled": "fault, params: the facilitator turned the fault within the scenario's range",
    "extended": "seconds: the timebox was extended, once",
    "paused": "say: everything stands still but guardrails and guardian; times are censored",
    "resumed": "say: it goes on",
    "revealed": "say: the responders were told what the fault is",
    "claimed": "a role was taken (the event's own role)",
    "handed-over": "a role was handed over to somebody else (the event's own role)",
    "said-mitigated": "say: somebody says that users are served again; the moment itself is measured",
    "private": "say: the facilitator's own note; in no review",
    "note": "say: a remark for the record",
    "decision": "say: what was decided",
    "prediction": "say: one sealed line, said before the fault",
    "reverting": "why: everything is being taken back",
    "not-yet": "mark, why: a revert did not succeed; it is tried again",
    "gone": "mark, why: reverted and read back as gone; why, where it went with what held it",
    "left": "mark, why: people changed it meanwhile; what is theirs stays",
    "given-up": "mark, why: a person closed it by hand, with a reason",
    "load": "say: the environment's load was started for the drill, and is to be stopped with it",
    "handed-back": "item, result (put back | owed | unnamed), say: a difference from before that is not ours",
    "stop": "say: somebody said STOP",
    "halt": "why: the drill is halted",
    "signal": "name: the operating system asked the runner to end",
    "debrief": "heading, say: a line of the hot debrief, as spoken",
    "absent": "expect: what an objective expects did not come, as a person said at the debrief",
    "asleep": "seconds: the machine was suspended; what was timed then is censored",
    "unwritten": "lines[]: what could not be written when it happened",
    "trouble": "say: something of ours went wrong and was handled",
}
for _moment in Moment:
    EVENT_KINDS.setdefault(_moment.value, f"say: moment; {MOMENTS[_moment].means}")
EVENT_KINDS["end"] = "reason (ends | timebox | futile | halted | refused | failed), say: moment; ENDEX"
EVENT_KINDS["mitigated"] = f"by, {EVENT_KINDS['mitigated']}; by: the actions that were begun before it"
EVENT_KINDS["recovered"] = (
    "censored, by, say: moment; by: the actions that were begun before it, or what else came before; censored where "
    "that was ours (a revert, a later fault, a turn, a halt) or a lapse"
)
EVENT_KINDS["reverted"] = (
    "seconds, why, left[]: moment; all faults read back as gone, so long after the revert began; why: gone with what "
    "held them; left: for each that was left to people, why"
)

SIGNAL_CAUSES = {
    "SIGINT": "Ctrl-C", "SIGHUP": "its terminal was closed", "SIGTERM": "it was asked to end (SIGTERM)",
}  # fmt: skip
"""A `signal` of the operating system, by what brought it."""

CAUSE_OWN_REVERT = "our own revert"
"""What a recovery is `by` that was measured only when everything had been taken back."""

PAGES = frozenset({"paged", "escalated"})
MESSAGES = frozenset({"cue", "hint", "asked", "revealed", "paused", "resumed", "extended", "stop", "halt", "end"})
STATEMENT_KINDS = frozenset(
    {"acknowledged", "declared", "ic-announced", "assembled", "update", "theory", "help", "said-mitigated",
     "note", "decision", "claimed", "handed-over", "takes", "action", "answer"}
)  # fmt: skip
RESPONDER_VISIBLE_KINDS = PAGES | MESSAGES | STATEMENT_KINDS | {Moment.ALERT.value}
"""What responders may see before ENDEX, pages and messages to them and what they said: whatever is not named here is
the facilitator's."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before the store gives it its number. `happened` None: now. `source` and `role` say who."""

    kind: str
    data: Mapping[str, Json]
    happened: float | None = None
    source: Source = Source.RUNNER
    role: Role | None = None

    def __post_init__(self) -> None:
        if self.kind not in EVENT_KINDS:
            raise ValueError(f"unknown kind of event: {self.kind}")


def encode(event: Event) -> dict[str, Json]:
    """One line of `gameday log --format jsonl`."""
    return {
        "seq": event.seq, "drill": event.drill, "kind": event.kind, "at": round(event.at, 6),
        "wall": round(event.wall, 6), "happened": round(event.happened, 6), "source": event.source.value,
        "role": event.role.value if event.role else None, "epoch": event.epoch, "boot": event.boot,
        "data": dict(event.data),
    }  # fmt: skip


def decode(line: Mapping[str, Any]) -> Event:
    """The reverse of encode; raises KeyError or ValueError on anything else."""
    role = Role(line["role"]) if line["role"] else None
    return Event(**{**line, "source": Source(line["source"]), "role": role})
