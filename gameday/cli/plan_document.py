"""Plan of a drill as the document that `gameday plan --format json` prints."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gameday.cli.json_documents import PlanDocument, PlannedChannelDocument, PlannedFaultDocument
from gameday.command_text import redact_words
from gameday.model import MessageKind
from gameday.units import format_expectation, format_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gameday.app.plan_preview import PlanPreview
    from gameday.model import ChannelBinding, Fault, Json
    from gameday.people.cast import Cast
    from gameday.plugins.types import Intent


def plan_document(preview: PlanPreview) -> PlanDocument:
    """Return the whole preview."""
    scenario = preview.plan.scenario
    return PlanDocument(
        scenario=scenario.id,
        environment=preview.plan.environment.name,
        statement=scenario.statement,
        timebox_s=scenario.timebox,
        steady_state=[format_expectation(expectation) for expectation in scenario.steady_state],
        expect=[format_expectation(expectation) for expectation in scenario.expect],
        guardrails=[f"{guardrail.expectation} for {guardrail.hold:g} s" for guardrail in scenario.guardrails],
        faults=[
            _fault_document(planned.fault, intent, preview.warnings.get(intent.marker, ()))
            for planned, intent in zip(preview.plan.faults, preview.intents, strict=True)
        ],
        channels=[
            _channel_document(channel, preview.obstacles.get(channel.name, ""))
            for channel in preview.plan.environment.channels.values()
        ],
        alerts=preview.plan.environment.alerts_text,
        notes=list(preview.selected.notes),
        follow_up=list(preview.follow_up),
        roles=None if preview.cast is None else _roles(preview.cast),
    )


def _fault_document(fault: Fault, intent: Intent, warnings: Sequence[str]) -> PlannedFaultDocument:
    return PlannedFaultDocument(
        id=fault.id,
        kind=fault.kind,
        target=fault.target,
        params={key: _without_secrets(value) for key, value in fault.params.items()},
        starts=format_time(fault.at),
        touches=intent.touched_text,
        reverts=intent.revert_text.replace(intent.marker, "MARKER"),
        guarantee=intent.guarantee.value,
        lease_s=intent.lease,
        warnings=list(warnings),
    )


def _channel_document(channel: ChannelBinding, obstacle: str) -> PlannedChannelDocument:
    sends = [kind.value for kind in MessageKind if kind in channel.sends]
    return PlannedChannelDocument(channel.name, channel.channel, sends, channel.in_rehearsals, obstacle)


def _without_secrets(value: Json) -> Json:
    """Return the value; a command with `***` for what looks like a secret."""
    return [*redact_words([str(word) for word in value])] if isinstance(value, list) else value


def _roles(cast: Cast) -> dict[str, list[str]]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for role, person in cast.holders():
        names[role.value].append(cast.name(person))
    return dict(names)
