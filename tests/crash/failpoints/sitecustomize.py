"""Failpoints in a `gameday` process, set by GDT_FAILPOINTS: a death, a stop or an error at one exact place.

Python imports this module by itself when its folder is on PYTHONPATH; so the runner, the guardian and the commands
under test are the real ones, started as users start them.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

Failpoint = dict[str, Any]
"""`at`: a function of this module; `do`: `kill`, `stop` or another signal, or `raise`; `who`: `run`, `guardian`, ...;
`when`: before or after the call; `n`: at which call; `once`: a file that is made when it strikes, and keeps it from
striking again."""
EXIT_BROKEN = 70


def process_name() -> str:
    """Return the command that this process runs (`run`, `halt`, ...), `guardian`, or nothing for a foreign one."""
    words = sys.orig_argv
    if "gameday.drill.revert.guardian" in words:
        return "guardian"
    return words[words.index("gameday") + 1] if "gameday" in words[:-1] else ""


def strike(failpoint: Failpoint) -> None:
    """Signal the process, or raise; once, where that is meant."""
    if "once" in failpoint:
        try:
            os.close(os.open(failpoint["once"], os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
    if failpoint["do"] == "raise":
        raise RuntimeError("failpoint")
    os.kill(os.getpid(), getattr(signal, f"SIG{failpoint['do'].upper()}"))


def wrap(owner: Any, method: Callable[..., Any], failpoint: Failpoint, applies: Callable[..., bool]) -> None:
    """Strike before or after the n-th call of `method` to which the failpoint applies."""
    calls_left = [int(failpoint.get("n", 1))]

    def with_failpoint(*args: Any, **options: Any) -> Any:
        meant = applies(*args, **options)
        calls_left[0] -= meant
        strikes = meant and calls_left[0] == 0
        if strikes and failpoint["when"] == "before":
            strike(failpoint)
        result = method(*args, **options)
        if strikes and failpoint["when"] == "after":
            strike(failpoint)
        return result

    setattr(owner, method.__name__, with_failpoint)


def at_append(failpoint: Failpoint) -> None:
    """Strike at the append that holds `of`: the kind of an event, or `phase reverting`."""
    from gameday.store.sqlite import Store

    def applies(store: Any, drill: str, drafts: Any, epoch: Any) -> bool:
        phases = (f"{draft.kind} {getattr(draft.body, 'after', '')}" for draft in drafts)
        return failpoint["of"] in (*(draft.kind for draft in drafts), *phases)

    wrap(Store, Store._append, failpoint, applies)


def at_request(failpoint: Failpoint) -> None:
    """Strike at a request to the proxy server, `of`: add_toxic, remove_toxic, switch_off or switch_on."""
    from gameday.injectors.toxiproxy.api_client import ToxiproxyServer

    if failpoint["of"] == "add_toxic":
        wrap(ToxiproxyServer, ToxiproxyServer.add_toxic, failpoint, lambda *_: True)
    elif failpoint["of"] == "remove_toxic":
        wrap(ToxiproxyServer, ToxiproxyServer.remove_toxic, failpoint, lambda *_: True)
    else:
        enabled = failpoint["of"] == "switch_on"
        wrap(
            ToxiproxyServer,
            ToxiproxyServer.update_proxy,
            failpoint,
            lambda server, name, change, _: change.get("enabled") is enabled,
        )


def at_readings(failpoint: Failpoint) -> None:
    """Strike whenever the loop evaluates its readings while a fault is active."""
    from gameday.drill.observers import ObserverGroup
    from gameday.drill.state import DrillState

    def strike_always(method: Callable[..., Any]) -> None:
        def with_failpoint(observers: ObserverGroup, now: float, state: DrillState) -> Any:
            if state.present:
                strike(failpoint)
            return method(observers, now, state)

        setattr(ObserverGroup, method.__name__, with_failpoint)

    strike_always(ObserverGroup.poll)
    strike_always(ObserverGroup.finalize)


def at_owned(failpoint: Failpoint) -> None:
    """Strike between the durable intent and the request."""
    from gameday.drill.log import Log

    wrap(Log, Log.is_owned, failpoint, lambda log: any(event.kind == "intended" for event in log.events))


def set_failpoints() -> None:
    """Set what is meant for this process. One that cannot be set ends the process: it would test nothing."""
    name = process_name()
    for failpoint in json.loads(os.environ.get("GDT_FAILPOINTS", "[]")):
        if name and failpoint.get("who") in (None, name):
            try:
                globals()[failpoint["at"]](failpoint)
            except Exception:
                traceback.print_exc()
                sys.stderr.flush()
                os._exit(EXIT_BROKEN)


set_failpoints()
