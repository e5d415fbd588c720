"""An engine that can be made to lie, hang up and come late, and the injector for it: what no real one can be made
to do on command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self

from typing_extensions import override

from gameday.contract import (
    Applied,
    Back,
    Behind,
    Deadline,
    Injector,
    Intent,
    Outcome,
    Params,
    Presence,
    Renewal,
    Restored,
)
from gameday.model import Binding, Fault, Json


class NoParams:
    @classmethod
    def read(cls, raw: Mapping[str, Json]) -> Self:
        return cls()


class MadeEngine(Injector):
    """`there`: the marks that stand. The `on_*` lists hold what the next calls do instead of the right thing."""

    name = "made"
    kinds: Mapping[str, type[Params]] = {"latency": NoParams}

    def __init__(self) -> None:
        self.there: set[str] = set()
        self.calls: list[tuple[str, str]] = []
        self.on_apply: list[Callable[[Intent], Applied]] = []
        self.on_revert: list[Callable[[Intent], Restored]] = []
        self.on_active: list[Callable[[Intent], Presence]] = []

    @override
    def load(self) -> None: ...

    @override
    def plan(self, fault: Fault, binding: Binding, mark: str, deadline: Deadline) -> Intent:
        return Intent(
            mark, mark[:7], fault.id, fault.kind, self.name, binding.environment, binding.target,
            dict(binding.settings), {}, {}, f"thing {binding.target}", "put it back", Behind.GUARDIAN,
        )  # fmt: skip

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> Applied:
        self.calls.append(("apply", intent.mark))
        if self.on_apply:
            return self.on_apply.pop(0)(intent)
        self.there.add(intent.mark)
        return Applied(Outcome.APPLIED)

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        return Renewal.UNSUPPORTED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> Restored:
        self.calls.append(("revert", intent.mark))
        if self.on_revert:
            return self.on_revert.pop(0)(intent)
        self.there.discard(intent.mark)
        return Restored(Back.GONE)

    @override
    def active(self, intent: Intent, deadline: Deadline) -> Presence:
        if self.on_active:
            return self.on_active.pop(0)(intent)
        return Presence.PRESENT if intent.mark in self.there else Presence.GONE

    @override
    def strays(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        return []

    @override
    def leased_until(self, intent: Intent, deadline: Deadline) -> int:
        return 0

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        self.calls.append(("release", intent.mark))
        return ""

    @override
    def trial(self, intent: Intent, deadline: Deadline) -> str:
        return ""

    @override
    def traffic(self, binding: Binding, deadline: Deadline) -> str:
        return ""

    @override
    def leads_to(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        return frozenset()
