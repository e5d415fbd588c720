"""Documents that `--format json` prints; docs/reference/json.md is generated from them.

Names end in `_s` for seconds and in `_at` for a time in ISO 8601 (UTC). Fields are added, never renamed.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta


class JsonDocument(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A JSON object with exactly these fields."""


class ProblemDocument(JsonDocument):
    """A problem in a file."""

    file: str
    line: Annotated[int, Meta(description="From 1.")]
    column: Annotated[int, Meta(description="From 1.")]
    wrong: Annotated[str, Meta(description="What is wrong.")]
    suggestion: Annotated[str, Meta(description="What to do about it; may be empty.")]


class RequirementsDocument(JsonDocument):
    """Logical names that a team binds to its own system, with their meanings."""

    roles: list[str]
    targets: dict[str, str]
    signals: dict[str, str]
    actions: dict[str, str]


class ScenarioDocument(JsonDocument):
    """A scenario of the library."""

    name: Annotated[str, Meta(description="What `gameday run` takes.")]
    source: Annotated[str, Meta(description="`shipped` or `local`.")]
    file: str
    type: str
    difficulty: Annotated[int, Meta(description="From 1.")]
    timebox_s: float
    statement: Annotated[str, Meta(description="The hypothesis.")]
    requires: RequirementsDocument


class ScenarioDetails(ScenarioDocument):
    """A scenario, with what happens in it."""

    optional_roles: list[str]
    faults: Annotated[list[str], Meta(description="`ID: KIND PARAMETERS on TARGET`.")]
    mitigations: Annotated[list[str], Meta(description="Actions that restore service.")]
    guardrails: Annotated[list[str], Meta(description="Conditions that halt the drill.")]


class PlannedFaultDocument(JsonDocument):
    """A fault that a run would apply."""

    id: str
    kind: str
    target: str
    params: dict[str, Any]
    starts: Annotated[str, Meta(description="A moment and an offset, as in the scenario.")]
    touches: Annotated[str, Meta(description="The object that would change.")]
    reverts: Annotated[str, Meta(description="How the fault is reverted.")]
    guarantee: Annotated[str, Meta(description="What reverts it if the program dies.")]
    lease_s: Annotated[float, Meta(description="After how long the fault ends by itself; 0 if it does not.")]
    warnings: Annotated[list[str], Meta(description="Who else changes the target.")]


class PlannedChannelDocument(JsonDocument):
    """A message channel of the environment."""

    name: str
    channel: Annotated[str, Meta(description="The plugin that sends.")]
    sends: Annotated[list[str], Meta(description="`messages`, `pages`, `status`, `announcements`.")]
    in_rehearsals: Annotated[bool, Meta(description="True if a rehearsal sends too.")]


class PlanDocument(JsonDocument):
    """Plan of a run."""

    scenario: str
    environment: str
    statement: Annotated[str, Meta(description="The hypothesis.")]
    timebox_s: float
    steady_state: list[str]
    expect: Annotated[list[str], Meta(description="What must hold while the fault is present.")]
    guardrails: list[str]
    faults: list[PlannedFaultDocument]
    channels: list[PlannedChannelDocument]
    notes: Annotated[list[str], Meta(description="Remarks on the environment.")]
    roles: Annotated[dict[str, list[str]] | None, Meta(description="Names by role; null without a roster.")]


class FindingDocument(JsonDocument):
    """A finding of `gameday doctor`."""

    mark: Annotated[str, Meta(description="`ok`, `optional` (a drill runs without it) or `bad`.")]
    name: Annotated[str, Meta(description="The subject.")]
    says: str
    todo: Annotated[str, Meta(description="What to do; may be empty.")]


class DoctorDocument(JsonDocument):
    """All findings, and the verdict."""

    can_run: bool
    exit: Annotated[int, Meta(description="The exit code of the command.")]
    findings: list[FindingDocument]


