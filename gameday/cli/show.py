"""`gameday show`: a finished drill's scorecard."""

from __future__ import annotations

import click

from gameday.cli.terminal_token import load_finished
from gameday.errors import Exit


@click.command()
@click.argument("drill", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--all", "show_all", is_flag=True, help="All finished drills, grouped by comparable drills.")
def command(drill: str | None, form: str, show_all: bool) -> Exit:
    """Show the scorecard of DRILL (default: the latest): learning first, sample sizes with every figure, no person."""
    import json

    if show_all:
        return _show_all()

    from gameday.scorecards.render import render
    from gameday.scorecards.scorecard import scorecard
    from gameday.scorecards.scorecard_json import encode

    finished = load_finished(drill, "show")
    card = scorecard(finished.events, finished.readings)
    click.echo(json.dumps(encode(card), indent=2, ensure_ascii=False) if form == "json" else render(card))
    return Exit.HELD


def _show_all() -> Exit:
    from gameday.app.finished_drills import iter_finished
    from gameday.events import fault_summary
    from gameday.scorecards.comparison import compare_drills
    from gameday.scorecards.scorecard import scorecard

    cards = [(scorecard(drill.events, drill.readings), fault_summary(drill.events)) for drill in iter_finished()]
    for line in compare_drills(cards):
        click.echo(line)
    return Exit.HELD
