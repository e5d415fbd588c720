"""Probes authenticate and trust as the team's own tools do; what they cannot ask is unknown, never an outage."""

from __future__ import annotations

import asyncio
import base64
import socket
from pathlib import Path

import pytest
from support.faulty_http_server import Server
from support.tls_server import Certificates, create_certificates, serve_tls

from gameday.errors import BadArguments
from gameday.model import Json, SignalBinding, SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.probe_registry import open_probe

SECRET = "s3cret-of-a-test"
SERVED = Measurement(1.0, 1)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return create_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def read(url: str, folder: str = "", /, **settings: Json) -> Measurement:
    async def ask() -> Measurement:
        probe = str(settings.pop("probe", "http"))
        kind = SignalKind.ALERT if probe == "alerts" else SignalKind.RATIO
        binding = SignalBinding("journey", kind, probe, {"url": url, "timeout": 2.0, **settings}, folder=folder)
        opened = open_probe(binding)
        try:
            return await opened.read()
        finally:
            await opened.close()

    return asyncio.run(ask())


def test_a_secret_is_sent_from_the_environment_or_a_file(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    (tmp_path / "token").write_text(f"{SECRET}\n")
    pair = base64.b64encode(f"shop:{SECRET}".encode()).decode()
    cases: list[tuple[dict[str, Json], str, str]] = [
        ({"bearer": "${TOKEN}"}, "authorization", f"Bearer {SECRET}"),
        ({"bearer": {"file": "token"}}, "authorization", f"Bearer {SECRET}"),
        ({"basic": {"user": "shop", "password": "${TOKEN}"}}, "authorization", f"Basic {pair}"),
        ({"headers": {"X-Api-Key": {"file": "token"}}}, "x-api-key", SECRET),
        ({"headers": {"Authorization": "Token ${TOKEN}"}}, "authorization", f"Token {SECRET}"),
        ({"headers": {"X-Scope-OrgID": "shop"}}, "x-scope-orgid", "shop"),
    ]
    for settings, header, sent in cases:
        assert read(server.url, str(tmp_path), **settings) == SERVED
        assert server.headers[-1][header] == sent


def test_a_secret_file_is_read_again_for_each_request(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "token"

    async def ask() -> None:
        settings: dict[str, Json] = {"url": server.url, "bearer": {"file": "token"}}
        probe = open_probe(SignalBinding("journey", SignalKind.RATIO, "http", settings, folder=str(tmp_path)))
        for token in ("first-token", "second-token"):
            file.write_text(token)
            await probe.read()
        await probe.close()

    asyncio.run(ask())
    assert [headers["authorization"] for headers in server.headers] == ["Bearer first-token", "Bearer second-token"]


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"bearer": "${UNSET_TOKEN}"}, "variable UNSET_TOKEN is not set"),
        ({"bearer": {"file": "nowhere"}}, "No such file"),
        ({"bearer": {"file": "folder"}}, "Is a directory"),
        ({"bearer": {"file": "empty"}}, "is empty"),
        ({"bearer": {"file": "lines"}}, "not allowed in a header"),
    ],
)
def test_a_secret_that_cannot_be_read_is_no_reading(
    server: Server, tmp_path: Path, settings: dict[str, Json], error: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "lines").write_text("a\nb\n")
    found = read(server.url, str(tmp_path), **settings)
    assert found.value is None and error in found.error and server.asked == []


def test_refused_credentials_are_a_broken_probe_unless_statuses_are_named(server: Server) -> None:
    server.lies.status = 401
    found = read(server.url)
    assert found.value is None and found.error == "HTTP 401: credentials are missing or wrong"
    assert read(server.url, require={"status": ["2xx"]}) == Measurement(0.0, 1)


def test_an_untrusted_certificate_is_unknown_and_never_an_outage(certificates: Certificates) -> None:
    with serve_tls(certificates) as server:
        found = read(server.url)
    assert found.value is None
    assert found.error.startswith("localhost: its certificate is not trusted: ")


