"""`gameday was-it-us`: an answer for whoever sees something odd in an environment."""

from __future__ import annotations

import re

import pytest
from support.drill_folder import eventually
from support.proxy_drill import LATENCY, Make, Place, ProxyServer

from gameday.errors import Exit


@pytest.fixture
def place(make: Make, ours: ProxyServer) -> Place:
    place = make(ours)
    place.write(LATENCY, stands="1s", timebox="90s")
    return place


def test_an_earlier_drill_is_named_where_none_ran(place: Place) -> None:
    ended = place.gameday("run", "late.yaml", "--rehearse", "--no-review")
    assert ended.code == Exit.HELD, ended
    [drill] = set(re.findall(r"gd-[0-9a-f]{4}(?=;)", ended.out))
    no = f"No: no drill of this project ran in {place.name} at"
    eventually(lambda: place.gameday("was-it-us").out.startswith(no), "a second after the drill")
    assert f"The last before: {drill}, " in place.gameday("was-it-us").out
    assert "The last before" not in place.gameday("was-it-us", "--at", "-40m").out


def test_a_running_drill_is_told_without_its_fault(place: Place) -> None:
    place.write(LATENCY, stands="60s", timebox="90s")
    run = place.run()
    run.wait_for_event("fault")
    shown = place.gameday("was-it-us").out
    assert shown.startswith(f"Yes: drill {run.drill} runs in {place.name} since") and "gameday stop" in shown
    assert "latency" not in shown and "database" not in shown
    run.signal(2)
    assert run.code() == Exit.HALTED
    eventually(lambda: place.gameday("was-it-us").out.startswith("No:"), "a time after the drill")
    end = re.findall(r" to (\S+ \S+) ", place.gameday("was-it-us").out)[0]
    begin = re.findall(r"latency on database: (\S+ \S+) ", place.gameday("was-it-us", "--at", end).out)[0]
    assert re.search("latency on database: .*, present then", place.gameday("was-it-us", "--at", begin).out)


@pytest.mark.parametrize("at", ["soon", "25:00", "2026-13-01 10:00"])
def test_a_time_that_is_none_is_named(place: Place, at: str) -> None:
    refused = place.gameday("was-it-us", "--at", at)
    assert refused.code == Exit.BAD_INPUT and "--at" in refused.err, refused


def test_nothing_recorded_is_an_answer(place: Place) -> None:
    shown = place.gameday("was-it-us")
    assert shown.code == Exit.HELD and shown.out.startswith("No:") and "The last" not in shown.out
