"""A Toxiproxy server behind TLS and credentials; an intent holds references, and answers are bounded."""

from __future__ import annotations

import json
import resource
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.tls_server import Certificates, TlsServer, create_certificates, serve_tls
from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.toxiproxy import ToxiproxyInjector
from gameday.injectors.toxiproxy.api_client import ForeignServerError, ServerError, ToxiproxyServer
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, Presence, RevertOutcome

SECRET = "s3cret-of-a-test"
MARKER = "gd-00016b04d12b"
PROXY = {"name": "db", "listen": "192.0.2.1:1", "upstream": "192.0.2.2:1", "enabled": True, "toxics": []}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return create_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def server(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[TlsServer]:
    monkeypatch.setenv("TOKEN", SECRET)
    with serve_tls(certificates) as server:
        server.answers = {"/version": {"version": "2.9.0"}, "/proxies": {"db": PROXY}, "/proxies/db": PROXY}
        yield server


def soon() -> Deadline:
    return Deadline.after(10.0)


def plan(server: TlsServer, folder: Path, **settings: Json) -> Intent:
    bound: dict[str, Json] = {"url": server.url, "proxy": "db", **settings}
    binding = Binding("staging", "database", "toxiproxy", bound, folder=str(folder))
    return ToxiproxyInjector().plan(Fault("f", "outage", "database", {}), binding, MARKER, soon())


def test_every_request_is_sent_with_credentials_and_the_teams_authority(
    server: TlsServer, certificates: Certificates
) -> None:
    intent = plan(server, certificates.folder, bearer="${TOKEN}", ca="ca.crt", headers={"X-Team": "shop"})
    injector = ToxiproxyInjector()
    assert injector.presence(intent, soon()) is Presence.ABSENT
    assert injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert len(server.headers) >= 4
    assert {headers.get("authorization") for headers in server.headers} == {f"Bearer {SECRET}"}
    assert {headers.get("x-team") for headers in server.headers} == {"shop"}


def test_an_intent_holds_references_and_each_process_reads_them(
    server: TlsServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(SECRET)
    secrets: list[Json] = ["${TOKEN}", {"file": "token"}]
    for bearer in secrets:
        intent = plan(server, tmp_path, bearer=bearer, ca=certificates.ca)
        assert SECRET not in json.dumps(intent.encode())
        monkeypatch.chdir(tmp_path.parent)
        assert ToxiproxyInjector().presence(intent, soon()) is Presence.ABSENT
    monkeypatch.delenv("TOKEN")
    intent = plan(server, tmp_path, bearer={"file": "token"}, ca=certificates.ca)
    (tmp_path / "token").unlink()
    reverted = ToxiproxyInjector().revert(intent, soon())
    assert reverted.outcome is RevertOutcome.PENDING and "cannot read the secret file" in reverted.reason
    applied = ToxiproxyInjector().apply(intent, soon())
    assert applied.outcome is not ApplyOutcome.APPLIED


def test_an_untrusted_certificate_is_named(server: TlsServer, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="its certificate is not trusted"):
        plan(server, tmp_path)


def test_a_missing_secret_is_named_before_anything_is_asked(
    server: TlsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOKEN")
    with pytest.raises(Refused, match="variable TOKEN is not set"):
        plan(server, tmp_path, bearer="${TOKEN}", verify=False)
    assert server.headers == []


@pytest.fixture
def endless() -> Iterator[str]:
    """Serve 10 GB to every request; to one for a slow proxy, a byte each 20 ms, 200 times."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if "missing" in self.path else 200)
            if "slow" not in self.path:
                self.send_header("content-length", str(10 * 2**30))
            self.end_headers()
            pause, chunk, times = (0.02, b"x", 200) if "slow" in self.path else (0.0, b"x" * 2**20, 10 * 2**10)
            try:
                for _ in range(times):
                    self.wfile.write(chunk)
                    time.sleep(pause)
            except OSError:
                self.close_connection = True

        @override
        def log_message(self, format: str, *args: object) -> None: ...

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.mark.parametrize("proxy", ["db", "missing"])
def test_an_answer_of_10_gb_is_left_unread(endless: str, proxy: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ForeignServerError, match="responded with more than 10 MB"):
        ToxiproxyServer(endless).proxy(proxy, soon())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_an_answer_that_trickles_ends_at_the_deadline(endless: str) -> None:
    """No single wait for a byte is long."""
    with pytest.raises(ServerError, match=r"did not respond within \d+ ms$"):
        ToxiproxyServer(endless).proxy("slow", Deadline.after(0.4))


def test_credentials_of_the_users_own_netrc_are_not_sent(
    server: TlsServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(
        f"machine 127.0.0.1 login somebody password {SECRET}\nmachine localhost login x password {SECRET}\n"
    )
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    intent = plan(server, certificates.folder, ca="ca.crt")
    assert ToxiproxyInjector().presence(intent, soon()) is Presence.ABSENT
    assert server.headers and not any("authorization" in headers for headers in server.headers)
