"""Containers of the drill beside the target: marker containers and sidecars, all with the fault's marker.

A marker container is created and never started: it says on the engine itself what the drill did and how to revert
it. A sidecar holds a lease: unless it is renewed, it reverts the fault, whatever became of the runner.
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
from gameday.injectors.docker.marker_labels import MARKER_LABEL, encode_labels, marked_containers
from gameday.injectors.docker.sidecar_script import HostOptions, SidecarScript, sidecar_command
from gameday.plugins.types import Deadline, Intent

LEASE = 15.0
"""Seconds that a sidecar waits for a renewal before it reverts the fault."""
PRESENT, ABSENT, MODIFIED, FOREIGN = 0, 1, 2, 4
"""Exit codes of `check_presence`, see sidecar.sh."""
EXIT_APPLY_FAILED = 3
"""Exit code of `hold` when it could not apply the fault, and has reverted what it had begun."""
INSPECTION_KEY = "inspection"
"""Key in the undo of a sidecar that only inspects or tries: it carries no fault."""
_REVERT_MARKER_SUFFIX = "bac0"
"""Name suffix of the marker container that says a revert has begun; no sidecar has this number."""
_LOGS = {"type": "json-file"}
"""A log driver whose output the engine can return."""


@dataclass(frozen=True, slots=True)
class Sidecars:
    """Sidecars and marker containers of one fault."""

    engine: EngineApi
    intent: Intent

    def list_existing(self) -> list[Mapping[str, Any]]:
        """Return them as the engine lists them, interrupted inspections included."""
        listed = self.engine.containers([f"{MARKER_LABEL}={self.intent.marker}"])
        return [container for container, _ in marked_containers(listed)]

    def create_marker_container(self, image: str) -> None:
        """Create the fault's marker container. Idempotent."""
        with self._tolerate_existing():
            self._create_marker(self.intent.marker, image)

    def _create_marker(self, name: str, image: str) -> None:
        self.engine.create(
            name, image=image, command=sidecar_command("presence"), labels=encode_labels(self.intent),
            host={"network_mode": "none"}, network_disabled=True,
        )  # fmt: skip

    def record_revert_begun(self, existing: Sequence[Mapping[str, Any]], image: str) -> bool:
        """Record on the engine that a revert begins; True if one had begun before. `existing`: as listed."""
        name = f"{self.intent.marker}-{_REVERT_MARKER_SUFFIX}"
        begun = any(container["State"] == "exited" or f"/{name}" in container["Names"] for container in existing)
        if existing and not begun:
            with self._tolerate_existing():
                self._create_marker(name, image)
        return begun

    @contextlib.contextmanager
    def _tolerate_existing(self) -> Iterator[None]:
        """Accept a taken name if it is this fault's own container."""
        try:
            yield
        except Conflict:
            if not self.list_existing():
                raise

    def start_sidecar(
        self, number: int, image: str, script: SidecarScript, sandbox: HostOptions, deadline: Deadline
    ) -> str:
        """Start a sidecar and wait until its fault is present; return why it could not apply it, if so.

        Raises EngineError for one that is not ready in time, or ended in another way."""
        name = sidecar_name(self.intent, number)
        with self._tolerate_existing():
            self._create(name, image, sidecar_command("hold", f"{self.intent.lease:.0f}"), script, sandbox)
        self.engine.start(name)
        while deadline.remaining():
            state = self.engine.inspect(name)["State"]  # before the logs: they are complete if it has ended
            output = self.engine.logs(name)
            if state["Running"] and "present" in output.splitlines():
                return ""
            if not state["Running"] and state["ExitCode"] == EXIT_APPLY_FAILED:
                return output or "its sidecar could not apply the fault"
            if not state["Running"]:
                raise EngineError(f"its sidecar exited with {state['ExitCode']}: {output}")
            time.sleep(0.05)
        raise EngineError(f"its sidecar was not ready in time {self.engine.logs(name)}".strip())

    def renew(self, number: int) -> bool:
        """Extend the lease of a sidecar; True if it still runs.

        By a signal: an exec would cost one process a second for each container of a large target."""
        try:
            self.engine.kill(sidecar_name(self.intent, number), "USR1")
        except (NotFound, Conflict):
            return False
        return True

    def query_state(self, number: int) -> int | None:
        """Ask a running sidecar for the presence of its fault; None if it does not run."""
        try:
            code = self.engine.run(sidecar_name(self.intent, number), sidecar_command("presence")).code
        except (NotFound, Conflict):
            return None
        return code if code in (PRESENT, ABSENT, MODIFIED, FOREIGN) else None

    def run_once(self, function: str, image: str, script: SidecarScript, sandbox: HostOptions) -> CommandResult:
        """Run one function of the script in a fresh container that the engine removes at its end.

        It sees the target itself, with nothing of earlier sidecars. Raises EngineError if it was cut off."""
        name = f"{self.intent.marker}-{secrets.token_hex(2)}"
        self._create(name, image, sidecar_command("once", function), script, {**sandbox, "auto_remove": True})
        try:
            *output, last = self.engine.start_and_read(name).splitlines() or [""]
            word, _, code = last.partition(" ")
            if word != "ended":
                raise EngineError(f"a sidecar was interrupted: {' '.join([*output, last]).strip()}")
            return CommandResult(int(code), "\n".join(output).strip())
        finally:
            with contextlib.suppress(EngineError):
                self.engine.remove(name)

    def _create(self, name: str, image: str, words: list[str], script: SidecarScript, sandbox: HostOptions) -> None:
        self.engine.create(
            name, image=image, entrypoint=words[:1], command=words[1:], environment=script.environment(),
            labels=encode_labels(self.intent), host={**sandbox, "log_config": _LOGS},
        )  # fmt: skip

    def stop_and_revert(self, number: int, grace: float) -> bool:
        """Stop a sidecar, which reverts its fault; True if it says that it has."""
        name = sidecar_name(self.intent, number)
        try:
            self.engine.stop(name, grace)
            state = self.engine.inspect(name)["State"]
        except (NotFound, Conflict):
            return False
        return bool(state["Status"] == "exited" and state["ExitCode"] == 0)

    def remove(self) -> None:
        """Remove all of them. Called last: while one exists, a sweep finds the fault."""
        map_concurrently(lambda container: self.engine.remove(container["Id"]), self.list_existing())


def sidecar_name(intent: Intent, number: int) -> str:
    """Return the name of the sidecar of the target's container with that number."""
    return intent.marker if number == 0 else f"{intent.marker}-{number}"
