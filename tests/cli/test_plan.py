"""`gameday plan` shows each object and makes no mutating call: a proxy in between records the requests."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from support.available_engines import toxiproxy_server
from support.proxy import Server, original, ours
from typing_extensions import override

from gameday.cli.json_documents import PlanDocument
from gameday.cli.main import run_command
from gameday.errors import Exit

SCENARIO = """\
gameday: 1
id: tiny
timebox: 1m
requires: {targets: {database: where things are kept}, signals: {answers: {kind: ratio}}}
hypothesis: {statement: "It holds.", expect: [{signal: answers, at_least: 90%, over: 5s}]}
steady_state: [{signal: answers, is: healthy}]
faults: [{id: slow, kind: latency, target: database, delay: 20ms}]
messages:
  - {at: fault+30s, from: support, say: "It is slow."}
  - {at: fault+40s, hint: nudge, unless: declared, say: "Is it one thing?"}
"""
PROJECT = """\
gameday: 1
default_env: staging
environments:
  staging:
    targets: {database: {injector: toxiproxy, url: "%s", proxy: db}}
    signals: {answers: {kind: ratio, probe: process, run: ["true"], healthy: at_least 90%%}}
    channels:
      team-chat: {channel: webhook, url: "http://127.0.0.1:1/s3cret", sends: [pages, messages]}
      test-chat: {channel: webhook, url: {file: nowhere}, in_rehearsals: true}
