"""What the desk asks of a drill that runs elsewhere. Every call returns one sentence, and none raises."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gameday.drill.control.running_drills import guardian_socket_path
from gameday.drill.control.socket_server import NoResponse, ResponseUnknown, send_request, send_request_with_deadline

PATIENCE = 2.0
GUARDED = "Everything is being put back; the guardian watches that it stays so"
GUARDIAN_GRACE = 8.0
"""Seconds within which a guardian has begun to put back what a killed runner left, and mostly ended; then `halt` is
begun."""


@dataclass(frozen=True, slots=True)
class DrillClient:
    """`token`: what makes the asker the facilitator; empty for everybody else."""

    drill: str
    door: Path
    token: str = ""

    def say(self, kind: str, say: str, role: str | None, ago: float) -> str:
        """Somebody said this, so many seconds ago."""
        return self._ask({"do": "say", "kind": kind, "say": say, "role": role, "ago": ago})

    def hand(self, hand: str, about: Mapping[str, Any]) -> str:
        """The facilitator does this."""
        return self._ask({"do": "hand", "token": self.token, "hand": hand, **about})

    def act(self, action: str) -> str:
        return self._ask({"do": "act", "action": action})

    def actions(self) -> list[str]:
        """The environment's own, in order."""
        try:
            return [str(name) for name in send_request(self.door, {"do": "act"}, PATIENCE).get("actions", ())]
        except NoResponse:
            return []

    def stop(self) -> str:
        """STOP; where the runner does not answer, the command of that name finds who can."""
        try:
            send_request(self.door, {"do": "stop", "say": ""}, PATIENCE)
            return "STOP heard: everything is being put back"
        except NoResponse:
            start_command("stop")
            return "The runner does not answer; `gameday stop` was started and goes to its guardian"

    def put_back(self) -> tuple[str, bool]:
        """What to do about a drill without its runner, and whether that is all: its guardian is at it, which may watch
        for long after the last fault is gone; without one, what any command does that looks at drills."""
        if guardian_responds(self.door):
            return GUARDED, False
        start_command("halt")
        return "Neither runner nor guardian is there: `gameday halt` was started and puts everything back", True

    def _ask(self, request: Mapping[str, Any]) -> str:
        try:
            answer = send_request_with_deadline(self.door, request, PATIENCE)
        except ResponseUnknown:
            return "NOT written down in time; the drill takes it no more. Is it not there? Then say it again"
        except NoResponse:
            return "NOT written down: the drill does not answer"
        if answer.get("heard"):
            return f"Written down: {answer.get('said', '')}"
        return f"NOT done: {answer.get('why', '')}. {answer.get('todo', '')}".strip()


def guardian_responds(door: Path) -> bool:
    """Whether the guardian of the drill behind this door answers."""
    try:
        return bool(send_request(guardian_socket_path(door), {"do": "alive"}, PATIENCE).get("heard"))
    except NoResponse:
        return False


def start_command(command: str) -> None:
    """A command of ours, in a session of its own: it goes on without this screen."""
    nowhere = subprocess.DEVNULL
    subprocess.Popen(
        [sys.executable, "-m", "gameday", command], stdin=nowhere, stdout=nowhere, stderr=nowhere,
        start_new_session=True,
    )  # fmt: skip
