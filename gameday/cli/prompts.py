"""Questions at a terminal or from a pipe; `-` skips one."""

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
"""Wrong answers in a row after which it fails: a pipe may never end."""
INDENT = " " * 6
WIDTH = 80


class Skipped(Exception):
    """The answer `-`: skip this."""


class InputExhausted(Exception):
    """The input ended."""


def headline(number: str, text: str) -> None:
    """Print what is asked for, beside its number."""
    first, *rest = _lines(text)
    print_output(f"{number:<{len(INDENT)}}{first}")
    for line in rest:
        print_output(INDENT + line)


def print_wrapped(text: str) -> None:
    """Print text between two questions."""
    for line in _lines(text):
        print_output(INDENT + line)


def _lines(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - len(INDENT), break_on_hyphens=False, break_long_words=False)


def ask(question: str, default: str = "") -> str:
    """Return the answer, or the default for an empty line. Raises Skipped and InputExhausted."""
    shown = f" [{default}]" if default else ""
    try:
        text = input(sanitize(f"{INDENT}{question}{shown}: ", stdout_glyphs())).strip() or default
    except (EOFError, UnicodeDecodeError):
        print_output("")
        raise InputExhausted from None
    except KeyboardInterrupt:
        print_output("")
        raise
    if not sys.stdin.isatty():
        print_output(text)  # a pipe does not echo its answers
    if text == "-":
        raise Skipped
    return text


def ask_for(question: str, default: str, read: Callable[[str], T]) -> T:
    """Ask until `read` accepts the answer; it raises ValueError with a message."""
    for _ in range(PATIENCE):
        text = ask(question, default)
        if not text.isprintable():
            print_wrapped("The answer contains characters that cannot be written into a file.")
            continue
        try:
            return read(text)
        except ValueError as error:
            print_wrapped(str(error))
    raise BadArguments(f"{PATIENCE} invalid answers: {question}", "Nothing was written.")


def non_empty(text: str) -> str:
    """Return a non-empty answer; raise ValueError for an empty one."""
    if not text:
        raise ValueError("An answer is required; - skips it.")
    return text


def one_of(known: Sequence[str]) -> Callable[[str], str]:
    """Return a reader of one of these words, or a unique beginning of one."""

    def read(text: str) -> str:
        matches = [text] if text in known else [word for word in known if text and word.startswith(text)]
        if len(matches) != 1:
            raise ValueError(f"{text!r} is not one of: {', '.join(known)}")
        return matches[0]

    return read


def command_line(text: str) -> list[str]:
    """Split a command as a shell does."""
    import shlex

    try:
        return shlex.split(text)
    except ValueError:
        raise ValueError("A quotation mark is not closed.") from None


def required_command(text: str) -> list[str]:
    """Split a command of at least one word."""
    return command_line(non_empty(text))
