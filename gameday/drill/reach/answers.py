"""What a running drill answers to other terminals, through its door; in the door's threads."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from gameday.clock import Clock
from gameday.drill.asked import Asked
from gameday.drill.gauges import Gauges
from gameday.drill.log import Log
from gameday.drill.reach import handled, spoken, token
from gameday.drill.reach.door import Answer
from gameday.drill.reach.status import status
from gameday.events import Draft
from gameday.model import Plan, Source

_TOKEN = f"Set {token.VARIABLE} to what `gameday run` printed."


class Answers:
    """The door's handler: `do` says what is asked."""

    def __init__(
        self, plan: Plan, log: Log, gauges: Gauges, asked: Asked, clock: Clock, wake: threading.Event
    ) -> None:  # fmt: skip
        self._plan = plan
        self._log = log
        self._gauges = gauges
        self._asked = asked
        self._clock = clock
        self._wake = wake

    def __call__(self, request: Mapping[str, Any]) -> Answer:
        match request.get("do"):
            case "alive":
                return {"heard": True}
            case "status":
                return status(self._plan, self._log, self._gauges, self._clock.monotonic(), full=self._full(request))
            case "say":
                return self._say(request)
            case "act":
                return self._act(request)
            case "hand":
                return self._hand(request)
            case "stop" | "halt" as do:
                said = {"say" if do == "stop" else "why": str(request.get("say", ""))}
                self._asked.add(Draft(do, said, source=Source.COMMAND))
                self._wake.set()
                return {"heard": True, "drill": self._plan.drill}
            case _:
                return {"heard": False, "why": "not understood"}

    def _say(self, request: Mapping[str, Any]) -> Answer:
        need = self._plan.scenario.roles_needed
        try:
            said = spoken.drafts(request, self._log.state, self._clock.monotonic(), need)
        except (spoken.NotTaken, ValueError, TypeError) as error:
            return {"heard": False, "why": str(error), "todo": getattr(error, "todo", "")}
        for draft in said:
            self._asked.add(draft)
        self._wake.set()
        return {"heard": True, "said": ", ".join(handled.plain(draft.kind) for draft in said)}

    def _act(self, request: Mapping[str, Any]) -> Answer:
        """A responder takes an action of the environment; without a name, which there are."""
        actions = sorted(self._plan.environment.actions)
        name = str(request.get("action") or "")
        if not name:
            return {"heard": True, "actions": actions}
        try:
            draft = spoken.takes(name, actions, request, self._log.state)
        except (spoken.NotTaken, ValueError) as error:
            return {"heard": False, "why": str(error), "todo": getattr(error, "todo", "")}
        self._asked.add(draft)
        self._wake.set()
        return {"heard": True, "said": f"{name} is being taken"}

    def _hand(self, request: Mapping[str, Any]) -> Answer:
        """For the facilitator alone: whoever holds the drill's token."""
        if not self._full(request):
            return {"heard": False, "why": "only the facilitator does this", "todo": _TOKEN}
        try:
            draft = handled.draft(request, self._plan, self._log.state)
        except (spoken.NotTaken, ValueError, TypeError, KeyError) as error:
            return {"heard": False, "why": str(error), "todo": getattr(error, "todo", "")}
        self._asked.add(draft)
        self._wake.set()
        return {"heard": True, "said": handled.done(draft)}

    def _full(self, request: Mapping[str, Any]) -> bool:
        return token.matches(str(request.get("token", "")), self._log.store.token(self._plan.drill))
