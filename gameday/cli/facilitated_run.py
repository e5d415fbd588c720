"""`gameday run` with people: the drill in a process of its own, the desk on it, and what comes after."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from gameday.app.environment_selection import SelectedEnvironment, create_runner, stop_demo
from gameday.cli.detached_process import poll_exit, run_detached
from gameday.cli.output import print_output, print_status
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.drill.control.client import DrillClient
    from gameday.model import Event, Plan
    from gameday.people.cast import Cast
    from gameday.store.sqlite import Store

OVER_WITHIN = 120.0
"""Seconds for which a drill whose runner was killed is waited for: its guardian is at it."""


@dataclass(frozen=True, slots=True)
class People:
    """Who is there. `cast` None: one person responds alone. `private`: nobody watches this screen. `lines`: no screen,
    but lines."""

    cast: Cast | None
    private: bool
    lines: bool = False
    roster: Path | None = None
    """Where the cast comes from."""


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """How a screen was left: whether the drill is `over`, who played, and whether the debrief was asked for."""

    over: bool
    cast: Cast | None
    debrief: bool


def run_with_people(plan: Plan, where: SelectedEnvironment, store: Store, people: People, reviews: Path | None) -> Exit:
    """One drill with people, from the briefing to the debrief. Its runner lives on without this terminal."""
    from gameday.drill.control import facilitator_token
    from gameday.store.open import open_store
    from gameday.store.paths import run_output_path

    secret, path = facilitator_token.new(), store.path
    said = run_output_path(path, plan.drill)
    store.close()
    pid = run_detached(lambda: _run(plan, where, secret, path, reviews), said)
    with closing(open_store(path)) as store:
        show = run_lines_view if people.lines else run_desk
        seen = show(plan, store, secret, lambda: poll_exit(pid) is not None, people)
        if not seen.over:
            return print_still_running(plan.drill, facilitates=people.cast is not None)
        how = poll_exit(pid, wait=True)
        if after_endex(store, plan.drill, reviews, lambda: replay_output(said), debrief_now=seen.debrief):
            next_turns(seen.cast)
        return _ending(store, plan.drill, how)


def _run(plan: Plan, where: SelectedEnvironment, secret: str, path: Path, reviews: Path | None) -> Exit:
    """In the process of its own: the drill, and its review."""
    from setproctitle import setproctitle

    from gameday.cli.run_summary import print_run_summary
    from gameday.drill.injector_registry import Registry
    from gameday.drill.view import NoView
    from gameday.store.open import open_store

    setproctitle(f"gameday {plan.drill}")
    try:
        store = open_store(path)
        runner = create_runner(plan, where, store, injectors=Registry(), view=NoView(), token=secret)
        return print_run_summary([runner.run()], store, reviews)
    finally:
        stop_demo(where)


def run_desk(plan: Plan, store: Store, secret: str, gone: Callable[[], bool], people: People) -> ScreenResult:
    """The screen of a drill that runs elsewhere, until it is left."""
    from gameday.cli.role_assignment import save_cast
    from gameday.clock import SystemClock
    from gameday.terminal.desk.app import Desk, DeskConfig
    from gameday.terminal.desk.key_handler import ExitReason
    from gameday.terminal.glyphs import select_glyphs

    signs = select_glyphs(sys.stdout.encoding, os.environ)
    keep, leave = partial(_keep_roles, plan, store), partial(save_cast, plan.drill, people.roster)
    desk = Desk(
        DeskConfig(
            plan=plan, store=store, link=_link(plan, secret), clock=SystemClock(), signs=signs, gone=gone,
            keep=keep, leave=leave, cast=people.cast, private=people.private,
        )
    )  # fmt: skip
    left = desk.run()
    return ScreenResult(desk.face.over, desk.face.cast, left is ExitReason.OVER)


def run_lines_view(plan: Plan, store: Store, secret: str, gone: Callable[[], bool], people: People) -> ScreenResult:
    """The same as lines. Ctrl-C is STOP, as everywhere."""
    from gameday.clock import SystemClock
    from gameday.terminal.playback import follow_store
    from gameday.terminal.responder_lines_view import ResponderLines

    def stop(*_: object) -> None:
        """In a thread: the signal may have interrupted a line that is being printed."""
        Thread(target=lambda: print_output(_link(plan, secret).stop())).start()

    before = signal.signal(signal.SIGINT, stop)
    try:
        view = ResponderLines(people.cast, partial(_keep_roles, plan, store))
        follow_store(store, plan.drill, view, SystemClock(), gone)
    finally:
        signal.signal(signal.SIGINT, before)
    return ScreenResult(True, people.cast, debrief=True)


def _link(plan: Plan, secret: str) -> DrillClient:
    from gameday.drill.control.client import DrillClient
    from gameday.drill.control.running_drills import socket_path

    return DrillClient(plan.drill, socket_path(plan.drill), secret)


def print_still_running(drill: str, *, facilitates: bool) -> Exit:
    """The screen was left, and nothing else."""
    back = "gameday attach --facilitate" if facilitates else "gameday attach"
    print_output(f"{drill} goes on. Back to it: {back}. To end it: gameday stop")
    return Exit.HELD


def after_endex(
    store: Store, drill: str, reviews: Path | None, figures: Callable[[], None], *, debrief_now: bool
) -> bool:
    """The debrief before the figures: nobody's memory is to be coloured by them. Whether it was held."""
    from gameday.cli.debrief import debrief, refresh

    _until_over(store, drill)
    began = any(event.kind == "start" for event in store.events(drill))
    if began and debrief_now:
        debrief(store, drill)
    figures()
    if began and debrief_now:
        refresh(store, drill, reviews)
    elif began:
        print_output(f"The hot debrief, if it was not held: gameday debrief {drill}")
    return began and debrief_now


