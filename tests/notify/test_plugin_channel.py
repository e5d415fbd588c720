"""A channel of another package is found by its entry point, and imported only where a file uses it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from typing_extensions import override

from gameday.files.check import check_files
from gameday.model import ChannelBinding, Json
from gameday.plugins import registry
from gameday.plugins.channel import ChannelMessage, MessageChannel
from gameday.plugins.types import Deadline, SettingsProblem


class PagerChannel(MessageChannel):
    name = "pager"

    @override
    def settings_problems(self, settings: Mapping[str, Json]) -> list[SettingsProblem]:
        return [] if "team" in settings else [SettingsProblem((), "missing key 'team', required by channel pager")]

    @override
    def load(self) -> None: ...

    @override
    def deliver(self, message: ChannelMessage, binding: ChannelBinding, deadline: Deadline) -> None: ...


@pytest.fixture(autouse=True)
def _plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("pager", f"{__name__}:PagerChannel", "gameday.channels"),
        EntryPoint("broken", "no_such_package:Channel", "gameday.channels"),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: [point for point in points if point.group == group])
    registry.create_channel.cache_clear()


def problems(tmp_path: Path, channel: str) -> list[str]:
    file = tmp_path / "gameday.yaml"
    file.write_text(f"gameday: 1\nenvironments: {{staging: {{channels: {{duty: {channel}}}}}}}\n")
    return [f"{problem.line}:{problem.column} {problem.wrong}" for problem in check_files([file])]


def test_the_settings_of_a_plugin_are_checked_by_it(tmp_path: Path) -> None:
    assert problems(tmp_path, "{channel: pager, team: shop, sends: [pages]}") == []
    assert problems(tmp_path, "{channel: pager}") == ["2:43 missing key 'team', required by channel pager"]


def test_a_plugin_that_cannot_be_imported_is_a_problem_with_its_place(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, "{channel: broken}")
    assert problem == "2:53 cannot load channel broken: No module named 'no_such_package'"


def test_a_channel_that_no_file_uses_is_not_imported(tmp_path: Path) -> None:
    assert problems(tmp_path, "{channel: pager, team: shop}") == []
    assert registry.create_channel.cache_info().currsize == 1
