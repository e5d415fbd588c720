"""Command groups that also accept the command names of toxiproxy-cli."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from typing_extensions import override

from gameday.cli.command_groups import CommandGroup
from gameday.suggestions import suggest_word


class AliasGroup(CommandGroup):
    """A group with `aliases`, from alias to name. They work, and are not listed."""

    def __init__(self, *args: Any, aliases: Mapping[str, str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._aliases = aliases

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, self._aliases.get(cmd_name, cmd_name))

    @override
    def suggest(self, name: str) -> str:
        return suggest_word(name, [*self.commands, *self._aliases])


class ServerUrlGroup(AliasGroup):
    """A group where `-h URL` before the command is the server's URL, as in toxiproxy-cli.

    `-h` alone is help."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if len(args) > 1 and args[0] == "-h" and ":" in args[1]:
            args = ["--url", *args[1:]]
        return super().parse_args(ctx, args)
