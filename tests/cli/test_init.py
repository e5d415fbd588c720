"""`gameday init`: it changes nothing, its proposal passes the check, and no file is overwritten."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.available_engines import toxiproxy_server
from support.proxy import Server, original, ours
from support.wizard import PROMETHEUS, Listener, Person, folder_as_it_is, listening

from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.files.project import read_project

COMPOSE = "services:\n  shop: {image: shop}\n  größe: {image: x}\n"
ROSTER = "gameday: 1\nteam: shop\ntimezone: UTC\npeople:\n  - {id: ana, name: Ana, level: 4, roles: [facilitator]}\n"
KUBE = "apiVersion: v1\ncurrent-context: staging-eu\n"
ONE_PROXY: dict[str, Any] = {
    "/version": {"version": "2.9.0"},
    "/proxies": {
        "orders-db": {"name": "orders-db", "listen": "127.0.0.1:1", "upstream": "127.0.0.1:2", "enabled": True}
    },
}


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use an empty folder and home, and two addresses where nothing listens."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(home))
    for name in ("GAMEDAY_FILE", "KUBECONFIG"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket() as taken:  # bound and not listening: a connection is refused
        taken.bind(("127.0.0.1", 0))
        for name in ("TOXIPROXY_URL", "PROMETHEUS_URL"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{taken.getsockname()[1]}")
        yield


@pytest.fixture
def prometheus(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    with listening(PROMETHEUS) as one:
        monkeypatch.setenv("PROMETHEUS_URL", one.url)
        yield one


@pytest.fixture(params=["ours", pytest.param("original", marks=pytest.mark.engine("toxiproxy"))], scope="module")
def started(request: pytest.FixtureRequest) -> Iterator[Server]:
    with ours() if request.param == "ours" else original(str(toxiproxy_server())) as one:
        yield one


@pytest.fixture
def server(started: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("TOXIPROXY_URL", str(started.http.base_url).rstrip("/"))
    for name in ("orders db", "prod-db"):
        made = {"name": name, "listen": "127.0.0.1:0", "upstream": "127.0.0.1:9"}
        assert started.http.post("/proxies", json=made).status_code == 201
    return started


def checks(path: str = "gameday.yaml") -> bool:
    return run_command(["check", path]) is Exit.HELD


def test_everything_is_found_and_left_unchanged(
    server: Server, prometheus: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("compose.yaml").write_text(COMPOSE, encoding="utf-8")
    Path("roster.yaml").write_text(ROSTER, encoding="utf-8")
    kube = Path.home() / ".kube" / "config"
    kube.parent.mkdir()
    kube.write_text(KUBE, encoding="utf-8")
    before = server.http.get("/proxies").json(), folder_as_it_is(Path()), folder_as_it_is(Path.home())
    assert run_command(["init"]) is Exit.HELD
    said = capsys.readouterr()
    assert (server.http.get("/proxies").json(), folder_as_it_is(Path()), folder_as_it_is(Path.home())) == before
    assert f"+ Toxiproxy: {os.environ['TOXIPROXY_URL']}, 2 proxies: " in said.err
    assert f"+ Prometheus: {prometheus.url}, 2 alerts: OrdersSlow, DiskFull" in said.err
    assert "+ Compose project: compose.yaml, services shop, größe" in said.err
    assert "gameday init --context staging-eu --namespace NAME" in said.err
    assert Path(__file__).parents[2].joinpath("docs/how-to/use-kubernetes.md").exists()
    assert "+ kube context: staging-eu" in said.err and "+ roster: roster.yaml" in said.err
    assert run_command(["init", "--into", "gameday.yaml"]) is Exit.HELD and checks()
    assert Path("gameday.yaml").read_text(encoding="utf-8").strip() == said.out.strip()
    found = read_project(Path("gameday.yaml"))
    assert found.roster == Path("roster.yaml") and found.default_env == "staging"
    here = found.environments["staging"]
    settings = {"url": os.environ["TOXIPROXY_URL"], "proxy": "orders db"}
    assert {name: dict(one.settings) for name, one in here.targets.items()} == {"orders-db": settings}
    assert {name: one.settings["alert"] for name, one in here.signals.items()} == {
        "orders-slow": "OrdersSlow", "disk-full": "DiskFull",
    }  # fmt: skip
    assert "      # shop: {injector: docker, project: " in said.out
    assert "sounds like production, so it is left to you\n      # prod-db: {" in said.out
    assert {verb for verb, _, _ in (one.partition(" ") for one in prometheus.heard)} == {"GET"}


def test_servers_get_only_read_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening({**PROMETHEUS, **ONE_PROXY}) as one:
        monkeypatch.setenv("TOXIPROXY_URL", one.url)
        monkeypatch.setenv("PROMETHEUS_URL", one.url)
        assert run_command(["init", "--into", "gameday.yaml"]) is Exit.HELD
    assert sorted(one.heard) == [
        "GET /api/v1/alerts", "GET /api/v1/rules?type=alert", "GET /proxies", "GET /version",
    ]  # fmt: skip


def test_file_is_proposed_even_if_nothing_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["init"]) is Exit.HELD
    said = capsys.readouterr()
    lines = [line for line in said.err.splitlines() if line[:1] in "+-"]
    assert len(lines) >= 5 and not [line for line in lines if line.startswith("+")]
    assert "Toxiproxy: none at" in said.err
    assert "Nothing was written. Write it: gameday init --into gameday.yaml" in said.err
    assert list(Path().iterdir()) == []
    Path("own.yaml").write_text(said.out, encoding="utf-8")
    assert checks("own.yaml")
    here = read_project(Path("own.yaml")).environments["staging"]
    assert not here.targets and not here.signals and not here.production


def test_every_commented_example_of_the_proposal_is_valid() -> None:
    """With the # taken away as its head says, the file still has no problems."""
    assert run_command(["init", "--into", "gameday.yaml"]) is Exit.HELD
    head, _, rest = Path("gameday.yaml").read_text(encoding="utf-8").partition("gameday: 1\n")
    lines = [line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line for line in rest.splitlines()]
    prose = ("counters in a JSON response", "a value in a JSON response", "roster:")
    bare = [line.replace(": {}", ":   ") for line in lines if not line.strip().startswith(prose)]
    Path("gameday.yaml").write_text(head + "gameday: 1\n" + "\n".join(bare) + "\n", encoding="utf-8")
    assert checks()
    here = read_project(Path("gameday.yaml")).environments["staging"]
    assert here.targets and len(here.signals) == 4 and here.actions and here.load and here.charter


