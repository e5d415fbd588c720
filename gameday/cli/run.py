"""`gameday run`: a rehearsal, or a drill with people."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.app.environment_selection import stop_on_demand_demo
from gameday.app.start_drill import DrillRequest, PreparedDrill, prepare_drill, rehearse
from gameday.cli.argument_types import WholeNumber
from gameday.cli.completion_values import complete_environment, complete_scenario
from gameday.cli.drill_signals import announce_interrupt, interrupt_command, interrupt_drill
from gameday.cli.json_output import format_option, redirect_text_to_stderr
from gameday.cli.output import print_output, print_status
from gameday.cli.progress import progress
from gameday.cli.review_folder import review_folder_option
from gameday.cli.run_report import print_outcomes
from gameday.cli.timing_variable import read_timing
from gameday.cli.variable_option import variable_option
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.drill.drill_record import DrillResult
    from gameday.drill.runner import RouteSignals
    from gameday.drill.view import View
    from gameday.model import Plan

NOT_STARTED = "No drill was started: no fault was applied, and there is nothing to review."


@click.command()
@click.argument("file", required=False, default="", shell_complete=complete_scenario)
@click.option("--env", "environment", metavar="NAME", shell_complete=complete_environment,
              help="The environment. Default: default_env of gameday.yaml, else demo.")  # fmt: skip
@click.option("--rehearse", "rehearsal", is_flag=True, help="Run without people: the responders' part is scripted.")
@click.option("--first-mitigation", is_flag=True, help="Rehearse only the first mitigation.")
@click.option("--solo", is_flag=True, help="Respond alone, even with a roster.")
@click.option(
    "--draw", is_flag=True, help="Solo and blind: pick a suitable scenario from the library (or folder FILE)."
)
@click.option("--roster", type=click.Path(path_type=Path), help="Roster file. Default: the roster of gameday.yaml.")
@click.option("--private", is_flag=True, help="Keep the facilitator's view open: nobody else sees this screen.")
@click.option("--link", is_flag=True, help="Serve pages for browsers, and print one link per role: see gameday web.")
@click.option("--lines", is_flag=True, help="Print lines instead of the screen, for screen readers.")
@click.option("--seed", type=WholeNumber(0, 2**31 - 1), help="Seed of hidden delays and random choices.")
@review_folder_option("--reviews", "Folder for the review. Default: next to the store.")
@click.option("--no-review", is_flag=True, help="Rehearse without drafting a review; later: gameday review.")
@format_option
@click.option("--yes-production", metavar="NAME", help="For a production environment: its name, typed out.")
@variable_option
def command(
    file: str, environment: str | None, rehearsal: bool, first_mitigation: bool, solo: bool, draw: bool,
    roster: Path | None, private: bool, link: bool, lines: bool, seed: int | None, reviews: Path | None,
    no_review: bool, as_json: bool, yes_production: str | None,
) -> Exit:  # fmt: skip
    """Run the scenario FILE (a path, or a name in the library).

    With a roster the drill is facilitated; without one you respond alone; --rehearse runs without people.
    """
    _require_responder(file, rehearsal=rehearsal, draw=draw, no_review=no_review)
    if link and rehearsal:
        raise BadArguments("--link needs people, --rehearse runs without them", "Remove one of them")
    if as_json and not rehearsal:
        raise BadArguments("--format json needs --rehearse: a drill with people has a screen", "Leave it out")
    interrupt_command()
    set_process_title("gameday run")
    roster = None if rehearsal or solo or draw else roster
    request = DrillRequest(file, environment, draw, yes_production, seed, read_timing(), roster)
    with announce_interrupt(NOT_STARTED), redirect_text_to_stderr(as_json), progress("the environment", plain=lines):
        prepared = prepare_drill(request, print_status)
    reviews = reviews or prepared.folder.reviews
    try:
        with redirect_text_to_stderr(as_json):
            print_output(prepared.selected.description)
        for note in prepared.selected.notes:
            print_status(note)
        if rehearsal:
            return rehearse_prepared(
                prepared, reviews, [], interrupt_drill, review=not no_review, first_only=first_mitigation,
                as_json=as_json, lines=lines,
            )  # fmt: skip
        from gameday.cli.run_with_people import ScreenOptions, run_with_people

        roster = None if solo or draw else roster or prepared.selected.roster
        return run_with_people(prepared, roster, ScreenOptions(private, lines, link), reviews)
    finally:
        stop_on_demand_demo(prepared.selected)


def _require_responder(file: str, *, rehearsal: bool, draw: bool, no_review: bool) -> None:
    """Raise BadArguments, with the option to use, if nobody can respond."""
    if not file and not draw:
        raise BadArguments("no scenario given", "Name one: gameday run db-slowdown.yaml; or draw one: --draw")
    if no_review and not rehearsal:
        raise BadArguments("--no-review needs --rehearse: a drill with people always gets a review", "Leave it out")
    if rehearsal and draw:
        raise BadArguments("--draw needs a person, --rehearse runs without people", "Remove one of them")
    if not rehearsal and not (sys.stdin.isatty() and sys.stdout.isatty()):
        _require_scenario(file, draw=draw)
        raise BadArguments(
            "not a terminal: nobody can respond here",
            f"Without people: gameday run {file or 'FILE'} --rehearse. With people: run it at a terminal",
        )


def _require_scenario(file: str, *, draw: bool) -> None:
    """Raise BadArguments for a scenario that does not exist, before advice that repeats its name."""
    from gameday.files.scenario_library import find_scenario

    if file and not draw:
        find_scenario(file)


def set_process_title(text: str) -> None:
    """Set the title shown in process lists; a file name there would reveal the fault."""
    from setproctitle import setproctitle

    setproctitle(text)


def rehearse_prepared(
    prepared: PreparedDrill, reviews: Path, results: list[DrillResult], route_signals: RouteSignals, *,
    review: bool = True, first_only: bool = False, as_json: bool = False, lines: bool = False,
) -> Exit:  # fmt: skip
    """Rehearse, append each drill to `results`, print their outcomes; return the exit code of all.

    Raises EnvironmentDirty if a fault is still present, InternalError if a review could not be written.
    """
    create_view = partial(create_rehearsal_view, lines=lines)
    try:
        with redirect_text_to_stderr(as_json):
            for result in rehearse(prepared, create_view, route_signals, first_only=first_only):
                interrupt_command()
                results.append(result)
    finally:
        interrupt_command()
    return print_outcomes(results, prepared.store, reviews, review=review, as_json=as_json)


def create_rehearsal_view(plan: Plan, token: str, *, lines: bool) -> View:
    """Return the view of a rehearsal, and print its token; `lines`: no screen, on any terminal."""
    from gameday.drill.control.facilitator_token import VARIABLE
    from gameday.terminal.view_factory import create_view, uses_screen

    set_process_title(f"gameday {plan.drill}")
    print_output(f"drill {plan.drill}; facilitator's other terminals: export {VARIABLE}={token}")
    if not lines and uses_screen(sys.stdout.isatty(), os.environ):
        return create_view(True, os.environ, token)
    from gameday.cli.drill_progress import DrillProgress
    from gameday.terminal.plain_view import PlainView
    from gameday.terminal.threaded_view import ThreadedView

    return ThreadedView(DrillProgress(PlainView(), plain=lines))
