"""Schema of what an environment states about people outside its drills: who gets its alerts, what owners approve."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from gameday.clients.alert_matchers import parse_alert_matcher
from gameday.files.calendar_spans import parse_day
from gameday.files.schema.base import Name, SchemaPart, Text, make_text_validator
from gameday.files.schema.plugin_keys import add_tracker_keys
from gameday.model import MAX_APPROVAL_DAYS


def _matcher(text: str) -> str:
    parse_alert_matcher(text)
    return text


def _require_label(matchers: list[str]) -> list[str]:
    """Refuse what Alertmanager refuses: a silence that matches an alert without any label."""
    if not any(parse_alert_matcher(text).requires_label for text in matchers):
        raise ValueError("at least one matcher must require a label, such as 'environment=\"staging\"'")
    return matchers


Matcher = Annotated[
    str,
    AfterValidator(_matcher),
    WithJsonSchema({"type": "string", "pattern": '^[^"]+(=|!=|=~|!~)\\s*"', "examples": ['environment="staging"']}),
]


Day = Annotated[
    date,
    PlainValidator(make_text_validator(parse_day, "2026-12-01")),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2026-12-01"]}),
]


class ApprovalPart(SchemaPart):
    """An approval of faults by the owner of targets. It names kinds and targets, and never a scenario."""

    owner: Annotated[Text, Field(description="Who approves, as `owner` of the targets names them.")]
    targets: Annotated[list[Name], Field(min_length=1, description="The targets, all of this owner.")]
    kinds: Annotated[list[Name], Field(min_length=1, description="The kinds of fault.")]
    from_: Annotated[Day, Field(alias="from", description="The first day on which it holds.")]
    until: Annotated[
        Day, Field(description=f"The last day on which it holds, at most {MAX_APPROVAL_DAYS} days after `from`.")
    ]
    note: Annotated[Text | None, Field(description="Where it was given, such as a link to the owner's answer.")] = None


class SilencePart(SchemaPart):
    """An Alertmanager that silences alerts of the environment while a drill runs. Needs `alerts: to-players`."""

    model_config = ConfigDict(extra="allow", json_schema_extra=add_tracker_keys)
    url: Annotated[Text, Field(description="The address of Alertmanager, without the path of its API.")]
    matchers: Annotated[
        list[Matcher],
        Field(min_length=1, description="Which alerts: all matchers must match. Leave out the alerts of the players."),
        AfterValidator(_require_label),
    ]
