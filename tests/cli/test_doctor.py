"""`gameday doctor` with a healthy engine, with a faulty one, and with leftovers of an earlier drill."""

from __future__ import annotations

import json
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from typing_extensions import override

from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.events import Intended, NewEvent
from gameday.files.project import project_identity
from gameday.injectors.common.refusals import UNREACHABLE_REMEDY
from gameday.plugins.types import Intent, RevertGuarantee
from gameday.process_identity import ProcessIdentity, current_process
from gameday.store.open import open_store

STRAY = "gd-7f3a5be90c21"
PROXY = {"name": "orders-db", "listen": "192.0.2.1:5432", "upstream": "192.0.2.2:5432", "enabled": True, "toxics": []}
ENVIRONMENT = """\
gameday: 1
default_env: staging
environments:
  staging:
    targets: {{database: {{injector: toxiproxy, url: "{url}", proxy: orders-db}}}}
    signals:
      journey-p95: {{kind: duration, probe: http, url: "{url}/stats", value: p95, n: n, every: 100ms}}
"""


class Engine(BaseHTTPRequestHandler):
    """Enough of Toxiproxy to look at, and a page of statistics; every request is written down."""

    proxy: ClassVar[dict[str, object]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(f"GET {self.path}")
        pages = {"/proxies/orders-db": self.proxy, "/stats": {"p95": 0.3, "n": 12}, "/version": {"version": "2.5.0"}}
        found = pages.get(self.path)
        body = json.dumps(found if found is not None else {"error": "not found"}).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.asked.append(f"POST {self.path}")
        self.send_error(500)

    do_DELETE = do_PUT = do_PATCH = do_POST

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def url() -> Iterator[str]:
    Engine.proxy, Engine.asked[:] = dict(PROXY), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def runtime() -> Iterator[Path]:
    """Short, because sockets lie in it; pytest's own folders are long."""
    with tempfile.TemporaryDirectory(prefix="gd") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, runtime: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("store", "demo"):
        (tmp_path / name).mkdir(mode=0o700)
        monkeypatch.setenv(f"GAMEDAY_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("GAMEDAY_RUNTIME", str(runtime))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gameday.yaml").write_text(ENVIRONMENT.format(url=url), encoding="utf-8")
    return tmp_path


def lines(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return the text of each finding by its name, with its mark and the lines below it."""
    found: dict[str, str] = {}
    name = ""
    for line in capsys.readouterr().out.splitlines():
        if line[:2] in ("ok", "--", "!!"):
            name = line[4:16].strip()
            found[name] = f"{line[:2]} {line[17:]}"
        elif line.startswith("   "):
            found[name] += f" / {line.strip()}"
        else:
            found["last"] = line
    return found


def test_doctor_reports_ok_when_everything_works(
    capsys: pytest.CaptureFixture[str], own_place: Path, runtime: Path
) -> None:
    assert run_command(["doctor"]) is Exit.HELD
    told = lines(capsys)
    assert told["last"].startswith("Exit 0: a drill can run here")
    for name in ("Python", "store", "runtime", "guardian", "injector", "drills", "environment", "target", "signal"):
        assert told[name].startswith("ok"), told[name]
    assert "latency" in told["injector"]
    assert told["target"].endswith("a fault, such as outage, auto-reverts: guardian process")
    assert told["signal"] == "ok journey-p95: 300 ms, n 12"
    assert {asked.split()[0] for asked in Engine.asked} == {"GET"}
    assert not list((own_place / "store").iterdir())
    assert not list(runtime.iterdir())


def test_doctor_reports_a_leftover_fault(capsys: pytest.CaptureFixture[str]) -> None:
    Engine.proxy["toxics"] = [{"name": STRAY, "type": "latency", "attributes": {}}]
    assert run_command(["doctor"]) is Exit.REFUSED
    told = lines(capsys)["target"]
    assert told.startswith("!!")
    assert STRAY in told
    assert "gameday halt --sweep staging" in told


def test_doctor_reports_a_missing_target(capsys: pytest.CaptureFixture[str]) -> None:
    Engine.proxy["enabled"] = False
    assert run_command(["doctor"]) is Exit.REFUSED
    told = lines(capsys)
    assert told["target"].startswith("!! database: proxy orders-db is already disabled")
    assert told["last"] == "Exit 3: no drill can run here. Fix the 1 problem marked !!."


def test_doctor_advises_no_sweep_for_an_engine_that_does_not_respond(
    capsys: pytest.CaptureFixture[str], own_place: Path
) -> None:
    (own_place / "gameday.yaml").write_text(ENVIRONMENT.format(url="http://127.0.0.1:9"), encoding="utf-8")
    assert run_command(["doctor"]) is Exit.REFUSED
    told = lines(capsys)["target"]
    assert told.endswith(f" / {UNREACHABLE_REMEDY}") and "again" not in told


def test_doctor_reports_an_unreadable_signal(
    capsys: pytest.CaptureFixture[str], own_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAMEDAY_TIMING", "first_reading_timeout=500ms")
    text = (own_place / "gameday.yaml").read_text(encoding="utf-8")
    (own_place / "gameday.yaml").write_text(text.replace("value: p95", "value: p99"), encoding="utf-8")
    assert run_command(["doctor"]) is Exit.REFUSED
    assert lines(capsys)["signal"].startswith("!! journey-p95 cannot be read: ")


def test_doctor_reports_a_signal_outside_its_healthy_limit(capsys: pytest.CaptureFixture[str], own_place: Path) -> None:
    text = (own_place / "gameday.yaml").read_text(encoding="utf-8")
    unhealthy = text.replace("every: 100ms", "every: 100ms, healthy: at_most 200ms")
    (own_place / "gameday.yaml").write_text(unhealthy, encoding="utf-8")
    assert run_command(["doctor"]) is Exit.HELD
    assert lines(capsys)["signal"].startswith("-- journey-p95: 300 ms, n 12: not healthy (healthy: at most 200ms)")


def test_doctor_reports_a_firing_alert_as_an_obstacle(capsys: pytest.CaptureFixture[str], own_place: Path) -> None:
    text = (own_place / "gameday.yaml").read_text(encoding="utf-8")
    firing = '  slow: {kind: alert, probe: process, run: [echo, "1 1"], every: 100ms}\n'
    (own_place / "gameday.yaml").write_text(f"{text.rstrip()}\n    {firing}", encoding="utf-8")
    assert run_command(["doctor"]) is Exit.REFUSED
    assert "!!  signal       slow: firing, n 1" in capsys.readouterr().out


def test_doctor_reports_what_a_killed_drill_left(capsys: pytest.CaptureFixture[str], url: str) -> None:
    Engine.proxy["toxics"] = [{"name": STRAY, "type": "latency", "stream": "downstream", "attributes": {}}]
    left_behind(url)
    assert run_command(["doctor"]) is Exit.REFUSED
    told = lines(capsys)["drills"]
    assert told.startswith("!! gd-7f3a was left behind")
    assert STRAY in told
    assert "Revert it: gameday halt" in told
    assert {asked.split()[0] for asked in Engine.asked} == {"GET"}


def left_behind(url: str) -> None:
    """Store a drill of a dead process, with an intended fault."""
    intent = Intent(
        marker=STRAY, drill="gd-7f3a", fault="slow", kind="latency", injector="toxiproxy", environment="staging",
        target="database", address={"url": url, "proxy": "orders-db"}, params={"delay": "400ms"}, undo={},
        target_text="proxy orders-db", revert_text=f"remove toxic {STRAY}", guarantee=RevertGuarantee.GUARDIAN,
    )  # fmt: skip
    store = open_store()
    dead = ProcessIdentity(socket.gethostname(), 1, -5.0, "an earlier boot")
    epoch = store.begin("gd-7f3a", "staging", "rehearsal", "", dead)
    store.append("gd-7f3a", [NewEvent(Intended(intent))], epoch)
    store.close()


def test_doctor_reports_an_invalid_file(capsys: pytest.CaptureFixture[str], own_place: Path) -> None:
    (own_place / "gameday.yaml").write_text("gameday: 1\nenvironmentz: {}\n", encoding="utf-8")
    assert run_command(["doctor"]) is Exit.REFUSED
    told = lines(capsys)["environment"]
    assert told.startswith("!! gameday.yaml:")
    assert "did you mean 'environments'?" in told


def test_doctor_reports_an_unknown_environment(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["doctor", "--env", "stagging"]) is Exit.REFUSED
    assert "stagging" in lines(capsys)["environment"]


def test_doctor_reports_a_runtime_folder_of_another_user(capsys: pytest.CaptureFixture[str], runtime: Path) -> None:
    runtime.chmod(0o755)
    assert run_command(["doctor"]) is Exit.REFUSED
    assert "chmod 700" in lines(capsys)["runtime"]


def test_doctor_reports_a_runtime_folder_whose_path_is_too_long(
    capsys: pytest.CaptureFixture[str], own_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAMEDAY_RUNTIME", str(own_place / ("r" * 90)))
    assert run_command(["doctor"]) is Exit.REFUSED
    assert lines(capsys)["runtime"].startswith("!! ")


def test_doctor_does_not_need_a_running_demo(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gameday.demo import postgres
    from gameday.errors import Refused

    assert run_command(["doctor", "--env", "demo"]) is Exit.HELD
    assert "not running" in lines(capsys)["environment"]

    def missing() -> Path:
        raise Refused("the package is not installed", "install it")

    monkeypatch.setattr(postgres, "find_binaries", missing)
    assert run_command(["doctor", "--env", "demo"]) is Exit.REFUSED
    told = lines(capsys)
    assert told["demo"].startswith("-- the package")
    assert told["environment"].startswith("!! demo (built in) cannot be started")


def test_doctor_reports_that_no_injector_is_installed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gameday.plugins.registry.entry_points", lambda group: ())
    assert run_command(["doctor"]) is Exit.REFUSED
    assert lines(capsys)["injector"].startswith("!! none installed")


def test_drill_running_in_another_environment_is_no_obstacle(capsys: pytest.CaptureFixture[str]) -> None:
    begin_drill("demo", "")
    assert run_command(["doctor"]) is Exit.HELD
    told = lines(capsys)
    assert told["drills"] == "ok gd-0001 is running in demo"
    assert told["last"].startswith("Exit 0: a drill can run here") and "running drill" not in told["last"]


@pytest.mark.parametrize(("environment", "options"), [("staging", []), ("demo", ["--env", "demo"])])
def test_no_second_drill_can_run_in_one_environment(
    capsys: pytest.CaptureFixture[str], environment: str, options: list[str]
) -> None:
    begin_drill(environment, project_identity(Path("gameday.yaml")) if environment == "staging" else "")
    assert run_command(["doctor", *options]) is Exit.REFUSED
    told = lines(capsys)
    assert told["drills"].startswith(f"!! gd-0001 is running in {environment} / The next drill in {environment} can")
    assert told["last"] == "Exit 3: no drill can run here until the running drill has ended."
    assert run_command(["doctor", *options, "--format", "json"]) is Exit.REFUSED
    assert json.loads(capsys.readouterr().out)["can_run"] is False


def begin_drill(environment: str, project: str) -> None:
    """Store a drill that this process runs."""
    with closing(open_store()) as store:
        store.begin("gd-0001", environment, "rehearsal", "", current_process(), project)
