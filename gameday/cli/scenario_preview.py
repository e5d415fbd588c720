"""The files of `gameday check --story`: each scenario made ready for its environment, and told."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import BadArguments

if TYPE_CHECKING:
    from gameday.model import Environment, Scenario
    from gameday.terminal.glyphs import Glyphs


def stories(paths: Sequence[Path], environment: Environment | None) -> Iterator[str]:
    """Every line of every story, a rule between two. Raises BadArguments for a file that is no scenario."""
    from gameday.terminal.scenario_preview import scenario_preview

    signs = signs_here()
    scenarios = [scenario_for(path, environment) for path in paths]
    for index, scenario in enumerate(scenarios):
        if index:
            yield from ("", "-" * 80, "")
        yield from scenario_preview(scenario, environment, signs)


def signs_here() -> Glyphs:
    """What stdout can show."""
    from gameday.terminal.glyphs import select_glyphs

    return select_glyphs(sys.stdout.encoding, os.environ)


def scenario_for(path: Path, environment: Environment | None) -> Scenario:
    """With the environment's words and thresholds, or with the scenario's own defaults. The file has no problems."""
    from gameday.files.check import kind_of
    from gameday.files.scenario import adapt_to_environment, scenario_of
    from gameday.files.yaml_document import read_document
    from gameday.model import Environment

    found = read_document(path)
    if (kind := kind_of(found)) != "scenario":
        named = {"gameday": "gameday.yaml", "roster": "roster"}[kind]
        raise BadArguments(f"{path} is a {named}: only a scenario can be told as a story")
    return adapt_to_environment(scenario_of(found, environment), environment or Environment("", {}, {}, {}))
