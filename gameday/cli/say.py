"""Words to a terminal that may be gone: losing the reader never stops a revert."""

from __future__ import annotations

import sys
from typing import TextIO


def say(text: str) -> None:
    """One line on stderr."""
    _write(sys.stderr, text)


def out(text: str) -> None:
    """One line on stdout."""
    _write(sys.stdout, text)


def _write(stream: TextIO, text: str) -> None:
    try:
        print(text, file=stream, flush=True)
    except UnicodeEncodeError:
        print(text.encode("ascii", "replace").decode(), file=stream, flush=True)
    except OSError:
        return
