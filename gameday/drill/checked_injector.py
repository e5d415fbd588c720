"""Wrapper around every injector: enforces deadlines, checks results, offers each capability as an object or None.

Whatever goes wrong inside becomes the careful answer: an apply that raised is UNKNOWN, a revert that hangs is
PENDING, a presence that failed is UNKNOWN (after Jepsen's validating nemesis).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from typing_extensions import override

from gameday.drill.checked_reservable import CheckedReservable
from gameday.errors import GamedayError, Refused
from gameday.model import Binding, Fault, Json
from gameday.plugins.injector import ChangeDetector, Checkable, Guardable, Injector, Leased, Orphan, Sweepable
from gameday.plugins.reservation import Reservable
from gameday.plugins.types import (
    ApplyOutcome,
    ApplyResult,
    Deadline,
    Intent,
    Presence,
    Renewal,
    RevertOutcome,
    RevertResult,
)

T = TypeVar("T")
GRACE = 1.0
"""Seconds past its deadline that an injector may take before it is left alone in its thread."""


class InjectorError(Exception):
    """The injector raised, hung, or returned a value of the wrong type."""


class CheckedInjector(Injector):
    """Injector that keeps the protocol whatever the wrapped one does."""

    def __init__(self, inner: Injector) -> None:
        self._inner = inner
        self.name = inner.name
        self.kinds = inner.kinds
        self._call = call = _Caller(inner.name)
        self.leased = CheckedLeased(inner, call) if isinstance(inner, Leased) else None
        self.sweepable = CheckedSweepable(inner, call) if isinstance(inner, Sweepable) else None
        self.guardable = CheckedGuardable(inner, call) if isinstance(inner, Guardable) else None
        self.reservable = CheckedReservable(inner, call) if isinstance(inner, Reservable) else None
        self.checkable = CheckedCheckable(inner, call) if isinstance(inner, Checkable) else None
        self.change_detector = CheckedChangeDetector(inner, call) if isinstance(inner, ChangeDetector) else None

    @override
    def load(self) -> None:
        self._inner.load()

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        try:
            return self._call(frozenset, lambda: self._inner.resource_ids(binding, deadline), deadline)
        except (InjectorError, GamedayError):
            return frozenset()

    @override
    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        try:
            intent = self._call(Intent, lambda: self._inner.plan(fault, binding, marker, deadline), deadline)
            if intent.lease and self.leased is None:
                raise InjectorError(f"injector {self.name} plans a lease, and cannot renew one")
        except InjectorError as error:
            raise Refused(f"cannot plan {fault.kind} on {fault.target}: {error}") from error
        return intent

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> ApplyResult:
        try:
            return self._call(ApplyResult, lambda: self._inner.apply(intent, deadline), deadline)
        except (InjectorError, GamedayError) as error:
            return ApplyResult(ApplyOutcome.UNKNOWN, str(error))

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> RevertResult:
        try:
            return self._call(RevertResult, lambda: self._inner.revert(intent, deadline), deadline)
        except (InjectorError, GamedayError) as error:
            return RevertResult(RevertOutcome.PENDING, str(error))

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        try:
            return self._call(Presence, lambda: self._inner.presence(intent, deadline), deadline)
        except (InjectorError, GamedayError):
            return Presence.UNKNOWN


class CheckedLeased(Leased):
    """Leases of a wrapped injector; a renewal that failed is UNSUPPORTED, since the lease may still run."""

    def __init__(self, inner: Leased, call: _Caller) -> None:
        self._inner, self._call = inner, call

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        try:
            return self._call(Renewal, lambda: self._inner.renew(intent, seconds, deadline), deadline)
        except (InjectorError, GamedayError):
            return Renewal.UNSUPPORTED

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        try:
            return self._call(int, lambda: self._inner.lease_expires_at(intent, deadline), deadline)
        except InjectorError as error:
            raise Refused(f"cannot tell when the lease of {intent.marker} expires: {error}") from error


class CheckedSweepable(Sweepable):
    """Sweeps of a wrapped injector."""

    def __init__(self, inner: Sweepable, call: _Caller) -> None:
        self._inner, self._call = inner, call

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        try:
            return self._call(list, lambda: self._inner.leftovers(binding, deadline), deadline)
        except InjectorError as error:
            raise Refused(f"cannot look for leftovers on {binding.target}: {error}") from error

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        try:
            return self._call(str, lambda: self._inner.release(intent, deadline), deadline)
        except InjectorError as error:
            return str(error)


class CheckedGuardable(Guardable):
    """Orphaned faults of a wrapped injector."""

    def __init__(self, inner: Guardable, call: _Caller) -> None:
        self._inner, self._call = inner, call

    @override
    def orphans(self, binding: Binding, deadline: Deadline) -> list[Orphan]:
        try:
            return self._call(list, lambda: self._inner.orphans(binding, deadline), deadline)
        except InjectorError as error:
            raise Refused(f"cannot look for faults of crashed drills on {binding.target}: {error}") from error

    @override
    def missing_revert_rights(self, binding: Binding, kinds: Collection[str], deadline: Deadline) -> str:
        try:
            return self._call(str, lambda: self._inner.missing_revert_rights(binding, kinds, deadline), deadline)
        except (InjectorError, GamedayError) as error:
            return str(error)

    @override
    def restrict_to_deletes(self) -> None:
        self._inner.restrict_to_deletes()

    @override
    def reason_to_leave(self, intent: Intent) -> str:
        return self._inner.reason_to_leave(intent)


class CheckedCheckable(Checkable):
    """Checks of a wrapped injector; a check that failed answers with its error."""

    def __init__(self, inner: Checkable, call: _Caller) -> None:
        self._inner, self._call = inner, call

    @override
    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        return self._text(lambda: self._inner.check_capability(intent, deadline), deadline)

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        return self._text(lambda: self._inner.check_target(binding, deadline), deadline, GamedayError)

    @override
    def find_unsettled(self, intent: Intent, deadline: Deadline) -> str:
        return self._text(lambda: self._inner.find_unsettled(intent, deadline), deadline, GamedayError)

    @override
    def interference_warnings(self, intent: Intent, deadline: Deadline) -> list[str]:
        try:
            return self._call(list, lambda: self._inner.interference_warnings(intent, deadline), deadline)
        except (InjectorError, GamedayError) as error:
            return [f"cannot check who else changes {intent.target_text}: {error}"]

    def _text(self, check: Callable[[], str], deadline: Deadline, also: type[Exception] = InjectorError) -> str:
        try:
            return self._call(str, check, deadline)
        except (InjectorError, also) as error:
            return str(error)


class CheckedChangeDetector(ChangeDetector):
    """Detection of outside changes by a wrapped injector; a failure is unknown, never a change."""

    def __init__(self, inner: ChangeDetector, call: _Caller) -> None:
        self._inner, self._call = inner, call

    @override
    def read_state(self, intent: Intent, own: Sequence[Intent], deadline: Deadline) -> Mapping[str, Json]:
        try:
            return self._call(dict, lambda: self._inner.read_state(intent, own, deadline), deadline)
        except InjectorError as error:
            raise Refused(f"cannot read the state of {intent.target_text}: {error}") from error

    @override
    def list_impairments(self, before: Mapping[str, Json], now: Mapping[str, Json]) -> frozenset[str]:
        try:
            return self._call(frozenset, lambda: self._inner.list_impairments(before, now), Deadline.after(GRACE))
        except InjectorError as error:
            raise Refused(str(error)) from error


class _Caller:
    """Calls of one injector, each in a thread that is left alone when it misses its deadline."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, kind: type[T], call: Callable[[], T], deadline: Deadline) -> T:
        """Return the result; raises what the injector refuses with, and InjectorError for everything else."""
        results: list[Any] = []
        thread = threading.Thread(target=_run_into, args=(results, call), daemon=True)
        thread.start()
        thread.join(deadline.remaining() + GRACE)
        if not results:
            raise InjectorError(f"injector {self._name} did not answer in time")
        [result] = results
        if isinstance(result, GamedayError):
            raise result
        if isinstance(result, BaseException):
            raise InjectorError(f"injector {self._name} failed: {type(result).__name__}: {result}") from result
        if not isinstance(result, kind):
            raise InjectorError(f"injector {self._name} returned {result!r} instead of {kind.__name__}")
        return result


def _run_into(results: list[Any], call: Callable[[], Any]) -> None:
    try:
        results.append(call())
    except BaseException as error:
        results.append(error)
