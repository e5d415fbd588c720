"""Injector of silences in Alertmanager: what a drill keeps from people outside it is reverted as its faults are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from typing_extensions import override

from gameday.clients.http_client import import_transport
from gameday.errors import Refused
from gameday.injectors.alertmanager.api_client import Alertmanager, AlertmanagerError, Silence, format_time
from gameday.injectors.alertmanager.silences import (
    active_silences,
    is_as_applied,
    leftover_intents,
    plan_silence,
    server_of_binding,
    server_of_intent,
    silence_fields,
)
from gameday.injectors.common.refusals import UNREACHABLE_REMEDY
from gameday.model import Binding, Fault
from gameday.plugins.injector import Checkable, Injector, Leased, Sweepable
from gameday.plugins.parameters import Params
from gameday.plugins.types import (
    SILENCE_INJECTOR,
    ApplyOutcome,
    ApplyResult,
    Deadline,
    Intent,
    Presence,
    Renewal,
    RevertOutcome,
    RevertResult,
)

RENEWED_SHARE = 5 / 6
"""A silence is renewed when less than this share of its time is left, which spares the server a write each time."""


class SilenceInjector(Injector, Leased, Sweepable, Checkable):
    """Injector without kinds: no scenario applies a silence, the environment's statement does."""

    name = SILENCE_INJECTOR
    kinds: Mapping[str, type[Params]] = {}

    @override
    def load(self) -> None:
        import_transport()

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        del deadline
        return frozenset({str(binding.settings["url"])})

    @override
    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        """Return the intent of the environment's silence, whatever the fault."""
        del fault
        if problem := self.check_target(binding, deadline):
            raise Refused(problem, UNREACHABLE_REMEDY)
        return plan_silence(binding, marker)

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> ApplyResult:
        try:
            server = server_of_intent(intent)
            listed = server.silences(deadline)
            if not active_silences(intent, listed.silences):
                starts, ends = format_time(listed.now), format_time(listed.now + intent.lease)
                server.save(silence_fields(intent, starts, ends), deadline)
        except AlertmanagerError as error:
            return ApplyResult(ApplyOutcome.UNKNOWN if error.may_have_landed else ApplyOutcome.REFUSED, str(error))
        return ApplyResult(ApplyOutcome.APPLIED)

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        """Extend the silence; one that somebody has ended meanwhile stays ended."""
        try:
            server = server_of_intent(intent)
            listed = server.silences(deadline)
            own = [silence for silence in active_silences(intent, listed.silences) if is_as_applied(intent, silence)]
            for silence in own:
                if silence.ends - listed.now < seconds * RENEWED_SHARE:
                    _extend(server, intent, silence, listed.now + seconds, deadline)
        except AlertmanagerError:
            return Renewal.UNSUPPORTED
        return Renewal.RENEWED if own else Renewal.LAPSED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> RevertResult:
        try:
            server = server_of_intent(intent)
            own = active_silences(intent, server.silences(deadline).silences)
            for silence in own:
                if is_as_applied(intent, silence):
                    server.expire(silence.id, deadline)
        except AlertmanagerError as error:
            return RevertResult(RevertOutcome.PENDING, str(error))
        if changed := [silence.id for silence in own if not is_as_applied(intent, silence)]:
            return RevertResult(RevertOutcome.KEPT, f"somebody changed silence {', '.join(changed)} into another one")
        return RevertResult(RevertOutcome.REVERTED)

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        try:
            own = active_silences(intent, server_of_intent(intent).silences(deadline).silences)
        except AlertmanagerError:
            return Presence.UNKNOWN
        if not own:
            return Presence.ABSENT
        return Presence.PRESENT if any(map(partial(is_as_applied, intent), own)) else Presence.MODIFIED

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        try:
            own = active_silences(intent, server_of_intent(intent).silences(deadline).silences)
        except AlertmanagerError as error:
            raise Refused(str(error), UNREACHABLE_REMEDY) from error
        return max((int(silence.ends) for silence in own), default=0)

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        try:
            return leftover_intents(binding, server_of_binding(binding).silences(deadline).silences)
        except AlertmanagerError as error:
            raise Refused(str(error), UNREACHABLE_REMEDY) from error

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        """Return nothing: a silence that nobody renews ends by itself."""
        del intent, deadline
        return ""

    @override
    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        del intent, deadline
        return ""

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        try:
            server_of_binding(binding).silences(deadline)
        except AlertmanagerError as error:
            return str(error)
        return ""

    @override
    def find_unsettled(self, intent: Intent, deadline: Deadline) -> str:
        del intent, deadline
        return ""

    @override
    def interference_warnings(self, intent: Intent, deadline: Deadline) -> list[str]:
        del intent, deadline
        return []


def _extend(server: Alertmanager, intent: Intent, silence: Silence, ends: float, deadline: Deadline) -> None:
    """Move the end of a silence; a new one that Alertmanager made because the old one had just expired is ended."""
    saved = server.save({"id": silence.id, **silence_fields(intent, silence.starts, format_time(ends))}, deadline)
    if saved != silence.id:
        server.expire(saved, deadline)
