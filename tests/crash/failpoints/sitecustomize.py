"""What a test plants in a `gameday` process, by CRASH_PLANTED: a death, a stop or an error at one exact place.

Python imports this module by itself when its folder is on PYTHONPATH; so the runner, the guardian and the commands
under test are the real ones, started as users start them.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Plant = dict[str, Any]


def who() -> str:
    """`run`, `halt`, ..., or `guardian`."""
    words = sys.orig_argv
    if "gameday.drill.revert.guardian" in words:
        return "guardian"
    return words[words.index("gameday") + 1] if "gameday" in words[:-1] else "somebody else"


def strike(plant: Plant) -> None:
    """The end of the process, or whatever it says; once, unless each time is meant."""
    if "once" in plant:
        try:
            os.close(os.open(plant["once"], os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
    if plant["do"] == "raise":
        raise RuntimeError("planted")
    os.kill(os.getpid(), getattr(signal, f"SIG{plant['do'].upper()}"))


def around(owner: Any, name: str, plant: Plant, here: Callable[..., bool]) -> None:
    """Strike before or after the n-th call of `owner.name` that is meant."""
    real = getattr(owner, name)
    left = [int(plant.get("n", 1))]

    def planted(*args: Any, **options: Any) -> Any:
        meant = here(*args, **options)
        left[0] -= meant
        if meant and left[0] == 0 and plant["when"] == "before":
            strike(plant)
        answer = real(*args, **options)
        if meant and left[0] == 0 and plant["when"] == "after":
            strike(plant)
        return answer

    setattr(owner, name, planted)


def at_append(plant: Plant) -> None:
    """`of`: the kind of an event, or `phase reverting`; the append that holds it."""
    from gameday.store.sqlite import Store

    def here(store: Any, drill: str, drafts: Any, epoch: Any) -> bool:
        return any(plant["of"] in (one.kind, f"{one.kind} {one.data.get('after')}") for one in drafts)

    around(Store, "_append", plant, here)


def at_request(plant: Plant) -> None:
    """`of`: add_toxic, remove_toxic, switch_off or switch_on."""
    from gameday.injectors.toxiproxy.api_client import Server

    if plant["of"] in ("add_toxic", "remove_toxic"):
        around(Server, plant["of"], plant, lambda *args: True)
    else:
        wanted = plant["of"] == "switch_on"
        around(Server, "update_proxy", plant, lambda server, name, change, deadline: change.get("enabled") is wanted)


def at_look(plant: Plant) -> None:
    """The loop's look at its readings, once a fault stands; from then on always."""
    from gameday.drill.observers import ObserverGroup

    for name in ("look", "finals"):
        real = getattr(ObserverGroup, name)

        def planted(watching: Any, now: float, state: Any, real: Any = real) -> Any:
            if state.standing:
                strike(plant)
            return real(watching, now, state)

        setattr(ObserverGroup, name, planted)


def at_owned(plant: Plant) -> None:
    """Between the durable intent and the request."""
    from gameday.drill.log import Log

    around(Log, "owned", plant, lambda log: any(event.kind == "intended" for event in log.events))


def trace(plant: Plant) -> None:
    """Writes down the kinds of every durable step."""
    from gameday.store.sqlite import Store

    real = Store._append

    def planted(store: Any, drill: str, drafts: Any, epoch: Any) -> Any:
        with Path(plant["into"]).open("a") as file:
            file.write(json.dumps([who(), *[f"{d.kind} {d.data.get('after', '')}".strip() for d in drafts]]) + "\n")
        return real(store, drill, drafts, epoch)

    Store._append = planted  # type: ignore[assignment]  # a trace around it, for the test


def patience(plant: Plant) -> None:
    """Shorter waits: the same way in less time."""
    from gameday.drill import closing
    from gameday.drill.revert import guardian, quiescence, revert
    from gameday.model import Mode

    quiescence.QUIET_SECONDS = plant.get("quiet", quiescence.QUIET_SECONDS)
    guardian.RETRY = plant.get("retry", guardian.RETRY)
    closing.STEADY_WITHIN[Mode.REHEARSAL] = plant.get("steady", closing.STEADY_WITHIN[Mode.REHEARSAL])
    known = revert.RetryPolicy()
    defaults = (plant.get("each", known.each), plant.get("whole", known.whole), known.pauses)
    revert.RetryPolicy.__init__.__defaults__ = defaults


def lease(plant: Plant) -> None:
    """Side containers wait for a renewal only so many seconds."""
    from gameday.injectors.docker import planning, sidecars

    planning.LEASE = sidecars.LEASE = plant["seconds"]  # type: ignore[attr-defined]  # where each has it


def plant_all() -> None:
    for plant in json.loads(os.environ.get("CRASH_PLANTED", "[]")):
        if plant.get("who") in (None, who()) and who() != "somebody else":
            globals()[plant["at"]](plant)


plant_all()
