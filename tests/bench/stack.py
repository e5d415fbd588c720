"""Stack of the drills: the embedded proxy, an upstream with traffic, and the two files of a team."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 30.0
"""Seconds after which something that should happen is taken not to."""
GAMEDAY = str(Path(sys.executable).with_name("gameday"))

ENVIRONMENTS = """\
gameday: 1
default_env: bench
environments:
  bench:
    production: false
    allows_drills: true
    targets: {line: {injector: toxiproxy, url: "PROXY", proxy: line}}
    signals:
      trip: {kind: duration, probe: http, url: "STATS", value: trip, n: n, healthy: at_most 50ms, every: EVERY}
      neighbour: {kind: ratio, probe: http, url: "STATS", value: neighbour, n: n, healthy: at_least 99%, every: EVERY}
"""
SCENARIO = """\
gameday: 1
id: bench
timebox: 60s
requires:
  targets: {line: what the client goes through}
  signals: {SIGNALS}
hypothesis: {statement: The line may be late., expect: [{signal: trip, at_most: 5s}]}
steady_state: [{signal: trip, is: healthy}]
faults: [{id: late, kind: latency, target: line, delay: 100ms, shows: {signal: trip, above: 50ms, by: fault+5s}}]
"""
QUICK = SCENARIO.replace("SIGNALS", "trip: {kind: duration}") + "ends: impact+0s\n"
"""One signal, one fault, one revert: over as soon as the fault shows."""
LONG = SCENARIO.replace("SIGNALS", "trip: {kind: duration}, neighbour: {kind: ratio}") + (
    "guardrails: [{signal: neighbour, below: 99%, for: 200ms}]\n"
)
"""Lasts until something ends it: the guardrail, STOP, or the end of its runner."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A folder with gameday.yaml, quick.yaml and long.yaml, and what runs behind them."""

    folder: Path
    proxy: str
    stats: str

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables of a command in this place, with a store of its own."""
        return {**plain_environment(), "GAMEDAY_STORE": str(self.folder / "store")}

    def set_period(self, period: str) -> None:
        """Set the sampling period of each signal, as in `50ms`."""
        text = ENVIRONMENTS.replace("PROXY", self.proxy).replace("STATS", f"{self.stats}/stats")
        (self.folder / "gameday.yaml").write_text(text.replace("EVERY", period), encoding="utf-8")

    def start_rehearsal(self, file: str) -> subprocess.Popen[str]:
        """Start a rehearsal of that file."""
        return subprocess.Popen(
            [GAMEDAY, "run", file, "--rehearse"], cwd=self.folder, env=self.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def neighbour(self, share: float) -> None:
        """Set what the neighbour's signal shows from now on."""
        ask(self.stats, "POST", f"/neighbour/{share}")

    def watch(self) -> ProxyWatch:
        return ProxyWatch(self.proxy)


def plain_environment() -> dict[str, str]:
    """Return the environment without Python's own variables: one may forbid compiled files, which cost much."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GAMEDAY"))}


class ProxyWatch:
    """Asks the proxy itself for the faults on the line, over one connection: a millisecond each time."""

    def __init__(self, proxy: str) -> None:
        self._connection = http.client.HTTPConnection(proxy.removeprefix("http://"), timeout=PATIENCE)

    def is_clean(self) -> bool:
        self._connection.request("GET", "/proxies/line")
        shown = json.loads(self._connection.getresponse().read())
        return not shown["toxics"] and bool(shown["enabled"])

    def wait_until(self, clean: bool) -> float:
        """Return the time (CLOCK_MONOTONIC) at which the line was first seen so. Raises TimeoutError."""
        return until(lambda: self.is_clean() is clean, pause=0.002)


def until(true: Callable[[], bool], pause: float = 0.01, within: float = PATIENCE) -> float:
    """Return the time at which it was first true. Raises TimeoutError."""
    give_up = time.monotonic() + within
    while not true():
        if time.monotonic() > give_up:
            raise TimeoutError("what the bench waits for did not come")
        time.sleep(pause)
    return time.monotonic()


def ask(url: str, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
    """One request with a JSON answer; raises OSError for anything but a 2xx."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request(method, path, json.dumps(body) if body is not None else None)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status // 100 != 2:
            raise OSError(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else None


@contextlib.contextmanager
def stack() -> Iterator[Stack]:
    """Everything up and carrying traffic; all of it stopped at the end, by process."""
    with tempfile.TemporaryDirectory(prefix="gameday-bench-") as name, contextlib.ExitStack() as running:
        folder = Path(name)
        announced, ports = folder / "proxy", folder / "ports"
        running.enter_context(_process("-m", "gameday.proxy", "--port", "0", "--announce", str(announced)))
        running.enter_context(_process(str(Path(__file__).with_name("upstream_process.py")), str(ports)))
        until(lambda: announced.exists() and ports.exists())
        proxy = announced.read_text(encoding="utf-8").strip()
        stats_port, echo_port = json.loads(ports.read_text(encoding="utf-8"))
        made = Stack(folder, proxy, f"http://127.0.0.1:{stats_port}")
        _lay(made, int(echo_port))
        yield made


def _lay(made: Stack, echo_port: int) -> None:
    """Lay the line, start its client, write the files."""
    line = {"name": "line", "listen": "127.0.0.1:0", "upstream": f"127.0.0.1:{echo_port}"}
    listen = str(ask(made.proxy, "POST", "/proxies", line)["listen"])
    ask(made.stats, "POST", f"/line/{listen.rpartition(':')[2]}")
    until(lambda: ask(made.stats, "GET", "/stats")["n"] > 0)
    made.set_period("20ms")
    (made.folder / "quick.yaml").write_text(QUICK, encoding="utf-8")
    (made.folder / "long.yaml").write_text(LONG, encoding="utf-8")


@contextlib.contextmanager
def _process(*args: str) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen([sys.executable, *args], env=plain_environment(), stdin=quiet, stdout=quiet) as process:
        try:
            yield
        finally:
            process.terminate()
