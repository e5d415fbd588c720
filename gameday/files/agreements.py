"""Approvals, alerts and silences of an environment, read from gameday.yaml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gameday.clients.connection import CONNECTION_KEYS
from gameday.files import raw_access
from gameday.model import Approval, Binding, Environment, Json
from gameday.plugins.types import SILENCE_INJECTOR

if TYPE_CHECKING:
    from gameday.files.schema.agreements import ApprovalPart, SilencePart
    from gameday.files.schema.project import EnvironmentPart

SILENCE_TARGET = "alerts (silence)"
"""Name of the silence among an environment's targets; no target can have it."""


def add_agreements(environment: Environment, part: EnvironmentPart, written: Json, folder: Path) -> Environment:
    """Return the environment with what it states. `written`: its data as written, for the secrets it refers to."""
    silence = raw_access.get_map(written, "silence")
    return replace(
        environment,
        alerts=part.alerts,
        error_budgets=tuple(part.error_budgets),
        silence=_silence(environment.name, part.silence, silence, folder) if part.silence else None,
        approvals=tuple(_approval(name, entry) for name, entry in part.approvals.items()),
    )


def _approval(name: str, part: ApprovalPart) -> Approval:
    return Approval(name, part.owner, frozenset(part.targets), frozenset(part.kinds), part.from_, part.until)


def _silence(name: str, part: SilencePart, written: dict[str, Json], folder: Path) -> Binding:
    credentials = {key: value for key, value in written.items() if key in CONNECTION_KEYS}
    settings: dict[str, Json] = {"url": part.url, "matchers": cast("Json", list(part.matchers)), **credentials}
    return Binding(name, SILENCE_TARGET, SILENCE_INJECTOR, settings, folder=str(folder))
