"""Command groups that also accept the command names of toxiproxy-cli."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import click
from typing_extensions import override


class AliasGroup(click.Group):
    """A group with `aliases`, from alias to name. They work, and are not listed."""

    def __init__(self, *args: Any, aliases: Mapping[str, str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._aliases = aliases

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List each command with its full sentence: click would cut off the warning of `reset`."""
        summaries = [(name, command.get_short_help_str(limit=200)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(summaries)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, self._aliases.get(cmd_name, cmd_name))

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and self.get_command(ctx, name) is None:
            matches = difflib.get_close_matches(name, [*self.commands, *self._aliases], n=1)
            hint = f"Did you mean {matches[0]!r}?" if matches else f"Commands: {', '.join(self.commands)}"
            raise click.UsageError(f"No such command {name!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)


class UrlGroup(AliasGroup):
    """A group where `-h URL` before the command is the server's URL, as in toxiproxy-cli.

    `-h` alone is help."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if len(args) > 1 and args[0] == "-h" and ":" in args[1]:
            args = ["--url", *args[1:]]
        return super().parse_args(ctx, args)
