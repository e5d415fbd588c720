"""What the desk asks of a drill that runs elsewhere. Every call returns one sentence, and none raises."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gameday.drill.reach.discovery import guardians_door_of
from gameday.drill.reach.door import Unanswered, Unsure, ask, ask_in_time

PATIENCE = 2.0
GUARDED = "Everything is being put back; the guardian watches that it stays so"
GUARDIANS_TIME = 8.0
"""Seconds within which a guardian has begun to put back what a killed runner left, and mostly ended; then `halt` is
begun."""


@dataclass(frozen=True, slots=True)
class Link:
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
            return [str(name) for name in ask(self.door, {"do": "act"}, PATIENCE).get("actions", ())]
        except Unanswered:
            return []

    def stop(self) -> str:
        """STOP; where the runner does not answer, the command of that name finds who can."""
        try:
            ask(self.door, {"do": "stop", "say": ""}, PATIENCE)
            return "STOP heard: everything is being put back"
        except Unanswered:
            begin("stop")
            return "The runner does not answer; `gameday stop` was started and goes to its guardian"

    def put_back(self) -> tuple[str, bool]:
        """What to do about a drill without its runner, and whether that is all: its guardian is at it, which may watch
        for long after the last fault is gone; without one, what any command does that looks at drills."""
        if guarded(self.door):
            return GUARDED, False
        begin("halt")
        return "Neither runner nor guardian is there: `gameday halt` was started and puts everything back", True

    def _ask(self, request: Mapping[str, Any]) -> str:
        try:
            answer = ask_in_time(self.door, request, PATIENCE)
        except Unsure:
            return "NOT written down in time; the drill takes it no more. Is it not there? Then say it again"
        except Unanswered:
            return "NOT written down: the drill does not answer"
        if answer.get("heard"):
            return f"Written down: {answer.get('said', '')}"
        return f"NOT done: {answer.get('why', '')}. {answer.get('todo', '')}".strip()


def guarded(door: Path) -> bool:
    """Whether the guardian of the drill behind this door answers."""
    try:
        return bool(ask(guardians_door_of(door), {"do": "alive"}, PATIENCE).get("heard"))
    except Unanswered:
        return False


def begin(command: str) -> None:
    """A command of ours, in a session of its own: it goes on without this screen."""
    nowhere = subprocess.DEVNULL
    subprocess.Popen(
        [sys.executable, "-m", "gameday", command], stdin=nowhere, stdout=nowhere, stderr=nowhere,
        start_new_session=True,
    )  # fmt: skip
