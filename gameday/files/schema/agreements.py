"""Schema of what an environment states about people outside its drills: who gets its alerts meanwhile."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema

from gameday.clients.alert_matchers import parse_alert_matcher
from gameday.files.schema.base import SchemaPart, Text
from gameday.files.schema.plugin_keys import add_tracker_keys


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


class SilencePart(SchemaPart):
    """An Alertmanager that silences alerts of the environment while a drill runs. Needs `alerts: to-players`."""

    model_config = ConfigDict(extra="allow", json_schema_extra=add_tracker_keys)
    url: Annotated[Text, Field(description="The address of Alertmanager, without the path of its API.")]
    matchers: Annotated[
        list[Matcher],
        Field(min_length=1, description="Which alerts: all matchers must match. Leave out the alerts of the players."),
        AfterValidator(_require_label),
    ]
