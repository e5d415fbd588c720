"""Program that starts, joins and ends drills through `gameday.app` alone, and prints what it saw as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from gameday.app.attach import AttachedDrill, attach_drill
from gameday.app.background_drill import start_background_drill, wait_for_end
from gameday.app.debrief import HEADINGS, Debrief
from gameday.app.drill_outcome import combine_exits, load_drill_outcome
from gameday.app.drill_status import query_drills
from gameday.app.finished_drills import load_finished_drill
from gameday.app.reporter import Reporter
from gameday.app.reviews import draft_review, refresh_after_debrief, write_html_page
from gameday.app.start_drill import DrillRequest, plan_with_people, prepare_drill, rehearse
from gameday.app.statements import send_intervention, send_statement
from gameday.app.stop_drills import stop_and_recover
from gameday.boards.drill_board import DrillBoard
from gameday.boards.playback import Playback
from gameday.boards.schedule_items import list_message_items
from gameday.errors import BadArguments, Exit, Refused
from gameday.timing import DEFAULT_TIMING

if TYPE_CHECKING:
    from gameday.drill.drill_record import DrillResult
    from gameday.model import Plan, Reading
from gameday.store.paths import data_folder
from gameday.store.protocols import DrillReader

PATIENCE_S = 60.0


class RecordingReporter(Reporter):
    """Reporter that keeps every line."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @override
    def output(self, line: str) -> None:
        self.lines.append(line)

    @override
    def status(self, line: str) -> None:
        self.lines.append(line)


class Follower:
    """A board that follows a running drill, as a page would."""

    def __init__(self, attached: AttachedDrill) -> None:
        self.board = DrillBoard(attached.plan)
        self._attached = attached
        self._playback = Playback(self.board, attached.plan)
        self._seq = self._batches = 0

    def until(self, condition: Callable[[], object]) -> None:
        def advance() -> object:
            drill, store = self._attached.running.drill, self._attached.store
            events = store.events(drill, self._seq)
            self._seq = events[-1].seq if events else self._seq
            readings, self._batches = store.readings_after(drill, self._batches)
            self._playback.advance(time.monotonic(), events, readings)
            return condition()

        wait_until(advance)


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, condition
        time.sleep(0.05)


def finish(result: DrillResult, store: DrillReader) -> Exit:
    outcome = load_drill_outcome(result, store)
    draft_review(store, result.drill, data_folder().reviews)
    return combine_exits([result], [outcome], store)


def join(drill: str) -> AttachedDrill:
    attached: list[AttachedDrill] = []

    def attach() -> bool:
        try:
            attached.append(attach_drill(drill, "", facilitate=True))
        except (BadArguments, Refused, IndexError):
            return False
        return True

    wait_until(attach)
    return attached[0]


def ignore_signals(_end_in_order: Callable[[str], None]) -> None:
    """Install no handler: a use case belongs to whoever called it."""


def facilitated() -> dict[str, object]:
    """Run a facilitated drill from the briefing to the refreshed review."""
    reporter = RecordingReporter()
    prepared = prepare_drill(DrillRequest("late.yaml", seed=1), reporter.status)
    people = plan_with_people(prepared, Path("roster.yaml"))
    assert people.cast is not None
    running = start_background_drill(
        people.plan, prepared.selected, prepared.store, prepared.folder, DEFAULT_TIMING, finish, lambda work: work(),
        ignore_signals,
    )  # fmt: skip
    drill = people.plan.drill
    attached = join(drill)
    follower = Follower(attached)
    board = follower.board
    follower.until(lambda: board.preflight_passed)
    send_statement({"kind": "prediction", "text": "it is slow", "role": None, "seconds_ago": 0.0}, drill)
    send_intervention({"intervention": "begin", "roles": ["ic", "ops"]}, drill, "")
    follower.until(lambda: any(event.kind == "effect" for event in board.events))
    send_statement({"kind": "acknowledged", "text": "", "role": "ops", "seconds_ago": 0.0}, drill)
    status = query_drills(attached.token, reporter.status, DEFAULT_TIMING).answers[0]
    phases = [fault.phase.value for fault in board.faults.all.values()]
    items = [item.what for item in list_message_items(board)]
    send_intervention({"intervention": "send", "message": 0}, drill, "")
    follower.until(lambda: any(event.kind == "message" for event in board.events))
    send_statement({"kind": "help", "text": "", "role": "ops", "seconds_ago": 0.0}, drill)
    code = running.wait()
    wait_for_end(attached.store, drill, reporter.status)
    follower.until(lambda: board.state.phase == "done")
    debrief = Debrief(attached.store, drill, prepared.folder.role_history)
    debrief.record_line(HEADINGS[0], None, "we looked at the wrong dashboard")
    review = refresh_after_debrief(attached.store, drill, prepared.folder.reviews)
    return {
        "exit": code, "status": sorted(status), "phases": phases, "items": items, "predictions": debrief.close(),
        "statements": [statement.what for statement in board.responders.statements],
        "end": [fault.phase.value for fault in board.faults.all.values()],
        "review": "wrong dashboard" in review.read_text(encoding="utf-8"),
    }  # fmt: skip


class CountingBoard(DrillBoard):
    """A board that counts its readings by the phase of the drill."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.readings: Counter[str] = Counter()

    @override
    def reading(self, reading: Reading) -> None:
        super().reading(reading)
        self.readings[self.state.phase.value] += 1


def rehearsed() -> dict[str, object]:
    """Rehearse a drill in this process."""
    reporter = RecordingReporter()
    prepared = prepare_drill(DrillRequest("late.yaml", seed=1), reporter.status)
    boards: list[CountingBoard] = []

    def make_view(plan: Plan, _token: str) -> CountingBoard:
        boards.append(CountingBoard(plan))
        return boards[-1]

    results = list(rehearse(prepared, make_view, ignore_signals))
    outcomes = [load_drill_outcome(result, prepared.store) for result in results]
    drill = results[0].drill
    draft_review(prepared.store, drill, Path("reviews"))
    write_html_page(prepared.store, drill, Path("reviews"))
    stop_and_recover("halt", reporter, DEFAULT_TIMING)
    return {
        "exit": combine_exits(results, outcomes, prepared.store),
        "kinds": sorted({event.kind for event in boards[0].events}), "readings": sorted(boards[0].readings),
        "end": [fault.phase.value for fault in boards[0].faults.all.values()], "lines": reporter.lines,
        "finished": len(load_finished_drill(drill, "show", "", reporter.status, DEFAULT_TIMING).events),
    }  # fmt: skip


if __name__ == "__main__":
    seen = {"facilitated": facilitated, "rehearsed": rehearsed}[sys.argv[1]]()
    interface = sorted(
        {name.partition(".")[0] for name in sys.modules} & {"click", "rich", "textual"}
        | {name for name in sys.modules if f"{name}.".startswith(("gameday.cli.", "gameday.terminal."))}
    )
    print(json.dumps({**seen, "interface": interface}))
