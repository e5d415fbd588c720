"""`gameday help`: the help of a command, as `gameday COMMAND --help` prints it."""

from __future__ import annotations

import click

from gameday.cli.output import print_output

ASK_FOR_HELP = "To ask for help in a drill: gameday ask-for-help"


@click.command()
@click.argument("names", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def command(context: click.Context, names: tuple[str, ...]) -> None:
    """Show the help of COMMAND, or of all commands.

    To ask for help in a running drill, use `gameday ask-for-help`.
    """
    target = context.find_root()
    for name in names:
        target = _subcommand_context(target, name)
    print_output(target.get_help())


def _subcommand_context(parent: click.Context, name: str) -> click.Context:
    """Return the context of a subcommand. Raises UsageError if there is none of that name."""
    group = parent.command
    if not isinstance(group, click.Group):
        raise click.UsageError(f"{parent.command_path!r} has no subcommands. {ASK_FOR_HELP}", parent)
    try:
        _, command, _ = group.resolve_command(parent, [name])
    except click.UsageError as error:
        raise click.UsageError(f"{error.message}\n{ASK_FOR_HELP}", parent) from None
    assert command is not None
    return click.Context(command, parent, name)
