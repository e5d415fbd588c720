"""Failpoints in a `gameday` process, set by GDT_FAILPOINTS: a death, a stop or an error at one exact place.

Python imports this module by itself when its folder is on PYTHONPATH; so the runner, the guardian and the commands
under test are the real ones, started as users start them.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

Failpoint = dict[str, Any]


def who() -> str:
    """`run`, `halt`, ..., or `guardian`."""
    words = sys.orig_argv
    if "gameday.drill.revert.guardian" in words:
        return "guardian"
    return words[words.index("gameday") + 1] if "gameday" in words[:-1] else "somebody else"


def strike(failpoint: Failpoint) -> None:
    """The end of the process, or whatever it says; once, unless each time is meant."""
    if "once" in failpoint:
        try:
            os.close(os.open(failpoint["once"], os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
    if failpoint["do"] == "raise":
        raise RuntimeError("failpoint")
    os.kill(os.getpid(), getattr(signal, f"SIG{failpoint['do'].upper()}"))


def around(owner: Any, name: str, failpoint: Failpoint, here: Callable[..., bool]) -> None:
    """Strike before or after the n-th call of `owner.name` that is meant."""
    real = getattr(owner, name)
    left = [int(failpoint.get("n", 1))]

    def with_failpoint(*args: Any, **options: Any) -> Any:
        meant = here(*args, **options)
        left[0] -= meant
        if meant and left[0] == 0 and failpoint["when"] == "before":
            strike(failpoint)
        answer = real(*args, **options)
        if meant and left[0] == 0 and failpoint["when"] == "after":
            strike(failpoint)
        return answer

    setattr(owner, name, with_failpoint)


def at_append(failpoint: Failpoint) -> None:
    """`of`: the kind of an event, or `phase reverting`; the append that holds it."""
    from gameday.store.sqlite import Store

    def here(store: Any, drill: str, drafts: Any, epoch: Any) -> bool:
        return any(failpoint["of"] in (one.kind, f"{one.kind} {one.data.get('after')}") for one in drafts)

    around(Store, "_append", failpoint, here)


def at_request(failpoint: Failpoint) -> None:
    """`of`: add_toxic, remove_toxic, switch_off or switch_on."""
    from gameday.injectors.toxiproxy.api_client import Server

    if failpoint["of"] in ("add_toxic", "remove_toxic"):
        around(Server, failpoint["of"], failpoint, lambda *args: True)
    else:
        wanted = failpoint["of"] == "switch_on"
        around(
            Server, "update_proxy", failpoint, lambda server, name, change, deadline: change.get("enabled") is wanted
        )


def at_look(failpoint: Failpoint) -> None:
    """The loop's look at its readings, once a fault stands; from then on always."""
    from gameday.drill.observers import ObserverGroup

    for name in ("poll", "finalize"):
        real = getattr(ObserverGroup, name)

        def with_failpoint(watching: Any, now: float, state: Any, real: Any = real) -> Any:
            if state.standing:
                strike(failpoint)
            return real(watching, now, state)

        setattr(ObserverGroup, name, with_failpoint)


def at_owned(failpoint: Failpoint) -> None:
    """Between the durable intent and the request."""
    from gameday.drill.log import Log

    around(Log, "owned", failpoint, lambda log: any(event.kind == "intended" for event in log.events))


def set_failpoints() -> None:
    for failpoint in json.loads(os.environ.get("GDT_FAILPOINTS", "[]")):
        if failpoint.get("who") in (None, who()) and who() != "somebody else":
            globals()[failpoint["at"]](failpoint)


set_failpoints()