class DrillDocument(JsonDocument):
    """A drill of a run."""

    drill: str
    exit: Annotated[int, Meta(description="The exit code of this drill alone.")]
    is_taken_over: Annotated[bool, Meta(description="True if another process reverts its faults.")]
    reason: Annotated[str, Meta(description="Why it ended early; may be empty.")]
    scorecard: Annotated[dict[str, Any] | None, Meta(description="As of `gameday show`; null without a fault.")]
    review: Annotated[str | None, Meta(description="File of the review.")]
    page: Annotated[str | None, Meta(description="File of the review's page.")]


class RehearsalDocument(JsonDocument):
    """A rehearsal: one drill for each mitigation."""

    drills: list[DrillDocument]
    exit: Annotated[int, Meta(description="The exit code of the command.")]


class ActiveFaultDocument(JsonDocument):
    """A fault that is active."""

    touches: Annotated[str, Meta(description="The object that was changed.")]
    guarantee: Annotated[str, Meta(description="What reverts it if the program dies.")]
    active_s: float


class SignalStatusDocument(JsonDocument):
    """The latest reading of a signal."""

    kind: Annotated[str, Meta(description="`ratio`, `duration` (in seconds), `count` or `alert`.")]
    value: Annotated[float | None, Meta(description="Null without a reading, or one that failed.")]
    read: Annotated[bool, Meta(description="True once there was a reading.")]


class ReceivedDocument(JsonDocument):
    """A page or a message that responders got."""

    at: Annotated[str | None, Meta(description="When it was sent; null before the start of the drill.")]
    page: Annotated[bool, Meta(description="True for a page.")]
    sender: Annotated[str, Meta(description="Who sends it, such as `support`; may be empty for a page.")]
    text: Annotated[str, Meta(description="The text that responders read.")]


class StatusDocument(JsonDocument):
    """A running drill. Only with the facilitator's token: `faults`, `not_undone` and `signals`."""

    drill: str
    responds: Annotated[bool, Meta(description="False: only `drill` and `guarded` are known.")]
    guarded: Annotated[bool, Meta(description="True if the runner or its guardian can revert the faults.")]
    environment: str = ""
    mode: str = ""
    phase: str = ""
    paused: bool = False
    started_at: Annotated[str | None, Meta(description="Start of the drill; null before it.")] = None
    timebox_ends_at: Annotated[str | None, Meta(description="End of the timebox; null before the start.")] = None
    moments: Annotated[dict[str, str], Meta(description="Time of each moment that was reached.")] = {}
    pages: list[str] = []
    messages: list[str] = []
    received: Annotated[list[ReceivedDocument], Meta(description="Pages and messages in order.")] = []
    faults: list[ActiveFaultDocument] | None = None
    not_undone: Annotated[
        list[str] | None, Meta(description="Each action that could not be undone, why, and what to run by hand.")
    ] = None
    signals: dict[str, SignalStatusDocument] | None = None


class LogDocument(JsonDocument):
    """An event of a drill."""

    seq: Annotated[int, Meta(description="From 1 within the drill, without gaps.")]
    drill: str
    kind: str
    recorded_at: str
    happened_at: Annotated[str, Meta(description="Earlier than `recorded_at` if somebody reported it later.")]
    at: Annotated[float, Meta(description="When it was recorded, in monotonic seconds of `boot`.")]
    happened: Annotated[float, Meta(description="When it happened, on the clock of `at`.")]
    source: str
    role: Annotated[str | None, Meta(description="The role that reported it; never a person.")]
    epoch: Annotated[int, Meta(description="Number of the drill's owner that wrote it.")]
    boot: str
    data: dict[str, Any]


class DemoProcessDocument(JsonDocument):
    """A process of the demo."""

    name: str
    pid: int


class DemoDocument(JsonDocument):
    """The demo environment. Only `state` is known for one that is down or in containers."""

    state: Annotated[str, Meta(description="`up`, `starting`, `broken` or `down`.")]
    shop: str = ""
    load: str = ""
    proxy: str = ""
    proxy_name: str = ""
    break_alert: bool = False
    on_demand: bool = False
    home: str = ""
    processes: list[DemoProcessDocument] = []