@pytest.mark.parametrize("into", ["gameday.yaml", "nowhere.yaml"])
def test_existing_file_is_never_overwritten(into: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("gameday.yaml").write_text("mine\n", encoding="utf-8")
    Path("nowhere.yaml").symlink_to("not-yet.yaml")
    before = folder_as_it_is(Path())
    assert run_command(["init", "--into", into]) is Exit.BAD_INPUT
    said = capsys.readouterr().err
    assert f"{into} already exists" in said and "gameday env bind" in said
    assert "Toxiproxy" not in said  # said before anybody is asked
    assert folder_as_it_is(Path()) == before and not Path("not-yet.yaml").exists()
    assert run_command(["init"]) is Exit.HELD
    assert "gameday.yaml already exists" in capsys.readouterr().err
    assert folder_as_it_is(Path()) == before


def test_file_created_meanwhile_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    from gameday.cli import init

    look = init._find

    def meanwhile(*cluster: str) -> Any:
        Path("gameday.yaml").write_text("theirs\n", encoding="utf-8")
        return look(*cluster)

    monkeypatch.setattr(init, "_find", meanwhile)
    assert run_command(["init", "--into", "gameday.yaml"]) is Exit.BAD_INPUT
    assert Path("gameday.yaml").read_text(encoding="utf-8") == "theirs\n"


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False), ("", False), (None, False)])
def test_terminal_is_asked_before_writing(answer: str | None, written: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Person(*([] if answer is None else [answer])))
    monkeypatch.setattr("sys.stdout", Person())
    assert run_command(["init"]) is (Exit.HALTED if answer is None else Exit.HELD)
    assert Path("gameday.yaml").exists() is written


