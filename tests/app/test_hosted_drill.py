"""Hosted drills, as a scheduler starts them: they wait for the people who must be there, else nothing is touched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from support.chat_server import Chat, serve_chat
from support.drill_folder import eventually
from support.facilitated_drill import events
from support.hosted_drill import WEB, Guest, Hosted
from support.proxy_drill import LATENCY, Make, Place, ProxyServer

from gameday.errors import Exit
from gameday.events import Intended, Started, StopHeld, has_any

CHANNEL = "    channels: {team-chat: {channel: webhook, url: '${CHAT_WEBHOOK}'}}\n"


@pytest.fixture
def place(make: Make, ours: ProxyServer) -> Iterator[Place]:
    place = make(ours)
    place.write(LATENCY, stands="1s", timebox="90s")
    file = place.folder / "gameday.yaml"
    file.write_text(file.read_text() + WEB)
    yield place
    assert place.gameday("halt").code == Exit.HELD


@pytest.fixture
def chat(place: Place) -> Iterator[Chat]:
    with serve_chat() as chat:
        place.env["CHAT_WEBHOOK"] = chat.url
        file = place.folder / "gameday.yaml"
        file.write_text(file.read_text().replace(WEB, CHANNEL + WEB))
        yield chat


def test_a_hosted_drill_starts_once_ic_ops_and_a_stop_holder_have_joined(place: Place) -> None:
    hosted = Hosted(place, "host", "late.yaml", "--within", "60s")
    first, second = Guest(hosted.link), Guest(hosted.link)
    assert "Recorded" in first.post("claim", role="ic")
    assert "already taken" in second.post("claim", role="ic")
    assert "Recorded" in second.post("claim", role="ops")
    assert "Not started" in second.page()
    assert not has_any(events(place), Started), "nobody holds STOP yet"
    assert "Recorded" in second.post("statement", kind="stop-held", role="ops")
    eventually(lambda: "over" in first.page(), "the end of the drill")
    assert hosted.code() == Exit.HELD, hosted.out
    log = events(place)
    assert has_any(log, Started) and has_any(log, Intended) and has_any(log, StopHeld)
    assert place.clean()
    assert list((place.folder / "store" / "reviews").glob("*.md")), "the review is drafted"


ROSTER = """\
gameday: 1
team: shop
people:
  - {id: ana, name: Ana, level: 4, roles: [facilitator, mentor, ic]}
  - {id: bo, name: Bo, level: 1, roles: [ic, ops]}
  - {id: chi, name: Chi, level: 1, roles: [ops]}
