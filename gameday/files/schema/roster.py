"""Schema of a roster file: the people who practise."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from gameday.files.schema.base import AnyRole, Name, SchemaPart, Text, Version


class PersonPart(SchemaPart):
    """One person of the team."""

    id: Annotated[Name, Field(description="A short id that never changes: the rotation's history uses it.")]
    name: Annotated[Text | None, Field(description="The display name; default: the id.")] = None
    level: Annotated[int, Field(ge=0, le=20, description="Experience: the higher, the more senior.")] = 1
    roles: Annotated[list[AnyRole], Field(description="The roles they are ready for.")]
    manager: Annotated[Name | None, Field(description="The id of their manager, who is never their mentor.")] = None
    on_call: Annotated[bool, Field(description="Currently on call, and therefore left out of drills.")] = False
    declined: list[AnyRole] = Field(default_factory=list, description="Roles they decline this time; no reason needed.")
    busy: list[Text] = Field(
        default_factory=list,
        description="When they are away: `2026-11-24 14:00..15:30`, `2026-11-24..2026-11-28`, a week `2026-W50`.",
    )
    from_: Annotated[
        Text | None,
        Field(alias="from", description="Their first day in the team, if it is still to come.",
              examples=["2027-01-11"]),
    ] = None  # fmt: skip
    until: Annotated[Text | None, Field(description="Their last day in the team.", examples=["2027-03-31"])] = None
    email: Annotated[Text | None, Field(description="The address for invitations.")] = None
    calendar: Annotated[
        Text | None,
        Field(description="An iCalendar file, relative to this one, or its URL: they are away during its busy events. "
              "`${NAME}` keeps a secret address out of the file.", examples=["calendars/ana.ics"]),
    ] = None  # fmt: skip
    slack: Annotated[
        str | None,
        Field(pattern=r"^[UW][A-Z0-9]{5,}$", description="Their member ID in Slack, from their profile there: they are "
              "invited to the channel of their drills, and may take part from it.", examples=["U0123456789"]),
    ] = None  # fmt: skip


class RosterPart(SchemaPart):
    """The people of one team."""

    model_config = ConfigDict(title="gameday roster", json_schema_extra={"patternProperties": {"^x-": {}}})
    gameday: Version
    team: Annotated[Text, Field(description="The team's name.")]
    timezone: Annotated[Text, Field(description="The time zone of the times in `busy`: `Europe/Lisbon`.")] = "UTC"
    email: Annotated[Text | None, Field(description="The team's address, from which invitations come.")] = None
    calendar: Annotated[
        Text | None, Field(description="A calendar of the whole team, such as one of holidays; as that of a person.")
    ] = None
    people: Annotated[list[PersonPart], Field(min_length=1, description="The people, in any order.")]
