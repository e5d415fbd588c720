"""`gameday host`: a drill with people whom the program invites, without anybody at a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.app.environment_selection import stop_on_demand_demo
from gameday.app.start_drill import DrillRequest, PreparedDrill, prepare_drill
from gameday.cli.argument_types import WordChoice
from gameday.cli.completion_values import complete_environment, complete_scenario
from gameday.cli.drill_signals import announce_interrupt, interrupt_command, interrupt_drill
from gameday.cli.output import print_output, print_status
from gameday.cli.progress import progress
from gameday.cli.review_folder import review_folder_option
from gameday.cli.run import NOT_STARTED, rehearse_prepared, set_process_title
from gameday.cli.run_report import print_outcomes
from gameday.cli.timing_variable import read_timing
from gameday.cli.variable_option import variable_option
from gameday.errors import BadArguments, Exit, Refused
from gameday.schedule.schedules import Hosting, SkipCause

if TYPE_CHECKING:
    from gameday.app.hosted_drill import PageLinks
    from gameday.drill.drill_record import DrillResult
    from gameday.drill.runner import RouteSignals

OTHERWISE = ("skip", "rehearse")
DEFAULT_WITHIN = "10m"


class NobodyJoined(Refused):
    """A hosted drill was not started, because those who must be there did not join."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        from gameday.boards.responder_board import STOP_HOLDER

        super().__init__(f"the drill was not started: {', '.join(missing)} did not join", "Nothing was touched.")
        self.cause = SkipCause.NO_STOP_HOLDER if missing == (STOP_HOLDER,) else SkipCause.NOBODY


@click.command()
@click.argument("file", required=False, default="", shell_complete=complete_scenario)
@click.option("--env", "environment", metavar="NAME", shell_complete=complete_environment,
              help="The environment. Default: default_env of gameday.yaml, else demo.")  # fmt: skip
@click.option("--draw", is_flag=True, help="Draw a scenario of the library that fits (or of folder FILE).")
@click.option("--within", default=DEFAULT_WITHIN, show_default=True, metavar="DURATION",
              help="Time for the people to join.")  # fmt: skip
@click.option("--otherwise", type=WordChoice("choice", OTHERWISE), default="skip", show_default=True, metavar="CHOICE",
              help="If they do not join: skip the drill, or rehearse it without people.")  # fmt: skip
@review_folder_option("--reviews", "Folder for the review. Default: next to the store.")
@click.option("--yes-production", metavar="NAME", help="For a production environment: its name, typed out.")
@variable_option
def command(
    file: str, environment: str | None, draw: bool, within: str, otherwise: str, reviews: Path | None,
    yes_production: str | None,
) -> Exit:  # fmt: skip
    """Run the scenario FILE for people who join by a link, with nobody at a terminal.

    The link goes to the environment's channels that send announcements, and is printed. The drill starts when an IC,
    ops and somebody who holds STOP have joined; otherwise nothing is touched. A facilitator may join: gameday attach
    --facilitate.
    """
    interrupt_command()
    set_process_title("gameday host")
    seconds = read_within(within)
    request = DrillRequest(file, environment, draw, yes_production, timing=read_timing())
    with announce_interrupt(NOT_STARTED), progress("the environment"):
        prepared = prepare_drill(request, print_status)
    try:
        print_output(prepared.selected.description)
        folder = reviews or prepared.folder.reviews
        return host_prepared(prepared, folder, [], interrupt_drill, Hosting(seconds, otherwise == "rehearse"))
    finally:
        stop_on_demand_demo(prepared.selected)


def read_within(text: str) -> float:
    """Parse `--within`, seconds. Raises BadArguments."""
    from gameday.units import parse_duration

    try:
        if seconds := parse_duration(text):
            return seconds
        raise ValueError("people need some time to join")
    except ValueError as error:
        raise BadArguments(f"--within: {error}", "Such as: --within 10m") from None


def host_prepared(
    prepared: PreparedDrill, reviews: Path, results: list[DrillResult], route_signals: RouteSignals, hosting: Hosting,
) -> Exit:  # fmt: skip
    """Host the drill, append it to `results`, print its outcome; without people rehearse it, or refuse.

    Raises NobodyJoined, EnvironmentDirty if a fault is still present."""
    from gameday.app.hosted_drill import host_drill
    from gameday.app.start_drill import select_scenario

    scenario = select_scenario(prepared).scenario
    try:
        hosted = host_drill(
            prepared, scenario, hosting.within, lambda drill: _serve(prepared, drill), route_signals, print_output
        )
    finally:
        interrupt_command()
    results.append(hosted.result)
    if not hosted.missing:
        return print_outcomes([hosted.result], prepared.store, reviews)
    if hosting.rehearses and not prepared.request.draw:
        print_output("Rehearsing it without people.")
        rehearsed: list[DrillResult] = []
        try:
            return rehearse_prepared(prepared, reviews, rehearsed, route_signals)
        finally:
            results += rehearsed
    raise NobodyJoined(hosted.missing)


def _serve(prepared: PreparedDrill, drill: str) -> PageLinks:
    """Serve the drill's pages, and print the link of each: nobody sends the mentor theirs but a person."""
    from gameday.app.hosted_drill import PageLinks
    from gameday.cli.web import print_links, start_pages
    from gameday.web.rights import PageRole

    if (links := start_pages(drill, prepared.folder.run_output(f"{drill}-web"))) is None:
        return PageLinks()
    print_links(links)
    return PageLinks(links.url(PageRole.RESPONDERS), links.url(PageRole.OBSERVER))
