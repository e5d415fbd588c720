"""`gameday review`: the blameless review of a finished drill, drafted for the team to finish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from typing_extensions import override

from gameday.cli.finished_drills import load_finished
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.review.document import Form
    from gameday.review.merge_edits import Refreshed


class Drafting(click.Group):
    """A group whose short form is `draft`: `gameday review gd-7f3a` drafts that drill's review."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {*self.commands, *self.get_help_option_names(ctx)}
        return super().parse_args(ctx, args if args and args[0] in known else ["draft", *args])


@click.group(cls=Drafting)
def command() -> None:
    """The blameless review of a finished drill. `gameday review [DRILL]` is short for `gameday review draft`."""


@command.command()
@click.argument("drill", required=False)
@click.option("--full/--light", default=None,
              help="All sixteen sections, or the five headings; else as the draft is, and light at first.")  # fmt: skip
@click.option("--into", type=click.Path(file_okay=False, path_type=Path),
              help="The folder to write to; else beside the store.")  # fmt: skip
def draft(drill: str | None, full: bool | None, into: Path | None) -> Exit:
    """Draft the review of DRILL (default: the latest) as Markdown and as a page. What people wrote in an earlier draft
    stays as it is; only the automatic parts that nobody changed are made fresh."""
    from gameday.review.save import write_review

    found = load_finished(drill, "review")
    form: Form | None = None if full is None else "full" if full else "light"
    written = write_review(found.events, found.readings, into or found.reviews, form=form)
    click.echo(f"review  {written.markdown}\npage    {written.page}")
    for line in _became(found.drill, written.made) if written.made else ():
        click.echo(line)
    return Exit.HELD


def _became(drill: str, made: Refreshed) -> Iterator[str]:
    """What became of an earlier draft, in as few lines as there is news."""
    if made.added:
        yield f"added   {', '.join(made.added)}"
    if made.removed:
        yield f"removed {', '.join(made.removed)} (nobody had written there)"
    if made.kept:
        yield f"kept    {', '.join(made.kept)}: changed by hand, so left as it is"
        yield f"        The fresh text of all: gameday review draft {drill} --into ANOTHER-FOLDER"
    if made.unmarked:
        yield "kept    the whole form: the comment `gd:draft` at its top is gone, so no section is added or removed"
