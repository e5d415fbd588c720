"""Channel `apprise`, against services on this machine with their wire formats; its addresses stay secret."""

from __future__ import annotations

import email
import email.policy
import importlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

import pytest
from support.service_server import Service, serve_http, serve_smtp

from gameday.model import ChannelBinding, MessageKind
from gameday.notify.apprise_channel import SCHEMES, AppriseChannel
from gameday.plugins.channel import ChannelMessage, DeliveryError
from gameday.plugins.types import Deadline

MESSAGE = ChannelMessage("gd-7f3a", "staging", MessageKind.MESSAGE, "support", "It <b>hangs</b> @channel.")
LINE = "[DRILL] support (staging): It <b>hangs</b> ＠channel."
SECRET = "pl4nted-s3cret"
BINDING = ChannelBinding("team", "apprise", {"url": "${ADDRESS}"}, timeout=20.0)


@pytest.fixture
def service() -> Iterator[Service]:
    with serve_http() as service:
        yield service


def deliver(monkeypatch: pytest.MonkeyPatch, url: str, binding: ChannelBinding = BINDING) -> None:
    monkeypatch.setenv("ADDRESS", url)
    AppriseChannel().deliver(MESSAGE, binding, Deadline.after(binding.timeout))


def failure(monkeypatch: pytest.MonkeyPatch, url: str, binding: ChannelBinding = BINDING) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        deliver(monkeypatch, url, binding)
    assert SECRET not in caught.value.reason
    return caught.value


def test_generic_json(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    deliver(monkeypatch, f"json://127.0.0.1:{service.port}/{SECRET}")
    [(method, path, _, body)] = service.requests
    assert (method, path.strip("/"), body["message"], body["title"]) == ("POST", SECRET, LINE, "")


def test_mattermost(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    deliver(monkeypatch, f"mmost://127.0.0.1:{service.port}/{SECRET}")
    [(method, path, _, body)] = service.requests
    assert (method, path) == ("POST", f"/hooks/{SECRET}") and body["text"] == LINE


def test_matrix(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    deliver(monkeypatch, f"matrix://{SECRET}@127.0.0.1:{service.port}/!drill:localhost?v=3")
    sent = [request for request in service.requests if "send/m.room.message" in request[1]]
    [(_, path, headers, body)] = sent
    assert "!drill:localhost" in unquote(path) and headers["authorization"] == f"Bearer {SECRET}"
    assert body["body"].strip() == LINE


def test_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_smtp() as service:
        deliver(
            monkeypatch, f"mailto://127.0.0.1:{service.port}?from=drill@example.com&to=team@example.com&mode=insecure"
        )
        [written] = service.mails
    mail = email.message_from_string(written, policy=email.policy.default)
    assert mail["subject"] == "[DRILL] support (staging)" and "team@example.com" in mail["to"]
    body = mail.get_body()
    assert body is not None and body.get_content().strip() == LINE


def test_pagerduty(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    """Its address is PagerDuty's own, so the test names another one; the body is that of Events v2."""
    AppriseChannel().load()
    pagerduty = importlib.import_module("apprise.plugins.pagerduty")
    local = f"http://127.0.0.1:{service.port}/v2/enqueue"
    monkeypatch.setattr(pagerduty, "PAGERDUTY_API_LOOKUP", dict.fromkeys(pagerduty.PAGERDUTY_API_LOOKUP, local))
    service.status = 202
    deliver(monkeypatch, f"pagerduty://integration@{SECRET}")
    [(_, path, _, body)] = service.requests
    assert path == "/v2/enqueue" and body["event_action"] == "trigger"
    assert body["payload"]["summary"].startswith("[DRILL] support (staging): ")


@pytest.mark.parametrize(("status", "may_retry"), [(500, True), (429, True), (403, False)])
def test_a_refusal_names_its_status_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, service: Service, status: int, may_retry: bool
) -> None:
    service.status = status
    error = failure(monkeypatch, f"json://user:{SECRET}@127.0.0.1:{service.port}/{SECRET}")
    assert error.reason == f"the service did not accept the message (HTTP {status})" and error.may_retry is may_retry


def test_a_redirect_is_not_followed(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    service.status = 302
    failure(monkeypatch, f"json://127.0.0.1:{service.port}/{SECRET}")
    assert len(service.requests) == 1


def test_a_service_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    service.hangs = True
    error = failure(monkeypatch, f"json://127.0.0.1:{service.port}/{SECRET}", replace(BINDING, timeout=0.3))
    assert not error.may_retry


def test_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "did not accept" in failure(monkeypatch, f"json://127.0.0.1:1/{SECRET}").reason


@pytest.mark.parametrize(
    "url", ["https://hooks.slack.com/services/T/B/{}", "syslog://{}", "file://{}", "tgram://{}/1", "{}", "dbus://{}"]
)
def test_only_schemes_of_the_list_are_allowed(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ADDRESS", url.format(SECRET))
    obstacle = AppriseChannel().find_obstacle(BINDING)
    assert obstacle.startswith("the scheme of the address is not allowed") and SECRET not in obstacle


def test_an_address_that_apprise_cannot_read_is_an_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDRESS", f"pagerduty://{SECRET}")
    assert AppriseChannel().find_obstacle(BINDING) == "the address is not one of PagerDuty, as Apprise documents it"
    monkeypatch.delenv("ADDRESS")
    assert "ADDRESS" in AppriseChannel().find_obstacle(BINDING)


@pytest.mark.parametrize(
    "url",
    ["mailtos://u:p@example.com?to=a@example.com", "workflows://example.com/workflow/signature", "matrixs://t@h/!r:h",
     "pagerduty://integration-key@api-key", "jsons://example.com/x", "mmosts://example.com/token"],
)  # fmt: skip
def test_an_address_of_each_kind_is_accepted(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ADDRESS", url)
    assert url.partition("://")[0] in SCHEMES
    assert AppriseChannel().find_obstacle(BINDING) == ""


def test_apprise_is_imported_only_to_send() -> None:
    script = (
        "import sys; from gameday.notify.apprise_channel import AppriseChannel; channel = AppriseChannel();"
        "list(channel.settings_problems({'url': '${A}'})); assert 'apprise' not in sys.modules;"
        "channel.load(); assert 'apprise' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0
