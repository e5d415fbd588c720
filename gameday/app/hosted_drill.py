"""A hosted drill: the program opens it, invites people by a link, and starts it once those who must be there are.

Nobody sits at a terminal. If they do not come in time, the drill is closed before anything is touched.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from gameday.app.start_drill import PreparedDrill, create_runner, plan_new_drill
from gameday.boards.drill_board import DrillBoard
from gameday.drill.control import facilitator_token
from gameday.errors import InvalidFiles, Refused
from gameday.model import Mode, Phase, Plan, Role
from gameday.people.cast import Cast, missing_roles
from gameday.units import format_duration, format_role

if TYPE_CHECKING:
    from gameday.drill.control.client import DrillClient
    from gameday.drill.drill_record import DrillResult
    from gameday.drill.runner import RouteSignals
    from gameday.drill.state import DrillState
    from gameday.events import Event
    from gameday.model import Scenario

CHECK_INTERVAL_S = 0.2


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Links that everyone may have: to take part, and to watch. Empty if no pages are served."""

    join: str = ""
    watch: str = ""


OpenPages = Callable[[str], PageLinks]
"""Serve the pages of a drill by its name; return their links."""
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class HostedDrill:
    """A hosted drill after its end. `missing`: who did not come, so that it was not started; else empty."""

    result: DrillResult
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HostedRoles:
    """The rotation's proposal for a hosted drill, and the record of roles; `cast` None without a roster."""

    history: Path
    cast: Cast | None

    def describe(self) -> str:
        """Return `IC: Chi; ops: Dov`; empty without a proposal."""
        holders = self.cast.holders() if self.cast else []
        return "; ".join(f"{format_role(role)}: {self.cast.name(person)}" for role, person in holders if self.cast)

    def record(self, drill: str, filled: Sequence[Role]) -> None:
        """Record the people who were proposed for the roles that were filled. Raises OSError."""
        from gameday.app.role_assignment import record_roles

        if self.cast is not None:
            record_roles(drill, self.history, self.cast, filled)


def host_drill(
    prepared: PreparedDrill, scenario: Scenario, within: float, open_pages: OpenPages, route_signals: RouteSignals,
    report: Report,
) -> HostedDrill:  # fmt: skip
    """Host one drill from the invitation to its end; `within`: seconds in which people must be there."""
    plan, token = plan_new_drill(prepared, scenario, Mode.FACILITATED), facilitator_token.create_token()
    roles = HostedRoles(prepared.folder.role_history, _propose_cast(prepared, scenario, report))
    host = Host(plan, token, within, open_pages, report, roles)
    runner = create_runner(
        plan, prepared.selected, prepared.store, prepared.folder, host, token, route_signals, prepared.request.timing,
        roles.cast,
    )  # fmt: skip
    threading.Thread(target=host.watch, daemon=True).start()
    return HostedDrill(runner.run(), host.missing)


def _propose_cast(prepared: PreparedDrill, scenario: Scenario, report: Report) -> Cast | None:
    """Return the rotation's proposal, if there is a roster that can be read."""
    from gameday.app.role_assignment import RosterFile, propose_cast

    roster = prepared.selected.roster
    try:
        return propose_cast(RosterFile(roster, prepared.folder.role_history), scenario, hosted=True) if roster else None
    except (InvalidFiles, Refused) as error:
        report(f"The rotation proposes no roles: {error}")
        return None


class Host(DrillBoard):
    """Host of one drill: the runner's thread tells it every event, its own thread decides about the start."""

    def __init__(
        self, plan: Plan, token: str, within: float, open_pages: OpenPages, report: Report, roles: HostedRoles
    ) -> None:
        super().__init__(plan)
        self._roles = roles
        self.missing: tuple[str, ...] = ()
        """Set if the drill was closed because they did not come."""
        self._token, self._within = token, within
        self._open_pages, self._report = open_pages, report
        self._is_over = threading.Event()

    @override
    def event(self, event: Event, state: DrillState) -> None:
        super().event(event, state)
        if state.phase in (Phase.DONE, Phase.STUCK):
            self._is_over.set()

    @override
    def end(self) -> None:
        self._is_over.set()

    def watch(self) -> None:
        """Invite people, then start the drill or close it."""
        deadline = time.monotonic() + self._within
        self._invite()
        while not self._is_over.wait(CHECK_INTERVAL_S) and self.state.started_at is None:
            absent = self.absent()
            if self.preflight_passed and not absent:
                self._start()
                return
            if absent and time.monotonic() > deadline:
                self._close(absent)
                return

    def absent(self) -> list[str]:
        """Return who must still come."""
        return self.responders.list_awaited()

    def _invite(self) -> None:
        from gameday.app.briefing_follow_up import summarize_follow_up

        links = self._open_pages(self.plan.drill)
        limit = format_duration(self.plan.scenario.timebox)
        text = f"A drill starts in {format_duration(self._within)} at the latest, and takes at most {limit}."
        for more in filter(None, (self.plan.environment.alerts_text, summarize_follow_up(self.plan))):
            text += f" {more}"
        self._report(f"Waiting for {', '.join(self.absent())}. Join: {links.join or 'no pages are served'}")
        if proposed := self._roles.describe():
            self._report(f"The rotation proposes {proposed}")
        text += f" Join it, or stop it at any time: {links.join} To watch only: {links.watch}" if links.join else ""
        self._announce("Invitation", text)

    def _announce(self, name: str, text: str) -> None:
        from gameday.notify.announcement import announce

        for channel, failure in announce(self.plan, text).items():
            self._report(f"{name} to {channel}: {failure or 'sent'}")

    def _start(self) -> None:
        filled = [role for role in self.responders.roles if role is not Role.FACILITATOR]
        without = missing_roles(self.plan.scenario.roles_required, filled)
        roles = {"roles": [role.value for role in filled], "without": [role.value for role in without]}
        self._report(f"IC, ops and a STOP holder have joined. {self._client().send_intervention('begin', roles)}")
        try:
            self._roles.record(self.plan.drill, filled)
        except OSError as error:
            self._report(f"Cannot record the roles for the rotation: {error.strerror or error}")

    def _close(self, absent: list[str]) -> None:
        from gameday.drill.control.client import RESPONSE_TIMEOUT_S, NoResponse, send_request

        self.missing = tuple(absent)
        reason = f"not there within {format_duration(self._within)}: {', '.join(absent)}"
        self._report(f"Not started: {reason}")
        self._announce("Cancellation", f"The drill did not start: {reason}. Nothing was touched")
        try:
            send_request(self._client().socket_path, {"request": "stop", "text": reason}, RESPONSE_TIMEOUT_S)
        except NoResponse as error:
            self._report(f"The drill could not be closed: {error}")

    def _client(self) -> DrillClient:
        from gameday.app.background_drill import drill_client

        return drill_client(self.plan.drill, self._token)
