"""The console script: until a command's code is loaded, Ctrl-C ends the process with one line and no traceback."""

from __future__ import annotations

import os
import signal
from types import FrameType

EXIT_CODE = 4
"""Exit.HALTED, whose module would have to be loaded first; a test compares."""
NOTHING_TOUCHED = b"\ngameday: stopped by Ctrl-C; nothing was touched\n"


def main() -> None:
    """Run the command line."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a job in the background ignores it
        signal.signal(signal.SIGINT, _end_before_start)
    from gameday.cli.main import main as run

    run()


def raise_on_interrupt() -> None:
    """From here on, let Ctrl-C raise KeyboardInterrupt: the command is loaded, and knows what it has touched."""
    if signal.getsignal(signal.SIGINT) is _end_before_start:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_before_start(_number: int, _frame: FrameType | None) -> None:
    os.write(2, NOTHING_TOUCHED)
    os._exit(EXIT_CODE)
