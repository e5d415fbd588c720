"""Rules for the sources of incidents of a gameday.yaml: the source is known, and its settings are valid."""

from __future__ import annotations

from gameday.files import raw_access
from gameday.files.yaml_document import YamlDocument
from gameday.incidents.source_table import find_problems

COMMON_KEYS = ("source", "timeout")


def check_incident_sources(document: YamlDocument) -> None:
    """Require a known source and valid settings of each."""
    for environment in raw_access.get_map(document.written, "environments"):
        place = ("environments", environment, "incidents")
        for name in raw_access.get_map(document.written, *place):
            entry = raw_access.get_map(document.written, *place, name)
            if source := raw_access.text_or_empty(entry.get("source")):
                settings = {key: value for key, value in entry.items() if key not in COMMON_KEYS}
                for problem in find_problems(source, settings):
                    path = (*place, name, *problem.keys)
                    document.add_problem(path, problem.wrong, problem.todo, key=problem.key_is_unexpected)
