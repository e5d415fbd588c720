"""`gameday show`: a finished drill's scorecard."""

from __future__ import annotations

import click

from gameday.cli.finished_drills import iter_finished, load_finished
from gameday.errors import Exit


@click.command()
@click.argument("drill", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--all", "several", is_flag=True, help="All finished drills, like beside like.")
def command(drill: str | None, form: str, several: bool) -> Exit:
    """Show the scorecard of DRILL (default: the latest): learning first, n beside every figure, no person."""
    import json

    if several:
        return _several()

    from gameday.scorecards.render import render
    from gameday.scorecards.scorecard import scorecard
    from gameday.scorecards.scorecard_json import encode

    found = load_finished(drill, "show")
    card = scorecard(found.events, found.readings)
    click.echo(json.dumps(encode(card), indent=2, ensure_ascii=False) if form == "json" else render(card))
    return Exit.HELD


def _several() -> Exit:
    from gameday.events import fault_summary
    from gameday.scorecards.comparison import compare_drills
    from gameday.scorecards.scorecard import scorecard

    cards = [(scorecard(one.events, one.readings), fault_summary(one.events)) for one in iter_finished()]
    for line in compare_drills(cards):
        click.echo(line)
    return Exit.HELD
