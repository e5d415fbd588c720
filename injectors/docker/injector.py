"""The injector: a fault on containers, made by the engine or by a side container; see kind.py.

Whatever it does stands first as a container of ours on the engine itself, which bears the mark and the whole intent:
a sweep finds and reverts it with no store at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from typing_extensions import override

from gameday.contract import (
    Applied,
    Back,
    Deadline,
    Injector,
    Intent,
    Outcome,
    Params,
    Presence,
    Renewal,
    Restored,
)
from gameday.errors import Refused
from gameday.injectors.docker.by_engine import EngineFault
from gameday.injectors.docker.by_side import SideFault
from gameday.injectors.docker.engine import Engine
from gameday.injectors.docker.found import find, must_run
from gameday.injectors.docker.given import tried
from gameday.injectors.docker.identity import containers
from gameday.injectors.docker.kind import ByEngine, BySide
from gameday.injectors.docker.kinds import KINDS
from gameday.injectors.docker.planning import planned
from gameday.injectors.docker.script import program
from gameday.injectors.docker.settings import read_settings
from gameday.injectors.docker.sides import Sides
from gameday.injectors.docker.strays import leased_until, strays
from gameday.injectors.docker.target import Target
from gameday.injectors.docker.trouble import EngineTrouble
from gameday.model import Binding, Fault


class DockerInjector(Injector):
    """See gameday.contract.Injector."""

    name = "docker"
    kinds: Mapping[str, type[Params]] = KINDS

    @override
    def load(self) -> None:
        import docker
        import docker.context
        import docker.errors  # noqa: F401

        program()

    @override
    def plan(self, fault: Fault, binding: Binding, mark: str, deadline: Deadline) -> Intent:
        try:
            with Engine(read_settings(binding).engine, deadline) as engine:
                return planned(fault, binding, mark, engine)
        except EngineTrouble as trouble:
            raise Refused(str(trouble), trouble.todo or "What does `docker info` say?") from trouble

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> Applied:
        try:
            engine = Engine(_engine(intent), deadline)
        except EngineTrouble as trouble:
            return Applied(Outcome.REFUSED, str(trouble))
        try:
            with engine:
                return fault_of(intent, engine, deadline).apply()
        except EngineTrouble as trouble:
            return Applied(Outcome.UNKNOWN, str(trouble))

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        del seconds  # a side container knows its lease
        try:
            with Engine(_engine(intent), deadline) as engine:
                return fault_of(intent, engine, deadline).renew()
        except EngineTrouble:
            return Renewal.UNSUPPORTED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> Restored:
        try:
            with Engine(_engine(intent), deadline) as engine:
                return fault_of(intent, engine, deadline).revert()
        except EngineTrouble as trouble:
            return Restored(Back.NOT_YET, str(trouble))

    @override
    def active(self, intent: Intent, deadline: Deadline) -> Presence:
        try:
            with Engine(_engine(intent), deadline) as engine:
                return fault_of(intent, engine, deadline).active()
        except EngineTrouble:
            return Presence.CANNOT_SEE

    @override
    def trial(self, intent: Intent, deadline: Deadline) -> str:
        try:
            with Engine(_engine(intent), deadline) as engine:
                return tried(Target.of(intent, engine, deadline))
        except EngineTrouble as trouble:
            return str(trouble)

    @override
    def traffic(self, binding: Binding, deadline: Deadline) -> str:
        """That it runs is all that can be seen from here."""
        try:
            settings = read_settings(binding)
            with Engine(settings.engine, deadline) as engine:
                must_run(find(engine, settings, binding), settings.target)
        except (Refused, EngineTrouble) as trouble:
            return str(trouble)
        return ""

    @override
    def leads_to(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        return containers(binding, deadline)

    @override
    def strays(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        try:
            return strays(binding, deadline)
        except EngineTrouble as trouble:
            raise Refused(str(trouble), trouble.todo or "Strays can be looked for when it answers.") from trouble

    @override
    def leased_until(self, intent: Intent, deadline: Deadline) -> int:
        try:
            with Engine(_engine(intent), deadline) as engine:
                return leased_until(intent, engine)
        except EngineTrouble as trouble:
            raise Refused(str(trouble)) from trouble

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        try:
            with Engine(_engine(intent), deadline) as engine:
                Sides(engine, intent).remove()
        except EngineTrouble as trouble:
            return f"containers of ours with the mark {intent.mark} may still act: {trouble}"
        return ""


def _engine(intent: Intent) -> str:
    return str(intent.address["engine"])


def fault_of(intent: Intent, engine: Engine, deadline: Deadline) -> EngineFault | SideFault:
    target = Target.of(intent, engine, deadline)
    if isinstance(target.kind, ByEngine):
        return EngineFault(target.kind, target)
    assert isinstance(target.kind, BySide)
    return SideFault(target.kind, target)
