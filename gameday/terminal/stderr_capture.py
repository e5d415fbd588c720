"""What the program says on stderr while the screen is taken: shown in the log, and said again when it is given back."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import TextIO

from typing_extensions import override


class StderrCapture(io.TextIOBase):
    """Stands in for sys.stderr between `take` and `give_back`, where that is a terminal; a file is left alone."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._said: list[str] = []
        self._real: TextIO | None = None

    def start(self) -> None:
        if self._real is None and sys.stderr.isatty():
            self._real, sys.stderr = sys.stderr, self

    def stop(self) -> None:
        """stderr is itself again, and has said all that was said meanwhile."""
        real, self._real = self._real, None
        if real is not None:
            sys.stderr = real
            print("".join(self._said), end="", file=real, flush=True)
            self._said.clear()

    @override
    def write(self, text: str) -> int:
        self._said.append(text)
        for words in text.splitlines():
            if words.strip():
                self._tell(words)
        return len(text)

    @override
    def writable(self) -> bool:
        return True

    @override
    def fileno(self) -> int:
        return self._real.fileno() if self._real is not None else 2
