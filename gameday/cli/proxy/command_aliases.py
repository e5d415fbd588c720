"""A group whose commands answer to the words of Toxiproxy's own client too."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import click
from typing_extensions import override


class Verbs(click.Group):
    """`aliases`: other word -> name. They are taken, and not listed: one thing has one word."""

    def __init__(self, *args: Any, aliases: Mapping[str, str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._aliases = aliases

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each sentence in full: click would cut the warning off that reset also takes what a drill has put there."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(limit=200)) for name, one in self.commands.items()])

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, self._aliases.get(cmd_name, cmd_name))

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0] if args else ""
        if word and not word.startswith("-") and self.get_command(ctx, word) is None:
            close = difflib.get_close_matches(word, [*self.commands, *self._aliases], n=1)
            meant = f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(self.commands)}"
            raise click.UsageError(f"no command {word!r}{meant}", ctx)
        return super().resolve_command(ctx, args)


class Hosted(Verbs):
    """`-h URL` before the verb is the server's address, as it is there; `-h` alone is help, as it is here."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if len(args) > 1 and args[0] == "-h" and ":" in args[1]:
            args = ["--url", *args[1:]]
        return super().parse_args(ctx, args)
