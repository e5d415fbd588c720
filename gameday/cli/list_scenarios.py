"""`gameday list`: the scenarios to choose from."""

from __future__ import annotations

import click

from gameday.cli.json_output import format_option, print_document
from gameday.cli.output import print_result, print_status
from gameday.cli.own_finished_drills import facilitator_token


@click.command("list")
@format_option
def command(as_json: bool) -> None:
    """List scenarios: those in this folder and its `scenarios` folder, and the shipped ones.

    For the facilitator: the statements reveal what a drill is about. While a drill runs, the facilitator's token is
    needed. `gameday show SCENARIO` shows more.
    """
    from gameday.app.scenario_list import list_scenarios
    from gameday.app.spoilers import require_no_drill
    from gameday.cli.scenario_documents import list_lines, scenario_document

    require_no_drill(facilitator_token())
    scenarios = list_scenarios()
    if as_json:
        print_document(scenario_document(entry) for entry in scenarios.entries)
    else:
        for index, entry in enumerate(scenarios.entries):
            print_result([*([""] if index else []), *list_lines(entry)])
    for path in scenarios.invalid:
        print_status(f"{path}: skipped, it has problems. To list them: gameday check {path}")
