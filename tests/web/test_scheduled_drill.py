"""A hosted drill that its schedule starts, from the invitation in the chat to the debrief, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.chat_server import Chat, serve_chat
from support.chromium import LAPTOP, PHONE, Chromium, Person, running_chromium
from support.drill_folder import eventually
from support.facilitated_drill import PLANTED, furnish, kinds
from support.hosted_drill import Hosted
from support.proxy_drill import Make, Place, ProxyServer, free_port
from support.recording_relay import RecordingRelay
from support.web_server import Served

from gameday.errors import Exit

pytestmark = pytest.mark.engine("chromium")
RESTORED = "\nmitigated_when: [{signal: wait, is: healthy, for: 500ms}]"
CHANNEL = "    channels: {team-chat: {channel: webhook, url: '${CHAT_WEBHOOK}'}}\n"
WEB = 'web: {{listen: "127.0.0.1:{port}", url: "{url}"}}\n'


@pytest.fixture
def relay() -> Iterator[RecordingRelay]:
    relay = RecordingRelay()
    yield relay
    relay.close()


@pytest.fixture
def chat() -> Iterator[Chat]:
    with serve_chat() as chat:
        yield chat


@pytest.fixture
def browser() -> Iterator[Chromium]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def place(make: Make, ours: ProxyServer, chat: Chat, relay: RecordingRelay) -> Iterator[Place]:
    """Return a folder whose environment has a chat, pages behind the relay, and an action that restores service."""
    place = make(ours)
    furnish(place, ends=f"mitigated+1s{RESTORED}")
    cache = place.folder / "cache-is-on"
    host, _, upstream_port = place.shop.upstream.rpartition(":")
    place.client.bypass = (cache, (host, int(upstream_port)))
    port = free_port()
    relay.target = f"http://127.0.0.1:{port}"
    place.env["CHAT_WEBHOOK"] = chat.url
    file = place.folder / "gameday.yaml"
    text = file.read_text().replace("do: ['true'], undo: ['true']", f"do: [touch, {cache}], undo: [rm, -f, {cache}]")
    file.write_text(text + CHANNEL + WEB.format(port=port, url=relay.url))
    yield place
    Served(place).close()
    assert place.gameday("halt").code == Exit.HELD


def test_a_schedule_starts_a_drill_that_five_people_play(
    place: Place, chat: Chat, relay: RecordingRelay, browser: Chromium
) -> None:
    hosted = Hosted(place, "schedule", "run-due", add_due_schedule(place))
    people = join(browser, hosted, chat)
    take_roles(people, place)
    respond(people, place)
    for person in people.values():
        person.until("The drill is over")
        assert person.overflow == 0
    assert hosted.code() == Exit.HELD, hosted.out
    assert place.clean() and not (place.folder / "cache-is-on").exists()
    assert not [line for line in browser.console if "net::" not in line]
    hold_debrief(place)
    assert "held 1 of 1" in place.gameday("schedule", "list").out
    received = relay.received + "".join(chat.texts[:-1])  # the last one says why the drill ended
    assert "Orders go through" in received
    assert not [word for word in PLANTED if word in received]


def add_due_schedule(place: Place) -> str:
    """Add a weekly schedule that is due now; return its name."""
    now = datetime.now(UTC)
    when, starts = f"every {now:%A} {now:%H:%M} UTC", now - timedelta(days=7)
    added = place.gameday("schedule", "add", when, "late.yaml", "--hosted", "--starts", starts.date().isoformat(),
                          "--name", "weekly")  # fmt: skip
    assert added.code == Exit.HELD, added
    return "weekly"


def join(browser: Chromium, hosted: Hosted, chat: Chat) -> dict[str, Person]:
    """Let each person join by the link that they are sent: in the chat, the mentor by the one that is printed."""
    eventually(lambda: chat.texts or hosted.process.poll() is not None, "the invitation")
    assert chat.texts, hosted.out
    to_join, to_watch = re.findall(r"http://\S+/join/\S+", chat.texts[0])
    [to_mentor] = re.findall(r"^Mentor +(http\S+)$", hosted.out, re.MULTILINE)
    urls = {"ic": to_join, "mentor": to_mentor, "ops": to_join, "comms": to_join, "holder": to_watch}
    people = {name: browser.person() for name in urls}
    for name, person in people.items():
        person.set_width(PHONE if name in ("ic", "holder") else LAPTOP)
        person.join(urls[name])
        person.until("Not started")
    return people


def take_roles(people: dict[str, Person], place: Place) -> None:
    """Fill the roles; the drill starts when the last of those who must be there has joined."""
    for name, role in (("ic", "IC"), ("ops", "ops"), ("comms", "comms")):
        people[name].fill(claimed=role)
        people[name].press("Take it")
        people[name].until(f"Recorded: {role}: role claimed")
        people["mentor"].until(f"{role} Role claimed")
    assert "start" not in kinds(place), "nobody holds STOP yet"
    people["holder"].press("I hold STOP")
    for person in people.values():
        person.until("Running")
    eventually(lambda: "effect" in kinds(place), "the fault's effect")


def respond(people: dict[str, Person], place: Place) -> None:
    """Work on the incident until service is restored."""
    ops, ic = people["ops"], people["ic"]
    ops.press("Acknowledge the page")
    ic.press("Declare an incident")
    record(people["comms"], "Status update", "Orders go through, slowly")
    record(people["mentor"], "", "they look at the graphs together")
    record(ops, "Theory", "one dependency answers late")
    record(ic, "Decision", "read from the cache")
    ops.press("Run")
    eventually(lambda: "mitigated" in kinds(place), "the mitigation")
    for person in people.values():
        person.until("Decision: read from the cache")


def record(person: Person, kind: str, text: str) -> None:
    """Record a statement; a page that offers only one kind has no choice."""
    person.fill(**({"kind": kind} if kind else {}), text=text)
    person.press("Record")
    person.until(text)


def hold_debrief(place: Place) -> None:
    """Hold the debrief, and find its answers and the drill's statements in the review."""
    assert place.gameday("debrief", answer="we went to the cache\n" + "\n" * 20).code == Exit.HELD
    [review] = (place.folder / "store" / "reviews").glob("*.md")
    text = review.read_text()
    assert "we went to the cache" in text and "Orders go through, slowly" in text
    assert Path(review).with_suffix(".html").exists()
