"""A hosted drill that its people join, state their decisions in and stop from Slack alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.drill_folder import eventually
from support.facilitated_drill import events
from support.hosted_drill import WEB, Hosted
from support.proxy_drill import LATENCY, Make, Place, ProxyServer
from support.slack_server import APP_TOKEN, BOT_TOKEN, CONVERSATION, Slack, serve_slack

from gameday.errors import Exit
from gameday.events import Body, Decision, FaultConfirmed, ProblemReported, Started, Stopped, has_any, of_type
from gameday.model import Role

CHANNEL = """\
    channels:
      team-chat: {{channel: slack, bot_token: "${{BOT}}", app_token: "${{APP}}", api_url: "{url}"}}
"""
ROSTER = """\
gameday: 1
team: shop
people:
  - {id: ana, level: 4, roles: [facilitator, mentor, ic], slack: U0ANA0001}
  - {id: bo, level: 1, roles: [ic, ops], slack: U0BO00001}
"""
ANA, BO, STRANGER = "U0ANA0001", "U0BO00001", "U0NOBODY1"


@pytest.fixture
def slack() -> Iterator[Slack]:
    with serve_slack() as slack:
        yield slack


@pytest.fixture
def place(make: Make, ours: ProxyServer, slack: Slack) -> Iterator[Place]:
    place = make(ours)
    place.write(LATENCY, stands="60s", timebox="120s")
    place.env |= {"BOT": BOT_TOKEN, "APP": APP_TOKEN}
    file = place.folder / "gameday.yaml"
    file.write_text(f"{file.read_text()}{CHANNEL.format(url=slack.api_url)}{WEB}roster: roster.yaml\n")
    (place.folder / "roster.yaml").write_text(ROSTER)
    yield place
    assert place.gameday("halt").code == Exit.HELD


def recorded(place: Place, kind: type[Body]) -> None:
    eventually(lambda: has_any(events(place), kind), kind.__name__)


def test_a_hosted_drill_is_joined_played_and_stopped_from_slack(place: Place, slack: Slack) -> None:
    hosted = Hosted(place, "host", "late.yaml", "--within", "60s")
    slack.connections.get(timeout=60.0)
    eventually(lambda: slack.texts, "the invitation")
    slack.say("claim: ic", user=ANA, number=1)
    slack.say("claim: ops", user=BO, number=2)
    slack.react("raised_hand", user=BO, number=3)
    recorded(place, Started)
    recorded(place, FaultConfirmed)
    slack.say("decision: turn it off", user=ANA, number=4)
    slack.say("decision: of a stranger", user=STRANGER, number=5)
    recorded(place, Decision)
    slack.react("octagonal_sign", user=STRANGER, number=6)
    recorded(place, Stopped)
    eventually(place.clean, "the revert")
    slack.react("checkered_flag", user=BO, number=7)
    assert hosted.code() == Exit.HALTED, hosted.out
    _check_log(place)
    _check_chat(slack)


def _check_log(place: Place) -> None:
    log = events(place)
    [decision] = of_type(log, Decision)
    assert decision.role is Role.IC and decision.body.text == "turn it off"
    problems = [event.body.text for event in of_type(log, ProblemReported)]
    assert [text for text in problems if text.startswith("1 command from the chat ignored")]
    written = "".join(event.body.encode().decode() for event in log)
    assert not [word for word in (ANA, BO, STRANGER, BOT_TOKEN, APP_TOKEN, "planted") if word in written]


def _check_chat(slack: Slack) -> None:
    assert len(slack.arguments("conversations.create")) == 1
    assert set(str(slack.arguments("conversations.invite")[0]["users"]).split(",")) <= {ANA, BO}
    assert slack.arguments("conversations.archive") == [{"channel": CONVERSATION}]
    texts = slack.texts
    assert all(text.startswith("[DRILL] ") for text in texts)
    assert "Everything was reverted and verified" in texts[-1], texts
    assert any("A drill with real faults has started" in text for text in texts)
    assert not [text for text in texts if "late.yaml" in text or "latency" in text]
    answers = [str(arguments["text"]) for arguments in slack.arguments("chat.postEphemeral")]
    assert any("Recorded" in answer for answer in answers)
