"""The webhook on the wire: its body, its credentials, its errors, and no secret in any of them."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chat_server import Chat, Reply, serve_chat
from support.tls_server import Certificates, create_certificates, serve_tls

from gameday.model import ChannelBinding, Json, MessageKind
from gameday.notify.webhook import WebhookChannel
from gameday.plugins.channel import ChannelMessage, DeliveryError
from gameday.plugins.types import Deadline

MESSAGE = ChannelMessage("gd-7f3a", "staging", MessageKind.MESSAGE, "support", "Checkout hangs.")
LINE = "[DRILL] support (staging): Checkout hangs."
SECRET = "s3cret-t0ken"


@pytest.fixture
def chat() -> Iterator[Chat]:
    with serve_chat() as chat:
        yield chat


def deliver(url: str, message: ChannelMessage = MESSAGE, folder: str = "", **settings: Json) -> None:
    binding = ChannelBinding("team-chat", "webhook", {"url": url, **settings}, folder=folder)
    WebhookChannel().deliver(message, binding, Deadline.after(10.0))


def refused(url: str, **settings: Json) -> DeliveryError:
    binding = ChannelBinding("team-chat", "webhook", {"url": url, **settings})
    with pytest.raises(DeliveryError) as caught:
        WebhookChannel().deliver(MESSAGE, binding, Deadline.after(10.0))
    return caught.value


def test_the_body_is_what_incoming_webhooks_take(chat: Chat) -> None:
    deliver(chat.url)
    assert chat.bodies == [{"text": LINE}]
    assert chat.headers[0]["content-type"] == "application/json"
    assert chat.headers[0]["path"] == "/hooks/t0k3n-in-the-path"


def test_a_body_of_the_environment_is_filled_in_once(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT", "drill-bot")
    tricky = ChannelMessage("gd-7f3a", "staging", MessageKind.PAGE, "PAGE", 'Say {sender} and ${BOT} "aloud".')
    body: Json = {"content": "{text}", "username": "${BOT}", "more": [{"kind": "{kind}", "of": "{drill}"}, 3]}
    deliver(chat.url, tricky, body=body)
    assert chat.bodies == [{
        "content": "[DRILL] PAGE (staging): Say {sender} and ${BOT} \"aloud\".", "username": "drill-bot",
        "more": [{"kind": "pages", "of": "gd-7f3a"}, 3],
    }]  # fmt: skip


def test_a_text_cannot_control_the_chat(chat: Chat) -> None:
    text = "a\nb\x1b[2J\u202e <!channel> <@U1> @here @all-hands me@here.example " + "x" * 5000
    deliver(chat.url, ChannelMessage("gd-7f3a", "staging", MessageKind.STATUS, "ops", text))
    sent = chat.texts[0]
    assert sent.startswith("[DRILL] ops (staging): a b [2J ‹!channel> ‹@U1> ＠here ＠all-hands me＠here.example xxx")
    assert sent.isprintable() and len(sent) <= 1900


def test_credentials_are_sent_and_read_again_for_each_message(
    chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    deliver(chat.url, bearer="${TOKEN}", headers={"X-Team": "shop"})
    assert chat.headers[0]["authorization"] == f"Bearer {SECRET}" and chat.headers[0]["x-team"] == "shop"
    monkeypatch.setenv("TOKEN", "another-t0ken")
    deliver(chat.url, bearer="${TOKEN}")
    assert chat.headers[1]["authorization"] == "Bearer another-t0ken"
    (tmp_path / "hook").write_text(f"{chat.url}\n")
    binding = ChannelBinding("team-chat", "webhook", {"url": {"file": "hook"}}, folder=str(tmp_path))
    WebhookChannel().deliver(MESSAGE, binding, Deadline.after(10.0))
    assert len(chat.bodies) == 3


def test_the_teams_own_authority_is_needed_and_enough(tmp_path: Path) -> None:
    certificates: Certificates = create_certificates(tmp_path)
    with serve_tls(certificates) as server:
        error = refused(server.url)
        assert "certificate is not trusted" in error.reason and not error.may_retry
        assert server.headers == []
        deliver(server.url, ca=certificates.ca)
        assert len(server.headers) == 1


@pytest.mark.parametrize(
    ("reply", "reason", "may_retry", "retry_after"),
    [
        (Reply(500, "<html>broken</html>"), "HTTP 500", True, 0.0),
        (Reply(429, '{"error": "slow down"}', {"retry-after": "7"}), "HTTP 429: slow down", True, 7.0),
        (Reply(429, "", {"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}), "HTTP 429", True, 0.0),
        (Reply(429, "", {"retry-after": "soon"}), "HTTP 429", True, 0.0),
        (Reply(404, "no_service"), "HTTP 404: no_service", False, 0.0),
        (Reply(302, "", {"location": "http://127.0.0.1:1/"}), "HTTP 302", False, 0.0),
        (Reply(breaks=True), "the connection broke", True, 0.0),
    ],
)  # fmt: skip
def test_a_refusal_says_why_and_if_to_try_again(
    chat: Chat, reply: Reply, reason: str, may_retry: bool, retry_after: float
) -> None:
    chat.usual = reply
    error = refused(chat.url)
    assert (error.reason, error.may_retry, error.retry_after) == (reason, may_retry, retry_after)
    assert len(chat.bodies) == 1


def test_a_server_that_does_not_answer_may_have_the_message(chat: Chat) -> None:
    chat.usual = Reply(hangs=True)
    binding = ChannelBinding("team-chat", "webhook", {"url": chat.url})
    with pytest.raises(DeliveryError) as caught:
        WebhookChannel().deliver(MESSAGE, binding, Deadline.after(0.3))
    assert caught.value.reason.startswith("no response within ")
    assert caught.value.reason.endswith("; the message may have arrived") and not caught.value.may_retry


def test_a_huge_answer_is_not_read(chat: Chat) -> None:
    chat.usual = Reply(500, "x" * 3_000_000)
    assert refused(chat.url).reason == "the response is larger than 1 MB"


def test_a_refused_connection_is_tried_again_and_no_error_repeats_the_address() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        error = refused(f"http://127.0.0.1:{listening.getsockname()[1]}/hooks/{SECRET}")
    assert (error.reason, error.may_retry) == ("cannot connect", True)
    assert SECRET not in refused(f"http://no-such-host.invalid/hooks/{SECRET}").reason


def test_no_error_holds_a_secret_that_the_server_repeats(
    chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_WEBHOOK", f"{chat.url}?key=k3y-of-the-query")
    (tmp_path / "token").write_text(SECRET)
    monkeypatch.setenv("CHAT_ROOM", "r00m-of-the-body")
    said = f"no hook t0k3n-in-the-path, k3y-of-the-query, {SECRET}, r00m-of-the-body at {chat.url}"
    chat.usual = Reply(403, json.dumps({"error": said}))
    error = refused(
        "${CHAT_WEBHOOK}", bearer={"file": str(tmp_path / "token")}, body={"text": "{text}", "room": "${CHAT_ROOM}"}
    )
    assert error.reason == "HTTP 403: no hook ***, ***, ***, *** at ***"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"url": "${UNSET_HOOK}"}, "variable UNSET_HOOK is not set"),
        ({"url": {"file": "nowhere"}}, "cannot read the secret file"),
        ({"url": "ftp://chat.example/s3cret-t0ken"}, "does not begin with http"),
        ({"url": "http://u:s3cret-t0ken@127.0.0.1/"}, "contains a user name or password"),
        ({"bearer": "${UNSET_TOKEN}"}, "variable UNSET_TOKEN is not set"),
        ({"body": {"text": "{text} ${UNSET_ROOM}"}}, "variable UNSET_ROOM is not set"),
        ({"bearer": {"file": "nowhere"}}, "cannot read the secret file"),
    ],
)
def test_settings_that_fail_when_used_are_a_reason_without_the_secret(
    chat: Chat, settings: dict[str, Json], reason: str
) -> None:
    binding = ChannelBinding("team-chat", "webhook", {"url": chat.url, **settings})
    with pytest.raises(DeliveryError) as caught:
        WebhookChannel().deliver(MESSAGE, binding, Deadline.after(10.0))
    assert reason in caught.value.reason and SECRET not in caught.value.reason
    assert chat.bodies == [] and not caught.value.may_retry
    assert WebhookChannel().find_obstacle(binding) == caught.value.reason, "known before the drill"


@pytest.mark.parametrize("key", ["url", "bearer", "ca", "cert"])
@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_a_file_that_has_no_end_is_an_obstacle_and_not_read(key: str, kind: str, tmp_path: Path) -> None:
    path = "/dev/zero"
    if kind == "pipe":
        path = str(tmp_path / "pipe")
        os.mkfifo(path)
    settings: dict[str, Json] = {"url": "https://chat.example/hooks/1", key: {"file": path}}
    if key in ("ca", "cert"):
        settings[key] = path
    obstacle = WebhookChannel().find_obstacle(ChannelBinding("team-chat", "webhook", settings))
    assert path in obstacle and ("a pipe or a device" in obstacle or "not a regular file" in obstacle)


def test_a_complete_channel_has_no_obstacle(monkeypatch: pytest.MonkeyPatch, chat: Chat) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    binding = ChannelBinding("team-chat", "webhook", {"url": "https://chat.example/hooks/1", "bearer": "${TOKEN}"})
    assert WebhookChannel().find_obstacle(binding) == ""


def test_a_password_in_a_variable_is_an_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_WEBHOOK", f"https://u:{SECRET}@chat.example/hooks")
    obstacle = WebhookChannel().find_obstacle(ChannelBinding("team-chat", "webhook", {"url": "${CHAT_WEBHOOK}"}))
    assert "contains a user name or password" in obstacle and SECRET not in obstacle
