"""`gameday run` with people: the drill in a process of its own, its screen, and what follows its end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from gameday.app import background_drill
from gameday.app.start_drill import PlanWithPeople, PreparedDrill, plan_with_people
from gameday.cli.output import print_output, print_status
from gameday.cli.progress import progress
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.drill.drill_record import DrillResult
    from gameday.model import Plan
    from gameday.people.cast import Cast
    from gameday.store.protocols import DrillReader, DrillStore


AFTER_STOP = "Ctrl-C again ends the drill; to resume it: gameday facilitate resume"


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """Display of a drill. `private`: only the facilitator sees this screen. `lines`: lines instead of a screen.

    `link`: pages for browsers are served besides."""

    private: bool = False
    lines: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True)
class ShownDrill:
    """A drill that this terminal shows; its runner is another process. `token` empty: not the facilitator's."""

    plan: Plan
    store: DrillReader
    history: Path
    token: str
    has_ended: Callable[[], bool]
    cast: Cast | None = None
    roster: Path | None = None
    read_cast: Callable[[], Cast | None] | None = None
    """Reads the roles again during the briefing, where another terminal changes them."""
    has_debrief: bool = True
    """False where the debrief is held in another terminal."""


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """State after a screen was left: is the drill `over`, who took part, does the debrief follow."""

    over: bool
    cast: Cast | None
    debrief: bool


def run_with_people(prepared: PreparedDrill, roster: Path | None, screen: ScreenOptions, reviews: Path) -> Exit:
    """Run one drill from the briefing to the debrief. Its runner survives this terminal."""
    from gameday.cli.drill_signals import interrupt_drill
    from gameday.cli.main import map_exceptions
    from gameday.store.open import open_store
    from gameday.terminal.view_factory import supports_screen

    people = plan_with_people(prepared, roster)
    _print_choices(people)
    drill = background_drill.start_background_drill(
        people.plan, prepared.selected, prepared.store, prepared.folder, prepared.request.timing,
        partial(_finish, reviews), lambda work: map_exceptions(lambda: _run_titled(people.plan, work)),
        interrupt_drill, people.cast,
    )  # fmt: skip
    _offer_other_ways(drill, facilitates=people.cast is not None, link=screen.link)
    with closing(open_store(drill.folder)) as store:
        history = drill.folder.role_history
        session = ShownDrill(drill.plan, store, history, drill.token, drill.has_ended, people.cast, people.roster)
        show = show_lines if screen.lines or not supports_screen(os.environ) else show_desk
        result = show(session, private=screen.private)
        if not result.over:
            return print_still_running(drill.plan.drill, facilitates=people.cast is not None)
        with progress("the drill's own process, which drafts the review", plain=screen.lines):
            runner_exit = drill.wait()
        hold_debrief_and_report(
            store,
            drill.plan.drill,
            history,
            reviews,
            lambda: print_drill_output(drill.output),
            result,
            plain=screen.lines,
        )
        return _final_exit(store, drill.plan.drill, runner_exit)


def _offer_other_ways(drill: background_drill.BackgroundDrill, *, facilitates: bool, link: bool) -> None:
    """Print the token for the facilitator's other terminals, and with `link` serve the pages and print their links."""
    if facilitates:
        from gameday.drill.control.facilitator_token import VARIABLE

        print_output(f"drill {drill.plan.drill}; facilitator's other terminals: export {VARIABLE}={drill.token}")
    if link:
        from gameday.cli.web import offer_pages

        offer_pages(drill.plan.drill, drill.folder.run_output(f"{drill.plan.drill}-web"))


def _print_choices(people: PlanWithPeople) -> None:
    from gameday.app.role_assignment import unfilled_required_roles

    if people.drawn is not None:
        count = people.drawn.candidate_count
        single = "; you know which, so the drill is informed" if not people.drawn.is_blind else ""
        print_output(f"drawn from {count} matching scenario{'s' if count > 1 else ''}{single}")
    if people.cast and (unfilled := unfilled_required_roles(people.cast, people.plan.scenario)):
        print_output(f"unfilled roles: {', '.join(unfilled)}; {'; '.join(people.cast.assignment.reasons)}")


def _run_titled(plan: Plan, work: Callable[[], Exit]) -> Exit:
    from gameday.cli.run import set_process_title

    set_process_title(f"gameday {plan.drill}")
    return work()


def _finish(reviews: Path, result: DrillResult, store: DrillReader) -> Exit:
    from gameday.cli.run_report import print_outcomes

    return print_outcomes([result], store, reviews)


