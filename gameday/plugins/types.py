"""Value types that pass between an injector and the program: outcomes, deadlines, intents."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from gameday.errors import Refused
from gameday.model import Json
from gameday.units import format_duration

SILENCE_INJECTOR = "alertmanager"
"""Injector of the environment's silence, which comes with the program and has no kind of fault."""
UNREADABLE = "unreadable"
"""Injector of an intent that this version cannot read, as one of a newer version."""


class ApplyOutcome(StrEnum):
    """Result of an apply. UNKNOWN must be reverted too: the request may have landed, or may land late."""

    APPLIED = "applied"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Renewal(StrEnum):
    """Result of renewing a lease. LAPSED: the lease is over, so the fault will not end by itself any more."""

    RENEWED = "renewed"
    UNSUPPORTED = "unsupported"
    LAPSED = "lapsed"


class Presence(StrEnum):
    """State of a fault as the engine reports it; UNKNOWN never counts as ABSENT.

    MODIFIED: something of the drill exists but is not as it was applied, so the fault no longer acts and still has
    to be reverted. TARGET_GONE: the target that held the fault no longer exists, and the fault ended with it."""

    PRESENT = "present"
    MODIFIED = "changed"
    ABSENT = "gone"
    TARGET_GONE = "ended"
    UNKNOWN = "cannot-see"

    @property
    def is_over(self) -> bool:
        """Return True if nothing of the fault is left on the engine."""
        return self in (Presence.ABSENT, Presence.TARGET_GONE)


class RevertOutcome(StrEnum):
    """Result of a revert. KEPT: people changed the object meanwhile, and their change stays."""

    REVERTED = "gone"
    KEPT = "left-to-people"
    PENDING = "not-yet"


class RevertGuarantee(StrEnum):
    """Mechanism that reverts a fault if the runner dies, from the strongest to the weakest."""

    LEASE = "lease"
    ENGINE = "sidecar"
    GUARDIAN_CONTAINER = "guardian-container"
    GUARDIAN = "guardian"
    NEXT_COMMAND = "next-command"

    @property
    def text(self) -> str:
        """The mechanism for a person."""
        return _GUARANTEE_TEXTS[self]


_GUARANTEE_TEXTS = {
    RevertGuarantee.LEASE: "lease",
    RevertGuarantee.ENGINE: "sidecar on the engine",
    RevertGuarantee.GUARDIAN_CONTAINER: "guardian container on the engine",
    RevertGuarantee.GUARDIAN: "guardian process",
    RevertGuarantee.NEXT_COMMAND: "only the next gameday command",
}


@dataclass(frozen=True, slots=True)
class RevertResult:
    """Answer of a revert.

    `reason`: for a person; why the fault is not reverted and what would help, or what ended together with it."""

    outcome: RevertOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """Answer of an apply. `reason`: for a person, when the outcome is not APPLIED."""

    outcome: ApplyOutcome
    reason: str = ""


class ParamProblem(ValueError):
    """Invalid parameter of a fault. `key`: its name; `wrong`: what is wrong and what is allowed."""

    def __init__(self, key: str, wrong: str) -> None:
        super().__init__(wrong)
        self.key = key
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """Invalid setting of a target.

    `keys`: the path to it, empty for the whole target; `wrong` names it too; `todo`: what to write instead.
    `key_is_unexpected`: the last key itself is wrong, whatever its value."""

    keys: tuple[str | int, ...]
    wrong: str
    todo: str = ""
    key_is_unexpected: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """Moment of the monotonic clock by which a call has to return."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Return the deadline that many seconds from now."""
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Return the seconds left, never below zero."""
        return max(0.0, self.at - time.monotonic())


@dataclass(frozen=True, slots=True)
class Intent:
    """Everything another process needs to revert a fault; stored before the fault is applied. Holds no secret.

    `marker`: the fault's identifier on the engine (`gd-` and 12 hex digits, the first four are the drill's).
    `address`: the engine and the object; a list in it names several objects. `undo`: the state before the fault; its
    `ids` tell each object from a later one of the same name. `target_text`, `revert_text`: the object, and how the
    fault would be reverted, for a person. `lease`: seconds after which the fault ends by itself, 0 if it does not.
    `apply_text`: how it is applied, and what that does besides."""

    marker: str
    drill: str
    fault: str
    kind: str
    injector: str
    environment: str
    target: str
    address: Mapping[str, Json]
    params: Mapping[str, Json]
    undo: Mapping[str, Json]
    target_text: str
    revert_text: str
    guarantee: RevertGuarantee
    lease: float = 0.0
    apply_text: str = ""

    @property
    def touched_text(self) -> str:
        """The object, and what applying the fault does besides, for a plan."""
        return "; ".join(text for text in (self.target_text, self.apply_text) if text)

    @property
    def is_silence(self) -> bool:
        """True for a silence of alerts, which is reverted as a fault is, and is none."""
        return self.injector == SILENCE_INJECTOR

    @property
    def is_unreadable(self) -> bool:
        """True for a stand-in of an intent that could not be read, or must not be used: nothing can revert it."""
        return UNREADABLE in (self.injector, self.kind)

    @property
    def auto_revert(self) -> str:
        """Mechanism that reverts the fault if the runner dies: `lease expires after 10 s`, `guardian process`."""
        return f"lease expires after {format_duration(self.lease)}" if self.lease else self.guarantee.text

    @property
    def member_names(self) -> tuple[str, ...]:
        """Names of the objects, where the address names several."""
        return tuple(str(name) for names in self.address.values() if isinstance(names, list) for name in names)

    @property
    def member_ids(self) -> tuple[str, ...]:
        """Ids of those objects; empty where the engine has names only."""
        return tuple(map(str, cast("list[Json]", self.undo.get("ids", []))))

    @property
    def resource_keys(self) -> frozenset[str]:
        """Keys of the objects on their engine; faults that share one are reverted one after the other."""
        engine = sorted((key, value) for key, value in self.address.items() if not isinstance(value, list))
        return frozenset(f"{self.injector} {engine} {name}" for name in self.member_names or ("",))

    def deadline(self, seconds: float) -> Deadline:
        """Return the deadline of one call: a tenth longer for each object after the first."""
        return Deadline.after(seconds * (1 + (len(self.resource_keys) - 1) / 10))

    def encode(self) -> dict[str, Json]:
        """Return the intent as JSON, for the log and the guardian."""
        return {
            "marker": self.marker,
            "drill": self.drill,
            "fault": self.fault,
            "kind": self.kind,
            "injector": self.injector,
            "environment": self.environment,
            "target": self.target,
            "address": dict(self.address),
            "params": dict(self.params),
            "undo": dict(self.undo),
            "target_text": self.target_text,
            "revert_text": self.revert_text,
            "guarantee": self.guarantee.value,
            "lease": self.lease,
            "apply_text": self.apply_text,
        }

    @classmethod
    def decode(cls, data: Mapping[str, Any]) -> Intent:
        """Read the result of `encode`; raises KeyError, TypeError or ValueError on anything else."""
        return cls(**{**data, "guarantee": RevertGuarantee(data["guarantee"])})


class PartialScan(Refused):
    """Scan for leftovers that could not see everything. `leftovers`: those it found all the same."""

    def __init__(self, wrong: str, todo: str, leftovers: list[Intent]) -> None:
        super().__init__(wrong, todo)
        self.leftovers = leftovers
