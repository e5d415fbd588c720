"""While a drill runs, only its facilitator learns about faults, targets and readings, and what a scenario does."""

from __future__ import annotations

import json
import re
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typing_extensions import override

from gameday.cli.main import run_command
from gameday.drill.control import facilitator_token
from gameday.drill.control.drill_registry import RunningDrill, register
from gameday.drill.control.socket_server import SocketServer
from gameday.errors import Exit
from gameday.process_identity import current_process
from gameday.store.open import open_store
from gameday.store.paths import DataFolder

DRILL, MARK, DEAD = "gd-7f3a", "gd-7f3a00000001", "gd-000200000001"
SPOILERS = ("latency", "bandwidth", "database", "orders-db", "proxy", "300 ms", "journey")
ENVIRONMENT = """\
gameday: 1
default_env: staging
environments:
  staging:
    targets:
      database: {{injector: toxiproxy, url: "{url}", proxy: orders-db}}
      cache: {{injector: toxiproxy, url: "{url}", proxy: cache}}
    signals:
      journey-p95: {{kind: duration, probe: http, url: "{url}/stats", value: p95, n: n, every: 100ms}}
"""


def proxy(name: str, *marks: str) -> dict[str, object]:
    toxics = [{"name": mark, "type": "latency", "attributes": {}} for mark in marks]
    return {"name": name, "listen": "192.0.2.1:1", "upstream": "192.0.2.2:1", "enabled": True, "toxics": toxics}


class Engine(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.server.pages.get(self.path)  # type: ignore[attr-defined] # put there by the fixture
        body = json.dumps(found if found is not None else {"error": "not found"}).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """Let the engine report one active fault of the drill."""
    found: dict[str, object] = {
        "/proxies/orders-db": proxy("orders-db", MARK), "/proxies/cache": proxy("cache"),
        "/stats": {"p95": 0.3, "n": 12}, "/version": {"version": "2.5.0"},
    }  # fmt: skip
    server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    server.pages = found  # type: ignore[attr-defined] # for the handler above
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    (tmp_path / "gameday.yaml").write_text(ENVIRONMENT.format(url=url), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Register the drill as running, as far as other terminals can see."""
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path / "store"))
    monkeypatch.delenv(facilitator_token.VARIABLE, raising=False)
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:
        monkeypatch.setenv("GAMEDAY_RUNTIME", runtime)
        store = open_store()
        store.begin(DRILL, "staging", "live", facilitator_token.digest_token("the-token"), current_process())
        note = RunningDrill(DRILL, "staging", DataFolder(tmp_path / "store"))
        register(note)
        door = SocketServer(note.socket_path, lambda request: {"accepted": request["request"] == "ping"})
        yield
        door.close()
        store.close()


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


@pytest.mark.usefixtures("pages")
def test_sweep_shows_only_marker_and_age(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["halt", "--sweep", "staging", "--yes"]) is Exit.HELD
    line, nothing = told(capsys).splitlines()
    assert re.fullmatch(rf"{MARK}: belongs to a running drill, .+ old; left unchanged", line)
    assert nothing == "No other leftover faults in environment staging."


def test_sweep_that_finds_nothing_says_so(capsys: pytest.CaptureFixture[str], pages: dict[str, object]) -> None:
    pages["/proxies/orders-db"] = proxy("orders-db")
    assert run_command(["halt", "--sweep", "staging", "--yes"]) is Exit.HELD
    assert told(capsys) == "No leftover faults in environment staging.\n"


@pytest.mark.parametrize("guess", ["", "another-token"])
@pytest.mark.usefixtures("pages")
def test_doctor_shows_only_marker_and_age(
    guess: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(facilitator_token.VARIABLE, guess)
    assert run_command(["doctor"]) is Exit.HELD
    of_the_place = told(capsys).partition("environment ")[2]
    assert f"{MARK}: belongs to a running drill" in of_the_place
    assert "a drill is running: targets and readings are hidden without the facilitator's token" in of_the_place
    assert not [word for word in SPOILERS if word in of_the_place]


@pytest.mark.usefixtures("pages")
def test_facilitator_sees_targets_and_readings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(facilitator_token.VARIABLE, "the-token")
    run_command(["doctor"])
    doctor = told(capsys)
    assert f"{MARK}: latency on proxy orders-db" in doctor and "300 ms" in doctor
    run_command(["halt", "--sweep", "staging", "--yes"])
    assert "latency on proxy orders-db" in told(capsys)


def test_leftover_of_a_killed_drill_is_shown_while_another_runs(
    capsys: pytest.CaptureFixture[str], pages: dict[str, object]
) -> None:
    pages["/proxies/cache"] = proxy("cache", DEAD)
    assert run_command(["doctor"]) is Exit.REFUSED
    doctor = told(capsys)
    assert f"{DEAD}: latency on proxy cache" in doctor and "orders-db" not in doctor


@pytest.mark.parametrize(
    "words",
    [
        ["list"], ["list", "--format", "json"],
        ["show", "db-slowdown"], ["show", "cache-loss", "--format", "json"], ["check", "--story", "db-slowdown"],
    ],
)  # fmt: skip
def test_description_of_any_scenario_needs_the_token_while_a_drill_runs(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(words) is Exit.REFUSED
    printed = capsys.readouterr()
    assert printed.out == "" and f"drill {DRILL} is still running; hidden to avoid spoilers" in printed.err
    monkeypatch.setenv(facilitator_token.VARIABLE, "the-token")
    assert run_command(words) is Exit.HELD
    assert told(capsys)


def test_check_of_a_file_needs_no_token() -> None:
    assert run_command(["check", "db-slowdown"]) is Exit.HELD