"""


def test_a_hosted_drill_counts_for_the_rotation(place: Place) -> None:
    file = place.folder / "gameday.yaml"
    file.write_text(f"{file.read_text()}roster: roster.yaml\n")
    (place.folder / "roster.yaml").write_text(ROSTER)
    hosted = Hosted(place, "host", "late.yaml", "--within", "60s")
    guest, other = Guest(hosted.link), Guest(hosted.link)
    guest.post("claim", role="ic")
    other.post("claim", role="ops")
    other.post("statement", kind="stop-held", role="ops")
    assert hosted.code() == Exit.HELD, hosted.out
    proposed = re.findall(r"The rotation proposes (.*)", hosted.out)
    recorded = [json.loads(line) for line in (place.folder / "store" / "rotation.jsonl").read_text().splitlines()]
    names = {"ana": "Ana", "bo": "Bo", "chi": "Chi"}
    roles = {record["role"]: names[record["person"]] for record in recorded}
    assert set(roles) == {"ic", "ops"}, "those that were taken; the program facilitates"
    assert f"IC: {roles['ic']}" in proposed[0] and f"ops: {roles['ops']}" in proposed[0]


def test_without_people_nothing_is_touched(place: Place, chat: Chat) -> None:
    hosted = Hosted(place, "host", "late.yaml", "--within", "4s")
    link = hosted.link
    assert httpx.get(link, trust_env=False).status_code == 200, "a chat's preview of the link"
    assert hosted.code() == Exit.REFUSED, hosted.out
    assert "IC, ops, somebody who holds STOP did not join" in hosted.out
    assert not has_any(events(place), Started) and not has_any(events(place), Intended)
    assert place.clean()
    invitation, closed = chat.texts
    assert "The drill did not start: not there within" in closed and closed.endswith("Nothing was touched")
    assert invitation.startswith("[DRILL]") and link in invitation and "late" not in invitation.replace("latest", "")
    token = link.rsplit("/", 1)[1]
    assert all(token not in json.dumps(event.body.encode().decode()) for event in events(place)), "links are secret"


def test_without_people_it_is_rehearsed_if_that_was_asked_for(place: Place) -> None:
    hosted = Hosted(place, "host", "late.yaml", "--within", "1s", "--otherwise", "rehearse")
    assert hosted.code() == Exit.HELD, hosted.out
    assert "Rehearsing it without people." in hosted.out
    assert place.clean()


def test_stop_before_the_start_ends_the_wait(place: Place) -> None:
    hosted = Hosted(place, "host", "late.yaml", "--within", "60s")
    Guest(hosted.link).post("stop")
    assert hosted.code() == Exit.HALTED, hosted.out
    assert place.clean()


def test_a_schedule_records_that_nobody_came(place: Place) -> None:
    now = datetime.now(UTC)
    yesterday = (now - timedelta(days=1)).date().isoformat()
    added = place.gameday("schedule", "add", f"every day {now:%H:%M} UTC", "late.yaml", "--name", "daily", "--starts",
                          yesterday, "--hosted", "--within", "1s")  # fmt: skip
    assert added.code == Exit.HELD and ", with people" in added.out, added
    written = (place.folder / "schedules.yaml").read_text()
    assert "within: 1s" in written and "otherwise: skip" in written
    due = place.gameday("schedule", "run-due", "daily")
    assert due.code == Exit.REFUSED, due
    [listed] = json.loads(place.gameday("schedule", "list", "--format", "json").out)
    assert listed["skipped"] == {"nobody came": 1}
    assert "nobody came 1" in place.gameday("schedule", "list").out
    assert place.clean()


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("host", "late.yaml", "--within", "0s"), "--within"),
        (("host", "late.yaml", "--within", "soon"), "--within"),
        (("host", "late.yaml", "--otherwise", "tabletop"), "tabletop"),
        (("host",), "no scenario"),
        (("schedule", "add", "every day 10:00 UTC", "late.yaml", "--within", "5m"), "--hosted"),
    ],
)
def test_wrong_options_are_named(place: Place, words: tuple[str, ...], wrong: str) -> None:
    refused = place.gameday(*words)
    assert refused.code == Exit.BAD_INPUT and wrong in refused.err, refused


def test_what_an_earlier_drill_left_to_do_is_read_out_and_evaluated(place: Place, chat: Chat) -> None:
    play(place)
    [first] = reviews(place)
    rest = "; type: prevent; team: payments; due: 2026-01-15; done when: the load test passes"
    items = f"- [ ] Raise the pool limit{rest}\n- [x] Write a runbook{rest}"
    first.write_text(first.read_text().replace("## Action items", f"## Action items\n\n{items}"))
    page = play(place)
    assert "Open action item: Raise the pool limit (payments, due 2026-01-15, " in page and "runbook" not in page
    assert f"The review of {first.stem} is not finished" in page and "kept" not in page
    [*_, invitation] = [text for text in chat.texts if "A drill starts" in text]
    assert "Open from earlier drills: 1 action item, 1 review." in invitation
    [second] = [path for path in reviews(place) if path != first]
    kept = f"Action items of `{first.stem}` done before this drill: 1 of 2"
    assert kept in second.read_text() and "**kept**" in second.read_text()


def play(place: Place) -> str:
    """Play a hosted drill; return the page that a guest saw before its start."""
    hosted = Hosted(place, "host", "late.yaml", "--within", "60s")
    guest = Guest(hosted.link)
    before = guest.page()
    for role in ("ic", "ops"):
        guest.post("claim", role=role)
    guest.post("statement", kind="stop-held", role="ops")
    assert hosted.code() == Exit.HELD, hosted.out
    return before


def reviews(place: Place) -> list[Path]:
    return sorted((place.folder / "store" / "reviews").glob("*.md"))
