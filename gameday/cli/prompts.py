"""One answer at a time, from a terminal or a pipe; `-` leaves a thing out."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import TypeVar

from gameday.cli.output import print_output
from gameday.cli.scenario_preview import stdout_glyphs
from gameday.errors import BadArguments
from gameday.terminal.glyphs import sanitize

T = TypeVar("T")
PATIENCE = 10
"""Wrong answers in a row: a pipe that never ends is not asked for ever."""
INDENT = " " * 6
WIDTH = 80


class Skipped(Exception):
    """The person leaves the thing out."""


class InputExhausted(Exception):
    """No more answers come."""


def headline(number: str, text: str) -> None:
    """What is to be bound, beside its number."""
    first, *rest = _lines(text)
    print_output(f"{number:<{len(INDENT)}}{first}")
    for line in rest:
        print_output(INDENT + line)


def print_wrapped(text: str) -> None:
    """What is said between two questions."""
    for line in _lines(text):
        print_output(INDENT + line)


def _lines(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - len(INDENT), break_on_hyphens=False, break_long_words=False)


def ask(asks: str, ready: str = "") -> str:
    """The answer, or `ready` for an empty line; it may be empty where nothing is ready. Raises LeftOut, Ended."""
    shown = f" [{ready}]" if ready else ""
    try:
        text = input(sanitize(f"{INDENT}{asks}{shown}: ", stdout_glyphs())).strip() or ready
    except (EOFError, UnicodeDecodeError):
        print_output("")
        raise InputExhausted from None
    except KeyboardInterrupt:
        print_output("")
        raise
    if not sys.stdin.isatty():
        print_output(text)  # a pipe shows nothing of what it answers
    if text == "-":
        raise Skipped
    return text


def ask_for(asks: str, ready: str, read: Callable[[str], T]) -> T:
    """Asked again until `read`, which raises ValueError with a sentence, takes it."""
    for _ in range(PATIENCE):
        text = ask(asks, ready)
        if not text.isprintable():
            print_wrapped("that cannot be written into a file")
            continue
        try:
            return read(text)
        except ValueError as error:
            print_wrapped(str(error))
    raise BadArguments(f"{PATIENCE} answers that will not do: {asks}", "Nothing was written.")


def non_empty(text: str) -> str:
    """Not nothing."""
    if not text:
        raise ValueError("an answer is needed; - leaves it out")
    return text


def one_of(known: Sequence[str]) -> Callable[[str], str]:
    """A reader of one of these words, or of its beginning."""

    def read(text: str) -> str:
        fits = [text] if text in known else [one for one in known if text and one.startswith(text)]
        if len(fits) != 1:
            raise ValueError(f"{text!r} is none of: {', '.join(known)}")
        return fits[0]

    return read


def command_line(text: str) -> list[str]:
    """The words of a command, as a shell would part them."""
    import shlex

    try:
        return shlex.split(text)
    except ValueError:
        raise ValueError("a quotation mark is left open") from None


def needed_command(text: str) -> list[str]:
    """A command with at least one word."""
    return command_line(non_empty(text))
