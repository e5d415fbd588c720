"""`gameday review`: the blameless review of a finished drill, drafted for the team to complete."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from typing_extensions import override

from gameday.cli.command_groups import CommandGroup
from gameday.cli.completion_values import complete_drill
from gameday.cli.json_output import format_option, print_document
from gameday.cli.output import print_output, print_result
from gameday.cli.own_finished_drills import load_own_finished_drill
from gameday.cli.review_folder import review_folder_option, reviews_option
from gameday.errors import Exit

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from gameday.app.follow_up import UnfinishedReview
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


@command.command("merge-chat")
@click.argument("drill", shell_complete=complete_drill)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--timezone", "zone", metavar="ZONE", help="Time zone of pasted times, such as Europe/Lisbon. "
              "Default: that of this machine.")  # fmt: skip
@click.option("--roster", type=click.Path(path_type=Path), help="Roster file. Default: the roster of gameday.yaml.")
@review_folder_option("--into", "Folder of the review. Default: next to the store.")
def merge_chat_command(drill: str, file: Path, zone: str | None, roster: Path | None, into: Path | None) -> Exit:
    """Merge messages of the team's chat into the timeline of DRILL's review.

    FILE is a channel's folder of a Slack export, one of its JSON files, or text that was pasted from a chat; - reads
    standard input. Only messages during the drill count, names become roles, and merging again adds nothing twice.
    """
    from gameday.app.chat_merge import merge_chat
    from gameday.app.reviews import refresh_review

    finished = load_own_finished_drill(drill, "review")
    merge = merge_chat(finished, file, zone, roster)
    counts = (f"{merge.added} added", f"{merge.known} already there", f"{merge.outside} outside the drill")
    print_output(f"chat    {', '.join(counts)}")
    written = refresh_review(load_own_finished_drill(drill, "review"), into)
    print_output(f"review  {written.markdown}\npage    {written.page}")
    for line in _merge_lines(finished.drill, written.merged) if written.merged else ():
        print_output(line)
    return Exit.HELD


@command.command()
@click.option("--rehearsals", is_flag=True, help="Include rehearsals. Default: only drills with people.")
@reviews_option
@format_option
def due(rehearsals: bool, folder: Path | None, as_json: bool) -> Exit:
    """List the drills whose review should be finished by now, and is not. The exit code is 1 if there are any.

    A review is finished once its front matter says `status: Reviewed` or `Closed`. It is due 48 hours after the drill,
    or within the time of the environment's charter.
    """
    from gameday.app.follow_up import list_unfinished_reviews
    from gameday.cli.follow_up_documents import due_review_document

    now = time.time()
    reviews = [each for each in list_unfinished_reviews(folder, rehearsals=rehearsals) if each.due <= now]
    if as_json:
        print_document(map(due_review_document, reviews))
    else:
        print_result([_due_line(each, now) for each in reviews] or ["no review is due"])
    return Exit.NOT_HELD if reviews else Exit.HELD


def _due_line(unfinished: UnfinishedReview, now: float) -> str:
    from gameday.units import format_duration

    review = unfinished.review
    late = format_duration((now - unfinished.due) // 60 * 60)
    state = f"{review.status or 'unknown status'}: {review.path}" if review else "not drafted"
    return f"{unfinished.drill}, {unfinished.scenario} in {unfinished.environment}: {late} late; {state}"


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
