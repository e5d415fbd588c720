"""Protocol of injectors: a small required core, and optional capabilities.

An injector applies and reverts the faults of one engine. It is registered under the entry point group
`gameday.injectors`. The program calls it through `CheckedInjector` (drill/checked_injector.py), which enforces
deadlines, checks results, and offers each capability as an object or None.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gameday.model import Binding, Fault, Json
from gameday.plugins.parameters import Params
from gameday.plugins.types import ApplyResult, Deadline, Intent, Presence, Renewal, RevertResult, SettingsProblem


class Injector(Protocol):
    """Faults of one engine. Calls are safe from several threads and keep their deadline within a second.

    Except `apply`, `revert` and the calls of Leased and Sweepable that say so, no call changes anything."""

    name: str
    kinds: Mapping[str, type[Params]]

    def load(self) -> None:
        """Import what the calls need, such as an SDK.

        The guardian does so before the first fault, so that a revert needs no disk."""
        ...

    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        """Return the canonical ids of the resources the binding resolves to now; empty where they cannot be resolved.

        Two bindings that share an id mean the same resource, whatever they call it: production is recognised so."""
        ...

    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        """Return the intent of a fault on the resources as they are now.

        Raises Refused: no match, another drill's marker, ... Where the binding selects some of several resources, the
        seed decides which; while the binding is not drawn, all candidates are read and `target_text` says so."""
        ...

    def apply(self, intent: Intent, deadline: Deadline) -> ApplyResult:
        """Apply the fault. Idempotent. Answer UNKNOWN when in doubt, never REFUSED."""
        ...

    def revert(self, intent: Intent, deadline: Deadline) -> RevertResult:
        """Revert the fault. Idempotent, and safe if it was never applied."""
        ...

    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        """Ask the engine for the state of the fault; never answer from memory."""
        ...


@runtime_checkable
class Leased(Protocol):
    """Capability of an engine that ends a fault by itself unless its lease is renewed."""

    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        """Extend the lease to `seconds` from now."""
        ...

    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        """Return the end of the lease in seconds of the engine's own clock; 0 where none runs.

        It rises only when somebody renews it: that tells a running drill from a dead one. Raises Refused where it
        cannot be determined."""
        ...


@runtime_checkable
class Sweepable(Protocol):
    """Capability to find a drill's leftovers from the engine alone."""

    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        """Return every fault with a marker on this target.

        Raises Refused if the engine does not respond, and PartialScan if only some of it could be seen."""
        ...

    def release(self, intent: Intent, deadline: Deadline) -> str:
        """Remove whatever may still act on a fault that a person has closed, and leave the target as it is.

        Returns what could not be removed; empty when nothing is left."""
        ...


@dataclass(frozen=True, slots=True)
class Orphan:
    """Fault that any guardian may revert. `reason`: why, as in `its drill has shown no heartbeat for 15 s`."""

    intent: Intent
    reason: str


@runtime_checkable
class Guardable(Protocol):
    """Capability of an engine that shows which faults are of crashed drills, so that any guardian may revert them."""

    def orphans(self, binding: Binding, deadline: Deadline) -> list[Orphan]:
        """Return the faults on this target whose drill shows no heartbeat, or was told to stop.

        Raises Refused if the engine does not respond."""
        ...

    def missing_revert_rights(self, binding: Binding, kinds: Collection[str], deadline: Deadline) -> str:
        """Return why the account could not revert faults on this target; empty for nothing.

        `kinds`: the kinds of fault that the environment allows, empty for all."""
        ...

    def restrict_to_deletes(self) -> None:
        """From now on only delete the drills' own objects: for an account that may do nothing else."""
        ...

    def reason_to_leave(self, intent: Intent) -> str:
        """Return why a fault is left to another account since deletion cannot revert it; empty where it can."""
        ...


@runtime_checkable
class Checkable(Protocol):
    """Capability to check an engine and a target beyond what `plan` reads. Each answer is text for a person."""

    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        """Return what the engine lacks for this fault and what could be used instead; empty when it lacks nothing.

        May try on an object of its own, which is removed before the call returns; never touches the target. Raises
        Refused for what has a remedy of its own, such as a right to be granted."""
        ...

    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        """Return what keeps the target from carrying a fault; empty when nothing does."""
        ...

    def find_unsettled(self, intent: Intent, deadline: Deadline) -> str:
        """Return what the target is still recovering from; empty when it works as before. For after a revert."""
        ...

    def interference_warnings(self, intent: Intent, deadline: Deadline) -> list[str]:
        """Return who else changes these objects and could interfere: controllers, restart policies, other tools."""
        ...


@runtime_checkable
class ChangeDetector(Protocol):
    """Capability to tell what somebody else impairs on a target while a fault of the drill is present."""

    def read_state(self, intent: Intent, own: Sequence[Intent], deadline: Deadline) -> Mapping[str, Json]:
        """Return what a fault could impair of the intent's objects, without what the faults `own` of the drill change.

        Raises Refused if the engine does not respond."""
        ...

    def list_impairments(self, before: Mapping[str, Json], now: Mapping[str, Json]) -> frozenset[str]:
        """Return how the later of two states is impaired and the earlier is not: a short clause for each.

        `proxy shop-db was disabled`. What only one of the two states has is not compared, unless it is an addition."""
        ...


@runtime_checkable
class SettingsChecker(Protocol):
    """Capability to check the settings of a target as gameday.yaml has them, without asking any engine."""

    def settings_problems(self, settings: Mapping[str, Json]) -> Iterable[SettingsProblem]:
        """Return every problem; `gameday check` shows each with its line and column."""
        ...

    def settings_identity(self, settings: Mapping[str, Json]) -> Hashable:
        """Return a key that is equal for two targets which are the same resource, as far as the file tells.

        It leaves out settings that say how a fault is applied, and not to what."""
        ...
