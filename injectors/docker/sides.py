"""Our containers beside the target, one or more for each fault, all bearing its mark.

Each is at least a note: created, never started, it says on the engine itself what is ours and how to take it back.
One that runs holds a lease: unless it is renewed, it takes the fault back by itself, whoever else is gone.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gameday.contract import Deadline, Intent
from gameday.injectors.docker.at_once import at_once
from gameday.injectors.docker.engine import Ended, Engine
from gameday.injectors.docker.labels import MARK, labels_of, ours
from gameday.injectors.docker.room import Room
from gameday.injectors.docker.script import Script, command
from gameday.injectors.docker.trouble import Conflict, EngineTrouble, NotThere

LEASE = 15.0
"""Seconds a running side container waits for a renewal before it takes the fault back."""
STANDS, GONE, PARTLY = 0, 1, 2
"""What `shows` ends with, see side.sh."""
COULD_NOT = 3
"""What `hold` ends with when it could not make the fault, and has taken back what it had begun."""
LOOK = "look"
"""In the undo of an intent that is none: of a container of ours that only looks, or tries, and stands on nobody."""
_BACK = "bac0"
"""Of a note that taking back has begun; no side container has this number."""
_LOGS = {"type": "json-file"}
"""What it says is read back, which not every log driver allows."""


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
        with self._twice():
            self._create_note(self.intent.mark, image)

    def _create_note(self, name: str, image: str) -> None:
        self.engine.create(
            name, image=image, command=command("shows"), labels=labels_of(self.intent),
            host={"network_mode": "none"}, network_disabled=True,
        )  # fmt: skip

    def begin_back(self, there: Sequence[Mapping[str, Any]], image: str) -> bool:
        """Say on the engine that taking back begins; whether it had begun before, by us or a guardian container.
        `there`: those of the fault, as listed."""
        name = f"{self.intent.mark}-{_BACK}"
        begun = any(one["State"] == "exited" or f"/{name}" in one["Names"] for one in there)
        if there and not begun:
            with self._twice():
                self._create_note(name, image)
        return begun

    @contextlib.contextmanager
    def _twice(self) -> Iterator[None]:
        """A name that is taken is ours, or nothing of ours is there."""
        try:
            yield
        except Conflict:
            if not self.there():
                raise

    def hold(self, number: int, image: str, script: Script, room: Room, deadline: Deadline) -> str:
        """Start one that makes the fault, or guards it, and wait until it stands; says why it could not make it, and
        has taken back what it had begun. EngineTrouble for one that is not that far, or ended otherwise."""
        name = side_name(self.intent, number)
        with self._twice():
            self._create(name, image, command("hold", f"{LEASE:.0f}"), script, room)
        self.engine.start(name)
        while deadline.left():
            state = self.engine.inspect(name)["State"]  # asked first: what it says afterwards is then all it says
            said = self.engine.logs(name)
            if state["Running"] and "stands" in said.splitlines():
                return ""
            if not state["Running"] and state["ExitCode"] == COULD_NOT:
                return said or "its side container could not make it"
            if not state["Running"]:
                raise EngineTrouble(f"its side container ended with {state['ExitCode']}: {said}")
            time.sleep(0.05)
        raise EngineTrouble(f"its side container was not ready in time {self.engine.logs(name)}".strip())

    def renew(self, number: int) -> bool:
        """Let it hold on for another LEASE; whether it runs still. A signal, where a command in it would be a process
        more for each container of a large target, every second."""
        try:
            self.engine.kill(side_name(self.intent, number), "USR1")
        except (NotThere, Conflict):
            return False
        return True

    def shows(self, number: int) -> int | None:
        """What the running one sees; None when it does not run."""
        try:
            code = self.engine.run(side_name(self.intent, number), command("shows")).code
        except (NotThere, Conflict):
            return None
        return code if code in (STANDS, GONE, PARTLY) else None

    def once(self, function: str, image: str, script: Script, room: Room) -> Ended:
        """A fresh one for `shows`, `until_gone` or `apply`, which the engine removes as it ends, also where nobody is
        left to ask for that; how it ended. It sees the target itself, with nothing of those before it. Raises
        EngineTrouble for one that broke off."""
        name = f"{self.intent.mark}-{secrets.token_hex(2)}"
        self._create(name, image, command("once", function), script, {**room, "auto_remove": True})
        try:
            *said, last = self.engine.start_and_read(name).splitlines() or [""]
            word, _, code = last.partition(" ")
            if word != "ended":
                raise EngineTrouble(f"a side container for one look broke off: {' '.join([*said, last]).strip()}")
            return Ended(int(code), "\n".join(said).strip())
        finally:
            with contextlib.suppress(EngineTrouble):
                self.engine.remove(name)

    def _create(self, name: str, image: str, words: list[str], script: Script, room: Room) -> None:
        self.engine.create(
            name, image=image, entrypoint=words[:1], command=words[1:], environment=script.environment(),
            labels=labels_of(self.intent), host={**room, "log_config": _LOGS},
        )  # fmt: skip

    def end(self, number: int, grace: float) -> bool:
        """Have a running one take its fault back and end; whether it says that it has."""
        name = side_name(self.intent, number)
        try:
            self.engine.stop(name, grace)
            state = self.engine.inspect(name)["State"]
        except (NotThere, Conflict):
            return False
        return bool(state["Status"] == "exited" and state["ExitCode"] == 0)

    def remove(self) -> None:
        """All of them. Last of all: while one is there, a sweep finds the fault."""
        at_once(lambda one: self.engine.remove(one["Id"]), self.there())


def side_name(intent: Intent, number: int) -> str:
    return intent.mark if number == 0 else f"{intent.mark}-{number}"
