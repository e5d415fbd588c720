"""Rules for the tracker of a gameday.yaml: its project and address suit its kind, and secrets stay out of the file."""

from __future__ import annotations

from gameday.files import raw_access
from gameday.files.yaml_document import YamlDocument
from gameday.trackers.tracker_settings import find_problems

PLACE = ("follow_up", "tracker")


def check_tracker(document: YamlDocument) -> None:
    """Require valid settings of the tracker."""
    entry = raw_access.get_map(document.written, *PLACE)
    for problem in find_problems(entry) if entry else ():
        path = (*PLACE, *problem.keys)
        document.add_problem(path, problem.wrong, problem.todo, key=problem.key_is_unexpected)
