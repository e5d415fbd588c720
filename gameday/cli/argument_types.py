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

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise _out_of_range(value, "a whole number", self.min, self.max, param, ctx) from None


class AnyWholeNumber(click.types.IntParamType):
    """A whole number without a range; an error names it as that."""

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise _out_of_range(value, "a whole number", None, None, param, ctx) from None


class DecimalNumber(click.FloatRange):
    """A number within a range; an error names it as that, and help shows FLOAT."""

    name = "float"

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise _out_of_range(value, "a number", self.min, self.max, param, ctx) from None


def _out_of_range(
    value: object, noun: str, least: float | None, most: float | None, param: click.Parameter | None,
    ctx: click.Context | None,
) -> click.BadParameter:  # fmt: skip
    limits = ""
    if least is not None:
        limits = f" of at least {least}" if most is None else f" from {least} to {most}"
    return click.BadParameter(f"{value!r} is not {noun}{limits}.", ctx, param)
