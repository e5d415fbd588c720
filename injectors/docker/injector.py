"""The injector: a fault on containers, made by the engine or by a side container; see kind.py.

Whatever it does stands first as a container of ours on the engine itself, which bears the mark and the whole intent:
a sweep finds and reverts it with no store at all.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.docker.applied_fault import AppliedFault
from gameday.injectors.docker.discovery import containers, require_running, select_containers
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.engine_fault import EngineFaultOperations
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import EngineFaultKind, SidecarFaultKind
from gameday.injectors.docker.leftovers import leased_until, strays
from gameday.injectors.docker.planning import plan_fault
from gameday.injectors.docker.prerequisites import try_fault
from gameday.injectors.docker.sidecar_fault import SidecarFaultOperations
from gameday.injectors.docker.sidecar_script import program
from gameday.injectors.docker.sidecars import Sidecars
from gameday.injectors.docker.target_checks import interference_warnings, unsettled_containers
from gameday.injectors.docker.target_settings import find_problems, read_settings, settings_identity
from gameday.lean_imports import import_requests
from gameday.model import Binding, Fault, Json
from gameday.plugins.injector import Checkable, Configured, Injector, Leased, Sweepable
from gameday.plugins.parameters import Params
from gameday.plugins.types import (
    Applied,
    ApplyOutcome,
    Deadline,
    Intent,
    Presence,
    Renewal,
    Reverted,
    RevertOutcome,
    SettingsProblem,
)


class DockerInjector(Injector, Leased, Sweepable, Checkable, Configured):
    """Injector of this engine, with all capabilities."""

    name = "docker"
    kinds: Mapping[str, type[Params]] = KINDS

    @override
    def load(self) -> None:
        import_requests()
        import docker
        import docker.context
        import docker.errors  # noqa: F401

        program()

    @override
    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        try:
            with EngineApi(read_settings(binding).engine, deadline) as engine:
                return plan_fault(fault, binding, marker, engine)
        except EngineError as trouble:
            raise Refused(str(trouble), trouble.todo or "What does `docker info` say?") from trouble

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> Applied:
        try:
            engine = EngineApi(_engine(intent), deadline)
        except EngineError as trouble:
            return Applied(ApplyOutcome.REFUSED, str(trouble))
        try:
            with engine:
                return fault_of(intent, engine, deadline).apply()
        except EngineError as trouble:
            return Applied(ApplyOutcome.UNKNOWN, str(trouble))

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        del seconds  # a side container knows its lease
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return fault_of(intent, engine, deadline).renew()
        except EngineError:
            return Renewal.UNSUPPORTED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> Reverted:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return fault_of(intent, engine, deadline).revert()
        except EngineError as trouble:
            return Reverted(RevertOutcome.PENDING, str(trouble))

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return fault_of(intent, engine, deadline).active()
        except EngineError:
            return Presence.UNKNOWN

    @override
    def settings_problems(self, settings: Mapping[str, Json]) -> Iterable[SettingsProblem]:
        return find_problems(settings)

    @override
    def settings_identity(self, settings: Mapping[str, Json]) -> Hashable:
        return settings_identity(settings)

    @override
    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return try_fault(AppliedFault.of(intent, engine, deadline))
        except EngineError as trouble:
            return str(trouble)

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        """That it runs is all that can be seen from here."""
        try:
            settings = read_settings(binding)
            with EngineApi(settings.engine, deadline) as engine:
                require_running(select_containers(engine, settings, binding), settings.target)
        except (Refused, EngineError) as trouble:
            return str(trouble)
        return ""

    @override
    def settled(self, intent: Intent, deadline: Deadline) -> str:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return unsettled_containers(intent, engine)
        except EngineError as trouble:
            return str(trouble)

    @override
    def warnings(self, intent: Intent, deadline: Deadline) -> list[str]:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return interference_warnings(intent, engine)
        except EngineError as trouble:
            return [f"cannot tell who else changes {intent.target_text}: {trouble}"]

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        return containers(binding, deadline)

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        try:
            return strays(binding, deadline)
        except EngineError as trouble:
            raise Refused(str(trouble), trouble.todo or "Strays can be looked for when it answers.") from trouble

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return leased_until(intent, engine)
        except EngineError as trouble:
            raise Refused(str(trouble)) from trouble

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                Sidecars(engine, intent).remove()
        except EngineError as trouble:
            return f"containers of ours with the mark {intent.marker} may still act: {trouble}"
        return ""


def _engine(intent: Intent) -> str:
    return str(intent.address["engine"])


def fault_of(intent: Intent, engine: EngineApi, deadline: Deadline) -> EngineFaultOperations | SidecarFaultOperations:
    target = AppliedFault.of(intent, engine, deadline)
    if isinstance(target.kind, EngineFaultKind):
        return EngineFaultOperations(target.kind, target)
    assert isinstance(target.kind, SidecarFaultKind)
    return SidecarFaultOperations(target.kind, target)
