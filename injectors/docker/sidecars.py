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

from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.docker.engine_api import CommandResult, EngineApi
from gameday.injectors.docker.errors import Conflict, EngineError, NotFound
from gameday.injectors.docker.marker_labels import MARK, intent_labels, own_containers
from gameday.injectors.docker.sandbox import HostOptions
from gameday.injectors.docker.sidecar_script import Script, command
from gameday.plugins.types import Deadline, Intent

LEASE = 15.0
"""Seconds a running side container waits for a renewal before it takes the fault back."""
STANDS, GONE, PARTLY = 0, 1, 2
"""What `shows` ends with, see sidecar.sh."""
EXIT_APPLY_FAILED = 3
"""What `hold` ends with when it could not make the fault, and has taken back what it had begun."""
INSPECTION_KEY = "look"
"""In the undo of an intent that is none: of a container of ours that only looks, or tries, and stands on nobody."""
_REVERT_MARKER_SUFFIX = "bac0"
"""Of a note that taking back has begun; no side container has this number."""
_LOGS = {"type": "json-file"}
"""What it says is read back, which not every log driver allows."""


@dataclass(frozen=True, slots=True)
class Sidecars:
    """Those of one fault."""

    engine: EngineApi
    intent: Intent

    def list_existing(self) -> list[Mapping[str, Any]]:
        """As the engine lists them, looks that were cut short among them. One with the label alone is somebody's."""
        return [one for one, _ in own_containers(self.engine.containers([f"{MARK}={self.intent.marker}"]))]

    def create_marker(self, image: str) -> None:
        """Say on the engine what is about to be done. Twice is the same as once."""
        with self._tolerate_existing():
            self._create_note(self.intent.marker, image)

    def _create_note(self, name: str, image: str) -> None:
        self.engine.create(
            name, image=image, command=command("shows"), labels=intent_labels(self.intent),
            host={"network_mode": "none"}, network_disabled=True,
        )  # fmt: skip

    def record_revert_begun(self, there: Sequence[Mapping[str, Any]], image: str) -> bool:
        """Say on the engine that taking back begins; whether it had begun before, by us or a guardian container.
        `there`: those of the fault, as listed."""
        name = f"{self.intent.marker}-{_REVERT_MARKER_SUFFIX}"
        begun = any(one["State"] == "exited" or f"/{name}" in one["Names"] for one in there)
        if there and not begun:
            with self._tolerate_existing():
                self._create_note(name, image)
        return begun

    @contextlib.contextmanager
    def _tolerate_existing(self) -> Iterator[None]:
        """A name that is taken is ours, or nothing of ours is there."""
        try:
            yield
        except Conflict:
            if not self.list_existing():
                raise

    def start_holder(self, number: int, image: str, script: Script, room: HostOptions, deadline: Deadline) -> str:
        """Start one that makes the fault, or guards it, and wait until it stands; says why it could not make it, and
        has taken back what it had begun. EngineTrouble for one that is not that far, or ended otherwise."""
        name = sidecar_name(self.intent, number)
        with self._tolerate_existing():
            self._create(name, image, command("hold", f"{self.intent.lease:.0f}"), script, sandbox)
        self.engine.start(name)
        while deadline.remaining():
            state = self.engine.inspect(name)["State"]  # asked first: what it says afterwards is then all it says
            said = self.engine.logs(name)
            if state["Running"] and "stands" in said.splitlines():
                return ""
            if not state["Running"] and state["ExitCode"] == EXIT_APPLY_FAILED:
                return said or "its side container could not make it"
            if not state["Running"]:
                raise EngineError(f"its side container ended with {state['ExitCode']}: {said}")
            time.sleep(0.05)
        raise EngineError(f"its side container was not ready in time {self.engine.logs(name)}".strip())

    def renew(self, number: int) -> bool:
        """Extend the lease of a sidecar; True if it still runs.

        By a signal: an exec would cost one process a second for each container of a large target."""
        try:
            self.engine.kill(sidecar_name(self.intent, number), "USR1")
        except (NotFound, Conflict):
            return False
        return True

    def query_state(self, number: int) -> int | None:
        """What the running one sees; None when it does not run."""
        try:
            code = self.engine.run(sidecar_name(self.intent, number), command("shows")).code
        except (NotFound, Conflict):
            return None
        return code if code in (STANDS, GONE, PARTLY) else None

    def run_once(self, function: str, image: str, script: Script, room: HostOptions) -> CommandResult:
        """A fresh one for `shows`, `until_gone` or `apply`, which the engine removes as it ends, also where nobody is
        left to ask for that; how it ended. It sees the target itself, with nothing of those before it. Raises
        EngineTrouble for one that broke off."""
        name = f"{self.intent.marker}-{secrets.token_hex(2)}"
        self._create(name, image, command("once", function), script, {**room, "auto_remove": True})
        try:
            *said, last = self.engine.start_and_read(name).splitlines() or [""]
            word, _, code = last.partition(" ")
            if word != "ended":
                raise EngineError(f"a side container for one look broke off: {' '.join([*said, last]).strip()}")
            return CommandResult(int(code), "\n".join(said).strip())
        finally:
            with contextlib.suppress(EngineError):
                self.engine.remove(name)

    def _create(self, name: str, image: str, words: list[str], script: Script, room: HostOptions) -> None:
        self.engine.create(
            name, image=image, entrypoint=words[:1], command=words[1:], environment=script.environment(),
            labels=intent_labels(self.intent), host={**room, "log_config": _LOGS},
        )  # fmt: skip

    def stop_and_revert(self, number: int, grace: float) -> bool:
        """Have a running one take its fault back and end; whether it says that it has."""
        name = sidecar_name(self.intent, number)
        try:
            self.engine.stop(name, grace)
            state = self.engine.inspect(name)["State"]
        except (NotFound, Conflict):
            return False
        return bool(state["Status"] == "exited" and state["ExitCode"] == 0)

    def remove(self) -> None:
        """All of them. Last of all: while one is there, a sweep finds the fault."""
        map_concurrently(lambda one: self.engine.remove(one["Id"]), self.list_existing())


def sidecar_name(intent: Intent, number: int) -> str:
    return intent.marker if number == 0 else f"{intent.marker}-{number}"
