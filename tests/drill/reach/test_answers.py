"""What is answered as heard is in the log; of two who ask for the same at one moment, one gets it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from made_plan import plan_of

from gameday.clock import JumpClock
from gameday.drill.asked import Asked
from gameday.drill.gauges import Gauges
from gameday.drill.log import Log
from gameday.drill.reach import token
from gameday.drill.reach.answers import Answers
from gameday.events import Draft
from gameday.identity import me
from gameday.model import Mode
from gameday.store.open import open_store

PLAN = plan_of(Mode.FACILITATED)


class Running:
    """A drill that runs, as far as its door can see."""

    def __init__(self, path: Path) -> None:
        clock, wake = JumpClock(), threading.Event()
        self.store = open_store(path)
        epoch = self.store.begin(PLAN.drill, "test", "facilitated", token.digest("abc"), me())
        self.log = Log(self.store, PLAN.drill, epoch)
        self.log.append(Draft("phase", {"before": "preflight", "after": "running"}), Draft("startex", {"delay": 0.0}))
        gauges = Gauges(PLAN.environment, frozenset(), self.store, PLAN.drill, clock, wake)
        self.answers = Answers(PLAN, self.log, gauges, Asked(lambda: None), clock, wake)

    def told(self, **request: Any) -> list[dict[str, Any]]:
        """What six are answered who all ask this at once."""
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


def test_what_was_heard_is_in_the_store_when_it_is_answered(running: Running) -> None:
    assert [one["heard"] for one in running.told(do="say", kind="note", say="red")] == [True] * 6
    assert running.kinds().count("note") == 6


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        ({"do": "say", "kind": "claimed", "role": "scribe"}, "claimed"),
        ({"do": "hand", "token": "abc", "hand": "extend"}, "extended"),
        ({"do": "hand", "token": "abc", "hand": "pause"}, "paused"),
    ],
)
def test_of_six_who_ask_for_one_thing_one_gets_it(request_: dict[str, Any], kind: str, running: Running) -> None:
    heard = [one for one in running.told(**request_) if one["heard"]]
    assert len(heard) == 1
    assert running.kinds().count(kind) == 1


def test_whatever_bytes_somebody_pastes_every_file_can_take_them(running: Running) -> None:
    odd = "caf\udce9 \x1b[2J\nnext"
    assert running.answers({"do": "say", "kind": "note", "say": odd})["heard"]
    assert running.answers({"do": "hand", "token": "abc", "hand": "private", "say": odd})["heard"]
    for event in running.store.events(PLAN.drill)[-2:]:
        json.dumps(dict(event.data), ensure_ascii=False).encode()
        assert str(event.data["say"]).isprintable()


def test_a_time_before_all_times_is_put_where_it_can_have_been(running: Running) -> None:
    answer = running.answers({"do": "say", "kind": "declared", "ago": 1e18})
    assert "can first have been" in answer["said"]
    declared = running.store.events(PLAN.drill)[-1]
    assert declared.happened == running.log.state.startex


def test_only_who_holds_the_token_has_hands(running: Running) -> None:
    assert not running.answers({"do": "hand", "token": "abd", "hand": "pause"})["heard"]
    assert "paused" not in running.kinds()
