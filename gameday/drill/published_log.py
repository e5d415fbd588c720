"""Log of a drill whose events also go to a screen and to the message channels of the environment."""

from __future__ import annotations

from gameday.drill.chat_requests import NOBODY, ChatPeople, ChatRequests
from gameday.drill.control.client import DrillClient
from gameday.drill.control.drill_registry import socket_path
from gameday.drill.drill_announcements import drill_announcement
from gameday.drill.log import Log
from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.events import Event, NewEvent, ProblemReported
from gameday.model import Plan
from gameday.notify.outbox import CLOSE_TIMEOUT_S, Inbound, Outbox
from gameday.process_identity import current_process
from gameday.store.protocols import DrillStore


class PublishedLog(Log):
    """Log that publishes each event once it is recorded; neither screen nor channel is waited for."""

    def __init__(self, store: DrillStore, plan: Plan, epoch: int, view: View, people: ChatPeople) -> None:
        super().__init__(store, plan.drill, epoch, self._publish)
        self._plan = plan
        self._view = view
        self._chat = ChatRequests(people, DrillClient(plan.drill, socket_path(plan.drill)))
        self._outbox = Outbox(plan, self.append, Inbound(tuple(people), self._chat.receive))

    def close_channels(self) -> None:
        """Give waiting messages a short time; none where another process owns the drill now."""
        self._outbox.close(0.0 if self.fenced else CLOSE_TIMEOUT_S)
        if self._chat.ignored and not self.fenced:
            self.append(NewEvent(ProblemReported(self._chat.describe_ignored())))

    def _publish(self, event: Event, state: DrillState) -> None:
        self._view.event(event, state)
        self._outbox.event(event, drill_announcement(self._plan, event, self.events))


def begin_log(
    store: DrillStore, plan: Plan, token_digest: str, view: View, people: ChatPeople = NOBODY
) -> PublishedLog:
    """Begin the drill in the store, with this process as its owner, and return its log."""
    environment = plan.environment
    epoch = store.begin(
        plan.drill, environment.name, plan.mode.value, token_digest, current_process(), environment.project
    )
    return PublishedLog(store, plan, epoch, view, people)
