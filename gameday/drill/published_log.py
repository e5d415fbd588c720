"""Log of a drill whose events also go to a screen and to the message channels of the environment."""

from __future__ import annotations

from gameday.drill.drill_announcements import drill_announcement
from gameday.drill.log import Log
from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.events import Event
from gameday.model import Plan
from gameday.notify.outbox import CLOSE_TIMEOUT_S, Outbox
from gameday.process_identity import current_process
from gameday.store.protocols import DrillStore


class PublishedLog(Log):
    """Log that publishes each event once it is recorded; neither screen nor channel is waited for."""

    def __init__(self, store: DrillStore, plan: Plan, epoch: int, view: View) -> None:
        super().__init__(store, plan.drill, epoch, self._publish)
        self._plan = plan
        self._view = view
        self._outbox = Outbox(plan, self.append)

    def close_channels(self) -> None:
        """Give waiting messages a short time; none where another process owns the drill now."""
        self._outbox.close(0.0 if self.fenced else CLOSE_TIMEOUT_S)

    def _publish(self, event: Event, state: DrillState) -> None:
        self._view.event(event, state)
        self._outbox.event(event, drill_announcement(self._plan, event, self.events))


def begin_log(store: DrillStore, plan: Plan, token_digest: str, view: View) -> PublishedLog:
    """Begin the drill in the store, with this process as its owner, and return its log."""
    environment = plan.environment
    epoch = store.begin(
        plan.drill, environment.name, plan.mode.value, token_digest, current_process(), environment.project
    )
    return PublishedLog(store, plan, epoch, view)
