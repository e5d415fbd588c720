"""Handler of the requests that reach a running drill over its control socket, in the socket's threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from textwrap import shorten
from typing import Any

from gameday.clock import Clock
from gameday.drill.control import facilitator_requests, facilitator_token, participant_requests
from gameday.drill.control.client import ServerAnswer
from gameday.drill.control.participant_requests import InvalidRequest, RequestRejected
from gameday.drill.control.status import build_status
from gameday.drill.inbox import Inbox
from gameday.drill.log import Log
from gameday.drill.reading_collector import ReadingCollector
from gameday.drill.revert.restore_actions import actions_to_restore
from gameday.drill.revert.revert_summary import describe_reverts
from gameday.drill.state import DrillState
from gameday.events import (
    Halted,
    NewEvent,
    Stopped,
    UnknownRecord,
    describe_retractable,
    format_plain,
    retraction_event,
)
from gameday.model import Phase, Plan, Source
from gameday.store.outstanding import outstanding_intents
from gameday.store.protocols import Fenced

Request = Mapping[str, Any]
MAX_RECORDS_LISTED, MAX_RECORD_LENGTH = 500, 200
"""More would not fit in one answer; longer ones are shortened."""
_TOKEN_REMEDY = f"`gameday facilitate` of the same user finds the token; elsewhere set {facilitator_token.VARIABLE}."
_OWNERSHIP_LOST: ServerAnswer = {
    "accepted": False, "reason": "not recorded: another process is reverting this drill",
    "remedy": "See: gameday status",
}  # fmt: skip


class ControlRequestHandler:
    """Handler of a running drill: `request` names what is requested."""

    def __init__(
        self, plan: Plan, log: Log, collector: ReadingCollector, inbox: Inbox, clock: Clock, wake: threading.Event
    ) -> None:  # fmt: skip
        self._plan = plan
        self._log = log
        self._collector = collector
        self._inbox = inbox
        self._clock = clock
        self._wake = wake

    def __call__(self, request: Request) -> ServerAnswer:
        match request.get("request"):
            case "ping":
                to_undo = actions_to_restore(list(self._log.events))
                return {"accepted": True, "result": self._revert_result(), "to_undo": to_undo}
            case "status":
                full = self._is_facilitator(request)
                return build_status(self._plan, self._log, self._collector, self._clock.monotonic(), full=full)
            case "statement":
                return self._record_statement(request)
            case "retract":
                return self._retract(request)
            case "action":
                return self._request_action(request)
            case "intervention":
                return self._record_intervention(request)
            case "stop" if request.get("resumable"):
                return self._stop_resumably(on_page=bool(request.get("on_page")))
            case "end":
                return self._confirm_stop(request)
            case "stop" | "halt" as kind:
                return self._end_drill(kind, str(request.get("text", "")))
            case _:
                return {"accepted": False, "reason": "unknown request"}

    def _revert_result(self) -> str:
        """Return what became of the faults once the drill is ending and all are verified absent; else nothing."""
        events = list(self._log.events)
        is_ending = self._log.state.phase in (Phase.REVERTING, Phase.DONE)
        return describe_reverts(events) if is_ending and not outstanding_intents(events) else ""

    def _end_drill(self, kind: str, reason: str) -> ServerAnswer:
        body = Stopped(reason) if kind == "stop" else Halted(reason)
        self._inbox.put(NewEvent(body, source=Source.COMMAND))
        self._wake.set()
        return {"accepted": True, "drill": self._plan.drill}

    def _stop_resumably(self, *, on_page: bool) -> ServerAnswer:
        """Revert all faults because of one key; whether the drill ends is decided afterwards."""
        self._inbox.put(NewEvent(Stopped(resumable=True, on_page=on_page), source=Source.HUMAN))
        self._wake.set()
        return {"accepted": True, "drill": self._plan.drill}

    def _confirm_stop(self, request: Request) -> ServerAnswer:
        """End the drill after STOP; anyone may."""
        return self._append_and_reply(request, facilitator_requests.stop_confirmation, lambda _: "the drill ends")

    def _record_statement(self, request: Request) -> ServerAnswer:
        required, sent_at = self._plan.scenario.roles_required, self._sent_at(request)
        note = participant_requests.moment_note(request, self._log.state)

        def confirm(drafts: Sequence[NewEvent]) -> str:
            names = ", ".join(map(participant_requests.statement_name, drafts))
            return names + note + participant_requests.clamped_time_note(request, drafts[0], sent_at)

        return self._append_and_reply(
            request, lambda state: participant_requests.statement_events(request, state, sent_at, required), confirm,
            is_record=True,
        )  # fmt: skip

    def _retract(self, request: Request) -> ServerAnswer:
        """Retract a record; without an entry, list the latest that can be retracted."""
        if request.get("entry") is None:
            records = describe_retractable(self._log.events)[:MAX_RECORDS_LISTED]
            return {
                "accepted": True,
                "records": [(entry, shorten(text, MAX_RECORD_LENGTH, placeholder=" ...")) for entry, text in records],
            }
        return self._append_and_reply(
            request,
            lambda _: [retraction_event(self._log.events, int(request["entry"]))],
            lambda drafts: format_plain(drafts[0].body.log_text({})),
        )

    def _request_action(self, request: Request) -> ServerAnswer:
        """Request an action of the environment; without a name, list them."""
        actions = sorted(self._plan.environment.actions)
        name = str(request.get("action") or "")
        if not name:
            return {"accepted": True, "actions": actions}
        return self._append_and_reply(
            request,
            lambda state: [participant_requests.action_request_event(name, actions, request, state)],
            lambda _: f"running {name}",
        )

    def _record_intervention(self, request: Request) -> ServerAnswer:
        """Record an intervention; only the holder of the drill's token may intervene."""
        if not self._is_facilitator(request):
            return {"accepted": False, "reason": "only the facilitator may do this", "remedy": _TOKEN_REMEDY}
        return self._append_and_reply(
            request,
            lambda state: [facilitator_requests.facilitator_event(request, self._plan, state)],
            lambda drafts: facilitator_requests.confirmation_text(drafts[0]),
            is_record=request.get("intervention") == "private",
        )

    def _append_and_reply(
        self,
        request: Request,
        make_events: Callable[[DrillState], Sequence[NewEvent]],
        confirm: Callable[[Sequence[NewEvent]], str],
        *,
        is_record: bool = False,
    ) -> ServerAnswer:
        """Append the events and confirm; accepted means recorded, and of two claims of one role one is accepted.

        `is_record`: the confirmation names what somebody said, and not what the drill does now.
        """

        def make_in_time(state: DrillState) -> Sequence[NewEvent]:
            if self._clock.monotonic() > float(request.get("expires_at", "inf")):
                raise RequestRejected("the request has expired")
            return make_events(state)

        try:
            drafts = self._log.append_atomically(make_in_time)
        except Fenced:
            return _OWNERSHIP_LOST
        except RequestRejected as error:
            invalid = isinstance(error, InvalidRequest)
            return {"accepted": False, "reason": str(error), "remedy": error.remedy, "invalid": invalid}
        except UnknownRecord as error:
            return {"accepted": False, "reason": error.wrong, "remedy": error.todo, "invalid": True}
        except (ValueError, TypeError, KeyError) as error:
            return {"accepted": False, "reason": str(error), "remedy": "", "invalid": True}
        self._wake.set()
        return {"accepted": True, "confirmation": confirm(drafts), "is_record": is_record}

    def _sent_at(self, request: Request) -> float:
        """Return when the request was sent; it may have waited in the socket's queue."""
        now, sent_at = self._clock.monotonic(), request.get("sent_at")
        return min(now, sent_at) if isinstance(sent_at, float) else now

    def _is_facilitator(self, request: Request) -> bool:
        return facilitator_token.matches_digest(
            str(request.get("token", "")), self._log.store.token_digest(self._plan.drill)
        )