def _until_over(store: Store, drill: str) -> None:
    """A runner that was killed leaves its drill to the guardian."""
    from gameday.drill.control.client import GUARDIAN_GRACE, guardian_responds, start_command
    from gameday.drill.control.running_drills import socket_path

    until, look = time.monotonic() + OVER_WITHIN, time.monotonic() + GUARDIAN_GRACE
    called = False
    if drill in store.unfinished():
        print_status(f"{drill}: its runner has ended; what it left is being put back ...")
    while drill in store.unfinished() and (now := time.monotonic()) < until:
        if not called and now > look:
            look = now + GUARDIAN_GRACE
            called = not guardian_responds(socket_path(drill))
            if called:
                start_command("halt")  # it is gone too
        time.sleep(0.2)


def replay_output(said: Path) -> None:
    """What the drill said at its end."""
    print_output(said.read_text(encoding="utf-8", errors="replace").rstrip())


def _keep_roles(plan: Plan, store: Store, cast: Cast) -> None:
    """For the rotation: who was there at STARTEX counts. The most junior first, as they speak afterwards."""
    from gameday.people.role_history import forget_drills, held_in, roles_in, write_record
    from gameday.store.paths import role_history_path

    if roles_in(role_history_path(store.path), plan.drill):
        return  # another screen did
    held = held_in(plan.drill, time.time(), cast.junior_first(), cast.available())
    try:
        forget_drills(role_history_path(store.path))
        write_record(role_history_path(store.path), cast.roster.team, held)
    except OSError as error:
        print_status(f"gameday: who held which role could not be kept for the rotation: {error}")


def next_turns(cast: Cast | None) -> None:
    """Whose turn each role is next."""
    if cast is None:
        return
    for role, person in cast.assignment.next_after.items():
        print_output(f"next    {role}: {cast.name(person)}")


def _ending(store: Store, drill: str, how: Exit | None) -> Exit:
    """As the runner ended; where it was killed, as its log says."""
    from gameday.scorecards.verdict import verdict

    if how not in (None, Exit.FAILED):
        return how
    if drill in store.unfinished():
        print_status(f"{drill} is not over, and nobody says more. Run: gameday halt")
        return Exit.DIRTY
    events = store.events(drill)
    if needs_review(events):
        print_output(f"What it left is put back. Its figures: gameday show {drill}; its review: gameday review {drill}")
    return Exit(verdict(events).exit) if events else Exit.FAILED


def needs_review(events: Sequence[Event]) -> bool:
    """Whether somebody else than its runner ended a drill that had begun: nobody has drafted its review."""
    from gameday.model import Source

    ends = [event.source for event in events if event.kind == "end"]
    return bool(ends) and ends[-1] is not Source.RUNNER and any(event.kind == "start" for event in events)
