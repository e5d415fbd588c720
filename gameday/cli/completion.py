"""`gameday completion`: the script that lets a shell complete commands, options and names."""

from __future__ import annotations

import click

from gameday.cli.argument_types import WordChoice
from gameday.cli.output import print_result

PROGRAM, VARIABLE = "gameday", "_GAMEDAY_COMPLETE"
"""The names that click's own completion goes by."""


@click.command()
@click.argument("shell", type=WordChoice("shell", ("bash", "zsh", "fish")), metavar="SHELL")
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL: bash, zsh or fish.

    \b
    In bash:  source <(gameday completion bash)
    In zsh:   source <(gameday completion zsh)
    In fish:  gameday completion fish | source
    Add the line to your shell's startup file to keep it.
    """
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    assert script is not None
    root = context.find_root()
    print_result([script(root.command, {}, PROGRAM, VARIABLE).source()])
