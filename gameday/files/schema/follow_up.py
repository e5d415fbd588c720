"""Schema of how a team follows up its reviews, and of its issue tracker."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from gameday.files.schema.base import Duration, SchemaPart, Text, make_range_validator
from gameday.files.schema.plugin_keys import add_tracker_keys


class TrackerPart(SchemaPart):
    """The team's issue tracker, to which action items are exported."""

    model_config = ConfigDict(extra="allow", json_schema_extra=add_tracker_keys)
    kind: Annotated[Literal["github", "gitlab", "jira"], Field(description="Whose API it has.")]
    project: Annotated[
        Text, Field(description="GitHub: `owner/repository`; GitLab: the path of the project; Jira: its key.")
    ]
    url: Annotated[
        Text | None,
        Field(description="The address of the API; default: `https://api.github.com`, `https://gitlab.com`. For Jira, "
              "the address of the site."),
    ] = None  # fmt: skip
    labels: list[Text] = Field(
        default_factory=lambda: ["gameday"], min_length=1, description="Labels of the issues; default: `[gameday]`."
    )
    issue_type: Annotated[Text, Field(description="Jira: the type of the issues.")] = "Task"
    timeout: Annotated[
        Duration, AfterValidator(make_range_validator(60.0)), Field(description="Time for one answer, at most 1m.")
    ] = 5.0


class FollowUpPart(SchemaPart):
    """How the team follows up its reviews."""

    escalate_after_days: Annotated[
        int, Field(ge=1, description="An action item that is overdue by more days is sent to the team's channels.")
    ] = 28
    tracker: Annotated[TrackerPart | None, Field(description="The team's issue tracker.")] = None
