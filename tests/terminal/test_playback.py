"""A drill replayed from its log, and followed while another process writes it: every event once, in order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.shipped_drill import plan_of
from typing_extensions import override

from gameday.boards.playback import follow_store, replay
from gameday.boards.playback import read_recorded_plan as plan_in
from gameday.clock import JumpClock
from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.errors import BadArguments
from gameday.events import Ended, Event, NewEvent, Note, PhaseChanged, Planned, Started
from gameday.files.plan_codec import encode_plan
from gameday.model import EndReason, Phase, Plan, Reading
from gameday.process_identity import current_process
from gameday.store.sqlite import Store


class Seen(View):
    """A View that keeps what it was shown, and when."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.readings: list[Reading] = []
        self.ticks: list[float] = []
        self.ended = 0

    @override
    def begin(self, plan: Plan) -> None:
        assert plan.scenario.id == "db-slowdown"

    @override
    def event(self, event: Event, state: DrillState) -> None:
        self.kinds.append(event.kind)

    @override
    def reading(self, reading: Reading) -> None:
        self.readings.append(reading)

    @override
    def tick(self, now: float, state: DrillState) -> None:
        self.ticks.append(now)

    @override
    def end(self) -> None:
        self.ended += 1


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "gameday.db", JumpClock())
    store.begin("gd-0001", "test", "rehearsal", "", current_process())
    store.append("gd-0001", [NewEvent(Planned(plan=encode_plan(plan_of())))], 1)
    return store


@pytest.mark.parametrize("speed", [1.0, 20.0])
def test_replay_shows_every_event_and_reading_once_at_its_speed(store: Store, speed: float) -> None:
    began = store.events("gd-0001")[0].at
    said = [NewEvent(Started()), NewEvent(Note(text="one")), NewEvent(Ended(EndReason.ENDS))]
    store.append("gd-0001", said, 1)
    events = [replace(e, at=began + 10.0 * i, happened=began + 10.0 * i) for i, e in enumerate(store.events("gd-0001"))]
    readings = [Reading("journey-p95", began + 5.0 * i, 0.1) for i in range(5)]
    view, clock = Seen(), JumpClock()
    before = clock.monotonic()
    replay(events, readings, view, clock, speed)
    assert view.kinds == ["planned", "start", "note", "end"]
    assert view.readings == readings
    assert view.ended == 1
    assert view.ticks == sorted(view.ticks)
    assert clock.monotonic() - before == pytest.approx(30.0 / speed, abs=0.25)


def test_following_ends_with_the_drill_and_shows_every_event(store: Store) -> None:
    view, clock = Seen(), JumpClock()
    looks = iter(range(100))

    def gone() -> bool:
        look = next(looks)
        if look == 1:
            store.append("gd-0001", [NewEvent(Note(text="meanwhile"))], 1)
            store.put_readings("gd-0001", 1, [Reading("journey-p95", 1.0, 0.1)])
        if look == 3:
            store.append("gd-0001", [NewEvent(PhaseChanged(Phase.PLANNED, Phase.DONE))], 1)
        return False

    state = follow_store(store, "gd-0001", view, clock, gone)
    assert view.kinds == ["planned", "note", "phase"]
    assert [reading.signal for reading in view.readings] == ["journey-p95"]
    assert state.phase == "done" and view.ended == 1


def test_following_ends_when_the_runner_has_ended(store: Store) -> None:
    view = Seen()
    follow_store(store, "gd-0001", view, JumpClock(), lambda: True)
    assert view.ended == 1


def test_what_a_runner_recorded_just_before_it_ended_is_shown(store: Store) -> None:
    view = Seen()

    def record_and_end() -> bool:
        store.append("gd-0001", [NewEvent(PhaseChanged(Phase.PLANNED, Phase.DONE))], 1)
        return True

    assert follow_store(store, "gd-0001", view, JumpClock(), record_and_end).phase == "done"
    assert view.kinds == ["planned", "phase"]


def test_log_without_a_plan_is_reported() -> None:
    with pytest.raises(BadArguments, match="has no plan"):
        plan_in([])
