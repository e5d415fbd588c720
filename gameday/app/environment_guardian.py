"""Guardian of an environment: a service that reverts the faults of drills whose processes are all dead.

It needs no store: the engine says which drills are alive. So it also runs where no drill ever ran, as in the cluster.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.app.environment_selection import select_environment
from gameday.app.leftover_scan import MAX_WORKERS, SCAN_TIMEOUT_S
from gameday.app.reporter import Reporter, TimedReporter
from gameday.app.sweep import revert_intents
from gameday.errors import EnvironmentDirty, Refused

if TYPE_CHECKING:
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.model import Binding, Environment
    from gameday.plugins.injector import Guardable, Orphan
    from gameday.plugins.types import Intent
    from gameday.timing import Timing

PASS_INTERVAL_S = 5.0
RIGHTS_INTERVAL_S = 60.0


class EnvironmentGuardian:
    """`ready_file`: exists while the last look succeeded and the account could revert; None for no such file."""

    def __init__(
        self, name: str, ready_file: Path | None, reporter: Reporter, timing: Timing, *, only_deletes: bool = False
    ) -> None:
        """Select the environment. Raises Refused if no target of it can be guarded.

        `only_deletes`: delete the drills' own objects and leave every other fault to another account."""
        from gameday.drill.injector_registry import InjectorRegistry

        self._reporter, self._timing, self._ready_file = TimedReporter(reporter), timing, ready_file
        self._injectors: InjectorRegistry = InjectorRegistry()
        environment = select_environment(name, reporter.status, start_demo=False, need_variables=False).environment
        self._guarded = self._find_guarded(environment)
        self.name, self._environment, self._only_deletes = environment.name, environment, only_deletes
        for _, guardable in self._guarded if only_deletes else ():
            guardable.restrict_to_deletes()
        self._problems: Mapping[str, str] = {}
        self._rights: Mapping[str, str] = {}
        self._rights_checked_at = -RIGHTS_INTERVAL_S

    def _find_guarded(self, environment: Environment) -> Sequence[tuple[Binding, Guardable]]:
        guarded = [
            (target, guardable)
            for target in environment.targets.values()
            if (guardable := self._injectors[target.injector].guardable) is not None
        ]
        if not guarded:
            raise Refused(
                f"environment {environment.name} has no target on an engine that knows which drills are alive",
                "Only targets of the injector kubernetes can be guarded from elsewhere.",
            )
        for injector in {target.injector for target, _ in guarded}:
            self._injectors[injector].load()
        return guarded

    def run(self, stopped: threading.Event) -> None:
        """Look every few seconds until `stopped` is set."""
        targets = ", ".join(target.target for target, _ in self._guarded)
        mode = " (deletes only)" if self._only_deletes else ""
        self._reporter.status(f"Guarding environment {self.name}{mode}: {targets}")
        while True:
            self.look_once()
            if stopped.wait(PASS_INTERVAL_S):
                break
        self._set_ready(is_ready=False)

    def look_once(self) -> bool:
        """Revert the faults of crashed drills; return False if something could not be seen, or not be reverted."""
        problems: dict[str, str] = {}
        orphans: dict[str, Orphan] = {}
        with ThreadPoolExecutor(min(MAX_WORKERS, len(self._guarded))) as pool:
            answers = pool.map(lambda guarded: _find_orphans(*guarded), self._guarded)
            for (target, guardable), answer in zip(self._guarded, answers, strict=True):
                if isinstance(answer, Refused):
                    problems[target.target] = str(answer)
                else:
                    faults = {orphan.intent.marker: orphan for orphan in answer}
                    left = {
                        marker: reason
                        for marker, orphan in faults.items()
                        if (reason := guardable.reason_to_leave(orphan.intent))
                    }
                    problems |= left
                    orphans |= {marker: orphan for marker, orphan in faults.items() if marker not in left}
        if reason := self._revert(list(orphans.values())):
            problems["revert"] = reason
        else:
            self._remove_reservations(orphan.intent for orphan in orphans.values())
        self._check_rights()
        self._report({**self._rights, **problems})
        self._set_ready(is_ready=not self._problems)
        return not self._problems

    def _revert(self, orphans: list[Orphan]) -> str:
        if not orphans:
            return ""
        for orphan in orphans:
            intent = orphan.intent
            action = f"reverting {intent.kind} on {intent.target_text}"
            self._reporter.status(f"{intent.marker}: {orphan.reason}; {action}")
        try:
            revert_intents([orphan.intent for orphan in orphans], self._injectors, self._reporter, self._timing)
        except EnvironmentDirty as dirty:
            return str(dirty)
        return ""

    def _remove_reservations(self, reverted: Iterable[Intent]) -> None:
        from gameday.drill.reservations import remove_dead_reservations

        remove_dead_reservations(self._environment, self._injectors, {intent.drill for intent in reverted})

    def _check_rights(self) -> None:
        """Ask once a minute: an account loses rights silently, and then no revert would work."""
        from gameday.plugins.types import Deadline

        if time.monotonic() - self._rights_checked_at < RIGHTS_INTERVAL_S:
            return
        self._rights_checked_at = time.monotonic()
        answers = {
            target.target: guardable.missing_revert_rights(
                target, self._environment.kinds, Deadline.after(SCAN_TIMEOUT_S)
            )
            for target, guardable in self._guarded
        }
        self._rights = {target: answer for target, answer in answers.items() if answer}

    def _report(self, problems: Mapping[str, str]) -> None:
        """Report what is new: the same problem in each look would fill the log."""
        for target, reason in problems.items():
            if self._problems.get(target) != reason:
                self._reporter.status(f"gameday: {reason}")
        if self._problems and not problems:
            self._reporter.status(f"Guarding environment {self.name} again: every target can be reverted")
        self._problems = problems

    def _set_ready(self, *, is_ready: bool) -> None:
        if self._ready_file is None:
            return
        if is_ready:
            self._ready_file.touch()
        else:
            self._ready_file.unlink(missing_ok=True)


def _find_orphans(target: Binding, guardable: Guardable) -> Sequence[Orphan] | Refused:
    from gameday.plugins.types import Deadline

    try:
        return guardable.orphans(target, Deadline.after(SCAN_TIMEOUT_S))
    except Refused as refused:
        return refused
