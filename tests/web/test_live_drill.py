"""The drill that the pages follow: changes, timers that become overdue, a store that cannot be read, the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import pytest
from support.drill_factory import DRILL, Row, event, numbered
from support.shipped_drill import plan
from support.web_pages import BASE, BEGUN, STOPPED, WebDrill, words_of
from typing_extensions import override

from gameday.app.attach import AttachedDrill
from gameday.drill.planning import planned_event
from gameday.events import Event
from gameday.model import Mode, Reading, Role, Source
from gameday.store.protocols import DrillStore, StoreBusy
from gameday.web.links import create_links
from gameday.web.live_drill import LiveDrill
from gameday.web.rights import PageRole

DECLARED: Row = (12.0, "declared", {}, Source.HUMAN, Role.IC)
UPDATED: Row = (20.0, "update", {"text": "checkout is slow"}, Source.HUMAN, Role.COMMS)


def test_a_timer_that_becomes_overdue_is_a_change(drill: WebDrill) -> None:
    drill.show(DECLARED, UPDATED)
    drill.live.tick(drill.clock.monotonic(), drill.state)
    version, page = drill.live.version, drill.browser(PageRole.WALL).get("/").text
    assert "Next update due in" in page
    drill.clock.advance(60.0)
    drill.live.tick(drill.clock.monotonic(), drill.state)
    assert drill.live.version == version, "a time that only goes on is counted in the browser"
    drill.clock.advance(600.0)
    drill.live.tick(drill.clock.monotonic(), drill.state)
    assert drill.live.version == version + 1
    assert "Update overdue by" in drill.browser(PageRole.WALL).get("/state").text


@dataclass
class BusyStore:
    """A store that is locked when it is read for the second and the third time."""

    log: Sequence[Event]
    reads: int = 0

    def events(self, drill: str, after: int = 0) -> list[Event]:
        self.reads += 1
        if self.reads in (2, 3):
            raise StoreBusy("locked")
        return [event for event in self.log if event.seq > after]

    def readings_after(self, drill: str, batch: int) -> tuple[list[Reading], int]:
        return [], batch


class EndingDrill(AttachedDrill):
    """A drill whose processes are gone once its log was read five times."""

    @override
    def has_ended(self) -> bool:
        return cast("BusyStore", self.store).reads >= 5


def follow(drill: WebDrill, *rows: Row) -> LiveDrill:
    """Follow a log to its end, in this thread."""
    begun = replace(event((1.0, "note", {}, Source.RUNNER, None)), body=planned_event(plan(Mode.FACILITATED)))
    store = cast("DrillStore", BusyStore(numbered([begun, *map(event, rows)])))
    attached = EndingDrill(drill.live.attached.running, store, plan(Mode.FACILITATED), "", None)
    live = LiveDrill(attached, drill.clock)
    live.follow()
    return live


def test_a_store_that_is_locked_for_a_while_is_read_again(drill: WebDrill, capsys: pytest.CaptureFixture[str]) -> None:
    live = follow(drill, *BEGUN, UPDATED)
    assert live.is_closed
    assert live.read(lambda board, _: [message.what for message in board.responders.statements]) == [
        "Status update: checkout is slow"
    ], "nothing is missing, and nothing is there twice"
    assert "StoreBusy" in capsys.readouterr().err


def test_a_drill_without_processes_is_said_to_be_one_and_keeps_stop(drill: WebDrill) -> None:
    drill.live.is_closed = True
    page = drill.browser(PageRole.OBSERVER).get("/").text
    assert "The drill does not respond" in words_of(page) and 'action="/stop"' in page
    drill.live.is_closed = False
    assert "does not respond" not in drill.browser(PageRole.OBSERVER).get("/").text


def test_before_the_start_the_page_says_who_has_not_joined() -> None:
    drill = WebDrill(create_links(DRILL, BASE))
    responder = drill.browser(PageRole.RESPONDERS)
    page = responder.get("/").text
    assert "Not joined yet: IC, ops, somebody who holds STOP" in words_of(page)
    assert page.index("Take or hand over a role") < page.index("Record</h2>"), "roles come first"
    drill.show((1.0, "role-claimed", {}, Source.HUMAN, Role.IC), (2.0, "stop-held", {}, Source.HUMAN, Role.OBSERVER))
    assert "Not joined yet: ops ." in words_of(responder.get("/").text)
    drill.show((3.0, "role-claimed", {}, Source.HUMAN, Role.OPS))
    assert "Not joined yet" not in words_of(responder.get("/").text)


def test_stop_asks_only_when_everything_is_reverted(drill: WebDrill) -> None:
    wall = drill.browser(PageRole.WALL)
    drill.show(STOPPED[0])
    assert "being reverted" in words_of(wall.get("/").text)
    drill.show(STOPPED[1])
    page = wall.get("/").text
    assert "End, or resume?" in words_of(page) and 'action="/end"' in page


def test_an_update_has_only_the_parts_that_changed_since_the_version_that_a_page_has(drill: WebDrill) -> None:
    pages, live, token = drill.endpoints.pages, drill.live, drill.links.tokens[PageRole.IC]

    def parts(seen: int) -> set[str]:
        return set(json.loads(pages.update(PageRole.IC, token, live.version, seen))["parts"])

    first = live.version
    assert parts(-1) == {"state", "forms", "people"}, "whoever has nothing gets everything"
    drill.clock.advance(5.0)
    drill.show((30.0, "note", {"text": "a graph is red"}, Source.HUMAN, Role.OPS))
    assert parts(first) == {"people"}
    assert parts(first - 1) == {"state", "forms", "people"}, "a version that is not known any more"
    drill.show(*STOPPED)
    assert parts(first) == {"state", "forms", "people"}
