"""Commands that people give in a chat, turned into requests to the running drill, with the rights of the pages.

They take the same way as a form of a page: the drill checks them, and its answer is one sentence.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from types import MappingProxyType

from gameday.drill.control.client import DrillClient
from gameday.model import Role
from gameday.plugins.channel import ChatCommand

ChatPeople = Mapping[str, Role | None]
"""The people of the roster by their ids in the chat, each with the role of this drill; None without one."""
NOBODY: ChatPeople = MappingProxyType({})
STOP, END = "stop", "end"
COACHING_ROLES = frozenset({Role.MENTOR, Role.OBSERVER})
COACHING_STATEMENTS = frozenset({"stop-held", "note"})
"""Statements allowed to roles that do not respond; the same as on their pages."""
STATEMENTS = frozenset({
    "stop-held", "acknowledged", "declared", "help", "mitigation-reported", "severity", "update", "theory", "decision",
    "note", "prediction", "role-claimed",
})  # fmt: skip
"""Statements allowed to responders; the same as on their page."""
CLAIM = "role-claimed"
CLAIMABLE = (Role.IC, Role.OPS, Role.COMMS, Role.SCRIBE, Role.MENTOR, Role.OBSERVER)
"""Roles that can be taken in a chat, as on a page."""
LATE_S = 2.0
"""A command that is older is recorded with its own time."""


class ChatRequests:
    """Requests from the chats of one drill; safe from any thread. STOP and the end after it are everyone's."""

    def __init__(self, people: ChatPeople, client: DrillClient) -> None:
        self._people, self._client = dict(people), client
        self._lock = threading.Lock()
        self.ignored = 0
        """Commands of people who are not in the roster."""

    def receive(self, command: ChatCommand) -> str:
        """Send the request of a command, and return the drill's answer; empty if it is ignored."""
        if command.name == STOP:
            return self._client.stop()
        if command.name == END:
            return self._client.end()
        if command.user not in self._people:
            with self._lock:
                self.ignored += 1
            return ""
        role = self._people[command.user]
        if command.name not in statements_of(role):
            return f"Rejected: {role or 'this role'} cannot record this"
        if command.name == CLAIM:
            return self._claim(command)
        return self._client.send_statement(command.name, command.text, role, _seconds_ago(command))

    def _claim(self, command: ChatCommand) -> str:
        """Take the role that the text names; what the person states from then on has that role."""
        role = next((role for role in CLAIMABLE if role.value == command.text.casefold()), None)
        if role is None:
            return f"Choose a role: {', '.join(role.value for role in CLAIMABLE)}"
        answer = self._client.send_statement(CLAIM, "", role, 0.0)
        if answer.startswith("Recorded"):
            self._people[command.user] = role
        return answer

    def describe_ignored(self) -> str:
        """Return the report of what was ignored, without a name."""
        what = "1 command" if self.ignored == 1 else f"{self.ignored} commands"
        return f"{what} from the chat ignored: sent by people without an id of the chat in the roster"


def statements_of(role: Role | None) -> frozenset[str]:
    """Return the kinds of statements that a person of this role may make."""
    return COACHING_STATEMENTS if role in COACHING_ROLES else STATEMENTS


def _seconds_ago(command: ChatCommand) -> float:
    """Return how long ago the command was given, by the chat's clock; 0 for one that has just arrived."""
    age = time.time() - command.at if command.at else 0.0
    return age if age > LATE_S else 0.0