"""


class Recorder:
    """Forwards to the real server and keeps every verb."""

    def __init__(self, real: httpx.Client) -> None:
        self.asked: list[tuple[str, str]] = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _forwarding(real, self.asked))
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _forwarding(real: httpx.Client, asked: list[tuple[str, str]]) -> type[http.server.BaseHTTPRequestHandler]:
    class Forwarding(http.server.BaseHTTPRequestHandler):
        def _forward(self) -> None:
            asked.append((self.command, self.path))
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = real.request(self.command, self.path, content=body)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = _forward

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Forwarding


@pytest.fixture
def server() -> Iterator[Server]:
    with ours() as server:
        yield server


@pytest.fixture
def recorder(server: Server) -> Iterator[Recorder]:
    recorder = Recorder(server.http)
    yield recorder
    recorder.close()


@pytest.fixture
def files(tmp_path: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "gameday.yaml").write_text(PROJECT % recorder.url)
    (tmp_path / "tiny.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("GAMEDAY_RUNTIME", str(tmp_path / "run"))
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)
    return tmp_path


@pytest.mark.usefixtures("files")
def test_plan_shows_every_object_and_changes_nothing(
    server: Server, recorder: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    with server.proxied() as proxied:
        before = proxied.shown()
        assert run_command(["plan", "tiny.yaml"]) is Exit.HELD
        assert proxied.shown() == before
    said = capsys.readouterr().out
    for words in ("environment staging", "proxy db", "remove toxic", "lease expires after", "latency delay 20ms"):
        assert words in said
    for line in (
        "Duration       at most 1 min", "Steady state   required before start: answers is healthy",
        "  Start        at the start of the drill",
        "Expectation    answers at least 90% over 5 s, while the fault is present",
        "Channel        team-chat (webhook) sends messages, pages; not in a rehearsal",
        "Channel        test-chat (webhook) sends messages, pages, status, announcements",
        'Message 1      at fault + 30 s, from support: "It is slow."',
        "Message 2      at fault + 40 s, hint (nudge) unless declared",
    ):  # fmt: skip
        assert line in said
    assert "gd-0000" not in said and "s3cret" not in said
    assert recorder.asked, "the recorder stood between"
    assert {verb for verb, _ in recorder.asked} == {"GET"}


@pytest.mark.parametrize(
    ("at", "starts"),
    [
        ("start+2s", "2 s after the start of the drill\n"),
        ("start+2s..5s", "2 s to 5 s after the start of the drill, hidden"),
    ],
)
def test_plan_calls_a_start_hidden_only_if_it_is_drawn(
    files: Path, server: Server, capsys: pytest.CaptureFixture[str], at: str, starts: str
) -> None:
    (files / "tiny.yaml").write_text(SCENARIO.replace("delay: 20ms", f"delay: 20ms, at: {at}"))
    with server.proxied():
        assert run_command(["plan", "tiny.yaml"]) is Exit.HELD
    assert f"  Start        {starts}" in capsys.readouterr().out


@pytest.mark.usefixtures("files")
def test_plan_is_printed_as_json(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    with server.proxied():
        assert run_command(["plan", "tiny.yaml", "--format", "json"]) is Exit.HELD
    plan = msgspec.json.decode(capsys.readouterr().out, type=PlanDocument)
    [fault] = plan.faults
    assert [(channel.name, channel.sends, channel.in_rehearsals) for channel in plan.channels] == [
        ("team-chat", ["messages", "pages"], False),
        ("test-chat", ["messages", "pages", "status", "announcements"], True),
    ]
    assert (plan.environment, plan.timebox_s, plan.roles) == ("staging", 60.0, None)
    assert (fault.id, fault.kind, fault.params) == ("slow", "latency", {"delay": "20ms"})
    assert fault.lease_s > 0 and "gd-0000" not in fault.reverts


@pytest.mark.engine("toxiproxy")
def test_plan_names_only_the_guardian_for_the_original_toxiproxy(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with original(str(toxiproxy_server())) as server, server.proxied():
        (files / "gameday.yaml").write_text(PROJECT % server.http.base_url)
        assert run_command(["plan", "tiny.yaml"]) is Exit.HELD
    said = capsys.readouterr().out
    assert "  Auto-revert  guardian process (no lease on toxiproxy)\n" in said


@pytest.mark.engine("toxiproxy")
@pytest.mark.parametrize(
    ("fault", "what"),
    [
        ("kind: latency, target: database, delay: 20ms, connect: true", "latency with connect: true"),
        ("kind: outage, target: database, seen_as: new-refused", "outage with seen_as: new-refused"),
    ],
)
def test_kind_that_the_original_toxiproxy_lacks_is_refused_with_an_alternative(
    fault: str, what: str, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "tiny.yaml").write_text(SCENARIO.replace("kind: latency, target: database, delay: 20ms", fault))
    with original(str(toxiproxy_server())) as server, server.proxied():
        (files / "gameday.yaml").write_text(PROJECT % server.http.base_url)
        assert run_command(["plan", "tiny.yaml"]) is Exit.REFUSED
    said = capsys.readouterr().err
    assert f"target database: the server at {server.http.base_url} does not support {what}" in said
    assert "Use the built-in proxy (`gameday proxy serve`), or with this server " in said


@pytest.mark.usefixtures("files")
def test_plan_for_a_missing_target_is_refused(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    with server.proxied("other"):
        assert run_command(["plan", "tiny.yaml"]) is Exit.REFUSED
    assert "no proxy 'db'" in capsys.readouterr().err


def test_kind_that_the_environment_does_not_allow_is_refused(
    server: Server, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (files / "gameday.yaml").read_text().replace("  staging:\n", "  staging:\n    kinds: [outage]\n")
    (files / "gameday.yaml").write_text(text)
    with server.proxied():
        assert run_command(["plan", "tiny.yaml"]) is Exit.REFUSED
    assert capsys.readouterr().err.startswith(
        "gameday: tiny.yaml:7:27: environment staging does not allow kind 'latency' (one of: outage)\n"
    )


@pytest.mark.parametrize("command", [["plan"], ["run", "--rehearse"]])
def test_all_mismatches_are_reported_with_their_line_before_any_request(
    command: list[str], files: Path, recorder: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SCENARIO.replace("kind: latency,", "kind: pause,").replace(
        "answers: {kind: ratio}}", "answers: {kind: ratio}, cpu: {kind: ratio}}"
    )
    more = "  - {id: late, kind: latency, target: database, delay: 2h}\n"
    (files / "tiny.yaml").write_text(text.replace("faults: [", "faults:\n  - ").replace("20ms}]", "20ms}\n" + more))
    assert run_command([*command, "tiny.yaml"]) is Exit.BAD_INPUT
    told = capsys.readouterr().err.splitlines()
    assert [one.partition(" (")[0] for one in told if one.startswith("tiny.yaml")] == [
        "tiny.yaml:4:90: environment staging has no signal 'cpu'",
        "tiny.yaml:8:22: injector toxiproxy of target 'database' in environment staging does not support kind 'pause'",
        "tiny.yaml:9:56: 2h is out of range: delay must be 1ms to 1h",
    ]
    assert recorder.asked == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [("production: true\n    allows_drills: true", "marked production"), ("allows_drills: false", "drills")],
)
def test_environment_that_allows_no_drills_is_refused_before_any_request(
    files: Path, recorder: Recorder, capsys: pytest.CaptureFixture[str], lines: str, words: str
) -> None:
    text = (files / "gameday.yaml").read_text().replace("  staging:\n", f"  staging:\n    {lines}\n")
    (files / "gameday.yaml").write_text(text)
    assert run_command(["run", "tiny.yaml", "--rehearse"]) is Exit.REFUSED
    assert words in capsys.readouterr().err
    assert recorder.asked == []
