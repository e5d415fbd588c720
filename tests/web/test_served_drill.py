"""A real drill with `gameday web` beside it: watched, recorded and stopped over HTTP, and served again after a kill."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from support.drill_folder import eventually
from support.facilitated_drill import PLANTED, events, kinds
from support.proxy_drill import Place
from support.tls_server import create_certificates
from support.web_pages import words_of
from support.web_server import HttpBrowser, Served, open_desk, start_drill

from gameday.errors import Exit

pytestmark = pytest.mark.starts_processes


@pytest.fixture
def served(place: Place) -> Iterator[Served]:
    served = Served(place)
    yield served
    served.close()


def test_a_drill_is_watched_recorded_and_stopped_over_http(place: Place, served: Served) -> None:
    with open_desk(place) as desk:
        pages = served.start()
        for url in pages.urls.values():
            assert httpx.get(url, trust_env=False).status_code == 200
        assert not [event for event in events(place) if event.source == "human"], "opening a link is no presence"
        ops, wall = served.join(pages.urls["responders"]), served.join(pages.urls["wall"])
        assert "1 submitted" not in desk.shown
        assert "Recorded: prediction" in words_of(ops.send("statement", kind="prediction", text="it is slow"))
        desk.until("1 submitted")
        wall.follow()
        start_drill(desk, place)

        assert place.gameday("note", "a graph is red").code == Exit.HELD
        eventually(lambda: "a graph is red" in wall.received, "the statement in the stream")
        assert "Action finished" in words_of(run_action(ops))
        ic = served.join(pages.urls["ic"])
        claims = both(lambda: ops.send("claim", role="ic"), lambda: ic.send("claim", role="ic"))
        assert sorted("Recorded: IC: role claimed" in words_of(page) for page in claims) == [False, True]
        assert kinds(place).count("role-claimed") == 1

        pages.kill_child()
        assert place.gameday("note", "said meanwhile").code == Exit.HELD
        eventually(lambda: "said meanwhile" in ops.page(), "the statement on the page of the same browser")
        assert "a graph is red" in ops.page()
        eventually(lambda: "said meanwhile" in wall.received, "the statement in the stream that reconnected")

        assert not place.clean()
        assert "You pressed STOP" in words_of(wall.send("stop"))
        eventually(place.clean, "the revert")
        eventually(lambda: "End, or resume?" in words_of(ops.page()), "the question")
        ops.send("resume")
        eventually(lambda: not place.clean(), "the fault, applied again")
        wall.send("stop")
        eventually(lambda: "End, or resume?" in words_of(wall.page()), "the question")
        assert place.clean()
        assert "The drill ends" in words_of(wall.send("end"))
        eventually(lambda: wall.has_ended, "the end of the stream")
        assert "The drill is over" in wall.page()
        desk.until("Drill over. All faults removed.")
    assert not [word for word in PLANTED if word in ops.received + wall.received]


def run_action(browser: HttpBrowser) -> str:
    eventually(lambda: "cache-on</option>" in browser.page(), "the action on the page")
    assert "Running cache-on" in words_of(browser.send("action", action="cache-on"))
    eventually(lambda: "Action finished: cache-on" in words_of(browser.page()), "the action")
    return browser.page()


def both(*calls: Callable[[], str]) -> list[str]:
    """Call all at once."""
    answers: list[str] = []
    threads = [threading.Thread(target=lambda call: answers.append(call()), args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_an_open_page_sees_the_end_and_a_revoked_one_nothing(place: Place, served: Served) -> None:
    with open_desk(place) as desk:
        pages = served.start()
        browsers = {name: served.join(url) for name, url in pages.urls.items()}
        start_drill(desk, place)
        for browser in browsers.values():
            browser.follow()
        assert "Observer            revoked" in place.gameday("links", "--revoke", "observer").out
        eventually(lambda: browsers["observer"].has_ended, "the end of the revoked stream")
        assert place.gameday("note", "after the revocation").code == Exit.HELD
        browsers["ic"].send("statement", kind="help")
        remaining = [browser for name, browser in browsers.items() if name != "observer"]
        eventually(lambda: all(browser.has_ended for browser in remaining), "the end")
        assert all("The drill is over" in browser.page() for browser in remaining)
        assert place.clean()
        desk.until("Drill over. All faults removed.")
    assert "after the revocation" not in browsers["observer"].received
    assert all("after the revocation" in browser.received for browser in remaining)
    assert not [word for word in PLANTED for browser in browsers.values() if word in browser.received]
    assert [event.role for event in events(place) if event.kind == "help"] == ["ic"]
    assert "Traceback" not in pages.output


def test_pages_end_without_a_word_while_browsers_are_connected(place: Place, served: Served) -> None:
    with open_desk(place):
        pages = served.start()
        browser = served.join(pages.urls["wall"])
        browser.follow()
        eventually(lambda: '"parts"' in browser.received, "the stream")
        pages.end()
        assert place.gameday("links").out.count("/join/") == 5, (
            "the drill continues, and its links are kept for the next server"
        )
        again = served.start()
        assert again.urls["wall"].rpartition("/")[2] == pages.urls["wall"].rpartition("/")[2]
        place.gameday("stop")


def test_pages_are_served_over_tls_with_the_teams_certificate(place: Place, served: Served, tmp_path: Path) -> None:
    made = create_certificates(tmp_path)
    certificate, key = made.pair("server")
    with open_desk(place):
        pages = served.start("--certificate", certificate, "--key", key)
        url = pages.urls["observer"]
        assert url.startswith("https://127.0.0.1:")
        with httpx.Client(trust_env=False, verify=ssl.create_default_context(cafile=made.ca)) as client:
            joined = client.post(url)
            assert joined.headers["set-cookie"].startswith("__Host-gd-") and "Secure" in joined.headers["set-cookie"]
            assert "DRILL gd-" in client.get(url.partition("/join/")[0]).text
        refused = place.gameday("web", "--listen", "127.0.0.1:0", "--certificate", key, "--key", key)
        assert (refused.code, "cannot use certificate" in refused.err) == (Exit.BAD_INPUT, True)
        place.gameday("stop")


def test_pages_need_a_running_drill(place: Place) -> None:
    for command in ("web", "links"):
        refused = place.gameday(command)
        assert refused.code == Exit.REFUSED and "no drill is running" in refused.err.lower(), refused.err


def test_run_with_a_link_serves_pages_beside_the_desk(place: Place, served: Served) -> None:
    """The links come first; the screen after Enter."""
    from support.pty_terminal import Terminal

    file = place.folder / "gameday.yaml"
    file.write_text(file.read_text() + "web: {listen: '127.0.0.1:0'}\n")
    command = ["run", "late.yaml", "--roster", "roster.yaml", "--link"]
    desk = Terminal(command, place.folder, {**place.env, "LANG": "C.UTF-8"}, width=120)
    try:
        desk.until("Press Enter to open the drill's screen")
        links = place.gameday("links").out
        assert "Wall screen" in desk.shown and links.count("/join/") == 5
        desk.press("Enter")
        desk.until("Press b to start")
        url = links.split()[1]
        assert "Not started" in served.join(url).page()
        assert served.join(url).send("stop")
    finally:
        desk.end()
