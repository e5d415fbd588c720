"""Wrapping of printed lines at words, for a terminal and for nothing else."""

from __future__ import annotations

import re
import shutil
from typing import TextIO

MIN_WIDTH = 30
"""Columns: a narrower terminal wraps by itself."""


def wrap_for_terminal(text: str, stream: TextIO) -> str:
    """Wrap each line at words if the stream is a terminal; a table's last column stays a column."""
    if not stream.isatty():
        return text
    width = max(shutil.get_terminal_size().columns, MIN_WIDTH)
    return "\n".join(_wrap_line(line, width) for line in text.split("\n"))


def _wrap_line(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    import textwrap

    column = re.match(r" *(?:\S(?: ?\S)* {2,})*", line[: width // 2])
    indent = " " * (column.end() if column else 0)
    wrapped = textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True,
        replace_whitespace=False,
    )  # fmt: skip
    return "\n".join(wrapped)
