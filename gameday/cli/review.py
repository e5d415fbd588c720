"""`gameday review`: the blameless review of a finished drill, drafted for the team to finish."""

from __future__ import annotations

from pathlib import Path

import click

from gameday.cli.recorded import recorded
from gameday.errors import Exit


@click.command()
@click.argument("drill", required=False)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path),
              help="The folder to write to; else beside the store.")  # fmt: skip
def command(drill: str | None, into: Path | None) -> Exit:
    """Draft the review of DRILL (default: the latest) as Markdown and as a page. Writes over no draft you edited."""
    from gameday.review.write import write_review

    found = recorded(drill)
    written = write_review(found.events, found.readings, into or found.reviews)
    click.echo(f"review  {written.markdown}\npage    {written.page}")
    return Exit.HELD
