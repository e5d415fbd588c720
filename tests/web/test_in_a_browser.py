"""A drill in a real Chromium: five people with a page each, and one without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chromium import PHONE, Chromium, Person, running_chromium
from support.drill_folder import eventually
from support.facilitated_drill import PLANTED, events, kinds
from support.proxy_drill import Place
from support.recording_relay import RecordingRelay
from support.web_server import Served, open_desk, start_drill

from gameday.errors import Exit

pytestmark = pytest.mark.engine("chromium")


@pytest.fixture
def served(place: Place) -> Iterator[Served]:
    served = Served(place)
    yield served
    served.close()


@pytest.fixture
def browser() -> Iterator[Chromium]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def relay() -> Iterator[RecordingRelay]:
    relay = RecordingRelay()
    yield relay
    relay.close()


def test_five_people_play_a_drill(place: Place, served: Served, browser: Chromium, relay: RecordingRelay) -> None:
    with open_desk(place) as desk:
        pages = served.start("--url", relay.url)
        relay.target = pages.address
        people = {name: browser.person() for name in pages.urls}
        for name, person in people.items():
            person.set_width(PHONE)
            person.join(pages.urls[name])
            assert "Not started" in person.text
        ic = people["ic"]
        ic.fill(text="half a sentence")
        start_drill(desk, place)
        ic.until("Declare an incident")
        assert ic.run("document.getElementById('text').value") == "half a sentence", "other forms, the same text"
        ic.run("document.getElementById('text').value = ''")
        fits(people)
        wall, responder = people["wall"], people["responders"]
        for person in people.values():
            person.until("Running")
            person.run("window.isSamePage = true")
            person.run("window.pageElement = document.querySelector('[role=alert]')")

        assert place.gameday("note", "a graph is red").code == Exit.HELD
        for person in people.values():
            person.until("a graph is red")
            assert person.run("window.isSamePage"), "the page changed without being loaded again"
            assert person.run("window.pageElement.isConnected"), "a screen reader does not read the page again"
        responder.fill(role="ops")
        responder.press("Acknowledge the page")
        responder.until("Recorded: page acknowledged")
        ic.fill(claimed="IC")
        ic.press("Take it")
        ic.fill(kind="Status update", text="<b>checkout</b> is slow " + "x" * 90)
        ic.press("Record")
        wall.until("Status update: <b>checkout</b> is slow")
        people["mentor"].fill(text="they look at the wrong graph")
        people["mentor"].press("Record")
        fits(people)
        assert not browser.console

        pages.kill_child()
        assert place.gameday("note", "said meanwhile").code == Exit.HELD
        for name in ("wall", "observer"):
            people[name].until("said meanwhile")
            assert people[name].run("window.isSamePage"), "the page came back by itself"

        stop_by_keyboard(people["observer"])
        eventually(place.clean, "the revert")
        wall.until("End, or resume?")
        fits(people)
        ic.until("End the drill")
        ic.press("End the drill")
        for person in people.values():
            person.until("The drill is over")
        assert wall.run("window.isSamePage")
        fits(people)
        desk.until("Drill over. All faults removed.")
    assert not [line for line in browser.console if "net::" not in line], "the killed server's connections ended"
    assert "a graph is red" in relay.received and "said meanwhile" in relay.received
    assert not [word for word in PLANTED if word in relay.received]


def test_a_proxy_that_buffers_the_stream_delays_a_page_and_hides_nothing(
    place: Place, served: Served, browser: Chromium, relay: RecordingRelay
) -> None:
    relay.buffers_streams = True
    with open_desk(place) as desk:
        pages = served.start("--url", relay.url)
        relay.target = pages.address
        person = browser.person()
        person.join(pages.urls["wall"])
        person.run("window.isSamePage = true")
        start_drill(desk, place)
        person.until("Running")
        assert place.gameday("note", "a graph is red").code == Exit.HELD
        person.until("a graph is red")
        assert person.run("window.isSamePage"), "it asked for the change itself"
        place.gameday("stop")


def fits(people: dict[str, Person]) -> None:
    """Require that nothing is wider than a phone."""
    assert {name: person.overflow for name, person in people.items()} == dict.fromkeys(people, 0)


def stop_by_keyboard(person: Person) -> None:
    """Reach STOP with the Tab key from the top of a page that was just opened, and press Enter."""
    person.run("document.activeElement.blur()")
    visited: list[str] = []
    while person.focused != "STOP":
        person.keys("TAB")
        visited.append(person.focused)
        assert len(visited) < 5, f"STOP is not among the first elements: {visited}"
    person.keys("ENTER")
    person.until("You pressed STOP")


def test_every_form_works_without_javascript(place: Place, served: Served, browser: Chromium) -> None:
    with open_desk(place) as desk:
        pages = served.start()
        person = browser.person()
        person.disable_javascript()
        person.join(pages.urls["responders"])
        assert "does not change by itself" in person.text
        start_drill(desk, place)
        person.open(pages.address)
        person.fill(kind="Note", role="ops", text="the graph is red")
        person.press("Record")
        assert "Recorded: note" in person.text and "Note: the graph is red" in person.text
        person.fill(claimed="ops")
        person.press("Take it")
        assert "ops: role claimed" in person.text
        person.fill(claimed="ops")
        person.press("Hand it over")
        assert "Recorded: role handed over" in person.text
        person.press("Run")
        assert "Running cache-on" in person.text
        person.press("Pause")
        assert "PAUSED" in person.text
        person.press("Resume")
        person.press("STOP")
        eventually(place.clean, "the revert")
        eventually(lambda: reload(person, pages.address) and "End, or resume?" in person.text, "the question")
        person.press("End the drill")
        desk.until("Drill over. All faults removed.")
    assert {"note", "role-claimed", "handover", "action-requested", "paused", "resumed", "stop"} <= set(kinds(place))
    assert [event.role for event in events(place) if event.kind == "note"] == ["ops"]


def reload(person: Person, address: str) -> bool:
    person.open(address)
    return True
