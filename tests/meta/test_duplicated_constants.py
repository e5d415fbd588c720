"""Constants that are repeated to keep quick commands fast have the same value in both places."""

from __future__ import annotations

from gameday.cli.participant_commands import ROLES
from gameday.cli.proxy import attribute_validation
from gameday.model import Role
from gameday.proxy.toxics import base


def test_the_roles_that_can_be_said_are_all_roles_in_their_order() -> None:
    assert list(ROLES) == [role.value for role in Role]


def test_an_attribute_is_held_to_what_our_server_takes() -> None:
    assert attribute_validation.MAX_ATTRIBUTE == base.MAX_ATTRIBUTE
