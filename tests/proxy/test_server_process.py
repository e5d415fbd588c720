"""The server as a process: start, URL, configuration, exit."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from support.proxy import PATIENCE, eventually, ours

from gameday import __version__
from gameday.proxy import sockets

COMMANDS = [["-m", "gameday.proxy"], ["-m", "gameday", "proxy", "serve"]]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_url_is_announced_and_exit_is_clean(tmp_path: Path, command: list[str], number: signal.Signals) -> None:
    file = tmp_path / "url"
    args = [sys.executable, *command, "--port", "0", "--announce", str(file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(args, stdout=pipe, stderr=pipe, text=True) as process:
        eventually(file.exists)
        url = file.read_text().strip()
        assert httpx.get(f"{url}/version").json()["gameday"] is True
        process.send_signal(number)
        said, complaints = process.communicate(timeout=PATIENCE)
    assert (process.returncode, complaints) == (0, "")
    assert said == f"gameday proxy: {url}\n"
    assert list(tmp_path.iterdir()) == []


def test_exit_is_clean_with_open_connections_and_toxics() -> None:
    with ours() as server, server.proxied() as proxy, proxy.pair() as pair:
        proxy.toxic("latency", attributes={"latency": 3_600_000})
        pair.upstream.sendall(b"held")
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        assert pair.client.recv(100) == b"held"
        assert pair.client.recv(1) == b""


def test_config_file_has_toxiproxys_format(tmp_path: Path) -> None:
    file = tmp_path / "toxiproxy.json"
    wanted = [
        {"name": "db", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:5432"},
        {"name": "off", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:5433", "enabled": False},
    ]
    file.write_text(json.dumps(wanted))
    with ours("--config", str(file)) as server:
        shown = server.http.get("/proxies").json()
    assert {name: (proxy["upstream"], proxy["enabled"]) for name, proxy in shown.items()} == {
        "db": ("127.0.0.1:5432", True),
        "off": ("127.0.0.1:5433", False),
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot read"),
        ("{", "Expecting"),
        ("{}", "a list of proxies"),
        ('[{"name": "x"}]', "proxy 1 (x): upstream is missing"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_invalid_config_is_reported(tmp_path: Path, command: list[str], content: str | None, said: str) -> None:
    file = tmp_path / "toxiproxy.json"
    if content is not None:
        file.write_text(content)
    ended = _run(*command, "--port", "0", "--config", str(file))
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_version_flag_works_with_one_dash() -> None:
    ended = _run("-m", "gameday.proxy", "-version")
    assert (ended.returncode, ended.stdout.strip()) == (0, __version__)


def test_toxics_in_config_cause_warning(tmp_path: Path) -> None:
    file = tmp_path / "toxiproxy.json"
    file.write_text(json.dumps([{"name": "db", "upstream": "127.0.0.1:1", "toxics": []}]))
    line = [sys.executable, "-m", "gameday.proxy", "--port", "0", "--config", str(file)]
    with subprocess.Popen(line, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        assert f"{file}: proxy 1 (db): toxics ignored" in process.stderr.readline()
        process.terminate()


def test_listening_socket_names_tcp() -> None:
    """Else asyncio leaves Nagle's algorithm on, and every small answer is 40 ms late."""
    with sockets.open_listening_socket("127.0.0.1:0") as sock:
        assert sock.proto == socket.IPPROTO_TCP


def _run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *args], capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_signals_during_exit_do_not_change_the_exit_code() -> None:
    line = [sys.executable, "-m", "gameday.proxy", "--port", "0"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        while process.poll() is None:
            process.terminate()
            time.sleep(0.002)
    assert process.returncode == 0