def show_desk(session: ShownDrill, *, private: bool) -> ScreenResult:
    """Show the screen with keys until it is left."""
    from gameday.app.role_assignment import save_cast
    from gameday.clock import SystemClock
    from gameday.terminal.desk.app import Desk, DeskConfig
    from gameday.terminal.desk.key_handler import ExitReason
    from gameday.terminal.glyphs import select_glyphs

    plan = session.plan
    desk = Desk(
        DeskConfig(
            plan=plan, store=session.store, client=background_drill.drill_client(plan.drill, session.token),
            clock=SystemClock(), glyphs=select_glyphs(sys.stdout.encoding, os.environ), has_ended=session.has_ended,
            record_roles=partial(_record_roles, session), save_cast=partial(save_cast, plan.drill, session.roster),
            cast=session.cast, private=private, read_cast=session.read_cast,
            has_debrief=session.has_debrief,
        )
    )  # fmt: skip
    reason = desk.run()
    return ScreenResult(desk.state.is_over, desk.state.cast, reason is ExitReason.OVER)


def show_lines(session: ShownDrill, *, private: bool = False) -> ScreenResult:
    """Print lines until the end. Ctrl-C is STOP, as on the screen; the second one ends the drill."""
    from gameday.app.role_assignment import save_cast
    from gameday.boards.playback import follow_store
    from gameday.clock import SystemClock
    from gameday.terminal.responder_lines_view import ResponderLines

    del private
    client = background_drill.drill_client(session.plan.drill, session.token)
    if session.cast is not None:  # `gameday facilitate begin` reads who is present
        save_cast(session.plan.drill, session.roster, session.cast)

    requests: Iterator[Callable[[], str]] = iter((lambda: f"{client.stop()}. {AFTER_STOP}",))

    def stop(*_: object) -> None:
        """Stop in a thread: the signal may have interrupted a line that is being printed."""
        request = next(requests, client.end)
        Thread(target=lambda: print_output(f"\n{request()}")).start()  # the terminal has echoed ^C

    previous = signal.signal(signal.SIGINT, stop)
    try:
        view = ResponderLines(session.cast, partial(_record_roles, session))
        follow_store(session.store, session.plan.drill, view, SystemClock(), session.has_ended)
    finally:
        signal.signal(signal.SIGINT, previous)
    return ScreenResult(True, session.cast, debrief=True)


def _record_roles(session: ShownDrill, cast: Cast) -> None:
    from gameday.app.role_assignment import record_roles

    try:
        record_roles(session.plan.drill, session.history, cast)
    except OSError as error:
        print_status(f"gameday: cannot record the roles for the rotation: {error}")


def print_still_running(drill: str, *, facilitates: bool) -> Exit:
    """Tell how to return to a drill whose screen was left."""
    attach = "gameday attach --facilitate" if facilitates else "gameday attach"
    print_output(f"{drill} is still running. Return to it: {attach}. End it: gameday stop")
    return Exit.HELD


def hold_debrief_and_report(
    store: DrillStore,
    drill: str,
    history: Path,
    reviews: Path,
    print_figures: Callable[[], None],
    result: ScreenResult,
    *,
    plain: bool = False,
) -> None:
    """Hold the debrief before the figures are shown: they must not colour anyone's memory."""
    from gameday.cli.debrief import hold_debrief, print_next_roles, print_refreshed_review

    with progress("the end of the drill", plain=plain):
        background_drill.wait_for_end(store, drill, print_status)
    has_debrief = background_drill.can_be_debriefed(store, drill)
    held = has_debrief and result.debrief and hold_debrief(store, drill, history)
    print_figures()
    if held:
        print_refreshed_review(store, drill, reviews)
        print_next_roles(store, drill, history, result.cast)
    elif has_debrief:
        print_output(f"To hold the debrief: gameday debrief {drill}")


def print_drill_output(path: Path) -> None:
    """Print what the drill's own process printed."""
    print_output(path.read_text(encoding="utf-8", errors="replace").rstrip())


def _final_exit(store: DrillReader, drill: str, runner_exit: Exit | None) -> Exit:
    code = background_drill.read_drill_exit(store, drill, runner_exit)
    if runner_exit not in (None, Exit.FAILED):
        return code
    if code is Exit.DIRTY and drill in store.unfinished():
        print_status(f"{drill} is not finished, and no process responds. Run: gameday halt")
    elif background_drill.needs_review(store.events(drill)):
        print_output(f"All its faults are reverted. Scorecard: gameday show {drill}. Review: gameday review {drill}")
    if owed := background_drill.read_owed_cleanups(store, drill):
        print_status(str(owed))
    return code
