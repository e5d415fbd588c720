"""Signal handlers of the commands that run a drill: INT, TERM and HUP."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from gameday.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STDERR = 2
NOTHING_WRITTEN = "Nothing was written."


def interrupt_command() -> None:
    """Until a drill starts, and after its end, let each signal end the command as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted

    _install(interrupt)


@contextmanager
def announce_interrupt(consequence: str) -> Iterator[None]:
    """Add a sentence to the message of Ctrl-C: what became of the command, such as that nothing was written."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(consequence)
        raise


def interrupt_drill(end_in_order: Callable[[str], None]) -> None:
    """Let the first signal end the drill in order; each later one hurries nothing and skips nothing.

    `end_in_order` takes the signal's name; it is called inside the handler.
    """
    received: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if len(received) == 1:
            end_in_order(signal.Signals(number).name)
            return
        # past sys.stderr, whose buffer the signal may have interrupted: entered twice, it raises
        with suppress(OSError):
            os.write(_STDERR, b"gameday: reverting all faults; please wait\n")

    _install(interrupt)


def _install(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in _SIGNALS:
        signal.signal(number, handler)
