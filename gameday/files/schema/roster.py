"""Schema of a roster file: the people who practise."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from gameday.files.schema.base import AnyRole, Name, Part, Text, Version


class PersonPart(Part):
    """One person of the team."""

    id: Annotated[Name, Field(description="Short and lasting: history counts by it.")]
    name: Annotated[Text | None, Field(description="As they like to be called; default: the id.")] = None
    level: Annotated[int, Field(ge=0, le=20, description="The higher, the longer in the trade.")] = 1
    roles: Annotated[list[AnyRole], Field(description="What they say they are ready for.")]
    manager: Annotated[Name | None, Field(description="The id of whom they report to: never their mentor.")] = None
    on_call: Annotated[bool, Field(description="On call for real: never a player.")] = False
    declined: list[AnyRole] = Field(
        default_factory=list, description="Roles they do not want this time; no reason asked."
    )
    busy: list[Text] = Field(
        default_factory=list, description="When they are away: `2026-11-24 14:00..15:30`, `2026-11-24..2026-11-28`."
    )


class RosterPart(Part):
    """The people of one team."""

    model_config = ConfigDict(title="gameday roster", json_schema_extra={"patternProperties": {"^x-": {}}})
    gameday: Version
    team: Annotated[Text, Field(description="The team's name.")]
    timezone: Annotated[Text, Field(description="Of the times in `busy`: `Europe/Lisbon`.")] = "UTC"
    people: Annotated[list[PersonPart], Field(min_length=1, description="In any order.")]
