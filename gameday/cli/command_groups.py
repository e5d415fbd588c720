"""Command groups: summaries are never cut off, unknown commands get a suggestion, the main group loads lazily."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click
from typing_extensions import override

from gameday.cli.command_table import COMMANDS, GROUPS, RELATED
from gameday.cli.entry import raise_on_interrupt
from gameday.suggestions import suggest_word

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SUMMARY_LIMIT = 1_000
"""Characters of a summary: click would cut it at the width of the line, and lose its end."""


class CommandGroup(click.Group):
    """Group with whole summaries in its help, and suggestions for unknown commands."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        summaries = [(name, command.get_short_help_str(SUMMARY_LIMIT)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(summaries)

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and self.get_command(ctx, name) is None:
            hint = self.suggest(name) or f"Commands: {', '.join(self.list_commands(ctx))}."
            raise click.UsageError(f"Unknown command {name!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def suggest(self, name: str) -> str:
        """Return a sentence with the closest command, or an empty string."""
        return suggest_word(name, self.commands)


class LazyGroup(CommandGroup):
    """Main group that imports a command when it is called: `gameday --help` loads no SDK (a test checks)."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        resolved = super().resolve_command(ctx, args)
        raise_on_interrupt()
        return resolved

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].location.partition(":")
        command = getattr(importlib.import_module(module), name or "command")
        assert isinstance(command, click.Command)
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))  # one column for all groups
        for title, entries in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), entry.summary) for name, entry in entries.items()])

    @override
    def suggest(self, name: str) -> str:
        if name.lower() in RELATED:
            return f"Did you mean 'gameday {RELATED[name.lower()]}'?"
        return suggest_word(name, COMMANDS) or "All commands: gameday --help"

    @override
    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete from the table: click would import every command for its summary."""
        from click.shell_completion import CompletionItem

        names = [name for name in COMMANDS if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=COMMANDS[name].summary) for name in names), *options]
