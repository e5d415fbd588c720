"""People of the roster who may take part in a drill from the team's chat, by their ids there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gameday.errors import GamedayError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gameday.model import Environment, Role
    from gameday.people.cast import Cast


def find_chat_people(environment: Environment, roster: Path | None, cast: Cast | None) -> Mapping[str, Role | None]:
    """Return the ids of the players of a drill in Slack, with their roles; without a cast, those of the whole roster.

    Empty if the environment has no channel, or the roster cannot be read: a drill does not depend on its chat."""
    if not environment.channels or (cast is None and roster is None):
        return {}
    if cast is not None:
        ids = {person.id: person.slack for person in cast.roster.people if person.slack}
        return {ids[person]: role for role, person in reversed(cast.holders()) if person in ids}
    from gameday.files.roster import read_roster

    assert roster is not None, "checked above"
    try:
        return {person.slack: None for person in read_roster(roster).people if person.slack}
    except GamedayError:
        return {}
