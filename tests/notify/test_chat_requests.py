"""Commands from a chat: the rights of the pages, roles instead of names, and strangers who may only stop."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from typing_extensions import override

from gameday.app.chat_people import find_chat_people
from gameday.drill.chat_requests import CLAIMABLE, STATEMENTS, ChatRequests, statements_of
from gameday.drill.control.client import DrillClient
from gameday.model import ChannelBinding, Environment, Role
from gameday.plugins.channel import ChatCommand
from gameday.web import rights
from gameday.web.rights import PageRole

ANA, BEN, STRANGER = "U0ANA0001", "U0BEN0001", "U0NOBODY1"


class RecordingClient(DrillClient):
    """Client that remembers what it sends."""

    def __init__(self, answer: str = "Recorded: it") -> None:
        super().__init__("gd-7f3a", Path("unused"))
        object.__setattr__(self, "sent", [])
        object.__setattr__(self, "answer", answer)

    sent: list[tuple[object, ...]]
    answer: str

    @override
    def send_statement(self, kind: str, text: str, role: str | None, seconds_ago: float) -> str:
        self.sent.append((kind, text, role, round(seconds_ago)))
        return self.answer

    @override
    def stop(self, *, on_page: bool = False) -> str:
        self.sent.append(("stop",))
        return self.answer

    @override
    def end(self) -> str:
        self.sent.append(("end",))
        return self.answer


def test_a_statement_has_the_role_of_its_author_and_the_time_it_was_given() -> None:
    client = RecordingClient()
    requests = ChatRequests({ANA: Role.IC, BEN: None}, client)
    assert requests.receive(ChatCommand(ANA, "decision", "roll back", time.time() - 90)) == "Recorded: it"
    requests.receive(ChatCommand(BEN, "note", "hm", time.time()))
    assert client.sent == [("decision", "roll back", Role.IC, 90), ("note", "hm", None, 0)]


def test_a_stranger_may_stop_and_end_and_is_ignored_otherwise() -> None:
    client = RecordingClient()
    requests = ChatRequests({ANA: None}, client)
    assert requests.receive(ChatCommand(STRANGER, "decision", "x")) == ""
    assert requests.receive(ChatCommand(STRANGER, "role-claimed", "ic")) == ""
    assert requests.receive(ChatCommand(STRANGER, "stop")) and requests.receive(ChatCommand(STRANGER, "end"))
    assert client.sent == [("stop",), ("end",)]
    assert requests.ignored == 2 and requests.describe_ignored().startswith("2 commands from the chat ignored")
    assert STRANGER not in requests.describe_ignored()


@pytest.mark.parametrize("page", [PageRole.IC, PageRole.MENTOR, PageRole.OBSERVER, PageRole.RESPONDERS])
def test_the_rights_are_those_of_the_pages(page: PageRole) -> None:
    allowed = set(rights.statements_of(page))
    if rights.is_allowed(page, rights.Action.CLAIM):
        allowed |= {"role-claimed"}
    assert statements_of(page.drill_role) == allowed
    assert rights.CLAIMABLE == CLAIMABLE and statements_of(None) == STATEMENTS


def test_those_who_watch_cannot_respond() -> None:
    client = RecordingClient()
    requests = ChatRequests({ANA: Role.OBSERVER}, client)
    assert requests.receive(ChatCommand(ANA, "declared")).startswith("Rejected: observer")
    requests.receive(ChatCommand(ANA, "stop-held"))
    assert client.sent == [("stop-held", "", Role.OBSERVER, 0)]


def test_a_role_can_be_taken_and_counts_from_then_on() -> None:
    client = RecordingClient()
    requests = ChatRequests({ANA: None}, client)
    assert requests.receive(ChatCommand(ANA, "role-claimed", "boss")).startswith("Choose a role: ic, ops")
    requests.receive(ChatCommand(ANA, "role-claimed", "Ops"))
    requests.receive(ChatCommand(ANA, "note", "x"))
    assert client.sent == [("role-claimed", "", Role.OPS, 0), ("note", "x", Role.OPS, 0)]
    taken = RecordingClient("Rejected: role IC is already taken")
    requests = ChatRequests({ANA: None}, taken)
    requests.receive(ChatCommand(ANA, "role-claimed", "ic"))
    requests.receive(ChatCommand(ANA, "note", "x"))
    assert taken.sent[-1] == ("note", "x", None, 0)


def test_the_people_are_those_of_the_roster_with_an_id(tmp_path: Path) -> None:
    roster = tmp_path / "roster.yaml"
    roster.write_text(
        "gameday: 1\nteam: shop\npeople:\n"
        "  - {id: ana, level: 5, roles: [ic], slack: U0ANA0001}\n  - {id: ben, level: 1, roles: [ops]}\n"
    )
    environment = Environment("staging", {}, {}, {}, channels={"team": ChannelBinding("team", "slack", {})})
    assert find_chat_people(environment, roster, None) == {ANA: None}
    assert find_chat_people(Environment("staging", {}, {}, {}), roster, None) == {}
    roster.write_text("{")
    assert find_chat_people(environment, roster, None) == {}
