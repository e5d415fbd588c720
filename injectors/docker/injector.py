"""Injector for containers of a Docker engine.

Everything it does is first a container with the marker and the whole intent on the engine itself: a sweep finds and
reverts it without any store.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.common.refusals import UNREACHABLE_REMEDY
from gameday.injectors.docker.decoded_intent import DecodedIntent
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.engine_fault import EngineFault
from gameday.injectors.docker.engine_prerequisites import try_fault
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import EngineFaultKind, SidecarFaultKind
from gameday.injectors.docker.leftovers import find_leftovers, read_lease_end
from gameday.injectors.docker.outside_changes import ContainerChangeDetector
from gameday.injectors.docker.planning import plan_fault
from gameday.injectors.docker.sidecar_fault import SidecarFault
from gameday.injectors.docker.sidecar_script import read_shared_script
from gameday.injectors.docker.sidecars import Sidecars
from gameday.injectors.docker.target_checks import interference_warnings, unsettled_containers
from gameday.injectors.docker.target_containers import require_running, resolve_container_ids, select_containers
from gameday.injectors.docker.target_settings import find_problems, read_settings, settings_identity
from gameday.lean_imports import import_requests
from gameday.model import Binding, Fault, Json
from gameday.plugins.injector import Checkable, Injector, Leased, SettingsChecker, Sweepable
from gameday.plugins.parameters import Params
from gameday.plugins.types import (
    ApplyOutcome,
    ApplyResult,
    Deadline,
    Intent,
    Presence,
    Renewal,
    RevertOutcome,
    RevertResult,
    SettingsProblem,
)


class DockerInjector(ContainerChangeDetector, Injector, Leased, Sweepable, Checkable, SettingsChecker):
    """Injector of this engine, with all capabilities."""

    name = "docker"
    kinds: Mapping[str, type[Params]] = KINDS

    @override
    def load(self) -> None:
        import_requests()
        import docker
        import docker.context
        import docker.errors  # noqa: F401

        read_shared_script()

    @override
    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        try:
            with EngineApi(read_settings(binding).engine, deadline) as engine:
                return plan_fault(fault, binding, marker, engine)
        except EngineError as error:
            raise Refused(str(error), error.todo or "Check with `docker info`.") from error

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> ApplyResult:
        try:
            engine = EngineApi(_engine(intent), deadline)
        except EngineError as error:
            return ApplyResult(ApplyOutcome.REFUSED, str(error))
        try:
            with engine:
                return create_operation(intent, engine, deadline).apply()
        except EngineError as error:
            return ApplyResult(ApplyOutcome.UNKNOWN, str(error))

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        del seconds  # a sidecar knows its lease
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return create_operation(intent, engine, deadline).renew()
        except EngineError:
            return Renewal.UNSUPPORTED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> RevertResult:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return create_operation(intent, engine, deadline).revert()
        except EngineError as error:
            return RevertResult(RevertOutcome.PENDING, str(error))

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return create_operation(intent, engine, deadline).presence()
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
                return try_fault(DecodedIntent.of(intent, engine, deadline))
        except EngineError as error:
            return str(error)

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        """Check that the containers run: traffic cannot be seen from here."""
        try:
            settings = read_settings(binding)
            with EngineApi(settings.engine, deadline) as engine:
                require_running(select_containers(engine, settings, binding), settings.target)
        except (Refused, EngineError) as error:
            return str(error)
        return ""

    @override
    def find_unsettled(self, intent: Intent, deadline: Deadline) -> str:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return unsettled_containers(intent, engine)
        except EngineError as error:
            return str(error)

    @override
    def interference_warnings(self, intent: Intent, deadline: Deadline) -> list[str]:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return interference_warnings(intent, engine)
        except EngineError as error:
            return [f"cannot check who else changes {intent.target_text}: {error}"]

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        return resolve_container_ids(binding, deadline)

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        try:
            return find_leftovers(binding, deadline)
        except EngineError as error:
            raise Refused(str(error), error.todo or UNREACHABLE_REMEDY) from error

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                return read_lease_end(intent, engine)
        except EngineError as error:
            raise Refused(str(error)) from error

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        try:
            with EngineApi(_engine(intent), deadline) as engine:
                Sidecars(engine, intent).remove()
        except EngineError as error:
            return f"containers with the marker {intent.marker} may still act: {error}"
        return ""


def _engine(intent: Intent) -> str:
    return str(intent.address["engine"])


def create_operation(intent: Intent, engine: EngineApi, deadline: Deadline) -> EngineFault | SidecarFault:
    target = DecodedIntent.of(intent, engine, deadline)
    if isinstance(target.kind, EngineFaultKind):
        return EngineFault(target.kind, target)
    assert isinstance(target.kind, SidecarFaultKind)
    return SidecarFault(target.kind, target)
