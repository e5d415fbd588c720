"""Our containers beside the target, one or more for each fault, all bearing its mark.

Each is at least a note: created, never started, it says on the engine itself what is ours and how to take it back.
One that runs holds a lease: unless it is renewed, it takes the fault back by itself, whoever else is gone.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gameday.contract import Deadline, Intent
from gameday.injectors.docker.engine import Conflict, Engine, EngineTrouble, Exec, NotThere
from gameday.injectors.docker.labels import MARK, labels_of, ours
from gameday.injectors.docker.room import Room
from gameday.injectors.docker.script import Script, command

LEASE = 15.0
"""Seconds a running side container waits for a renewal before it takes the fault back."""
STANDS, GONE, PARTLY, LAPSED = 0, 1, 2, 9
"""What `shows` and `renew` end with, see side.sh."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Those of one fault."""

    engine: Engine
    intent: Intent

    def there(self) -> list[Mapping[str, Any]]:
        """As the engine lists them, looks that were cut short among them. One with the label alone is somebody's."""
        return [one for one, _ in ours(self.engine.containers([f"{MARK}={self.intent.mark}"]))]

    def note(self, image: str) -> None:
        """Say on the engine what is about to be done. Twice is the same as once."""
        with contextlib.suppress(Conflict):
            self.engine.create(
                self.intent.mark, image=image, command=command("shows"), labels=labels_of(self.intent),
                host={"network_mode": "none"}, network_disabled=True,
            )  # fmt: skip

    def hold(self, number: int, image: str, script: Script, room: Room, deadline: Deadline) -> str:
        """Start one that makes the fault, or guards it, and wait until it stands; says why it does not."""
        name = side_name(self.intent, number)
        with contextlib.suppress(Conflict):
            self._create(name, image, command("hold", f"{LEASE:.0f}"), script, room)
        self.engine.start(name)
        while deadline.left():
            try:
                if self.engine.run(name, command("stands")).code == 0:
                    return ""
            except EngineTrouble:
                if self.engine.inspect(name)["State"]["Running"]:
                    raise
                return self.engine.logs(name) or "its side container ended at once"
            time.sleep(0.02)
        return self.engine.logs(name) or "its side container was not ready in time"

    def renew(self, number: int, seconds: float) -> int:
        """Let it hold on, and what it shows; LAPSED when it does not run any more or its time was up."""
        try:
            return self.engine.run(side_name(self.intent, number), command("renew", f"{seconds:.0f}")).code
        except (NotThere, Conflict):
            return LAPSED

    def shows(self, number: int) -> int | None:
        """What the running one sees; None when it does not run."""
        try:
            code = self.engine.run(side_name(self.intent, number), command("shows")).code
        except (NotThere, Conflict):
            return None
        return code if code in (STANDS, GONE, PARTLY) else None

    def once(self, verb: str, image: str, script: Script, room: Room) -> Exec:
        """A fresh one for `shows`, `put_back` or `try`, gone again afterwards; how it ended. It sees the target itself,
        with nothing of those before it."""
        name = f"{self.intent.mark}-{secrets.token_hex(2)}"
        self._create(name, image, command(verb), script, room)
        try:
            self.engine.start(name)
            return Exec(self.engine.wait(name), self.engine.logs(name))
        finally:
            with contextlib.suppress(EngineTrouble):
                self.engine.remove(name)

    def _create(self, name: str, image: str, words: list[str], script: Script, room: Room) -> None:
        self.engine.create(
            name, image=image, entrypoint=words[:1], command=words[1:], environment=script.environment(),
            labels=labels_of(self.intent), host=dict(room),
        )  # fmt: skip

    def end(self, number: int, grace: float) -> None:
        """Have a running one take its fault back and end."""
        with contextlib.suppress(NotThere, Conflict):
            self.engine.stop(side_name(self.intent, number), grace)

    def remove(self) -> None:
        """All of them. Last of all: while one is there, a sweep finds the fault."""
        for one in self.there():
            self.engine.remove(one["Id"])


def side_name(intent: Intent, number: int) -> str:
    return intent.mark if number == 0 else f"{intent.mark}-{number}"
