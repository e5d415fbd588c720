"""An acknowledged request is in the log; of two simultaneous claims, one succeeds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.shipped_drill import plan_of

from gameday.app.statements import describe_confirmation
from gameday.clock import JumpClock
from gameday.drill.control import facilitator_token
from gameday.drill.control.client import (
    NoResponse,
    ResponseUnknown,
    ServerAnswer,
    describe_answer,
    send_request_with_deadline,
)
from gameday.drill.control.participant_requests import statement_name
from gameday.drill.control.request_handler import ControlRequestHandler
from gameday.drill.control.socket_server import SocketServer
from gameday.drill.inbox import Inbox
from gameday.drill.log import Log
from gameday.drill.reading_collector import ReadingCollector
from gameday.events import STATEMENT_TYPES, NewEvent, PhaseChanged, Started, body_data, encode_body, statement
from gameday.model import Action, Environment, Mode, Phase
from gameday.process_identity import current_process
from gameday.store.open import open_store
from gameday.store.paths import DataFolder

ACTIONS = {"cache-on": Action("cache-on", ("true",))}
PLAN = replace(plan_of(Mode.FACILITATED), environment=Environment("test", {}, {}, ACTIONS))


class Running:
    """A drill that runs, as far as its door can see."""

    def __init__(self, path: Path) -> None:
        self.clock = clock = JumpClock()
        wake = threading.Event()
        self.store = open_store(DataFolder(path.parent))
        epoch = self.store.begin(
            PLAN.drill, "test", "facilitated", facilitator_token.digest_token("abc"), current_process()
        )
        self.log = Log(self.store, PLAN.drill, epoch)
        self.log.append(NewEvent(PhaseChanged(Phase.PREFLIGHT, Phase.RUNNING)), NewEvent(Started(delay=0.0)))
        gauges = ReadingCollector(PLAN.environment, frozenset(), self.log.save_readings, clock, wake)
        self.answers = ControlRequestHandler(PLAN, self.log, gauges, Inbox(lambda: None), clock, wake)

    def told(self, **request: Any) -> list[dict[str, Any]]:
        """Return the answers to six clients that send this at the same time."""
        gate = threading.Barrier(6)

        def ask(_: int) -> dict[str, Any]:
            gate.wait()
            return dict(self.answers(request))

        with ThreadPoolExecutor(6) as six:
            return list(six.map(ask, range(6)))

    def kinds(self) -> list[str]:
        return [event.kind for event in self.store.events(PLAN.drill)]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    found = Running(tmp_path / "gameday.db")
    yield found
    found.store.close()


def test_answered_request_is_already_stored(running: Running) -> None:
    assert [one["accepted"] for one in running.told(request="statement", kind="note", text="red")] == [True] * 6
    assert running.kinds().count("note") == 6


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        ({"request": "statement", "kind": "role-claimed", "role": "scribe"}, "role-claimed"),
        ({"request": "intervention", "token": "abc", "intervention": "extend"}, "extended"),
        ({"request": "intervention", "token": "abc", "intervention": "pause"}, "paused"),
    ],
)
def test_only_one_of_six_simultaneous_requests_succeeds(request_: dict[str, Any], kind: str, running: Running) -> None:
    heard = [one for one in running.told(**request_) if one["accepted"]]
    assert len(heard) == 1
    assert running.kinds().count(kind) == 1


def test_any_pasted_text_can_be_stored_and_exported(running: Running) -> None:
    odd = "caf\udce9 \x1b[2J\nnext"
    assert running.answers({"request": "statement", "kind": "note", "text": odd})["accepted"]
    assert running.answers({"request": "intervention", "token": "abc", "intervention": "private", "text": odd})[
        "accepted"
    ]
    for event in running.store.events(PLAN.drill)[-2:]:
        encode_body(event.body).encode()
        assert str(body_data(event.body)["text"]).isprintable()


def test_impossible_time_is_adjusted_to_drill_start(running: Running) -> None:
    answer = running.answers({"request": "statement", "kind": "declared", "seconds_ago": 1e18})
    assert "time adjusted" in answer["confirmation"]
    declared = running.store.events(PLAN.drill)[-1]
    assert declared.happened == running.log.state.started_at


ASKED = [
    {"request": "statement", "kind": "note", "text": "red"},
    {"request": "action", "action": "cache-on"},
    {"request": "intervention", "token": "abc", "intervention": "pause"},
]


@pytest.mark.parametrize("request_", ASKED)
def test_request_after_takeover_is_not_confirmed(request_: dict[str, Any], running: Running) -> None:
    running.store.take_over(PLAN.drill, current_process())
    before = running.kinds()
    answer = running.answers(request_)
    assert not answer["accepted"] and "not recorded" in answer["reason"]
    assert running.kinds() == before


@pytest.mark.parametrize("request_", ASKED)
def test_request_of_a_client_that_left_is_not_recorded(request_: dict[str, Any], running: Running) -> None:
    before, now = running.kinds(), running.clock.monotonic()
    running.clock.advance(2.5)
    assert not running.answers({**request_, "sent_at": now, "expires_at": now + 2.0})["accepted"]
    assert running.kinds() == before
    assert running.answers({**request_, "sent_at": now, "expires_at": now + 3.0})["accepted"]
    assert len(running.kinds()) == len(before) + 1


def test_abandoned_requests_are_dropped_after_a_standstill(running: Running, tmp_path: Path) -> None:
    """Through the door itself: asked while it cannot look, left, and then it looks."""
    wakes, looked = threading.Event(), threading.Event()

    def late(request: Mapping[str, Any]) -> ServerAnswer:
        wakes.wait(60)
        running.clock.advance(time.monotonic() - running.clock.monotonic())
        try:
            return running.answers(request)
        finally:
            looked.set()

    door = SocketServer(tmp_path / "door", late)
    try:
        with pytest.raises(ResponseUnknown):
            send_request_with_deadline(door.path, {"request": "statement", "kind": "note", "text": "red"}, 0.05)
        wakes.set()
        assert looked.wait(60)
    finally:
        door.close()
    assert "note" not in running.kinds()
    with pytest.raises(NoResponse) as caught:
        send_request_with_deadline(door.path, {"request": "statement"}, 0.05)
    assert not isinstance(caught.value, ResponseUnknown), "nobody was there, so nothing can be written down"


def test_queued_request_keeps_the_time_it_was_made(running: Running) -> None:
    now = running.clock.monotonic()
    running.clock.advance(1.5)
    assert running.answers({"request": "statement", "kind": "declared", "sent_at": now, "expires_at": now + 2.0})[
        "accepted"
    ]
    assert running.store.events(PLAN.drill)[-1].happened == now


def test_second_declaration_is_answered_as_already_recorded(running: Running) -> None:
    first, second = (running.answers({"request": "statement", "kind": "declared"})["confirmation"] for _ in range(2))
    assert "already" not in first and "already" in second


def test_interventions_need_the_token(running: Running) -> None:
    assert not running.answers({"request": "intervention", "token": "abd", "intervention": "pause"})["accepted"]
    assert "paused" not in running.kinds()


@pytest.mark.parametrize(
    ("request_", "screen", "command"),
    [
        ({"request": "statement", "kind": "help"}, "Recorded: help requested", "Recorded in {}: help requested"),
        ({"request": "statement", "kind": "severity", "text": "SEV2"}, "Recorded: severity SEV2",
         "Recorded in {}: severity SEV2"),
        ({"request": "statement", "kind": "role-claimed", "role": "ops"}, "Recorded: ops: role claimed",
         "Recorded in {}: ops: role claimed"),
        ({"request": "action", "action": "cache-on"}, "Running cache-on", "{}: running cache-on"),
        ({"request": "intervention", "token": "abc", "intervention": "pause"}, "Paused", "{}: paused"),
        ({"request": "intervention", "token": "abc", "intervention": "send", "message": 3}, "Message 4 sent",
         "{}: message 4 sent"),
        ({"request": "intervention", "token": "abc", "intervention": "private", "text": "a"}, "Recorded: private note",
         "Recorded in {}: private note"),
    ],
)  # fmt: skip
def test_confirmation_says_what_was_recorded_or_what_happens_now(
    request_: dict[str, Any], screen: str, command: str, running: Running
) -> None:
    answer = running.answers(request_)
    assert describe_answer(answer) == screen
    assert describe_confirmation(PLAN.drill, answer) == command.format(PLAN.drill)


def test_every_record_that_can_be_retracted_is_listed(running: Running) -> None:
    for number in range(12):
        running.answers({"request": "statement", "kind": "note", "text": f"{number} {'x' * 1000}"})
    records = running.answers({"request": "retract"})["records"]
    assert len(records) == 12
    assert all(len(text) <= 200 for _, text in records)


@pytest.mark.parametrize(
    ("request_", "remedy"),
    [
        ({"request": "action", "action": "cache-no"}, "Did you mean 'cache-on'? Available: cache-on."),
        ({"request": "retract", "entry": 999}, "gameday retract"),
        ({"request": "statement", "kind": "note", "text": " "}, ""),
        ({"request": "intervention", "token": "abc", "intervention": "send", "message": 98}, "messages 1 to "),
        ({"request": "intervention", "token": "abc", "intervention": "now", "fault": "solw"}, "Its faults: slow."),
    ],
)
def test_mistyped_name_or_number_is_reported_as_invalid(
    request_: dict[str, Any], remedy: str, running: Running
) -> None:
    running.answers({"request": "statement", "kind": "note", "text": "can be retracted"})
    answer = running.answers(request_)
    assert (answer["accepted"], answer["invalid"]) == (False, True)
    assert remedy in answer["remedy"]


@pytest.mark.parametrize(
    "request_",
    [
        {"request": "statement", "kind": "handover", "role": "ops"},
        {"request": "intervention", "token": "abc", "intervention": "resume"},
        {"request": "intervention", "token": "abc", "intervention": "adjust", "value": "1s"},
    ],
)
def test_request_that_is_impossible_now_is_not_reported_as_invalid(request_: dict[str, Any], running: Running) -> None:
    answer = running.answers(request_)
    assert (answer["accepted"], answer["invalid"]) == (False, False)


def test_handover_of_a_role_that_nobody_holds_names_it(running: Running) -> None:
    answer = running.answers({"request": "statement", "kind": "handover", "role": "ops"})
    assert describe_answer(answer) == "Rejected: nobody holds the role ops. Take it: gameday claim ops"


def test_every_statement_has_a_name_in_words() -> None:
    named = {kind: statement_name(NewEvent(statement(kind, "a"))) for kind in STATEMENT_TYPES}
    assert not [name for name in named.values() if "-" in name] and named["ic-announced"] == "IC announced"
