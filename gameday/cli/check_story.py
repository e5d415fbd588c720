"""`gameday check --story`: each scenario as a timeline, with the terms of its environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gameday.model import Environment
    from gameday.terminal.glyphs import Glyphs


def render_previews(paths: Sequence[Path], environment: Environment | None) -> Iterator[str]:
    """Yield the lines of every timeline, separated by rules. Raises BadArguments for other files."""
    from gameday.app.scenario_selection import preview_scenario
    from gameday.terminal.scenario_preview import scenario_preview

    glyphs = stdout_glyphs()
    scenarios = [preview_scenario(path, environment) for path in paths]
    for index, scenario in enumerate(scenarios):
        if index:
            yield from ("", "-" * 80, "")
        yield from scenario_preview(scenario, environment, glyphs)


def stdout_glyphs() -> Glyphs:
    """Return the glyphs that stdout can show."""
    from gameday.terminal.glyphs import select_glyphs

    return select_glyphs(sys.stdout.encoding, os.environ)
