"""Types of command line arguments whose errors name what was expected, and suggest what was meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from typing_extensions import override

from gameday.suggestions import suggest_word


class WordChoice(click.Choice[str]):
    """Choice whose errors name what was expected. Give its argument a metavar: click's lists all words again."""

    def __init__(self, noun: str, words: Sequence[str]) -> None:
        super().__init__(words)
        self._noun = noun

    @override
    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        suggestion = suggest_word(value, self.choices)
        wrong = f"{value!r} is not a {self._noun}."
        return f"{wrong} {suggestion} {self._list()}" if suggestion else f"{wrong} {self._list()}"

    @override
    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        return self._list()

    def _list(self) -> str:
        return f"{self._noun.capitalize()}s: {', '.join(self.choices)}."


class WholeNumber(click.IntRange):
    """A whole number within a range; an error names it as that, and help shows INTEGER."""

    name = "integer"
