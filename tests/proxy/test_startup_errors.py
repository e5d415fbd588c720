"""Start-up errors: a message and an exit code, before any URL is printed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support.proxy import PATIENCE

COMMANDS = [["-m", "gameday.proxy"], ["-m", "gameday", "proxy", "serve"]]
DB = {"name": "db", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"}
TOKEN = "only-for-this-test"


def started(*args: str, command: list[str] = COMMANDS[0], limit: int = 0) -> tuple[int, str]:
    """Exit code and stderr of a server that must not come up."""
    line = [sys.executable, *command, *(() if "--port" in args else ("--port", "0")), *args]
    if limit:
        line = ["bash", "-c", f'ulimit -n {limit}; exec "$@"', "bash", *line]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert "Traceback" not in ended.stderr and "please report" not in ended.stderr
    assert ended.stdout == ""
    return ended.returncode, ended.stderr


def configured(tmp_path: Path, *proxies: object) -> tuple[int, str]:
    file = tmp_path / "toxiproxy.json"
    file.write_text(json.dumps(proxies))
    code, said = started("--config", str(file))
    assert str(file) in said
    return code, said


@pytest.mark.parametrize("command", COMMANDS)
def test_port_in_use_is_refused(command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = started("--port", str(taken.getsockname()[1]), command=command)
    assert (code, "address already in use" in said, "--port 0" in said) == (3, True, True), said


def test_address_of_another_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_PROXY_TOKEN", TOKEN)
    code, said = started("--host", "192.0.2.1")
    assert (code, "another --host" in said) == (3, True), said


@pytest.mark.parametrize("token", ["", TOKEN])
def test_unresolvable_host_is_reported(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_PROXY_TOKEN", token)
    code, said = started("--host", "nosuch.invalid")
    assert (code, "--host nosuch.invalid" in said, "another --host" in said) == (2, True, True), said
    assert "token" not in said


@pytest.mark.parametrize("option", ["--announce", "--state"])
@pytest.mark.parametrize("command", COMMANDS)
def test_unwritable_file_is_reported_at_start(tmp_path: Path, option: str, command: list[str]) -> None:
    code, said = started(option, str(tmp_path / "none" / "file"), command=command)
    assert (code, f"folder {tmp_path / 'none'} does not exist" in said) == (2, True), said
    code, said = started(option, str(tmp_path), command=command)
    assert (code, "is a folder" in said) == (2, True), said


def test_all_problems_of_config_are_reported_by_proxy(tmp_path: Path) -> None:
    code, said = configured(
        tmp_path, {"name": "a"}, DB, DB, {"name": "x/y", "upstream": "a:1", "listen": "foo"}, DB | {"enabled": "no"}
    )
    file = tmp_path / "toxiproxy.json"
    assert code == 2
    assert [line.partition(f"{file}: ")[2].partition(",")[0] for line in said.splitlines()[:-1]] == [
        "proxy 1 (a): upstream is missing",
        "proxy 3 (db): duplicate name",
        "proxy 4 (x/y): name must not contain a slash: no URL could address it",
        "proxy 4 (x/y): address foo: missing port in address",
        "proxy 5 (db): enabled must be true or false",
        "proxy 5 (db): duplicate name",
    ]


def test_port_in_use_in_config_names_the_proxy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        code, said = configured(tmp_path, DB, DB | {"name": "second", "listen": listen})
    assert (code, "proxy second: listen tcp" in said, "Free the address" in said) == (3, True, True), said


@pytest.mark.parametrize("limit", [24, 64, 79])
def test_too_few_descriptors_prevent_the_start(limit: int) -> None:
    code, said = started(limit=limit)
    assert (code, f"{limit} file descriptors are too few" in said, "ulimit -n" in said) == (3, True, True), said
