"""Connection of Socket Mode: TLS with the trust of every other server, and no wait for a server that is silent."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.drill_folder import eventually
from support.slack_server import APP_TOKEN, BOT_TOKEN, Slack, serve_slack
from support.tls_server import Certificates, create_certificates

from gameday.model import ChannelBinding, Json
from gameday.notify.slack import socket_mode
from gameday.notify.slack.channel import SlackChannel
from gameday.plugins.channel import ChatDrill
from gameday.plugins.types import Deadline


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return create_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def _tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT", BOT_TOKEN)
    monkeypatch.setenv("APP", APP_TOKEN)
    monkeypatch.setattr(socket_mode, "RETRY_PAUSES_S", (0.01,))


@pytest.fixture
def slack(certificates: Certificates) -> Iterator[Slack]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificates.pair("server"))
    with serve_slack(context) as slack:
        yield slack


def reports_of(slack: Slack, timeout: float = 20.0, *, connects: bool = False, **settings: Json) -> list[str]:
    """Begin to receive; return the reports once there is one, or with `connects` once there is a connection."""
    tokens: dict[str, Json] = {"bot_token": "${BOT}", "app_token": "${APP}", "api_url": slack.api_url}
    binding = ChannelBinding("team", "slack", {**tokens, **settings}, timeout=timeout)
    reports: list[str] = []
    channel = SlackChannel()
    channel.begin(binding, ChatDrill("gd-7f3a", (), lambda _: "", reports.append))
    eventually(lambda: not slack.connections.empty() if connects else reports, "a connection, or a report")
    channel.finish(binding, "gd-7f3a", Deadline.after(20.0))
    return reports


def test_the_authority_of_the_settings_is_trusted(slack: Slack, certificates: Certificates) -> None:
    reports = reports_of(slack, connects=True, ca=certificates.ca)
    assert "SSL" not in "".join(reports), "this server may drop a first attempt, which is repeated"
    assert slack.connections.get_nowait().startswith("/link/?ticket=")


def test_a_certificate_of_an_unknown_authority_is_refused(slack: Slack) -> None:
    [report] = reports_of(slack)
    assert "SSLCertVerificationError" in report and "ticket" not in report and slack.connections.empty()


def test_an_authority_that_cannot_be_read_is_named(slack: Slack, tmp_path: Path) -> None:
    [report] = reports_of(slack, ca=str(tmp_path / "gone.pem"))
    assert "gone.pem" in report


def test_a_server_that_stays_silent_is_not_waited_for(slack: Slack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slack.socket_url = f"ws://127.0.0.1:{silent.getsockname()[1]}/link/?ticket=planted-ticket"
        [report] = reports_of(slack, timeout=0.5)
    assert "trying again" in report and "ticket" not in report
