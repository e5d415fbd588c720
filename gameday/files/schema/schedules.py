"""Schema of schedules.yaml: rehearsals and hosted drills, and freezes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from gameday.files.schema.base import Duration, Name, SchemaPart, Text, Version


class HostedPart(SchemaPart):
    """A drill that the program hosts: it starts when an IC, ops and somebody who holds STOP have joined."""

    within: Annotated[Duration, Field(gt=0, description="The time for people to join.")] = 600.0
    otherwise: Annotated[
        Literal["skip", "rehearse"],
        Field(description="What happens if they do not join: `skip`, or `rehearse` without people."),
    ] = "skip"


class SchedulePart(SchemaPart):
    """A rehearsal, or a drill with people, that happens again and again."""

    env: Annotated[Name, Field(description="The environment.")]
    scenarios: list[Text] = Field(
        default_factory=list,
        description="The scenarios to run, one after another: paths relative to this file, or names of the library.",
    )
    draw: Annotated[
        bool, Field(description="`true`: rehearse one scenario of the library that fits, instead of `scenarios`.")
    ] = False
    rrule: Annotated[
        Text | None,
        Field(
            description="The days, as a recurrence rule (RFC 5545) without times. With `at`.",
            examples=["FREQ=WEEKLY;BYDAY=TU"],
        ),
    ] = None
    at: Annotated[Text | None, Field(description="The time of day, in quotes.", examples=['"10:00"'])] = None
    cron: Annotated[
        Text | None,
        Field(description="Days and times as a cron expression, instead of `rrule` and `at`.",
              examples=['"30 10 * * 2"']),
    ] = None  # fmt: skip
    timezone: Annotated[Text, Field(description="The time zone of all times here.", examples=["Europe/Berlin"])]
    starts: Annotated[Text, Field(description="The first day; intervals are counted from it.", examples=["2026-12-01"])]
    slot: Annotated[
        Duration | None,
        Field(description="The time reserved in the environment. Default: the timeboxes of all drills, and 2 minutes "
              "for each."),
    ] = None  # fmt: skip
    hosted: Annotated[
        HostedPart | None,
        Field(description="A drill with people, who join by a link; without this key it is a rehearsal."),
    ] = None
    owner_channel: Annotated[
        Name | None,
        Field(description="The channel of the environment that hears when the schedule was not held three times in a "
              "row. Default: every channel that sends announcements."),
    ] = None  # fmt: skip
    paused: Annotated[Text | None, Field(description="The reason why it is paused; without this key it is not.")] = None
    skip: dict[Text, Text] = Field(
        default_factory=dict,
        description='Reasons of occurrences to skip, by local day: `{"2026-12-22": holidays}`; with the time if there '
        'are several on a day: `"2026-12-22 10:00"`.',
    )


class FreezePart(SchemaPart):
    """A time in which no schedule runs. Days and times are local to each schedule."""

    name: Annotated[Text, Field(description="Its name, shown as the reason of a skip.")]
    from_: Annotated[
        Text, Field(alias="from", description="The first day, or a time.", examples=["2026-12-18", "2026-12-18 18:00"])
    ]
    to: Annotated[Text, Field(description="The last day, which counts whole, or a time.", examples=["2027-01-04"])]
    reason: Annotated[Text, Field(description="Why nothing may run.")]


class SchedulesPart(SchemaPart):
    """schedules.yaml: when drills happen without anyone at a terminal. It lies next to gameday.yaml."""

    model_config = ConfigDict(title="schedules.yaml", json_schema_extra={"patternProperties": {"^x-": {}}})
    gameday: Version
    schedules: dict[Name, SchedulePart] = Field(default_factory=dict, description="Each schedule by its name.")
    freezes: list[FreezePart] = Field(default_factory=list, description="The times in which no schedule runs.")
