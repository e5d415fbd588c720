"""An intent that this version cannot read keeps its environment dirty, and is reported, until a person closes it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest
from support.proxy_drill import Make, Place, ProxyServer
from support.run_process import Run

from gameday.errors import Exit
from gameday.timing import Timing

pytestmark = pytest.mark.engine("toxiproxy")
SHORT = Timing(quiet_period=1.0, revert_timeout=2.0)


def dead_drill(place: Place) -> Run:
    """Start a drill and kill runner and guardian; its intent is then one of a newer version."""
    place.write(stands="60s")
    run = place.run(timing=SHORT)
    run.wait_for_event("fault")
    run.kill_all()
    with contextlib.closing(sqlite3.connect(run.store)) as db, db:
        (data,) = db.execute("select data from events where drill = ? and kind = 'intended'", (run.drill,)).fetchone()
        intent = {**json.loads(data)["intent"], "guarantee": "a mechanism of a newer version"}
        query = "update events set data = ? where drill = ? and kind = 'intended'"
        db.execute(query, (json.dumps({"intent": intent}), run.drill))
    for journal in place.runtime.glob("*.journal"):
        journal.unlink()
    return run


def remove_toxics(place: Place) -> None:
    """Do by hand what the reason says."""
    assert place.gameday("halt", "--sweep", place.name, "--yes").code == Exit.HELD
    assert place.clean()


def test_unreadable_intent_keeps_the_environment_dirty(make: Make, original: ProxyServer) -> None:
    place = make(original)
    run = dead_drill(place)
    [marker] = place.marks()
    for words in (("halt",), ("run", "late.yaml", "--rehearse")):
        ended = place.gameday(*words, timing=SHORT)
        assert ended.code == Exit.DIRTY, ended
        assert marker in ended.err and "cannot be read by this version" in ended.err
    closed = place.gameday("halt", "--give-up", marker, "--reason", "removed by hand")
    assert closed.code == Exit.HELD, closed
    assert place.gameday("halt", timing=SHORT).out == "Nothing is outstanding.\n"
    assert run.kinds().count("end") == 1
    remove_toxics(place)


def test_fault_of_a_lost_store_can_be_closed_by_hand(make: Make, original: ProxyServer) -> None:
    place = make(original)
    place.write(stands="60s")
    run = place.run(timing=SHORT)
    run.wait_for_event("fault")
    run.kill_all()
    for path in Path(run.store.parent).glob("gameday.db*"):
        path.unlink()
    [marker] = place.marks()
    closed = place.gameday("halt", "--give-up", run.drill, "--reason", "removed by hand")
    assert closed.code == Exit.HELD and marker in closed.out, closed
    assert place.gameday("halt", timing=SHORT).out == "Nothing is outstanding.\n"
    assert place.marks() == [marker]
    remove_toxics(place)
