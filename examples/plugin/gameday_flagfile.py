"""Injector for services that a flag file puts into maintenance: while the file exists, users are turned away."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path

from typing_extensions import override

from gameday.errors import Refused
from gameday.markers import MARK, drill_of
from gameday.model import Binding, Fault
from gameday.plugins.injector import Injector, Sweepable
from gameday.plugins.parameters import Params, index_classes_by_kind
from gameday.plugins.types import (
    ApplyOutcome,
    ApplyResult,
    Deadline,
    Intent,
    Presence,
    RevertGuarantee,
    RevertOutcome,
    RevertResult,
)


class Outage(Params):
    """The service turns everyone away."""

    kind = "outage"
    effect = "Every request gets the maintenance page."
    note = "Pages and scripts that treat any response as success."


class FlagFileInjector(Injector, Sweepable):
    """The fault is a file with the drill's marker. It has no lease: only a revert ends it."""

    name = "flagfile"
    kinds: Mapping[str, type[Params]] = index_classes_by_kind(Outage)

    @override
    def load(self) -> None:
        """There is no SDK to import."""

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        return frozenset({f"{socket.gethostname()}:{_flag(binding).resolve()}"})

    @override
    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        flag = _flag(binding)
        if not flag.parent.is_dir():
            raise Refused(f"target {binding.target}: no folder {flag.parent}", "Correct the target in gameday.yaml.")
        if flag.exists() and drill_of(_content(flag)) != drill_of(marker):
            raise Refused(f"target {binding.target}: {flag} already exists", "Remove it, or wait until its drill ends.")
        return _intent(binding, flag, marker, fault)

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> ApplyResult:
        flag, part = _paths(intent)
        try:
            part.write_text(intent.marker, encoding="utf-8")
            os.link(part, flag)  # all of it or nothing, and never over a file that exists
        except FileExistsError:
            if self.presence(intent, deadline) is not Presence.PRESENT:
                return ApplyResult(ApplyOutcome.REFUSED, f"{flag} already exists")
        except OSError as error:
            return ApplyResult(ApplyOutcome.UNKNOWN, f"cannot write {flag}: {error.strerror}")
        finally:
            part.unlink(missing_ok=True)
        return ApplyResult(ApplyOutcome.APPLIED)

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> RevertResult:
        flag, part = _paths(intent)
        try:
            part.unlink(missing_ok=True)
            if flag.exists() and _content(flag) != intent.marker:
                return RevertResult(RevertOutcome.KEPT, f"{flag} was written by someone else")
            flag.unlink(missing_ok=True)
        except OSError as error:
            return RevertResult(RevertOutcome.PENDING, f"cannot remove {flag}: {error.strerror}")
        return RevertResult(RevertOutcome.REVERTED)

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        flag, _ = _paths(intent)
        try:
            return Presence.PRESENT if flag.exists() and _content(flag) == intent.marker else Presence.ABSENT
        except OSError:
            return Presence.UNKNOWN

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        flag = _flag(binding)
        marker = _content(flag) if flag.exists() else ""
        return [_intent(binding, flag, marker)] if re.fullmatch(MARK, marker) else []

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        """Return nothing: no process of this injector acts on the file."""
        return ""


def _flag(binding: Binding) -> Path:
    file = binding.settings.get("file")
    if not isinstance(file, str) or not file:
        raise Refused(f"target {binding.target}: injector flagfile requires `file`", "Set it in gameday.yaml.")
    return Path(file)


def _intent(binding: Binding, flag: Path, marker: str, fault: Fault | None = None) -> Intent:
    return Intent(
        marker=marker, drill=drill_of(marker), fault=fault.id if fault else "", kind="outage", injector="flagfile",
        environment=binding.environment, target=binding.target, address={"file": str(flag.absolute())},
        params=dict(fault.params) if fault else {}, undo={}, target_text=f"file {flag}", revert_text=f"remove {flag}",
        guarantee=RevertGuarantee.GUARDIAN,
    )  # fmt: skip


def _paths(intent: Intent) -> tuple[Path, Path]:
    """Return the flag file, and the file that becomes it."""
    flag = Path(str(intent.address["file"]))
    return flag, flag.with_name(f".{intent.marker}")


def _content(flag: Path) -> str:
    return flag.read_text(encoding="utf-8", errors="replace").strip()