@pytest.mark.parametrize("into", ["/sys/gameday.yaml", "nowhere/gameday.yaml", "x" * 300])
def test_path_that_cannot_be_written_is_refused(into: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The first is in a folder in which nobody may write."""
    assert run_command(["init", "--into", into]) is Exit.BAD_INPUT
    assert "cannot write " in capsys.readouterr().err
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(("body", "said"), [
    ({"/proxies": [], "/version": {}}, "is not Toxiproxy"),
    ({"/proxies": {"a": 1}, "/version": {}}, "is not Toxiproxy"),
    ({}, "is not Toxiproxy"),
    ({"/proxies": {}, "/version": {"version": "2.9.0"}}, "0 proxies\n    Create a proxy for each dependency"),
    ({"/api/v1/alerts": {"status": "success"}}, "is not Prometheus"),
    ({"/api/v1/alerts": []}, "is not Prometheus"),
    ({"/api/v1/alerts": {"data": {"alerts": [{"labels": {}}]}}}, "is not Prometheus"),
])  # fmt: skip
def test_unexpected_server_answers_are_reported(
    body: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(body) as one:
        monkeypatch.setenv("TOXIPROXY_URL", one.url)
        monkeypatch.setenv("PROMETHEUS_URL", one.url)
        assert run_command(["init", "--into", "gameday.yaml"]) is Exit.HELD
    assert said in capsys.readouterr().err and checks()


@pytest.mark.parametrize("url", ["http://me:s3cret@127.0.0.1:1", "s3cret", "http://[s3cret", "ftp://127.0.0.1/s3cret"])
def test_invalid_address_is_neither_requested_nor_printed(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOXIPROXY_URL", url)
    monkeypatch.setenv("PROMETHEUS_URL", url)
    assert run_command(["init", "--into", "gameday.yaml"]) is Exit.HELD
    said = capsys.readouterr()
    assert "Toxiproxy: not checked, TOXIPROXY_URL" in said.err and "Prometheus: not checked, PROMETHEUS_URL" in said.err
    assert "s3cret" not in said.err + said.out + Path("gameday.yaml").read_text(encoding="utf-8") and checks()


@pytest.mark.parametrize("bad", ["services: [", "\x00", "- 1\n", "services: 7\n", "&a [*a, *a]\n"])
def test_unreadable_files_do_not_stop_init(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "kube")
    for name in ("compose.yaml", "roster.yaml", "kube"):
        Path(name).write_text(bad, encoding="utf-8")
    assert run_command(["init", "--into", "gameday.yaml"]) is Exit.HELD and checks()


def test_any_name_of_a_proxy_is_written_without_control_characters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["a: b", "größe", "x" * 200, "#", '"', "a\x1b[2J", "same name", "same-name"]
    proxies = {name: {"name": name, "listen": "\x1b[2J", "upstream": "a\nb", "enabled": False} for name in names}
    with listening({**ONE_PROXY, "/proxies": proxies}) as one:
        monkeypatch.setenv("TOXIPROXY_URL", one.url)
        assert run_command(["init", "--into", "gameday.yaml"]) is Exit.HELD and checks()
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err + Path("gameday.yaml").read_text(encoding="utf-8")
    targets = read_project(Path("gameday.yaml")).environments["staging"].targets
    assert {str(one.settings["proxy"]) for one in targets.values()} == {name for name in names if "\x1b" not in name}


def test_ascii_terminal_gets_the_proposal(tmp_path: Path) -> None:
    Path("compose.yaml").write_text(COMPOSE, encoding="utf-8")
    own = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "gameday", "init"]
    shown = subprocess.run(command, env=own, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert "services of compose.yaml: shop, gr" in shown.stdout and "Traceback" not in shown.stderr
    subprocess.run([*command, "--into", "gameday.yaml"], env=own, capture_output=True, check=True)
    assert "# services of compose.yaml: shop, größe" in Path("gameday.yaml").read_text(encoding="utf-8")


def test_gameday_file_variable_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_FILE", "team.yaml")
    monkeypatch.setattr("sys.stdin", Person("y"))
    monkeypatch.setattr("sys.stdout", Person())
    assert run_command(["init"]) is Exit.HELD
    assert [path.name for path in Path().iterdir()] == ["team.yaml"] and checks("team.yaml")