def test_the_teams_authority_is_trusted_by_ca_or_the_systems_store(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_tls(certificates) as server, serve_tls(certificates, "self-signed") as other:
        assert read(server.url, str(certificates.folder), ca="ca.crt") == SERVED
        assert read(other.url, ca=certificates.ca).value is None, "only this authority is trusted"
        assert read(other.url, verify=False) == SERVED
        monkeypatch.setenv("SSL_CERT_FILE", certificates.ca)
        assert read(server.url) == SERVED


def test_a_client_certificate_is_shown_where_the_server_wants_one(certificates: Certificates) -> None:
    certificate, key = certificates.pair("client")
    with serve_tls(certificates, wants_client=True) as server:
        assert read(server.url, ca=certificates.ca, cert=certificate, key=key) == SERVED
        refused = read(server.url, ca=certificates.ca)
    assert refused.value is None
    assert "certificate required" in refused.error or "may require a client certificate" in refused.error


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"ca": "nowhere"}, "cannot read"),
        ({"ca": "server.key"}, "no certificate in PEM format"),
        ({"cert": "client.crt", "key": "server.key"}, "the certificate and the key do not match"),
        ({"cert": "client.crt", "key": "encrypted.key"}, "the private key is encrypted"),
    ],
)
def test_certificates_that_cannot_be_used_are_reported_before_any_reading(
    certificates: Certificates, settings: dict[str, Json], error: str
) -> None:
    with pytest.raises(BadArguments, match=error):
        read("https://localhost:1", str(certificates.folder), **settings)


def test_an_unknown_host_and_a_server_without_tls_are_unknown(server: Server) -> None:
    assert read("http://no-such-host.invalid/") == Measurement(
        None, 0, "the host no-such-host.invalid does not resolve"
    )
    found = read(server.url.replace("http:", "https:"))
    assert found.value is None and "does not speak TLS" in found.error


def test_a_refused_connection_is_an_outage_of_tls_servers_too() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        assert read(f"https://127.0.0.1:{port}/") == Measurement(0.0, 1)


def test_a_proxy_of_the_environment_is_asked_for_other_hosts(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    assert read("http://shop.invalid/health") == SERVED
    assert server.asked == ["http://shop.invalid/health"]
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    found = read("http://shop.invalid/health")
    assert found == Measurement(None, 0, "cannot connect to the proxy in HTTP_PROXY")
    assert read(server.url) == SERVED, "this machine is asked without a proxy"


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"url": "127.0.0.1:9/"}, "`url`: the URL does not begin with http:// or https://"),
        ({"url": f"http://shop:{SECRET}@127.0.0.1/"}, "`url`: the URL contains a user name or password"),
        ({"bearer": SECRET}, "bearer holds a secret in the file"),
        ({"basic": {"user": "shop"}}, "basic needs 'user' and 'password'"),
        ({"key": "client.key"}, "'key' without 'cert'"),
        ({"headers": {"X-Api-Key": SECRET}}, "X-Api-Key holds a secret in the file"),
        ({"verify": "no"}, "verify must be true or false"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_without_the_secret(settings: dict[str, Json], error: str) -> None:
    with pytest.raises(BadArguments) as caught:
        read(str(settings.pop("url", "http://127.0.0.1")), **settings)
    assert error in str(caught.value) and SECRET not in str(caught.value)


@pytest.mark.parametrize("source", ["prometheus", "alertmanager", "grafana"])
def test_alerts_are_asked_with_credentials(server: Server, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    server.lies.body = {"status": "success", "data": {"alerts": []}} if source == "prometheus" else []
    found = read(server.url, probe="alerts", alert="Slow", bearer="${TOKEN}", **{"from": source})
    assert found == Measurement(0.0, 1)
    assert server.headers[-1]["authorization"] == f"Bearer {SECRET}"


def test_a_servers_own_error_reaches_the_user_without_the_secret(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    server.lies.status, server.lies.body = 422, {"status": "error", "error": f"bad query\x1b[2J for {SECRET}"}
    found = read(server.url, probe="prometheus", query="up", bearer="${TOKEN}")
    assert found == Measurement(None, 0, "HTTP 422: bad query [2J for ***")


def test_basic_credentials_are_redacted_in_the_form_in_which_they_are_sent(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    sent = base64.b64encode(f"shop:{SECRET}".encode()).decode()
    server.lies.status, server.lies.body = 422, {"status": "error", "error": f"cannot read Basic {sent}"}
    found = read(server.url, probe="prometheus", query="up", basic={"user": "shop", "password": "${TOKEN}"})
    assert found == Measurement(None, 0, "HTTP 422: cannot read Basic ***")
