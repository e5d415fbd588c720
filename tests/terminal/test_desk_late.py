"""A desk that comes late to a drill: it begins with the readings that it can still show, not with all of an hour."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from made_plan import plan_of

from gameday.clock import JumpClock
from gameday.events import Draft
from gameday.files.played import written
from gameday.identity import me
from gameday.model import Mode, Plan, Reading
from gameday.store.sqlite import Store
from gameday.terminal.desk.app import RECENT, Desk, Watch
from gameday.terminal.desk.link import Link
from gameday.terminal.signs import signs_for


def desk_on(plan: Plan, store: Store) -> Desk:
    link = Link(plan.drill, store.path.with_suffix(".sock"))
    signs = signs_for("utf-8", {})
    return Desk(Watch(plan, store, link, JumpClock(), signs, lambda: False, lambda _: None, lambda _: None))


async def first_look(desk: Desk) -> None:
    async with desk.run_test(size=(80, 24)):
        pass


@pytest.mark.parametrize(("batches", "first"), [(3, 0), (RECENT + 40, 40)])
def test_a_late_desk_begins_with_the_recent_readings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches: int, first: int
) -> None:
    plan, store = plan_of(Mode.FACILITATED), Store(tmp_path / "gameday.db", JumpClock())
    store.begin(plan.drill, "test", plan.mode.value, "", me())
    store.append(plan.drill, [Draft("planned", {"play": written(plan)})], 1)
    for index in range(batches):
        store.save_readings(plan.drill, [Reading("journey-p95", float(index), 0.1)])
    desk = desk_on(plan, store)
    shown: list[float] = []
    monkeypatch.setattr(desk.face.watched, "reading", lambda reading: shown.append(reading.at))
    asyncio.run(first_look(desk))
    assert shown == [float(index) for index in range(first, batches)]
    store.close()
