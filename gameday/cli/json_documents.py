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

    file: Annotated[str, Meta(description="The file, as it was given.")]
    line: Annotated[int, Meta(description="From 1.")]
    column: Annotated[int, Meta(description="From 1.")]
    wrong: Annotated[str, Meta(description="What is wrong.")]
    suggestion: Annotated[str, Meta(description="What to do about it; may be empty.")]


class RequirementsDocument(JsonDocument):
    """Logical names that a team binds to its own system, with their meanings."""

    roles: Annotated[list[str], Meta(description="Roles that must be filled.")]
    targets: Annotated[dict[str, str], Meta(description="Logical targets, each with its meaning.")]
    signals: Annotated[dict[str, str], Meta(description="Logical signals, each with its meaning.")]
    actions: Annotated[dict[str, str], Meta(description="Actions, each with its meaning.")]


class ScenarioDocument(JsonDocument):
    """A scenario of the library."""

    name: Annotated[str, Meta(description="What `gameday run` takes.")]
    source: Annotated[str, Meta(description="`shipped` or `local`.")]
    file: Annotated[str, Meta(description="Path of the file.")]
    type: Annotated[str, Meta(description="The type of the scenario, such as `dependency-latency`.")]
    difficulty: Annotated[int, Meta(description="From 1.")]
    timebox_s: Annotated[float, Meta(description="Longest duration of the drill.")]
    statement: Annotated[str, Meta(description="The hypothesis.")]
    requires: Annotated[RequirementsDocument, Meta(description="What an environment has to bind.")]


class ScenarioDetails(ScenarioDocument):
    """A scenario, with what happens in it."""

    optional_roles: Annotated[list[str], Meta(description="Roles that may stay unfilled.")]
    faults: Annotated[list[str], Meta(description="`ID: KIND PARAMETERS on TARGET`.")]
    mitigations: Annotated[list[str], Meta(description="Actions that restore service.")]
    guardrails: Annotated[list[str], Meta(description="Conditions that halt the drill.")]


class PlannedFaultDocument(JsonDocument):
    """A fault that a run would apply."""

    id: Annotated[str, Meta(description="The id of the fault in the scenario.")]
    kind: Annotated[str, Meta(description="The kind of the fault, such as `latency`.")]
    target: Annotated[str, Meta(description="The logical target.")]
    params: Annotated[dict[str, Any], Meta(description="Parameters of the kind.")]
    starts: Annotated[str, Meta(description="A moment and an offset, as in the scenario.")]
    touches: Annotated[str, Meta(description="The object that would change.")]
    reverts: Annotated[str, Meta(description="How the fault is reverted.")]
    guarantee: Annotated[str, Meta(description="What reverts it if the program dies.")]
    lease_s: Annotated[float, Meta(description="After how long the fault ends by itself; 0 if it does not.")]
    warnings: Annotated[list[str], Meta(description="Who else changes the target.")]


class PlannedChannelDocument(JsonDocument):
    """A message channel of the environment."""

    name: Annotated[str, Meta(description="The name of the channel in gameday.yaml.")]
    channel: Annotated[str, Meta(description="The plugin that sends.")]
    sends: Annotated[list[str], Meta(description="`messages`, `pages`, `status`, `announcements`.")]
    in_rehearsals: Annotated[bool, Meta(description="True if a rehearsal sends too.")]
    obstacle: Annotated[str, Meta(description="Why it could send nothing now; empty if nothing is known.")]


class PlanDocument(JsonDocument):
    """Plan of a run."""

    scenario: Annotated[str, Meta(description="The name of the scenario.")]
    environment: Annotated[str, Meta(description="The name of the environment.")]
    statement: Annotated[str, Meta(description="The hypothesis.")]
    timebox_s: Annotated[float, Meta(description="Longest duration of the drill.")]
    steady_state: Annotated[list[str], Meta(description="What must hold before and after the faults.")]
    expect: Annotated[list[str], Meta(description="What must hold while the fault is present.")]
    guardrails: Annotated[list[str], Meta(description="Conditions that halt the drill.")]
    faults: Annotated[list[PlannedFaultDocument], Meta(description="Faults in the order of the scenario.")]
    channels: Annotated[list[PlannedChannelDocument], Meta(description="Where messages are sent.")]
    alerts: Annotated[str, Meta(description="What a drill does with alerts; empty if it is not stated.")]
    notes: Annotated[list[str], Meta(description="Remarks on the environment.")]
    follow_up: Annotated[list[str], Meta(description="What earlier drills left to do, for the briefing.")]
    roles: Annotated[dict[str, list[str]] | None, Meta(description="Names by role; null without a roster.")]


class FindingDocument(JsonDocument):
    """A finding of `gameday doctor`."""

    mark: Annotated[str, Meta(description="`ok`, `optional` (a drill runs without it) or `bad`.")]
    name: Annotated[str, Meta(description="The subject.")]
    says: Annotated[str, Meta(description="What was found.")]
    todo: Annotated[str, Meta(description="What to do; may be empty.")]


class DoctorDocument(JsonDocument):
    """All findings, and the verdict."""

    can_run: Annotated[bool, Meta(description="True if a drill can run.")]
    exit: Annotated[int, Meta(description="The exit code of the command.")]
    findings: Annotated[list[FindingDocument], Meta(description="Every finding, in the order of the checks.")]


class DrillDocument(JsonDocument):
    """A drill of a run."""

    drill: Annotated[str, Meta(description="The drill's code name.")]
    exit: Annotated[int, Meta(description="The exit code of this drill alone.")]
    is_taken_over: Annotated[bool, Meta(description="True if another process reverts its faults.")]
    reason: Annotated[str, Meta(description="Why it ended early; may be empty.")]
    scorecard: Annotated[dict[str, Any] | None, Meta(description="As of `gameday show`; null without a fault.")]
    review: Annotated[str | None, Meta(description="File of the review.")]
    page: Annotated[str | None, Meta(description="File of the review's page.")]


