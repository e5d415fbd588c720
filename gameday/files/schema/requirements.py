"""The shape of what a scenario requires: roles, and what a team binds to its own system."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gameday.files.schema.base import AnyRole, Kind, Name, Rate, SchemaPart, Text, Word
from gameday.model import Role


class RolesPart(SchemaPart):
    """The roles of a drill."""

    required: list[AnyRole] = Field(
        default_factory=lambda: [Role.FACILITATOR, Role.IC, Role.OPS],
        description="Roles that must be filled before a drill starts.",
    )
    optional: list[AnyRole] = Field(
        default_factory=list, description="Roles that are filled if enough people take part."
    )


class RequiredSignalPart(SchemaPart):
    """A signal: its kind, and what to bind to it."""

    kind: Annotated[Kind, Field(description="`ratio`, `duration`, `count` or `alert`.")]
    means: Annotated[
        Text | None, Field(description="What it measures, so that another team binds the right signal.")
    ] = None


class LoadPart(SchemaPart):
    """The traffic that must be present for a fault to mean anything."""

    signal: Annotated[Name, Field(description="The signal whose samples measure the load.")]
    at_least: Annotated[
        Rate, Field(description="Samples per second; with fewer, preflight starts the environment's load.")
    ]
    clients: Annotated[
        Literal["retry"] | None, Field(description="`retry`: the load's clients must retry, as users do.")
    ] = None


class RequiresPart(SchemaPart):
    """Logical names that a team binds to its own system, never hosts or containers."""

    targets: dict[Name, Text] = Field(default_factory=dict, description="Name and meaning of each target of a fault.")
    signals: dict[Name, RequiredSignalPart] = Field(
        default_factory=dict, description="Name, kind and meaning of each signal."
    )
    actions: dict[Name, Text] = Field(
        default_factory=dict, description="Name and meaning of each action that responders must have."
    )
    terms: dict[Word, Text] = Field(
        default_factory=dict, description="Defaults for `{term}` in texts; an environment may define its own."
    )
    load: Annotated[LoadPart | None, Field(description="The traffic that the scenario needs.")] = None
