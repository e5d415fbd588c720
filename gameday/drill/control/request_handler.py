"""What a running drill answers to other terminals, through its door; in the door's threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gameday.clock import Clock
from gameday.drill.control import facilitator_requests, facilitator_token, participant_requests
from gameday.drill.control.socket_server import Answer
from gameday.drill.control.status import status
from gameday.drill.inbox import Inbox
from gameday.drill.log import Log
from gameday.drill.reading_collector import ReadingCollector
from gameday.drill.state import State
from gameday.events import Halted, NewEvent, Stopped
from gameday.model import Plan, Source
from gameday.store.protocols import Fenced

Request = Mapping[str, Any]
_TOKEN = f"The same user's `gameday facilitate` finds the token; elsewhere it is {facilitator_token.VARIABLE}."
_OWNERSHIP_LOST: Answer = {
    "heard": False, "why": "this is not written down: another process puts everything back now",
    "todo": "See: gameday status",
}  # fmt: skip


class ControlRequestHandler:
    """The door's handler: `do` says what is asked."""

    def __init__(
        self, plan: Plan, log: Log, gauges: ReadingCollector, asked: Inbox, clock: Clock, wake: threading.Event
    ) -> None:  # fmt: skip
        self._plan = plan
        self._log = log
        self._gauges = gauges
        self._asked = asked
        self._clock = clock
        self._wake = wake

    def __call__(self, request: Request) -> Answer:
        match request.get("do"):
            case "alive":
                return {"heard": True}
            case "status":
                return status(
                    self._plan, self._log, self._gauges, self._clock.monotonic(), full=self._is_facilitator(request)
                )
            case "say":
                return self._say(request)
            case "act":
                return self._act(request)
            case "hand":
                return self._handle_facilitator(request)
            case "stop" | "halt" as do:
                why = str(request.get("say", ""))
                self._asked.put(NewEvent(Stopped(why) if do == "stop" else Halted(why), source=Source.COMMAND))
                self._wake.set()
                return {"heard": True, "drill": self._plan.drill}
            case _:
                return {"heard": False, "why": "not understood"}

    def _say(self, request: Request) -> Answer:
        need, now = self._plan.scenario.roles_required, self._asked_at(request)
        again = participant_requests.repeated_note(request, self._log.state)
        return self._append_and_reply(
            request,
            lambda state: participant_requests.statement_events(request, state, now, need),
            lambda made: (
                ", ".join(facilitator_requests.plain(draft.kind) for draft in made)
                + again
                + participant_requests.clamped_time_note(request, made[0], now)
            ),
        )

    def _act(self, request: Request) -> Answer:
        """A responder takes an action of the environment; without a name, which there are."""
        actions = sorted(self._plan.environment.actions)
        name = str(request.get("action") or "")
        if not name:
            return {"heard": True, "actions": actions}
        return self._append_and_reply(
            request,
            lambda state: [participant_requests.action_request_event(name, actions, request, state)],
            lambda _: f"{name} is being taken",
        )

    def _handle_facilitator(self, request: Request) -> Answer:
        """For the facilitator alone: whoever holds the drill's token."""
        if not self._is_facilitator(request):
            return {"heard": False, "why": "only the facilitator does this", "todo": _TOKEN}
        return self._append_and_reply(
            request,
            lambda state: [facilitator_requests.facilitator_event(request, self._plan, state)],
            lambda made: facilitator_requests.confirmation_text(made[0]),
        )

    def _append_and_reply(
        self, request: Request, made: Callable[[State], Sequence[NewEvent]], said: Callable[[Sequence[NewEvent]], str]
    ) -> Answer:
        """Heard is written down: what is answered so is in the log, and what nobody waits for any more is not. Of two
        that claim one role one gets it."""

        def in_time(state: State) -> Sequence[NewEvent]:
            if self._clock.monotonic() > float(request.get("until", "inf")):
                raise participant_requests.RequestRejected("nobody waits for it any more")
            return made(state)

        try:
            drafts = self._log.append_from_state(in_time)
        except Fenced:
            return _OWNERSHIP_LOST
        except (participant_requests.RequestRejected, ValueError, TypeError, KeyError) as error:
            return {"heard": False, "why": str(error), "todo": getattr(error, "todo", "")}
        self._wake.set()
        return {"heard": True, "said": said(drafts)}

    def _asked_at(self, request: Request) -> float:
        """When it was said; the queue before the door takes time too."""
        now, asked = self._clock.monotonic(), request.get("asked")
        return min(now, asked) if isinstance(asked, float) else now

    def _is_facilitator(self, request: Request) -> bool:
        return facilitator_token.matches(str(request.get("token", "")), self._log.store.token_digest(self._plan.drill))
