"""`gameday show`: the scorecard of a finished drill, or the description of a scenario."""

from __future__ import annotations

import os

import click

from gameday.app.scenario_list import is_drill_id
from gameday.cli.completion_values import complete_drill_or_scenario
from gameday.cli.json_output import format_option, print_document, print_json
from gameday.cli.output import print_output, print_result
from gameday.cli.own_finished_drills import facilitator_token, load_own_finished_drill
from gameday.errors import BadArguments


@click.command()
@click.argument("name", required=False, metavar="[DRILL|SCENARIO]", shell_complete=complete_drill_or_scenario)
@format_option
@click.option("--all", "show_all", is_flag=True, help="All finished drills, grouped by comparable drills.")
def command(name: str | None, as_json: bool, show_all: bool) -> None:
    """Show the scorecard of DRILL (default: the latest), or describe SCENARIO.

    The scorecard shows every figure with its sample size, and names no person. The description of a scenario is for
    the facilitator: it reveals the fault. While a drill runs, both need the facilitator's token.
    """
    if show_all:
        _show_all(as_json=as_json)
    elif name is not None and not is_drill_id(name):
        _show_scenario(name, as_json=as_json)
    else:
        _show_drill(name, as_json=as_json)


def _show_drill(name: str | None, *, as_json: bool) -> None:
    from gameday.scorecards.render import render_scorecard
    from gameday.scorecards.scorecard import build_scorecard
    from gameday.scorecards.scorecard_json import encode

    finished = load_own_finished_drill(name, "show")
    card = build_scorecard(finished.events, finished.readings)
    if as_json:
        print_json(encode(card))
    else:
        print_output(render_scorecard(card))


def _show_scenario(name: str, *, as_json: bool) -> None:
    from gameday.app.scenario_list import find_entry
    from gameday.app.spoilers import require_no_drill
    from gameday.cli.scenario_documents import detail_lines, scenario_details

    try:
        entry = find_entry(name)
    except BadArguments as error:
        if os.path.lexists(name):
            raise
        wrong = f"{name}: no such drill or scenario"
        raise BadArguments(wrong, f"Drills: gameday show --all. Scenarios: gameday list. {error.todo}") from None
    require_no_drill(facilitator_token())
    if as_json:
        print_document(scenario_details(entry))
    else:
        print_result(detail_lines(entry))


def _show_all(*, as_json: bool) -> None:
    from gameday.app.finished_drills import iter_finished
    from gameday.events import fault_summary
    from gameday.scorecards.comparison import compare_drills
    from gameday.scorecards.scorecard import build_scorecard
    from gameday.scorecards.scorecard_json import encode

    cards = [(build_scorecard(drill.events, drill.readings), fault_summary(drill.events)) for drill in iter_finished()]
    if as_json:
        print_json([encode(card) for card, _ in cards])
        return
    for line in compare_drills(cards):
        print_output(line)
