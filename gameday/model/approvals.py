"""Approvals of the owners of targets: which kinds of fault on which targets, until a day. Never a plan."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MAX_APPROVAL_DAYS = 90
EXPIRY_WARNING_DAYS = 14
"""An approval that ends within so many days is mentioned, so that its owner can be asked in time."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval. `begins`, `until`: the first and the last day on which it holds."""

    name: str
    owner: str
    targets: frozenset[str]
    kinds: frozenset[str]
    begins: date
    until: date

    def covers(self, fault: OwnedFault, day: date) -> bool:
        """Return True if the approval allows a fault on that day."""
        return self.includes(fault) and self.begins <= day <= self.until

    def includes(self, fault: OwnedFault) -> bool:
        """Return True if the approval is about this fault, on whatever day."""
        return self.owner == fault.owner and fault.target in self.targets and fault.kind in self.kinds


@dataclass(frozen=True, slots=True)
class OwnedFault:
    """A kind of fault on a target that has an owner."""

    owner: str
    target: str
    kind: str


def last_approved_day(fault: OwnedFault, approvals: Iterable[Approval], day: date) -> date | None:
    """Return the last day until which the fault is approved without a gap from `day` on; None if not on that day."""
    last: date | None = None
    for approval in sorted(filter(lambda each: each.includes(fault), approvals), key=lambda each: each.begins):
        reached = day if last is None else last + timedelta(days=1)
        if approval.begins <= reached <= approval.until:
            last = approval.until
    return last


def describe_gap(fault: OwnedFault, environment: str, approvals: Iterable[Approval], day: date) -> tuple[str, str]:
    """Return what is wrong on a day without a valid approval, and the command that records one."""
    same = [approval for approval in approvals if approval.includes(fault)]
    ended = max((approval.until for approval in same if approval.until < day), default=None)
    begins = min((approval.begins for approval in same if approval.begins > day), default=None)
    known = f": the last approval ended on {ended}" if ended else f": the approval begins on {begins}" if begins else ""
    wrong = f"{fault.kind} on target {fault.target!r} needs the approval of {fault.owner}, and none holds on {day}"
    remedy = f"--env {environment} --target {fault.target} --kind {fault.kind}"
    return wrong + known, f"ask {fault.owner}, then: gameday approve {shlex.quote(fault.owner)} {remedy}"


def expiring(
    faults: Iterable[OwnedFault], approvals: Iterable[Approval], day: date
) -> Iterator[tuple[OwnedFault, date]]:
    """Yield each approved fault whose approval ends soon, with its last day."""
    listed = list(approvals)
    for fault in faults:
        last = last_approved_day(fault, listed, day)
        if last is not None and (last - day).days < EXPIRY_WARNING_DAYS:
            yield fault, last
