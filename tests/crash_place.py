"""A place to break: a proxy of its own on a real server, a shop behind it, and all that `gameday` needs there."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from crash_run import Run
from crash_shop import Client, Shop

PATIENCE = 60.0
"""Seconds after which something that should happen is taken not to."""
PLANTED = Path(__file__).parent / "crash" / "planted"
_NUMBERS = itertools.count()

LATENCY = "kind: latency, target: database, delay: 200ms, expect: {signal: wait, above: 100ms, within: 10s}"
OUTAGE = "kind: outage, target: database, seen_as: refused, expect: {signal: success, below: 90%, within: 10s}"
SCENARIO = """\
gameday: 1
id: late
timebox: {timebox}
needs: {{targets: {{database: where it writes}}, signals: {{success: ratio, wait: duration}}}}
hypothesis: {{say: "It goes on.", holds: [{{signal: wait, at_most: {holds}, over: 500ms}}]}}
steady_state: [{{signal: wait, is: good}}]
faults: [{{id: slow, start: {start}, {fault}}}]
guardrails: [{{signal: wait, above: {guardrail}, for: 500ms, warn_at: 100ms}}]
ends: {{after: {stands}, of: fault}}
rehearsal: {{pace: 1, responders: [{{after: 300ms, of: fault, do: acknowledged}}]}}
"""
GAMEDAY = """\
gameday: 1
default_env: {name}
environments:
  {name}:
    targets: {{database: {{injector: toxiproxy, url: "{url}", proxy: {name}}}}}
    signals:
      success: {{kind: ratio, probe: http, url: "{stats}", good_count: good, total_count: total, good: at_least 99%,
                every: 100ms, min_samples: 1}}
      wait: {{kind: duration, probe: http, url: "{stats}", value: latency, n: n, good: at_most 90ms, every: 100ms}}
"""


def eventually(true: Callable[[], object], what: str = "it", within: float = PATIENCE) -> None:
    """Waits until it is so, as long as patience lasts."""
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until, f"{what} did not happen in {within:.0f} s"
        time.sleep(0.02)


def stays(true: Callable[[], object], seconds: float, what: str = "it") -> None:
    """It is so, and is still so whenever it is looked at."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert true(), f"{what} did not last"
        time.sleep(0.1)


class ProxyServer:
    """A fault proxy as a process: `ours`, or Toxiproxy's own `binary`."""

    def __init__(self, binary: Path | None) -> None:
        self.ours = binary is None
        self._binary = binary
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """On the same port as ever."""
        port = ["--port", str(self.port)] if self._binary is None else ["-port", str(self.port)]
        command = [sys.executable, "-m", "gameday.proxy"] if self._binary is None else [str(self._binary)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen([*command, *port], stdout=quiet, stderr=quiet, start_new_session=True)
        eventually(lambda: self.ask("/proxies") is not None, "the proxy server")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, path: str) -> Any:
        """What it says; None when it does not answer."""
        with contextlib.suppress(httpx.HTTPError, ValueError):
            return httpx.get(self.url + path, timeout=5.0, trust_env=False).json()
        return None

    def make(self, name: str, upstream: str, listen: str = "127.0.0.1:0") -> dict[str, Any]:
        body = {"name": name, "listen": listen, "upstream": upstream}
        answer = httpx.post(self.url + "/proxies", json=body, timeout=5.0, trust_env=False)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


@dataclass
class Place:
    """One environment: its proxy, its store, its files. `url`: what gameday.yaml says (perhaps a stand-in's)."""

    server: ProxyServer
    shop: Shop
    folder: Path
    name: str = ""
    url: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name = self.name or f"p{os.getpid()}-{next(_NUMBERS)}"
        self.url = self.url or self.server.url
        made = self.server.make(self.name, self.shop.upstream)
        host, _, port = str(made["listen"]).rpartition(":")
        self.listen = (host, int(port))
        self.before = self.shown()
        self.client = self.shop.clients[self.name] = Client(self.listen)
        self.runtime = Path(tempfile.mkdtemp(prefix="gd-", dir="/tmp"))
        self.env = self._env()
        self.bind(self.url)
        self.write()

    def _env(self) -> dict[str, str]:
        env = {key: value for key, value in os.environ.items() if not key.startswith(("GAMEDAY_", "XDG_", "PYTHON"))}
        home = {"HOME": str(self.folder / "home"), "XDG_STATE_HOME": str(self.folder / "state")}
        stores = {"GAMEDAY_STORE": str(self.folder / "store"), "GAMEDAY_RUNTIME": str(self.runtime)}
        return {**env, **home, **stores, "NO_COLOR": "1"}

    def bind(self, url: str) -> None:
        """gameday.yaml: the environment's proxy is asked at `url`."""
        stats = f"{self.shop.stats}/{self.name}"
        (self.folder / "gameday.yaml").write_text(GAMEDAY.format(name=self.name, url=url, stats=stats))

    def write(
        self, fault: str = LATENCY, *, stands: str = "1s", start: str = "50ms..200ms", timebox: str = "90s",
        holds: str = "30s", guardrail: str = "20s",
    ) -> None:  # fmt: skip
        """The scenario."""
        text = SCENARIO.format(
            fault=fault, stands=stands, start=start, timebox=timebox, holds=holds, guardrail=guardrail
        )
        (self.folder / "late.yaml").write_text(text)

    def run(self, *plants: Mapping[str, Any], **env: str) -> Run:
        """`gameday run` in the background, with what is planted in it and in its guardian."""
        run = Run(self.folder, {**self.env, **_planted(plants), **env}, len(self.runs))
        self.runs.append(run)
        return run

    def gameday(self, *args: str, plants: Sequence[Mapping[str, Any]] = (), answer: str = "", **env: str) -> Ended:
        """Any other command, until it has ended."""
        done = subprocess.run(
            [sys.executable, "-m", "gameday", *args], cwd=self.folder, env={**self.env, **_planted(plants), **env},
            input=answer, capture_output=True, text=True, timeout=PATIENCE * 3, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    def shown(self) -> dict[str, Any]:
        """What the server itself says of the proxy; empty when it does not answer."""
        return self.server.ask(f"/proxies/{self.name}") or {}

    def clean(self) -> bool:
        """Whether the proxy is as it was before."""
        return self.shown() == self.before

    def marks(self) -> list[str]:
        return [str(toxic["name"]) for toxic in self.shown().get("toxics", [])]

    def close(self) -> None:
        for run in self.runs:
            run.end()
        self.client.over.set()
        shutil.rmtree(self.runtime)


Make = Callable[..., Place]
"""What the fixture `make` gives."""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


def _planted(plants: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    if not plants:
        return {}
    return {"PYTHONPATH": str(PLANTED), "CRASH_PLANTED": json.dumps(list(plants))}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(binary: Path | None) -> Iterator[ProxyServer]:
    """A server for as long as it is needed; a stopped one is woken to be ended."""
    server = ProxyServer(binary)
    try:
        yield server
    finally:
        server.process.send_signal(signal.SIGCONT)
        server.kill()
