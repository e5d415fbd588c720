"""The queue of a channel: order, retries, bounds, one report, and an end that waits for nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping

import pytest
from support.chat_server import Chat, Reply, serve_chat
from support.drill_folder import eventually
from support.events import event
from typing_extensions import override

from gameday.events import Event
from gameday.model import ChannelBinding, Json, MessageKind
from gameday.notify import sender as sender_module
from gameday.notify.sender import MAX_NAMED, MAX_WAITING, ChannelSender
from gameday.notify.webhook import WebhookChannel
from gameday.plugins.channel import ChannelMessage, DeliveryError, MessageChannel
from gameday.plugins.types import Deadline, SettingsProblem

QUICK = (0.01, 0.01, 0.01)


@pytest.fixture
def chat() -> Iterator[Chat]:
    with serve_chat() as chat:
        yield chat


def message(text: str) -> Event:
    return event("message", {"persona": "support", "text": text})


class Reports:
    def __init__(self) -> None:
        self.all: list[tuple[str, str]] = []

    def add(self, channel: str, reason: str) -> None:
        self.all.append((channel, reason))


class GatedChannel(MessageChannel):
    """Channel that delivers nothing before `opened`, and then fails as `failures` says, one for each attempt."""

    name = "gated"

    def __init__(self, *failures: Exception) -> None:
        self.opened, self.entered = threading.Event(), threading.Event()
        self.failures = list(failures)
        self.attempts: list[str] = []

    @override
    def settings_problems(self, settings: Mapping[str, Json]) -> list[SettingsProblem]:
        return []

    @override
    def load(self) -> None: ...

    @override
    def deliver(self, message: ChannelMessage, binding: ChannelBinding, deadline: Deadline) -> None:
        self.entered.set()
        self.opened.wait(60.0)
        self.attempts.append(message.text)
        if self.failures:
            raise self.failures.pop(0)


def start(channel: MessageChannel, reports: Reports, url: str = "", **fields: object) -> ChannelSender:
    binding = ChannelBinding("team-chat", channel.name, {"url": url}, **fields)  # type: ignore[arg-type] # a test's own
    return ChannelSender(binding, "staging", lambda: channel, reports.add, QUICK)


def finish(sender: ChannelSender, seconds: float = 30.0) -> None:
    sender.begin_close()
    sender.wait_closed(Deadline.after(seconds))


@pytest.mark.parametrize(
    "replies",
    [[Reply(500)], [Reply(429, headers={"retry-after": "0"})], [Reply(breaks=True)], [Reply(503)] * 3],
    ids=["500", "429", "broken", "three"],
)  # fmt: skip
def test_a_message_is_sent_again_after_a_passing_failure_and_keeps_its_place(chat: Chat, replies: list[Reply]) -> None:
    reports, count = Reports(), len(replies) + 1
    chat.replies += replies
    sender = start(WebhookChannel(), reports, chat.url)
    for text in ("first", "second"):
        sender.put(message(text))
    finish(sender)
    lines = [f"[DRILL] support (staging): {text}" for text in ("first", "second")]
    assert chat.texts == [*[lines[0]] * count, lines[1]]
    assert reports.all == []


def test_retry_after_is_obeyed_within_a_bound(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = Reports()
    chat.replies += [Reply(429, headers={"retry-after": "1"})]
    sender = start(WebhookChannel(), reports, chat.url)
    began = time.monotonic()
    sender.put(message("first"))
    finish(sender)
    assert len(chat.bodies) == 2 and time.monotonic() - began >= 1.0, "it waited at least as long as it was asked to"
    chat.replies += [Reply(429, headers={"retry-after": "3600"})]
    sender = start(WebhookChannel(), reports, chat.url)
    sender.put(message("second"))
    finish(sender)
    assert len(chat.bodies) == 3 and reports.all == [("team-chat", "HTTP 429: ok")]


def test_a_failing_channel_is_reported_once_and_tried_once_for_each_further_message() -> None:
    reports = Reports()
    channel = GatedChannel(*[DeliveryError("cannot connect", may_retry=True)] * 5, ValueError("secret"))
    channel.opened.set()
    sender = start(channel, reports)
    for text in ("a", "b", "c", "d", "e"):
        sender.put(message(text))
    finish(sender)
    assert channel.attempts == ["a"] * 4 + ["b", "c", "d", "e"]
    assert reports.all == [("team-chat", "cannot connect")]


def test_a_plugin_that_fails_ends_neither_the_thread_nor_anything_else() -> None:
    reports = Reports()
    channel = GatedChannel(ValueError("a secret"))
    channel.opened.set()
    sender = start(channel, reports)
    sender.put(message("a"))
    sender.put(message("b"))
    finish(sender)
    assert channel.attempts == ["a", "b"]
    assert reports.all == [("team-chat", "the channel failed (ValueError)")]


def test_a_channel_that_cannot_be_loaded_is_reported() -> None:
    reports = Reports()

    def broken() -> MessageChannel:
        raise ImportError("no such module")

    sender = ChannelSender(ChannelBinding("team-chat", "mine", {}), "staging", broken, reports.add)
    sender.put(message("a"))
    finish(sender)
    assert reports.all == [("team-chat", "the channel cannot be loaded (ImportError)")]


def test_the_queue_is_bounded_and_keeps_the_newest() -> None:
    reports, channel = Reports(), GatedChannel()
    sender = start(channel, reports)
    sender.put(message("first"))
    eventually(channel.entered.is_set, "the first delivery")
    for number in range(MAX_WAITING + 10):
        sender.put(message(f"{number}"))
    channel.opened.set()
    finish(sender)
    assert channel.attempts == ["first", *[f"{number}" for number in range(10, MAX_WAITING + 10)]]
    assert reports.all == [("team-chat", f"more than {MAX_WAITING} messages were waiting")]


def test_an_old_message_is_not_sent_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    reports, channel = Reports(), GatedChannel()
    channel.opened.set()
    sender = start(channel, reports)
    monkeypatch.setattr(sender_module, "MAX_AGE_S", 0.0)
    sender.put(message("old"))
    finish(sender)
    assert channel.attempts == [] and reports.all == [("team-chat", "a message waited longer than 0 s")]


def test_nobody_waits_for_a_channel_that_hangs() -> None:
    reports, channel = Reports(), GatedChannel()
    sender = start(channel, reports)
    for text in ("a", "b"):
        sender.put(message(text))
    eventually(channel.entered.is_set, "the delivery")
    finish(sender, seconds=0.05)
    assert reports.all == [("team-chat", 'messages were still waiting when the drill ended: "a", "b"')]
    channel.opened.set()
    eventually(lambda: channel.attempts == ["a"], "the hanging call")
    eventually(lambda: not sender.is_alive, "the end of the thread")
    assert channel.attempts == ["a"], "nothing is sent after the end"


def test_messages_that_wait_at_the_end_are_named_after_an_earlier_report() -> None:
    reports, channel = Reports(), GatedChannel(DeliveryError("refused"))
    channel.opened.set()
    sender = start(channel, reports)
    sender.put(message("a"))
    eventually(lambda: bool(reports.all), "the first report")
    channel.opened.clear()
    for number in range(8):
        sender.put(message(f"b{number}" + 200 * "-"))
    finish(sender, seconds=0.05)
    channel.opened.set()
    [_, (_, reason)] = reports.all
    assert reason.count('"b') == MAX_NAMED and reason.endswith('", 3 more') and len(reason) < 600


def test_a_channel_gets_the_kinds_that_it_sends() -> None:
    reports, channel = Reports(), GatedChannel()
    channel.opened.set()
    sender = start(channel, reports, sends=frozenset({MessageKind.STATUS}))
    for sent in (message("a"), event("update", {"text": "b"}), event("end"), event("hint-offered", {"text": "c"})):
        sender.put(sent)
    finish(sender)
    assert channel.attempts == ["Status update: b"]
