"""The fault contract: what an injector promises, and what passes between it and the ledger.

An injector applies and reverts the faults of one engine. It is found by the entry point group
`gameday.injectors` and wrapped by a validator (drill/checked_injector.py) that checks what it returns.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self, cast

from gameday.errors import Refused
from gameday.model import Binding, Fault, Json


class ApplyOutcome(StrEnum):
    """What became of an apply. UNKNOWN must be reverted too: the request may have landed, or may land late."""

    APPLIED = "applied"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Renewal(StrEnum):
    RENEWED = "renewed"
    UNSUPPORTED = "unsupported"
    LAPSED = "lapsed"


class Presence(StrEnum):
    """What the target itself says. CHANGED: something of ours is there and is no longer what we made, so that the
    fault does not stand and still has to be reverted. ENDED: what held it is there no more, and it went with that; so
    did whatever else was held there. CANNOT_SEE is never taken for GONE."""

    PRESENT = "present"
    MODIFIED = "changed"
    ABSENT = "gone"
    TARGET_GONE = "ended"
    UNKNOWN = "cannot-see"

    @property
    def is_over(self) -> bool:
        """Whether nothing of ours is there, either way."""
        return self in (Presence.ABSENT, Presence.TARGET_GONE)


class RevertOutcome(StrEnum):
    """How far a revert got."""

    REVERTED = "gone"
    KEPT = "left-to-people"
    PENDING = "not-yet"


class RevertGuarantee(StrEnum):
    """What stands behind a fault when we are gone, from the strongest to the weakest."""

    LEASE = "itself (lease)"
    ENGINE = "the engine (side container)"
    GUARDIAN_CONTAINER = "the engine (guardian container)"
    GUARDIAN = "the guardian process"
    NEXT_COMMAND = "only the next command"


@dataclass(frozen=True, slots=True)
class Reverted:
    """The answer of a revert; `why` in words for a person when it is not GONE (and what would cure it), or when it is
    gone with what held it (and who suffers from that)."""

    outcome: RevertOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """The answer of an apply; `why` when it is not APPLIED."""

    outcome: ApplyOutcome
    reason: str = ""


class ParamProblem(ValueError):
    """A fault's parameter that cannot be meant: `key` names it, the text says what would do."""

    def __init__(self, key: str, wrong: str) -> None:
        super().__init__(wrong)
        self.key = key
        self.wrong = wrong


class Params(Protocol):
    """The parameters of one fault kind, read from what the file says."""

    @classmethod
    def read(cls, raw: Mapping[str, Json]) -> Self:
        """Raises ParamProblem."""
        ...


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point of CLOCK_MONOTONIC by which an answer is due."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds until then, never below zero."""
        return max(0.0, self.at - time.monotonic())


@dataclass(frozen=True, slots=True)
class Intent:
    """All that another process needs to revert a fault, durable before it is applied. Holds no secret.

    `marker`: the name of ours that the fault carries on the engine (`gd-` and 12 hex digits, the first four the
    drill's). `address`: where the engine is, and what there; a list in it names several things. `undo`: what was there
    before; `ids` in it tell each of several things from a later one of its name. `target_text`: the object, for a
    person. `revert_text`: how it would be taken back. `lease`: seconds after which it ends by itself, 0 if it
    does not."""

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

    @property
    def member_names(self) -> tuple[str, ...]:
        """The names of those several things."""
        return tuple(str(name) for one in self.address.values() if isinstance(one, list) for name in one)

    @property
    def ids(self) -> tuple[str, ...]:
        """Empty where names are all that there is."""
        return tuple(str(one) for one in cast("list[Json]", self.undo.get("ids", [])))

    @property
    def resource_keys(self) -> frozenset[str]:
        """What the fault is on, and where: two faults on one thing are reverted one after the other."""
        where = sorted((key, one) for key, one in self.address.items() if not isinstance(one, list))
        return frozenset(f"{self.injector} {where} {one}" for one in self.member_names or ("",))

    def deadline(self, seconds: float) -> Deadline:
        """For one call: a tenth of it more for each thing after the first, since an engine does a few at a time."""
        return Deadline.after(seconds * (1 + (len(self.resource_keys) - 1) / 10))

    def encode(self) -> dict[str, Json]:
        """As JSON, for the log and for the guardian."""
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
        }

    @classmethod
    def decode(cls, data: Mapping[str, Any]) -> Intent:
        """The reverse of encode; raises KeyError, TypeError or ValueError on anything else."""
        return cls(**{**data, "guarantee": RevertGuarantee(data["guarantee"])})


class PartialScan(Refused):
    """Of what is ours, only `found` could be seen."""

    def __init__(self, wrong: str, todo: str, found: list[Intent]) -> None:
        super().__init__(wrong, todo)
        self.found = found


class Injector(Protocol):
    """One engine's faults. All calls are safe from several threads. No call outlives its deadline by more than
    a second. `plan` and the reading calls (`active`, `strays`, `leased_until`) change nothing."""

    name: str
    kinds: Mapping[str, type[Params]]

    def load(self) -> None:
        """Load what the calls need, such as the engine's SDK: a guardian does so before the first fault, and has
        nothing to look for on a disk when it reverts."""
        ...

    def plan(self, fault: Fault, binding: Binding, mark: str, deadline: Deadline) -> Intent:
        """Read the target and what is there now. A part of several things is drawn by the binding's seed; of one that
        is not drawn yet, all are read, and `touches` says so. Raises Refused: nothing matched, another drill's mark,
        ..."""
        ...

    def apply(self, intent: Intent, deadline: Deadline) -> Applied:
        """Put the fault there. Twice is the same as once."""
        ...

    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        """Let the fault live `seconds` from now, where the engine can end it by itself."""
        ...

    def revert(self, intent: Intent, deadline: Deadline) -> Reverted:
        """Take it back; safe if it was never applied, and twice."""
        ...

    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        """Ask the target, not our memory."""
        ...

    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        """What is ours on this target, found from the engine alone. Raises Refused where nobody can look, and
        PartlySeen with what was seen all the same."""
        ...

    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        """When the lease of a stray ends, in seconds of the engine's own clock; 0 where none runs. It rises only when
        somebody renews it: so a drill that runs is told from one that is dead. Raises Refused where nobody can say."""
        ...

    def release(self, intent: Intent, deadline: Deadline) -> str:
        """Given up by a person: what of ours may still act is removed, the target left as it is. Says what is not."""
        ...

    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        """Empty when the engine can do this fault; else what is missing, and what could be used instead. For preflight,
        after the plan was shown: it may try on something of its own, which is gone when it returns, and never touches
        the target."""
        ...

    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        """Empty when the target is there and can carry a fault; else what is missing, for preflight."""
        ...

    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        """The things themselves that the target's words mean now, each by a name that nothing else has: two targets
        with one in common are one, in other words. Empty where nobody can say: nothing is planned there either."""
        ...
