"""Whole drills through the use cases alone: no command, no terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from support.app_program import run_program
from support.facilitated_drill import furnish
from support.proxy_drill import Make, Place, ProxyServer

from gameday.errors import Exit


@pytest.fixture
def place(make: Make, ours: ProxyServer) -> Iterator[Place]:
    place = make(ours)
    furnish(place)
    yield place
    assert place.gameday("halt").code == Exit.HELD


def test_a_facilitated_drill_is_started_joined_and_ended_through_app_alone(place: Place) -> None:
    seen = run_program(place, "facilitated")
    assert seen["exit"] == Exit.HELD
    assert {"faults", "signals"} <= set(seen["status"]), "the facilitator's status"
    assert (seen["phases"], seen["end"]) == (["active"], ["reverted"])
    assert '"Somebody calls about the checkout."' in seen["items"]
    assert seen["statements"][0].startswith("Acknowledged")
    assert seen["predictions"] == ["it is slow"]
    assert seen["review"], "what was said in the debrief is in the review"
    assert seen["interface"] == [], "no command and no screen was loaded"
    assert place.clean()


def test_a_rehearsal_runs_through_app_alone(place: Place) -> None:
    place.write()
    seen = run_program(place, "rehearsed")
    assert seen["exit"] == Exit.HELD
    assert {"preflight", "running", "reverting"} <= set(seen["readings"]), "phases in which a screen gets readings"
    assert {"planned", "start", "fault", "reverted", "end"} <= set(seen["kinds"])
    assert seen["end"] == ["reverted"]
    assert seen["lines"][-1] == "Nothing is outstanding." and seen["finished"]
    assert seen["interface"] == []
    assert place.clean()


def test_a_drill_that_never_left_steady_state_is_not_said_to_have_recovered(place: Place) -> None:
    weak = "kind: latency, target: database, delay: 20ms, shows: {signal: wait, above: 10ms, by: fault+10s}"
    place.write(weak, stands="2s")
    ended = place.gameday("run", "late.yaml", "--rehearse")
    drill = next(word for word in ended.out.split() if re.fullmatch(r"gd-[0-9a-f]{4}[,;:]?", word)).strip(",;:")
    review = "".join(path.read_text() for path in (place.folder / "store" / "reviews").glob("*.md"))
    events = place.gameday("log", drill, "--format", "json").out
    assert "IMPACT" not in ended.out and '"steady-state"' in events
    assert "teady state holds" in ended.out and "steady state held after the drill" in review
    for text in (ended.out, review, place.gameday("show", drill).out):
        assert not re.search(r"recovered|(?<!until )steady state (was )?restored", text, re.IGNORECASE), text
    assert '"recovered"' not in events
