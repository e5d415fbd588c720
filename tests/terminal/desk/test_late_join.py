"""A desk that joins late loads only the readings that it can show; one without a runner offers to revert."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from support.shipped_drill import plan_of

from gameday.clock import JumpClock
from gameday.drill.control import client
from gameday.drill.control.socket_server import SocketServer
from gameday.events import NewEvent, Planned, Started
from gameday.files.plan_codec import encode_plan
from gameday.model import Mode, Plan, Reading
from gameday.process_identity import current_process
from gameday.store.sqlite import Store
from gameday.terminal.desk.app import MAX_INITIAL_BATCHES, Desk, DeskConfig
from gameday.terminal.glyphs import select_glyphs


def desk_on(plan: Plan, store: Store, clock: JumpClock, *, gone: bool = False) -> Desk:
    to_it = client.DrillClient(plan.drill, store.path.with_suffix(".sock"))
    glyphs = select_glyphs("utf-8", {})
    return Desk(DeskConfig(plan, store, to_it, clock, glyphs, lambda: gone, lambda _: None, lambda _: None))


def stored(plan: Plan, path: Path) -> Store:
    store = Store(path, JumpClock())
    store.begin(plan.drill, "test", plan.mode.value, "", current_process())
    store.append(plan.drill, [NewEvent(Planned(plan=encode_plan(plan)))], 1)
    return store


async def first_look(desk: Desk) -> None:
    async with desk.run_test(size=(80, 24)):
        pass


@pytest.mark.parametrize(("batches", "first"), [(3, 0), (MAX_INITIAL_BATCHES + 40, 40)])
def test_a_late_desk_begins_with_the_recent_readings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches: int, first: int
) -> None:
    plan = plan_of(Mode.FACILITATED)
    store = stored(plan, tmp_path / "gameday.db")
    for index in range(batches):
        store.put_readings(plan.drill, index + 1, [Reading("journey-p95", float(index), 0.1)])
    desk = desk_on(plan, store, JumpClock())
    shown: list[float] = []
    monkeypatch.setattr(desk.state.board, "reading", lambda reading: shown.append(reading.at))
    asyncio.run(first_look(desk))
    assert shown == [float(index) for index in range(first, batches)]
    store.close()


@pytest.mark.parametrize("there", [True, False], ids=["a guardian", "nobody"])
def test_a_desk_without_its_runner_asks_the_guardian_before_it_halts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(client, "start_detached_command", begun.append)
    plan = plan_of(Mode.FACILITATED)
    store = stored(plan, tmp_path / "gameday.db")
    store.append(plan.drill, [NewEvent(Started(delay=0.0))], 1)
    clock = JumpClock()
    desk = desk_on(plan, store, clock, gone=True)
    guardian = SocketServer(tmp_path / "gameday.guardian.sock", lambda _: {"accepted": True}) if there else None
    asyncio.run(orphaned(desk, clock, lambda: desk.state.footer_answer))
    assert (client.GUARDIAN_IS_REVERTING in desk.state.footer_answer, begun) == (
        (True, []) if there else (False, ["halt"])
    )
    if guardian is not None:
        guardian.close()
    store.close()


async def orphaned(desk: Desk, clock: JumpClock, done: Callable[[], object]) -> None:
    """Longer than a guardian needs, until it is said what is done about it."""
    async with desk.run_test(size=(80, 24)) as pilot:
        clock.advance(client.GUARDIAN_GRACE_S + 1)
        for _ in range(500):
            if done():
                return
            await pilot.pause(0.02)
