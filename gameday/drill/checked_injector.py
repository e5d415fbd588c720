"""Between the ledger and every injector: holds it to its deadline, and checks what it returns.

Whatever goes wrong inside is turned into the careful answer: an apply that raised is UNKNOWN, a revert that hangs
is NOT_YET, a reading that failed is CANNOT_SEE (after Jepsen's validating nemesis).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from typing_extensions import override

from gameday.errors import GamedayError, Refused
from gameday.model import Binding, Fault
from gameday.plugins.injector import (
    Applied,
    ApplyOutcome,
    Deadline,
    Injector,
    Intent,
    Presence,
    Renewal,
    Reverted,
    RevertOutcome,
)

T = TypeVar("T")
GRACE = 1.0
"""Seconds past its deadline that an injector may take before it is left alone in its thread."""


class InjectorError(Exception):
    """The injector raised, hung, or returned something else than it should."""


class CheckedInjector(Injector):
    """An injector that keeps the contract whatever the one inside does."""

    def __init__(self, inner: Injector) -> None:
        self._inner = inner
        self.name = inner.name
        self.kinds = inner.kinds

    @override
    def load(self) -> None:
        self._inner.load()

    @override
    def plan(self, fault: Fault, binding: Binding, mark: str, deadline: Deadline) -> Intent:
        try:
            return self._call(Intent, lambda: self._inner.plan(fault, binding, mark, deadline), deadline)
        except InjectorError as trouble:
            raise Refused(f"{fault.kind} on {fault.target} cannot be planned: {trouble}") from trouble

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> Applied:
        try:
            return self._call(Applied, lambda: self._inner.apply(intent, deadline), deadline)
        except (InjectorError, GamedayError) as trouble:
            return Applied(ApplyOutcome.UNKNOWN, str(trouble))

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        try:
            return self._call(Renewal, lambda: self._inner.renew(intent, seconds, deadline), deadline)
        except (InjectorError, GamedayError):
            return Renewal.UNSUPPORTED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> Reverted:
        try:
            return self._call(Reverted, lambda: self._inner.revert(intent, deadline), deadline)
        except (InjectorError, GamedayError) as trouble:
            return Reverted(RevertOutcome.PENDING, str(trouble))

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        try:
            return self._call(Presence, lambda: self._inner.presence(intent, deadline), deadline)
        except (InjectorError, GamedayError):
            return Presence.UNKNOWN

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        try:
            return self._call(list, lambda: self._inner.leftovers(binding, deadline), deadline)
        except InjectorError as trouble:
            raise Refused(f"strays on {binding.target} cannot be looked for: {trouble}") from trouble

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        """One that was written before this was asked knows of no lease."""
        if not hasattr(self._inner, "leased_until"):
            return 0
        try:
            return self._call(int, lambda: self._inner.lease_expires_at(intent, deadline), deadline)
        except InjectorError as trouble:
            raise Refused(f"when the lease of {intent.marker} ends cannot be asked: {trouble}") from trouble

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        """One that was written before this was asked leaves nothing that acts."""
        if not hasattr(self._inner, "release"):
            return ""
        try:
            return self._call(str, lambda: self._inner.release(intent, deadline), deadline)
        except InjectorError as trouble:
            return str(trouble)

    @override
    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        try:
            return self._call(str, lambda: self._inner.check_capability(intent, deadline), deadline)
        except (InjectorError, GamedayError) as trouble:
            return str(trouble)

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        try:
            return self._call(str, lambda: self._inner.check_target(binding, deadline), deadline)
        except (InjectorError, GamedayError) as trouble:
            return str(trouble)

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        try:
            return self._call(frozenset, lambda: self._inner.resource_ids(binding, deadline), deadline)
        except (InjectorError, GamedayError):
            return frozenset()

    def _call(self, kind: type[T], ask: Callable[[], T], deadline: Deadline) -> T:
        box: list[Any] = []
        thread = threading.Thread(target=_call_into, args=(box, ask), daemon=True)
        thread.start()
        thread.join(deadline.remaining() + GRACE)
        if not box:
            raise InjectorError(f"the injector {self.name} gave no answer in time")
        if isinstance(box[0], GamedayError):
            raise box[0]
        if isinstance(box[0], BaseException):
            raise InjectorError(f"the injector {self.name} failed: {type(box[0]).__name__}: {box[0]}") from box[0]
        if not isinstance(box[0], kind):
            raise InjectorError(f"the injector {self.name} answered {box[0]!r}, which is no {kind.__name__}")
        return box[0]


def _call_into(box: list[Any], ask: Callable[[], Any]) -> None:
    try:
        box.append(ask())
    except BaseException as error:
        box.append(error)
