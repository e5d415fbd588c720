"""The steps of bringing a demo up, in order: proxy server, services, data folder, database, proxies, shop, load."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from gameday.demo import demo_record, postgres, processes, proxy
from gameday.demo.demo_record import Demo, Recorded
from gameday.demo.http_json import ask
from gameday.demo.ports import announced, free_port, listens
from gameday.errors import InternalError

Say = Callable[[str], None]
ANNOUNCING = ("proxy", "payments", "cache", "shop", "load")
ANNOUNCEMENTS = tuple(f"{what}.{end}" for what in ANNOUNCING for end in ("port", "new"))
TRIES = 5
PATIENCE = 20.0


def start_proxy(demo: Demo, say: Say) -> Demo:
    """The proxy server first: its port is told or announced, and a stranger on it does not count."""
    which = proxy.kind()
    say(f"Starting the proxy ({which}).")
    for _ in range(TRIES):
        port = free_port()
        demo, process = _start(demo, "proxy", proxy.command(which, demo.home, port))
        told = partial(announced, demo.home / proxy.ANNOUNCED) if which == "gameday" else partial(int, port)
        if _wait_for(process, partial(_serving, process, told)):
            return replace(demo, proxy_url=f"http://127.0.0.1:{told()}", proxy_kind=which)
    raise _did_not_start(demo, "proxy")


def make_data(demo: Demo, say: Say) -> Demo:
    """initdb, with a password that no list of processes shows."""
    say("Making an empty PostgreSQL.")
    secret = demo.home / postgres.PASSWORD_FILE
    secret.touch(mode=0o600)
    secret.write_text(demo.password)
    demo, process = _start(demo, "initdb", postgres.initdb(demo.home))
    _wait_for(process, partial(bool, False))  # nothing to reach but its end
    secret.unlink()
    if not (demo.home / postgres.DATA / "global" / "pg_control").exists() or processes.alive(process):
        raise _did_not_start(demo, "initdb")
    return demo


def start_database(demo: Demo, say: Say) -> Demo:
    """PostgreSQL on a free port; when another took it in between, on the next one."""
    say("Starting PostgreSQL.")
    postgres.passfile(demo.home, demo.password)
    for _ in range(TRIES):
        port = free_port()
        demo, process = _start(demo, "database", postgres.postgres(demo.home, port))
        if _wait_for(process, partial(postgres.ready, demo.home)):
            return replace(demo, database_port=port)
        if "could not bind" not in _log(demo, "database"):
            break
    raise _did_not_start(demo, "database")


def start_services(demo: Demo, say: Say) -> Demo:
    """The payment provider and the cache, each behind a proxy of its own; they start side by side."""
    say("Starting the payment provider and the cache.")
    demo = _start_part(_start_part(demo, "payments"), "cache")
    payments = proxy.put_between(demo.proxy_url, proxy.PAYMENTS, _port_of(demo, "payments"))
    cache = proxy.put_between(demo.proxy_url, proxy.CACHE, _port_of(demo, "cache"))
    return replace(demo, payments_url=f"http://127.0.0.1:{payments}", cache_url=f"http://127.0.0.1:{cache}")


def put_proxy_between(demo: Demo, _: Say) -> Demo:
    """The proxy through which the shop reaches its database; recorded, because the shop reads it from there."""
    demo = replace(demo, proxied_port=proxy.put_between(demo.proxy_url, demo.proxy_name, demo.database_port))
    demo_record.save(demo)
    return demo


def start_shop(demo: Demo, say: Say) -> Demo:
    """The shop, once it has filled its tables and its pool."""
    say("Opening the shop.")
    demo = _start_part(demo, "shop")
    demo = replace(demo, shop_url=f"http://127.0.0.1:{_port_of(demo, 'shop')}")
    demo_record.save(demo)
    return demo


def start_load(demo: Demo, say: Say) -> Demo:
    """The load, once the first journey has ended well."""
    say(f"Letting shoppers in, {demo.rate:g} a second.")
    demo = _start_part(demo, "load")
    demo = replace(demo, load_url=f"http://127.0.0.1:{_port_of(demo, 'load')}")
    if not _wait_for(_process(demo, "load"), lambda: ask(f"{demo.load_url}/stats")["journey"]["good"] > 0):
        raise _did_not_start(demo, "load")
    return demo


STEPS = (start_proxy, start_services, make_data, start_database, put_proxy_between, start_shop, start_load)
LONG_RUNNING_PARTS = ("proxy", "payments", "cache", "database", "shop", "load")


def healthy(demo: Demo) -> bool:
    """All parts alive, and shop, load and proxies answer."""
    alive = {process.what for process in demo.processes if processes.alive(process)}
    if demo.state != "up" or not alive.issuperset(LONG_RUNNING_PARTS):
        return False
    try:
        ask(f"{demo.shop_url}/switches")
        ask(f"{demo.load_url}/stats")
        for name in (demo.proxy_name, proxy.PAYMENTS, proxy.CACHE):
            ask(f"{demo.proxy_url}/proxies/{name}")
    except OSError:
        return False
    return True


def _start(demo: Demo, what: str, command: list[str]) -> tuple[Demo, Recorded]:
    """Start it; what is on record has it before it runs. An earlier try of the same is forgotten: it is dead."""
    others = tuple(process for process in demo.processes if process.what != what or processes.alive(process))
    demo = replace(demo, processes=others)
    process = processes.start(what, command, demo.home, lambda one: demo_record.save(demo.with_process(one)))
    return demo.with_process(process), process


def _start_part(demo: Demo, what: str) -> Demo:
    """A part that announces its port is started; that takes a while, and others may be started meanwhile."""
    return _start(demo, what, [sys.executable, "-m", f"gameday.demo.{what}", str(demo.home)])[0]


def _port_of(demo: Demo, what: str) -> int:
    """The port that it announced, once it listens there itself."""
    process, told = _process(demo, what), partial(announced, demo.home / f"{what}.port")
    reached = _wait_for(process, partial(_serving, process, told))
    port = told()
    if not reached or port is None:
        raise _did_not_start(demo, what)
    return port


def _process(demo: Demo, what: str) -> Recorded:
    return next(process for process in reversed(demo.processes) if process.what == what)


def _serving(process: Recorded, told: Callable[[], int | None]) -> bool:
    port = told()
    return port is not None and listens(process.pid, port)


def _wait_for(process: Recorded, reached: Callable[[], bool]) -> bool:
    """Wait for it as long as the process lives, at most 20 s; was it reached?"""
    until = time.monotonic() + PATIENCE
    while processes.alive(process) and time.monotonic() < until:
        if reached():
            return True
        time.sleep(0.01)
    return False


def _log(demo: Demo, what: str) -> str:
    try:
        return (demo.home / "logs" / f"{what}.log").read_text(errors="replace")
    except OSError:
        return ""


def _did_not_start(demo: Demo, what: str) -> InternalError:
    """The last thing it said is most often the reason."""
    said = [line.strip() for line in _log(demo, what).splitlines() if line.strip()]
    reason = next((line for line in reversed(said) if "ERROR" in line or "error" in line or "FATAL" in line), "")
    telling = reason or (said[-1] if said else "it said nothing")
    todo = "Its folder needs 200 MB of space." if "No space left" in "\n".join(said) else ""
    return InternalError(f"the demo's {what} did not start: {telling}", todo)
