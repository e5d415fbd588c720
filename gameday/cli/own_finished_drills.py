"""Finished drills for commands: loaded with the token of this terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gameday.cli.output import print_status
from gameday.cli.progress import progress
from gameday.cli.timing_variable import read_timing

if TYPE_CHECKING:
    from gameday.app.finished_drills import FinishedDrill


def facilitator_token() -> str:
    """Return the facilitator's token that this terminal holds; may be empty."""
    from gameday.drill.control.facilitator_token import VARIABLE

    return os.environ.get(VARIABLE, "")


def load_own_finished_drill(name: str | None, command: str) -> FinishedDrill:
    """Return the drill of that name, else the latest. Raises BadArguments and Refused."""
    from gameday.app import finished_drills

    with progress("the log, after the recovery of earlier drills"):
        return finished_drills.load_finished_drill(name, command, facilitator_token(), print_status, read_timing())
