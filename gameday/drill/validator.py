"""Between the ledger and every injector: holds it to its deadline, and checks what it returns.

Whatever goes wrong inside is turned into the careful answer: an apply that raised is UNKNOWN, a revert that hangs
is NOT_YET, a reading that failed is CANNOT_SEE (after Jepsen's validating nemesis).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from typing_extensions import override

from gameday.contract import (
    Applied,
    Back,
    Deadline,
    Injector,
    Intent,
    Outcome,
    Presence,
    Renewal,
    Restored,
)
from gameday.errors import GamedayError, Refused
from gameday.model import Binding, Fault

T = TypeVar("T")
GRACE = 1.0
"""Seconds past its deadline that an injector may take before it is left alone in its thread."""


class Trouble(Exception):
    """The injector raised, hung, or returned something else than it should."""


class Checked(Injector):
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
        except Trouble as trouble:
            raise Refused(f"{fault.kind} on {fault.target} cannot be planned: {trouble}") from trouble

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> Applied:
        try:
            return self._call(Applied, lambda: self._inner.apply(intent, deadline), deadline)
        except (Trouble, GamedayError) as trouble:
            return Applied(Outcome.UNKNOWN, str(trouble))

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        try:
            return self._call(Renewal, lambda: self._inner.renew(intent, seconds, deadline), deadline)
        except (Trouble, GamedayError):
            return Renewal.UNSUPPORTED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> Restored:
        try:
            return self._call(Restored, lambda: self._inner.revert(intent, deadline), deadline)
        except (Trouble, GamedayError) as trouble:
            return Restored(Back.NOT_YET, str(trouble))

    @override
    def active(self, intent: Intent, deadline: Deadline) -> Presence:
        try:
            return self._call(Presence, lambda: self._inner.active(intent, deadline), deadline)
        except (Trouble, GamedayError):
            return Presence.CANNOT_SEE

    @override
    def strays(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        try:
            return self._call(list, lambda: self._inner.strays(binding, deadline), deadline)
        except Trouble as trouble:
            raise Refused(f"strays on {binding.target} cannot be looked for: {trouble}") from trouble

    @override
    def leased_until(self, intent: Intent, deadline: Deadline) -> int:
        """One that was written before this was asked knows of no lease."""
        if not hasattr(self._inner, "leased_until"):
            return 0
        try:
            return self._call(int, lambda: self._inner.leased_until(intent, deadline), deadline)
        except Trouble as trouble:
            raise Refused(f"when the lease of {intent.mark} ends cannot be asked: {trouble}") from trouble

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        """One that was written before this was asked leaves nothing that acts."""
        if not hasattr(self._inner, "release"):
            return ""
        try:
            return self._call(str, lambda: self._inner.release(intent, deadline), deadline)
        except Trouble as trouble:
            return str(trouble)

    @override
    def trial(self, intent: Intent, deadline: Deadline) -> str:
        try:
            return self._call(str, lambda: self._inner.trial(intent, deadline), deadline)
        except (Trouble, GamedayError) as trouble:
            return str(trouble)

    @override
    def traffic(self, binding: Binding, deadline: Deadline) -> str:
        try:
            return self._call(str, lambda: self._inner.traffic(binding, deadline), deadline)
        except (Trouble, GamedayError) as trouble:
            return str(trouble)

    @override
    def leads_to(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        try:
            return self._call(frozenset, lambda: self._inner.leads_to(binding, deadline), deadline)
        except (Trouble, GamedayError):
            return frozenset()

    def _call(self, kind: type[T], ask: Callable[[], T], deadline: Deadline) -> T:
        box: list[Any] = []
        thread = threading.Thread(target=_into, args=(box, ask), daemon=True)
        thread.start()
        thread.join(deadline.left() + GRACE)
        if not box:
            raise Trouble(f"the injector {self.name} gave no answer in time")
        if isinstance(box[0], GamedayError):
            raise box[0]
        if isinstance(box[0], BaseException):
            raise Trouble(f"the injector {self.name} failed: {type(box[0]).__name__}: {box[0]}") from box[0]
        if not isinstance(box[0], kind):
            raise Trouble(f"the injector {self.name} answered {box[0]!r}, which is no {kind.__name__}")
        return box[0]


def _into(box: list[Any], ask: Callable[[], Any]) -> None:
    try:
        box.append(ask())
    except BaseException as error:
        box.append(error)
