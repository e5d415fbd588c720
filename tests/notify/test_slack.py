"""Channel `slack`, against a server with Slack's wire format: what it posts, receives, refuses and never shows."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.drill_folder import eventually
from support.events import event
from support.slack_server import APP_TOKEN, BOT_TOKEN, CONVERSATION, Slack, serve_slack

from gameday.model import ChannelBinding, Json, MessageKind
from gameday.notify.sender import ChannelSender
from gameday.notify.slack import socket_mode
from gameday.notify.slack.channel import SlackChannel, message_text
from gameday.plugins.channel import ChannelMessage, ChatCommand, ChatDrill, DeliveryError
from gameday.plugins.types import Deadline

QUICK = (0.01, 0.01, 0.01)
MESSAGE = ChannelMessage("gd-7f3a", "staging", MessageKind.MESSAGE, "support", "It hangs.")
LINE = "[DRILL] support (staging): It hangs."


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    monkeypatch.setenv("BOT", BOT_TOKEN)
    monkeypatch.setenv("APP", APP_TOKEN)
    monkeypatch.setattr(socket_mode, "RETRY_PAUSES_S", QUICK)
    monkeypatch.setattr(socket_mode, "RECEIVE_INTERVAL_S", 0.02)
    with serve_slack() as slack:
        yield slack


def binding(slack: Slack, **settings: Json) -> ChannelBinding:
    tokens = {"bot_token": "${BOT}", "app_token": "${APP}", "api_url": slack.api_url}
    return ChannelBinding("team", "slack", {**tokens, **settings})


class Drill:
    """A drill that remembers its commands, and has `answer` for each."""

    def __init__(self, *members: str) -> None:
        self.commands: queue.Queue[ChatCommand] = queue.Queue()
        self.reports: list[str] = []
        self.answer = ""
        self.chat = ChatDrill("gd-7f3a", members, self._receive, self.reports.append)

    def _receive(self, command: ChatCommand) -> str:
        self.commands.put(replace(command, at=0.0))
        return self.answer

    def next(self) -> ChatCommand:
        return self.commands.get(timeout=30.0)


class Session:
    """A channel that has begun to receive, and is connected."""

    def __init__(self, slack: Slack, drill: Drill, **settings: Json) -> None:
        self.slack, self.drill, self.binding = slack, drill, binding(slack, **settings)
        self.channel = SlackChannel()
        self.channel.begin(self.binding, drill.chat)
        self.deliver()
        slack.connections.get(timeout=30.0)

    def deliver(self, message: ChannelMessage = MESSAGE) -> None:
        self.channel.deliver(message, self.binding, Deadline.after(30.0))

    def finish(self) -> None:
        self.channel.finish(self.binding, "gd-7f3a", Deadline.after(30.0))


def test_a_drill_gets_a_channel_of_its_own_its_people_are_invited_and_it_is_archived(slack: Slack) -> None:
    session = Session(slack, Drill("U0ANA0001", "U0BEN0001"))
    session.deliver()
    session.finish()
    assert slack.arguments("conversations.create") == [{"name": "drill-gd-7f3a", "is_private": False}]
    [invited] = slack.arguments("conversations.invite")
    assert invited == {"channel": CONVERSATION, "users": "U0ANA0001,U0BEN0001", "force": True}
    assert slack.texts == [LINE, LINE]
    assert {arguments["channel"] for arguments in slack.arguments("chat.postMessage")} == {CONVERSATION}
    assert slack.arguments("conversations.archive") == [{"channel": CONVERSATION}]
    assert session.drill.reports == []


def test_a_named_channel_is_used_as_it_is(slack: Slack) -> None:
    session = Session(slack, Drill("U0ANA0001"), conversation="C0TEAM001")
    session.finish()
    assert not slack.arguments("conversations.invite")
    assert [arguments["channel"] for arguments in slack.arguments("chat.postMessage")] == ["C0TEAM001"]
    assert not slack.arguments("conversations.create") and not slack.arguments("conversations.archive")


def test_a_channel_stays_open_if_the_settings_say_so(slack: Slack) -> None:
    Session(slack, Drill(), archive=False).finish()
    assert not slack.arguments("conversations.archive")


def test_a_name_that_is_taken_gets_another_ending(slack: Slack) -> None:
    slack.errors["conversations.create"] = ["name_taken"]
    Session(slack, Drill()).finish()
    first, second = (str(arguments["name"]) for arguments in slack.arguments("conversations.create"))
    assert second.startswith(f"{first}-")


def test_people_who_cannot_be_invited_are_reported_and_the_messages_arrive(slack: Slack) -> None:
    slack.errors["conversations.invite"] = ["user_not_found"]
    session = Session(slack, Drill("U0GONE001"))
    session.finish()
    assert slack.texts == [LINE]
    assert session.drill.reports == [
        "not everyone could be invited: Slack refused conversations.invite: user_not_found"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("decision: roll back", ("decision", "roll back")),
        ("Theory : the pool", ("theory", "the pool")),
        ("update:  &lt;b&gt; is <https://x.example|slow>, <@U0BEN0001>", ("update", "<b> is slow, @somebody")),
        (":eyes:", ("acknowledged", "")),
        ("idea: cache", ("theory", "cache")),
    ],
)
def test_a_reply_becomes_a_command(slack: Slack, text: str, expected: tuple[str, str]) -> None:
    session = Session(slack, Drill(), replies={"idea": "theory"})
    slack.say(text)
    assert session.drill.next() == ChatCommand("U0ANA0001", *expected)
    session.finish()


def test_emoji_become_commands_and_the_environment_may_change_the_table(slack: Slack) -> None:
    session = Session(slack, Drill(), reactions={"sos": None, "fire": "declare"})
    for number, emoji in enumerate(("sos", "fire", "octagonal_sign", "raised_hand::skin-tone-2")):
        slack.react(emoji, number=number)
    names = {session.drill.next().name for _ in range(3)}
    assert names == {"declared", "stop", "stop-held"}
    session.finish()


def test_what_is_no_command_or_elsewhere_is_left_alone(slack: Slack) -> None:
    session = Session(slack, Drill())
    slack.say("looks slow to me", number=1)
    slack.say("decision: x", number=2, bot_id="B0BOT0001")
    slack.say("decision: x", number=3, subtype="message_changed")
    slack.say("decision: x", number=4, channel="C0OTHER01")
    slack.send({"type": "slash_commands", "envelope_id": "envelope-5", "payload": {"command": "/x"}})
    slack.send({"type": "events_api", "envelope_id": "envelope-6", "payload": "?"})
    slack.say("note: the last", number=7)
    assert session.drill.next().text == "the last"
    acknowledged = [slack.acknowledged.get(timeout=30.0) for _ in range(7)]
    assert acknowledged == [f"envelope-{number}" for number in range(1, 8)]
    session.finish()


def test_an_envelope_or_event_that_arrives_twice_counts_once(slack: Slack) -> None:
    session = Session(slack, Drill())
    slack.say("note: first", number=1)
    slack.say("note: first", number=1)
    slack.say("note: first", number=1, envelope="another-envelope")
    slack.say("note: second", number=2)
    assert [session.drill.next().text, session.drill.next().text] == ["first", "second"]
    session.finish()


@pytest.mark.parametrize("ending", ["drop", "disconnect"])
def test_a_connection_that_ends_is_opened_again(slack: Slack, ending: str) -> None:
    session = Session(slack, Drill())
    if ending == "drop":
        slack.drop_connection()
    else:
        slack.send({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink-1"}})
    slack.connections.get(timeout=30.0)
    slack.say("note: after it")
    assert session.drill.next().text == "after it"
    session.finish()
    reports = " ".join(session.drill.reports)
    assert ("trying again" in reports) == (ending == "drop") and "ticket" not in reports


def test_the_answer_is_shown_to_its_author_alone(slack: Slack) -> None:
    session = Session(slack, Drill())
    session.drill.answer = "Recorded: decision of <!channel>"
    slack.say("decision: x")
    session.drill.next()
    eventually(lambda: slack.arguments("chat.postEphemeral"), "the answer")
    [answer] = slack.arguments("chat.postEphemeral")
    assert answer["user"] == "U0ANA0001" and answer["text"] == "[DRILL] Recorded: decision of ‹!channel&gt;"
    session.finish()


def test_stop_waits_for_no_other_command(slack: Slack) -> None:
    entered, release = threading.Event(), threading.Event()
    stopped = threading.Event()

    def receive(command: ChatCommand) -> str:
        if command.name == "stop":
            stopped.set()
        else:
            entered.set()
            release.wait(60.0)
        return ""

    drill = Drill()
    drill.chat = replace(drill.chat, receive=receive)
    session = Session(slack, drill)
    slack.say("note: slow", number=1)
    assert entered.wait(30.0)
    slack.react("octagonal_sign", user="U0NOBODY1", number=2)
    assert stopped.wait(30.0)
    release.set()
    session.finish()


def test_stop_names_the_way_to_end_the_drill(slack: Slack) -> None:
    session = Session(slack, Drill(), reactions={"checkered_flag": None, "end": "end"})
    session.drill.answer = "STOP: reverting all faults"
    slack.react("octagonal_sign")
    eventually(lambda: slack.arguments("chat.postEphemeral"), "the answer")
    [answer] = slack.arguments("chat.postEphemeral")
    assert answer["text"] == "[DRILL] STOP: reverting all faults. To end the drill: :end:"
    session.finish()


def test_people_are_invited_also_if_an_invitation_created_the_channel_first(slack: Slack) -> None:
    channel, team = SlackChannel(), binding(slack)
    channel.deliver(MESSAGE, team, Deadline.after(30.0))
    assert not slack.arguments("conversations.invite")
    channel.begin(team, Drill("U0ANA0001").chat)
    assert [arguments["users"] for arguments in slack.arguments("conversations.invite")] == ["U0ANA0001"]
    channel.finish(team, "gd-7f3a", Deadline.after(30.0))


def test_a_message_is_sent_again_when_slack_asks_to_wait(slack: Slack) -> None:
    slack.errors["chat.postMessage"] = ["ratelimited", 503]
    reports: list[str] = []
    channel = SlackChannel()
    sender = ChannelSender(binding(slack), "staging", lambda: channel, lambda _, reason: reports.append(reason), QUICK)
    sender.put(event("message", {"persona": "support", "text": "It hangs."}))
    sender.begin_close()
    sender.wait_closed(Deadline.after(30.0))
    assert slack.texts == [LINE] * 3 and reports == []
    assert len(slack.arguments("conversations.create")) == 1


def test_the_pause_that_slack_asks_for_is_part_of_the_error(slack: Slack) -> None:
    slack.errors["chat.postMessage"], slack.retry_after = ["ratelimited"], "17"
    with pytest.raises(DeliveryError) as caught:
        SlackChannel().deliver(MESSAGE, binding(slack), Deadline.after(30.0))
    assert caught.value.may_retry and caught.value.retry_after == 17.0


def test_a_message_about_no_drill_needs_a_named_channel(slack: Slack) -> None:
    announcement = replace(MESSAGE, drill="")
    with pytest.raises(DeliveryError, match="needs `conversation`"):
        SlackChannel().deliver(announcement, binding(slack), Deadline.after(30.0))
    SlackChannel().deliver(announcement, binding(slack, conversation="C0TEAM001"), Deadline.after(30.0))
    assert slack.texts == [LINE]


def test_nothing_in_a_message_is_markup_or_calls_everyone() -> None:
    assert message_text(replace(MESSAGE, text="<!here> & @channel <@U0ANA0001> <b>")) == (
        "[DRILL] support (staging): ‹!here&gt; &amp; ＠channel ‹@U0ANA0001&gt; &lt;b&gt;"
    )


@pytest.mark.parametrize(
    ("variable", "expected"),
    [("BOT", "bot_token: Slack refused auth.test: invalid_auth"),
     ("APP", "app_token: Slack refused apps.connections.open: invalid_auth")],
)  # fmt: skip
def test_a_token_that_slack_refuses_is_an_obstacle_and_is_not_shown(
    slack: Slack, monkeypatch: pytest.MonkeyPatch, variable: str, expected: str
) -> None:
    assert SlackChannel().find_obstacle(binding(slack)) == ""
    monkeypatch.setenv(variable, "xoxb-planted-wrong")
    assert SlackChannel().find_obstacle(binding(slack)) == expected


def test_a_scope_that_is_missing_is_an_obstacle(slack: Slack) -> None:
    slack.scopes = "chat:write,channels:history"
    obstacle = SlackChannel().find_obstacle(binding(slack))
    assert obstacle.startswith("bot_token lacks channels:manage, reactions:read:")
    assert SlackChannel().find_obstacle(binding(slack, conversation="C0TEAM001")).startswith("bot_token lacks reac")


def test_a_slack_that_does_not_respond_is_no_obstacle(slack: Slack) -> None:
    slack.errors["auth.test"], slack.errors["apps.connections.open"] = [503], ["ratelimited"]
    assert SlackChannel().find_obstacle(binding(slack)) == ""
    assert SlackChannel().find_obstacle(replace(binding(slack), settings={
        "bot_token": "${BOT}", "api_url": "http://127.0.0.1:1/api",
    })) == ""  # fmt: skip


def test_a_variable_that_is_not_set_is_an_obstacle(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APP")
    assert "APP" in SlackChannel().find_obstacle(binding(slack))


def test_a_token_in_an_answer_is_not_repeated(slack: Slack) -> None:
    slack.errors["chat.postMessage"] = [f"no_{BOT_TOKEN}"]
    with pytest.raises(DeliveryError) as caught:
        SlackChannel().deliver(MESSAGE, binding(slack), Deadline.after(30.0))
    assert BOT_TOKEN not in caught.value.reason


def test_a_socket_without_tls_is_refused_elsewhere(slack: Slack) -> None:
    slack.socket_url = "ws://slack.example/link/?ticket=planted-ticket"
    drill = Drill()
    channel = SlackChannel()
    channel.begin(binding(slack), drill.chat)
    eventually(lambda: drill.reports, "the report")
    channel.finish(binding(slack), "gd-7f3a", Deadline.after(30.0))
    assert drill.reports == ["receiving from Slack: Slack named an address without TLS"]


def test_a_refused_app_token_is_reported_once_and_not_tried_again(slack: Slack) -> None:
    slack.errors["apps.connections.open"] = ["invalid_auth"] * 5
    drill = Drill()
    channel = SlackChannel()
    channel.begin(binding(slack), drill.chat)
    eventually(lambda: drill.reports, "the report")
    assert drill.reports == ["receiving from Slack: Slack refused apps.connections.open: invalid_auth"]
    assert len(slack.arguments("apps.connections.open")) == 1


def test_without_an_app_token_it_only_sends(slack: Slack) -> None:
    drill = Drill()
    channel = SlackChannel()
    only_bot = replace(binding(slack), settings={"bot_token": "${BOT}", "api_url": slack.api_url})
    channel.begin(only_bot, drill.chat)
    channel.deliver(MESSAGE, only_bot, Deadline.after(30.0))
    assert slack.texts == [LINE] and not slack.arguments("apps.connections.open")
