"""Messages of whole drills reach a chat: those that responders may see, in order, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from support.app_program import run_program
from support.chat_server import Chat, Reply, serve_chat
from support.drill_folder import eventually
from support.facilitated_drill import PLANTED, events, furnish
from support.proxy_drill import LATENCY, Make, Place, ProxyServer

from gameday.errors import Exit
from gameday.events import MessageUndelivered, of_type

END = "The drill is over. Everything was reverted and verified"
CHANNEL = "    channels: {{team-chat: {{channel: webhook, url: '${{CHAT_WEBHOOK}}', in_rehearsals: {rehearsals}}}}}\n"
PAGE = "page: {fallback: fault+500ms, say: Checkout is slow.}\n"
REHEARSED = (
    PAGE
    + """\
messages: [{at: acknowledged+0s, from: support, say: "Checkout hangs <!channel>."}]
mitigated_when: [{signal: wait, is: healthy, for: 30s}]
"""
)


@pytest.fixture
def chat() -> Iterator[Chat]:
    with serve_chat() as chat:
        yield chat


@pytest.fixture
def place(make: Make, ours: ProxyServer, chat: Chat) -> Iterator[Place]:
    place = make(ours)
    place.env["CHAT_WEBHOOK"] = chat.url
    yield place
    assert place.gameday("halt").code == Exit.HELD


def bind(place: Place, *, rehearsals: bool) -> None:
    file = place.folder / "gameday.yaml"
    file.write_text(file.read_text() + CHANNEL.format(rehearsals="true" if rehearsals else "false"))


def undelivered(place: Place) -> list[MessageUndelivered]:
    return [event.body for event in of_type(events(place), MessageUndelivered)]


def test_a_drill_with_people_sends_what_responders_may_see_and_no_spoiler(place: Place, chat: Chat) -> None:
    furnish(place)
    bind(place, rehearsals=False)
    scenario = place.folder / "late.yaml"
    scenario.write_text(scenario.read_text() + PAGE)
    assert run_program(place, "facilitated")["exit"] == Exit.HELD
    place_name = f"({place.name})"
    assert "A drill with real faults has started" in chat.texts[0]
    assert set(chat.texts[1:3]) == {
        f"[DRILL] PAGE {place_name}: Checkout is slow.",
        f"[DRILL] support {place_name}: Somebody calls about the checkout.",
    }
    assert chat.texts[3:] == [f"[DRILL] ops {place_name}: Help requested", f"[DRILL] gameday {place_name}: {END}"]
    sent = str(chat.bodies).replace(place.name, "")
    assert [word for word in PLANTED if word in sent] == []
    assert undelivered(place) == []


def test_a_rehearsal_sends_nothing_unless_the_channel_says_so(place: Place, chat: Chat) -> None:
    furnish_rehearsal(place)
    usual = (place.folder / "gameday.yaml").read_text()
    bind(place, rehearsals=False)
    assert place.gameday("run", "late.yaml", "--rehearse").code == Exit.HELD
    assert chat.bodies == []
    (place.folder / "gameday.yaml").write_text(usual)
    bind(place, rehearsals=True)
    assert place.gameday("run", "late.yaml", "--rehearse").code == Exit.HELD
    assert "A rehearsal without people with real faults has started" in chat.texts[0]
    assert chat.texts[1:] == [
        f"[DRILL] support ({place.name}): Checkout hangs ‹!channel>.",
        f"[DRILL] PAGE ({place.name}): Checkout is slow.",
        f"[DRILL] gameday ({place.name}): {END}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "reply", [Reply(hangs=True), Reply(503, "busy"), Reply(breaks=True)], ids=["hang", "503", "break"]
)
def test_a_chat_that_fails_is_said_once_and_the_drill_goes_on(place: Place, chat: Chat, reply: Reply) -> None:
    furnish_rehearsal(place)
    bind(place, rehearsals=True)
    chat.usual = reply
    ended = place.gameday("run", "late.yaml", "--rehearse")
    assert ended.code == Exit.HELD and place.clean()
    failures = undelivered(place)
    assert {failure.channel for failure in failures} == {"team-chat"} and len(failures) <= 2
    assert all("still waiting when the drill ended" in failure.reason for failure in failures[1:])
    assert chat.bodies, "it was tried"


def test_nothing_is_sent_for_a_runner_that_was_killed(place: Place, chat: Chat) -> None:
    furnish_rehearsal(place, stands="60s")
    bind(place, rehearsals=True)
    run = place.run()
    eventually(lambda: len(chat.bodies) >= 3, "the start, the page and the message")
    run.process.kill()
    eventually(lambda: [event for event in events(place) if event.kind == "end"], "the guardian's end")
    assert place.gameday("halt").code == Exit.HELD
    assert [text for text in chat.texts if "over" in text] == [] and len(chat.bodies) == 3
    assert place.clean()


def furnish_rehearsal(place: Place, stands: str = "2s") -> None:
    place.write(LATENCY, stands=stands)
    file = place.folder / "late.yaml"
    file.write_text(file.read_text() + REHEARSED)


@pytest.mark.parametrize("broken", ["missing", "pipe", "password"])
def test_a_channel_that_cannot_send_is_named_before_the_drill(place: Place, chat: Chat, broken: str) -> None:
    furnish_rehearsal(place)
    config = place.folder / "gameday.yaml"
    secret = place.folder / "hook"
    url = "{file: hook}" if broken != "password" else "'${CHAT_WEBHOOK}'"
    place.env["CHAT_WEBHOOK"] = "https://u:s3cret-w0rd@chat.example/hooks"
    if broken == "pipe":
        os.mkfifo(secret)
    usual = config.read_text()
    channel = f"    channels: {{team-chat: {{channel: webhook, url: {url}, in_rehearsals: true}}}}\n"
    config.write_text(usual + channel)
    why = {
        "missing": f"cannot read the secret file {secret}: No such file or directory",
        "pipe": f"cannot read the secret file {secret}: this is a pipe or a device, not a file",
        "password": "the URL contains a user name or password, which would appear in the log",
    }[broken]
    doctor = place.gameday("doctor")
    assert f"team-chat cannot send: {why}" in doctor.out and doctor.code == Exit.REFUSED, doctor
    planned = place.gameday("plan", "late.yaml")
    assert why in planned.out, planned
    refused = place.gameday("run", "late.yaml", "--rehearse")
    assert f"channel team-chat cannot send: {why}" in refused.err and refused.code == Exit.REFUSED, refused
    assert "s3cret-w0rd" not in doctor.out + doctor.err + planned.out + planned.err + refused.out + refused.err
    config.write_text(usual + channel.replace("true", "false"))
    assert place.gameday("run", "late.yaml", "--rehearse").code == Exit.HELD, "a rehearsal does not use it"
    assert chat.bodies == []
