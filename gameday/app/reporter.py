"""Protocol for the progress of a use case."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """Receiver of lines from a use case that takes a while. Must not raise."""

    def output(self, line: str) -> None:
        """Report a result that the user asked for."""
        ...

    def status(self, line: str) -> None:
        """Report progress or a warning."""
        ...
