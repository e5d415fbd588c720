"""`gameday review`: the blameless review of a finished drill, drafted for the team to complete."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from typing_extensions import override

from gameday.cli.command_groups import CommandGroup
from gameday.cli.completion_values import complete_drill
from gameday.cli.output import print_output
from gameday.cli.own_finished_drills import load_own_finished_drill
from gameday.cli.review_folder import review_folder_option
from gameday.errors import Exit

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from gameday.review.document import Form
    from gameday.review.merge_edits import MergedDraft


class DraftByDefaultGroup(CommandGroup):
    """Group whose default command is `draft`: `gameday review gd-7f3a` drafts that drill's review."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {*self.commands, *self.get_help_option_names(ctx)}
        return super().parse_args(ctx, args if args and args[0] in known else ["draft", *args])

    @override
    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return [
            *super().shell_complete(ctx, incomplete),
            *complete_drill(ctx, self.commands["draft"].params[0], incomplete),
        ]


@click.group(cls=DraftByDefaultGroup)
def command() -> None:
    """Draft the blameless review of a finished drill.

    `gameday review [DRILL]` is short for `gameday review draft [DRILL]`.
    """


@command.command()
@click.argument("drill", required=False, shell_complete=complete_drill)
@click.option("--full/--light", default=None,
              help="Every section, or one page. Default: as in the draft; light for a new one.")  # fmt: skip
@review_folder_option("--into", "Folder to write to. Default: next to the store.")
def draft(drill: str | None, full: bool | None, into: Path | None) -> Exit:
    """Draft the review of DRILL (default: the latest) as Markdown and as a page.

    What people wrote in an earlier draft is kept; only automatic parts that nobody edited are refreshed.
    """
    from gameday.app.reviews import refresh_review

    finished = load_own_finished_drill(drill, "review")
    form: Form | None = None if full is None else "full" if full else "light"
    written = refresh_review(finished, into, form)
    print_output(f"review  {written.markdown}\npage    {written.page}")
    for line in _merge_lines(finished.drill, written.merged) if written.merged else ():
        print_output(line)
    return Exit.HELD


@command.command("page")
@click.argument("drill", required=False, shell_complete=complete_drill)
@review_folder_option("--into", "Folder of the Markdown and the page. Default: next to the store.")
def page_command(drill: str | None, into: Path | None) -> Exit:
    """Render the page of DRILL (default: the latest) again, from its Markdown as your team completed it.

    The Markdown itself is not changed.
    """
    from gameday.app.reviews import refresh_page

    click.echo(f"page    {refresh_page(load_own_finished_drill(drill, 'review'), into)}")
    return Exit.HELD


def _merge_lines(drill: str, merge: MergedDraft) -> Iterator[str]:
    """Yield what changed in an earlier draft, and what was kept."""
    if merge.added:
        yield f"added   {', '.join(merge.added)}"
    if merge.removed:
        yield f"removed {', '.join(merge.removed)} (unedited)"
    if merge.kept:
        yield f"kept    {', '.join(merge.kept)}: edited by hand, so left unchanged"
        yield f"        To draft all sections anew: gameday review draft {drill} --into ANOTHER-FOLDER"
    if merge.unmarked:
        yield "kept    all sections: the comment `gd:draft` at the top is missing, so none is added or removed"
