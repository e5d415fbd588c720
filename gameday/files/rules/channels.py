"""Rules for the message channels of a gameday.yaml: the plugin is installed, and its settings are valid."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.errors import Refused
from gameday.files import raw_access
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json
from gameday.plugins.registry import channel_group, create_channel
from gameday.suggestions import did_you_mean, one_of

COMMON_KEYS = ("channel", "sends", "in_rehearsals", "timeout")


def check_channels(document: YamlDocument) -> None:
    """Require an installed plugin and valid settings for each channel."""
    for path, channel in _channels(document.written):
        if name := raw_access.text_or_empty(channel.get("channel")):
            _check_channel(document, path, name, {key: channel[key] for key in channel if key not in COMMON_KEYS})


def _check_channel(document: YamlDocument, path: KeyPath, name: str, settings: dict[str, Json]) -> None:
    if name not in (installed := channel_group().names()):
        wrong = f"unknown channel {name!r}"
        document.add_problem((*path, "channel"), wrong, did_you_mean(name, installed) or one_of(installed))
        return
    try:
        problems = list(create_channel(name).settings_problems(settings))
    except Refused as refused:
        document.add_problem((*path, "channel"), refused.wrong, refused.todo)
        return
    for problem in problems:
        document.add_problem((*path, *problem.keys), problem.wrong, problem.todo, key=problem.key_is_unexpected)


def _channels(data: Json) -> Iterator[tuple[KeyPath, dict[str, Json]]]:
    for environment in raw_access.get_map(data, "environments"):
        place = ("environments", environment, "channels")
        for name in raw_access.get_map(data, *place):
            if isinstance(channel := raw_access.get_path(data, *place, name), dict):
                yield (*place, name), channel