class RehearsalDocument(JsonDocument):
    """A rehearsal: one drill for each mitigation."""

    drills: Annotated[list[DrillDocument], Meta(description="The drills in the order they ran.")]
    exit: Annotated[int, Meta(description="The exit code of the command.")]


class ActiveFaultDocument(JsonDocument):
    """A fault that is active."""

    touches: Annotated[str, Meta(description="The object that was changed.")]
    guarantee: Annotated[str, Meta(description="What reverts it if the program dies.")]
    active_s: Annotated[float, Meta(description="Time since the fault was applied.")]


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

    drill: Annotated[str, Meta(description="The drill's code name.")]
    responds: Annotated[bool, Meta(description="False: only `drill` and `guarded` are known.")]
    guarded: Annotated[bool, Meta(description="True if the runner or its guardian can revert the faults.")]
    environment: Annotated[str, Meta(description="The name of the environment.")] = ""
    mode: Annotated[str, Meta(description="`facilitated`, `solo` or `rehearsal`.")] = ""
    phase: Annotated[str, Meta(description="`planned`, `preflight`, `running`, `reverting`, `done` or `stuck`.")] = ""
    paused: Annotated[bool, Meta(description="True while the facilitator has paused the drill.")] = False
    started_at: Annotated[str | None, Meta(description="Start of the drill; null before it.")] = None
    timebox_ends_at: Annotated[str | None, Meta(description="End of the timebox; null before the start.")] = None
    moments: Annotated[dict[str, str], Meta(description="Time of each moment that was reached.")] = {}
    pages: Annotated[list[str], Meta(description="Texts of the pages that responders got.")] = []
    messages: Annotated[list[str], Meta(description="Texts of the messages that responders got.")] = []
    received: Annotated[list[ReceivedDocument], Meta(description="Pages and messages in order.")] = []
    faults: Annotated[
        list[ActiveFaultDocument] | None, Meta(description="Faults that are active; null without the token.")
    ] = None
    not_undone: Annotated[
        list[str] | None, Meta(description="Each action that could not be undone, why, and what to run by hand.")
    ] = None
    signals: Annotated[
        dict[str, SignalStatusDocument] | None,
        Meta(description="Latest reading of each signal; null without the token."),
    ] = None


class LogDocument(JsonDocument):
    """An event of a drill."""

    seq: Annotated[int, Meta(description="From 1 within the drill, without gaps.")]
    drill: Annotated[str, Meta(description="The drill's code name.")]
    kind: Annotated[str, Meta(description="The kind of event; see [log](log.md).")]
    recorded_at: Annotated[str, Meta(description="When the event was written.")]
    happened_at: Annotated[str, Meta(description="Earlier than `recorded_at` if somebody reported it later.")]
    at: Annotated[float, Meta(description="When it was recorded, in monotonic seconds of `boot`.")]
    happened: Annotated[float, Meta(description="When it happened, on the clock of `at`.")]
    source: Annotated[str, Meta(description="Who or what reported it: `human`, `runner`, `probe` and so on")]
    role: Annotated[str | None, Meta(description="The role that reported it; never a person.")]
    epoch: Annotated[int, Meta(description="Number of the drill's owner that wrote it.")]
    boot: Annotated[str, Meta(description="Id of the boot of the machine that wrote it.")]
    data: Annotated[dict[str, Any], Meta(description="Fields of the kind; see [log](log.md).")]


class DemoProcessDocument(JsonDocument):
    """A process of the demo."""

    name: Annotated[str, Meta(description="The part of the demo, such as `shop`.")]
    pid: Annotated[int, Meta(description="Process id.")]


class DemoDocument(JsonDocument):
    """The demo environment. Only `state` is known for one that is down or in containers."""

    state: Annotated[str, Meta(description="`up`, `starting`, `broken` or `down`.")]
    shop: Annotated[str, Meta(description="URL of the shop.")] = ""
    load: Annotated[str, Meta(description="URL of the load generator.")] = ""
    proxy: Annotated[str, Meta(description="URL of the proxy's API.")] = ""
    proxy_name: Annotated[str, Meta(description="Name of the proxy in front of the database.")] = ""
    break_alert: Annotated[bool, Meta(description="True if its alert never fires.")] = False
    on_demand: Annotated[bool, Meta(description="True if a run started it and stops it.")] = False
    home: Annotated[str, Meta(description="Folder of the demo.")] = ""
    processes: Annotated[list[DemoProcessDocument], Meta(description="Its running processes.")] = []


class ScheduleDocument(JsonDocument):
    """A schedule of unattended rehearsals, and what became of its occurrences."""

    name: Annotated[str, Meta(description="The name of the schedule.")]
    environment: Annotated[str, Meta(description="The environment.")]
    scenarios: Annotated[list[str], Meta(description="What it rehearses; empty: drawn from the library.")]
    when: Annotated[str, Meta(description="`every tuesday 10:00 Europe/Berlin`.")]
    paused: Annotated[str, Meta(description="The reason if it is paused, else empty.")]
    next_at: Annotated[str | None, Meta(description="The next occurrence that will run; null without any.")]
    outcomes: Annotated[dict[str, int], Meta(description="Number of occurrences by outcome: `held`, `skipped`, ...")]
    skipped: Annotated[dict[str, int], Meta(description="Number of skipped ones by cause: `freeze`, `late`, ...")]
