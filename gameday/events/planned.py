"""The drill as it was planned: enough to read its log without the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from typing_extensions import override

from gameday.events.audience import FACILITATOR, Audience
from gameday.events.body import Body, JsonObject
from gameday.events.text import SignalKinds, Text, spans
from gameday.model import Mode
from gameday.units import format_duration, format_parameters


class _Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of the plan."""


class PlannedExpectation(_Part, frozen=True):
    """An expectation: `text` for a person, `meaning` what it tells whoever follows the clues."""

    signal: str
    test: str
    text: str
    limit: str = ""
    over: float | None = None
    hold: float | None = None
    within: float | None = None
    of: str = ""
    meaning: str = ""


class PlannedObjective(_Part, frozen=True):
    """An objective; `within` None: the environment's charter has no figure for it."""

    id: str
    moment: str
    within: float | None
    of: str
    every: bool = False
    """Due again and again, so many seconds after the last time."""


class PlannedFaultRecord(_Part, frozen=True):
    """A fault, with its own parameters as the file has them and the effect expected of it."""

    id: str
    fault_kind: str
    target: str
    params: JsonObject = msgspec.field(default_factory=dict[str, Any])
    effect: str = ""
    lasts: float | None = None
    times: int = 1
    """Number of times that it is applied."""

    @property
    def summary(self) -> str:
        """`latency delay 400ms on database`."""
        params = format_parameters(self.params, " ")
        return f"{self.fault_kind}{f' {params}' if params else ''} on {self.target}"


class PlannedPage(_Part, frozen=True):
    """The alert that pages, and the seconds after which the program pages instead."""

    alert: str
    else_after: float = 0.0


class PlannedEnd(_Part, frozen=True):
    """The drill ends `after` seconds of the moment `of`."""

    after: float
    of: str


class Planned(Body, frozen=True):
    """The drill as it was planned; `plan` holds everything that is played, without addresses and secrets."""

    kind: ClassVar[str] = "planned"
    audience: ClassVar[Audience] = FACILITATOR
    scenario: str = ""
    type: str = ""
    title: str = ""
    hypothesis: str = ""
    environment: str = ""
    mode: str = ""
    informed: bool = False
    difficulty: int = 0
    roles: tuple[str, ...] = ()
    seed: int | None = None
    pace: float = 1.0
    timebox: float | None = None
    ends: PlannedEnd | None = None
    page: PlannedPage | None = None
    expectations: tuple[PlannedExpectation, ...] = ()
    clues: tuple[PlannedExpectation, ...] = ()
    mitigated_when: tuple[PlannedExpectation, ...] = ()
    guardrails: tuple[PlannedExpectation, ...] = ()
    steady_state: tuple[str, ...] = ()
    """The signals of the steady state."""
    mitigations: tuple[str, ...] = ()
    mitigation: str = ""
    """The mitigation that a rehearsal tries."""
    objectives: tuple[PlannedObjective, ...] = ()
    faults: tuple[PlannedFaultRecord, ...] = ()
    signals: Mapping[str, str] = {}
    charter: Mapping[str, float] = {}
    """Seconds the team promised itself, by objective id and for the review."""
    questions: tuple[str, ...] = ()
    runbooks: Mapping[str, str] = {}
    terms: Mapping[str, str] = {}
    plan: JsonObject = msgspec.field(default_factory=dict[str, Any])

    @property
    def is_rehearsal(self) -> bool:
        return self.mode == Mode.REHEARSAL

    @property
    def paging_alert(self) -> str:
        """The alert that is meant to page; empty when the scenario names none."""
        return self.page.alert if self.page else ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        mode = "Rehearsal" if self.is_rehearsal else f"{self.mode} drill".strip().capitalize()
        timebox = f", timebox {format_duration(self.timebox)}" if self.timebox else ""
        return spans(f"{mode} of {self.scenario} planned{timebox}")
