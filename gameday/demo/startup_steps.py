"""The steps that start a demo, in order: proxy server, services, data folder, database, proxies, shop, load."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from gameday.demo import demo_record, postgres, processes, proxy
from gameday.demo.demo_record import Demo, DemoProcess
from gameday.demo.http_json import request_json
from gameday.demo.ports import free_port, is_listening, read_announced_port
from gameday.errors import InternalError

ReportProgress = Callable[[str], None]
SERVERS = ("proxy", "payments", "cache", "shop", "load")
PORT_FILES = tuple(f"{name}.{suffix}" for name in SERVERS for suffix in ("port", "new"))
MAX_ATTEMPTS = 5
START_TIMEOUT_S = 20.0


def start_proxy(demo: Demo, say: ReportProgress) -> Demo:
    """Start the proxy server and record its address; try another port if it was taken meanwhile."""
    kind = proxy.server_kind()
    say(f"Starting the proxy ({kind}).")
    for _ in range(MAX_ATTEMPTS):
        port = free_port()
        demo, process = _start(demo, "proxy", proxy.server_command(kind, demo.home, port))
        announced = kind == "gameday"
        read_port = partial(read_announced_port, demo.home / proxy.PORT_FILE) if announced else partial(int, port)
        if _wait_for(process, partial(_is_serving, process, read_port)):
            return replace(demo, proxy_url=f"http://127.0.0.1:{read_port()}", proxy_kind=kind)
    raise _start_error(demo, "proxy")


def create_data(demo: Demo, say: ReportProgress) -> Demo:
    """Run initdb, with a password that no process list shows."""
    say("Creating an empty PostgreSQL.")
    password_file = demo.home / postgres.PASSWORD_FILE
    password_file.touch(mode=0o600)
    password_file.write_text(demo.password)
    demo, process = _start(demo, "initdb", postgres.initdb_command(demo.home))
    _wait_for(process, partial(bool, False))  # it serves nothing: wait for its end
    password_file.unlink()
    if not (demo.home / postgres.DATA / "global" / "pg_control").exists() or processes.is_alive(process):
        raise _start_error(demo, "initdb")
    return demo


def start_database(demo: Demo, say: ReportProgress) -> Demo:
    """Start PostgreSQL on a free port; try another one if it was taken meanwhile."""
    say("Starting PostgreSQL.")
    postgres.write_passfile(demo.home, demo.password)
    for _ in range(MAX_ATTEMPTS):
        port = free_port()
        demo, process = _start(demo, "database", postgres.server_command(demo.home, port))
        if _wait_for(process, partial(postgres.is_ready, demo.home)):
            return replace(demo, database_port=port)
        if "could not bind" not in _log(demo, "database"):
            break
    raise _start_error(demo, "database")


def start_services(demo: Demo, say: ReportProgress) -> Demo:
    """Start the payment provider and the cache side by side, and put a proxy in front of each."""
    say("Starting the payment provider and the cache.")
    demo = _start_part(_start_part(demo, "payments"), "cache")
    payments = proxy.create_proxy(demo.proxy_url, proxy.PAYMENTS, _port_of(demo, "payments"))
    cache = proxy.create_proxy(demo.proxy_url, proxy.CACHE, _port_of(demo, "cache"))
    return replace(demo, payments_url=f"http://127.0.0.1:{payments}", cache_url=f"http://127.0.0.1:{cache}")


def create_database_proxy(demo: Demo, _: ReportProgress) -> Demo:
    """Put a proxy in front of the database; record it, because the shop reads the port from the record."""
    demo = replace(demo, proxied_port=proxy.create_proxy(demo.proxy_url, demo.proxy_name, demo.database_port))
    demo_record.save(demo)
    return demo


def start_shop(demo: Demo, say: ReportProgress) -> Demo:
    """Start the shop; it answers once its tables and its connection pool are filled."""
    say("Starting the shop.")
    demo = _start_part(demo, "shop")
    demo = replace(demo, shop_url=f"http://127.0.0.1:{_port_of(demo, 'shop')}")
    demo_record.save(demo)
    return demo


def start_load(demo: Demo, say: ReportProgress) -> Demo:
    """Start the load and wait for its first good journey."""
    say(f"Starting the load: {demo.rate:g} shoppers a second.")
    demo = _start_part(demo, "load")
    demo = replace(demo, load_url=f"http://127.0.0.1:{_port_of(demo, 'load')}")
    if not _wait_for(_process(demo, "load"), lambda: request_json(f"{demo.load_url}/stats")["journey"]["good"] > 0):
        raise _start_error(demo, "load")
    return demo


STEPS = (start_proxy, start_services, create_data, start_database, create_database_proxy, start_shop, start_load)
LONG_RUNNING_PARTS = ("proxy", "payments", "cache", "database", "shop", "load")


def is_healthy(demo: Demo) -> bool:
    """Return True if all parts are alive, and shop, load and proxies answer."""
    alive = {process.name for process in demo.processes if processes.is_alive(process)}
    if demo.state != "up" or not alive.issuperset(LONG_RUNNING_PARTS):
        return False
    try:
        request_json(f"{demo.shop_url}/switches")
        request_json(f"{demo.load_url}/stats")
        for name in (demo.proxy_name, proxy.PAYMENTS, proxy.CACHE):
            request_json(f"{demo.proxy_url}/proxies/{name}")
    except OSError:
        return False
    return True


def _start(demo: Demo, name: str, command: list[str]) -> tuple[Demo, DemoProcess]:
    """Start a process; the record contains it before it runs. A dead earlier attempt leaves the record."""
    others = tuple(process for process in demo.processes if process.name != name or processes.is_alive(process))
    demo = replace(demo, processes=others)
    process = processes.start(name, command, demo.home, lambda started: demo_record.save(demo.with_process(started)))
    return demo.with_process(process), process


def _start_part(demo: Demo, name: str) -> Demo:
    """Start a part without waiting for its port, so that others can start meanwhile."""
    return _start(demo, name, [sys.executable, "-m", f"gameday.demo.{name}", str(demo.home)])[0]


def _port_of(demo: Demo, name: str) -> int:
    """Wait until the part listens on the port that it announced, and return the port."""
    process, read_port = _process(demo, name), partial(read_announced_port, demo.home / f"{name}.port")
    serving = _wait_for(process, partial(_is_serving, process, read_port))
    port = read_port()
    if not serving or port is None:
        raise _start_error(demo, name)
    return port


def _process(demo: Demo, name: str) -> DemoProcess:
    return next(process for process in reversed(demo.processes) if process.name == name)


def _is_serving(process: DemoProcess, read_port: Callable[[], int | None]) -> bool:
    port = read_port()
    return port is not None and is_listening(process.pid, port)


def _wait_for(process: DemoProcess, condition: Callable[[], bool]) -> bool:
    """Wait for the condition while the process lives, at most 20 s; return whether it came true."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while processes.is_alive(process) and time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def _log(demo: Demo, name: str) -> str:
    try:
        return (demo.home / "logs" / f"{name}.log").read_text(errors="replace")
    except OSError:
        return ""


def _start_error(demo: Demo, name: str) -> InternalError:
    """Return the error with the line of the part's log that most likely is the reason: its last error."""
    lines = [line.strip() for line in _log(demo, name).splitlines() if line.strip()]
    error = next((line for line in reversed(lines) if "ERROR" in line or "error" in line or "FATAL" in line), "")
    reason = error or (lines[-1] if lines else "its log is empty")
    todo = "Its folder needs 200 MB of space." if "No space left" in "\n".join(lines) else ""
    return InternalError(f"the demo's {name} did not start: {reason}", todo)
