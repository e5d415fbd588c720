"""What is written down twice, because loading the first would make a quick command slow, is the same in both."""

from __future__ import annotations

from gameday.cli.proxy import attributes
from gameday.cli.said import ROLES
from gameday.model import Role
from gameday.proxy.toxics import stage


def test_the_roles_that_can_be_said_are_all_roles_in_their_order() -> None:
    assert list(ROLES) == [role.value for role in Role]


def test_an_attribute_is_held_to_what_our_server_takes() -> None:
    assert attributes.MOST == stage.MAX_ATTRIBUTE
