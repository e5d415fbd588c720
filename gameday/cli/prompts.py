"""Prompts at a terminal or from a pipe; `-` skips an item.

Not click's: those end on a pipe as on Ctrl-C, and ask a pipe that never ends for ever.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gameday.atomic_file import write_obstacle
from gameday.cli.check_story import stdout_glyphs
from gameday.cli.output import print_output
from gameday.errors import BadArguments
from gameday.terminal.glyphs import sanitize

T = TypeVar("T")
MAX_ATTEMPTS = 10
"""Wrong answers in a row: a pipe that never ends (`yes nonsense`) is not asked for ever."""
INDENT = " " * 6
WIDTH = 80
MAX_PROMPT = 60
"""Characters of a question before its answer on the same line."""


def require_writable_folder(folder: Path) -> None:
    """Raise BadArguments if no file can be created there: nobody answers questions whose result cannot be written."""
    if why := write_obstacle(folder):
        raise BadArguments(f"cannot write to folder {folder.resolve()}: {why}", "Use another folder")


class Skipped(Exception):
    """The person skips the item."""


class InputExhausted(Exception):
    """The input has ended, or is not text."""


def print_headline(number: str, text: str) -> None:
    """Print what is to be bound, beside its number."""
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


def read_line(prompt: str, default: str = "", indent: int = len(INDENT)) -> str:
    """Read one answer, or `default` for an empty line. Raises InputExhausted with the reason.

    A long question has lines of its own, indented after the first, so that there is room for the answer.
    """
    shown = sanitize(prompt, stdout_glyphs())
    if len(shown) > MAX_PROMPT:
        lines = textwrap.wrap(
            shown, WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False, break_long_words=False
        )
        for line in lines:
            print_output(line)
        shown = f"{' ' * indent}> "
    try:
        text = input(shown).strip() or default
    except EOFError:
        print_output("")
        raise InputExhausted("the input ended") from None
    except UnicodeDecodeError:
        print_output("")
        raise InputExhausted("the answer is not UTF-8 text") from None
    except KeyboardInterrupt:
        print_output("")
        raise
    if not sys.stdin.isatty():
        print_output(text)  # a pipe does not echo its answers
    return text


def ask(question: str, default: str = "") -> str:
    """Ask once; the answer may be empty without a default. Raises Skipped or InputExhausted."""
    shown = f" [{default}]" if default else ""
    text = read_line(f"{INDENT}{question}{shown}: ", default)
    if text == "-":
        raise Skipped
    return text


def ask_parsed(question: str, default: str, read: Callable[[str], T]) -> T:
    """Ask until `read`, which raises ValueError with a sentence, accepts the answer."""
    for _ in range(MAX_ATTEMPTS):
        text = ask(question, default)
        if not text.isprintable():
            print_wrapped("The answer contains characters that cannot be written into a file.")
            continue
        try:
            return read(text)
        except ValueError as error:
            print_wrapped(str(error))
    raise BadArguments(f"{MAX_ATTEMPTS} invalid answers: {question}", "Nothing was written.")


def parse_non_empty(text: str) -> str:
    """Return the text. Raises ValueError for an empty one."""
    if not text:
        raise ValueError("An answer is required; - skips it.")
    return text


def choice_parser(known: Sequence[str]) -> Callable[[str], str]:
    """Return a reader of one of these words, or of its beginning."""

    def read(text: str) -> str:
        fits = [text] if text in known else [word for word in known if text and word.startswith(text)]
        if len(fits) != 1:
            raise ValueError(f"{text!r} is not one of: {', '.join(known)}")
        return fits[0]

    return read


def parse_command(text: str) -> list[str]:
    """Split a command as a shell would. Raises ValueError."""
    import shlex

    try:
        return shlex.split(text)
    except ValueError:
        raise ValueError("A quotation mark is not closed.") from None


def parse_required_command(text: str) -> list[str]:
    """Split a command of at least one word. Raises ValueError."""
    return parse_command(parse_non_empty(text))
