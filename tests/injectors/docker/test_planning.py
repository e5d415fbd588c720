"""The containers of a drill are drawn by its seed, and `gameday plan` shows them; a marker pins no image."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.docker_target import INJECTOR, Box

from gameday.cli.main import run_command
from gameday.drill.checked_injector import CheckedInjector
from gameday.drill.planning import make_plan, preview_intents
from gameday.errors import Exit
from gameday.files.project import read_project
from gameday.files.scenario import read_scenario
from gameday.injectors.docker.marker_labels import MARKER_LABEL
from gameday.injectors.docker.planning import pick_marker_image
from gameday.model import Mode

SCENARIO = """\
gameday: 1
id: tiny
timebox: 1m
requires: {targets: {web: "who serves"}, signals: {answers: {kind: ratio}}}
hypothesis: {statement: "It holds.", expect: [{signal: answers, at_least: 90%, over: 5s}]}
steady_state: [{signal: answers, is: healthy}]
faults: [{id: still, kind: pause, target: web}]
"""
PROJECT = """\
gameday: 1
default_env: staging
environments:
  staging:
    targets: {{web: {{injector: docker, engine: "{engine}", labels: {{gdt: "{label}"}}, {part}}}}}
    signals: {{answers: {{kind: ratio, probe: process, run: ["true"], healthy: at_least 90%}}}}
"""


@pytest.mark.engine("docker")
@pytest.mark.parametrize("part", ["count: 2", "percent: 50"])
def test_containers_are_drawn_by_seed_and_shown_by_plan(
    make: Callable[..., Box], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    part: str,
) -> None:  # fmt: skip
    label = f"x{secrets.token_hex(4)}"
    names = sorted(make({"labels": {"gdt": label}}).name for _ in range(3))
    engine = make().docker.url
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)
    for place in ("STORE", "RUNTIME"):
        monkeypatch.setenv(f"GAMEDAY_{place}", str(tmp_path / place))
    Path("gameday.yaml").write_text(PROJECT.format(engine=engine, label=label, part=part), encoding="utf-8")
    Path("tiny.yaml").write_text(SCENARIO, encoding="utf-8")

    def hit(drill: str, seed: int) -> tuple[str, ...]:
        environment = read_project(Path("gameday.yaml")).environments["staging"]
        injectors = {"docker": CheckedInjector(INJECTOR)}
        scenario = read_scenario(Path("tiny.yaml"))
        plan = make_plan(drill, scenario, environment, Mode.REHEARSAL, injectors, seed=seed)
        return preview_intents(plan, injectors)[0].member_names

    drawn = {seed: hit("gd-7f3a", seed) for seed in range(16)}
    assert len(set(drawn.values())) > 1 and {len(one) for one in drawn.values()} == {2}
    other = next(seed for seed in drawn if drawn[seed] != drawn[0])
    assert hit("gd-0001", other) == drawn[other], "its own name has no say in it"
    assert run_command(["plan", "tiny.yaml", "--seed", str(other)]) is Exit.HELD
    assert f"containers {', '.join(drawn[other])} at {engine}\n" in capsys.readouterr().out
    assert run_command(["plan", "tiny.yaml"]) is Exit.HELD
    assert f"2 of: {', '.join(names)} at {engine}, drawn when the drill begins\n" in capsys.readouterr().out


class Images:
    """Engine with images: `used` by a container of somebody, `noted` by a marker container."""

    def __init__(self, images: list[str], used: list[str], noted: list[str]) -> None:
        self._images = images
        self._there = [{"ImageID": one, "Labels": {}} for one in used]
        self._there += [{"ImageID": one, "Labels": {MARKER_LABEL: "gd-7f3a00000000"}} for one in noted]

    def images(self) -> list[str]:
        return self._images

    def containers(self, labels: list[str]) -> list[Any]:
        assert labels == []
        return self._there


def test_marker_uses_an_image_that_is_in_use_anyway() -> None:
    images, marks = [f"sha256:{number}" for number in range(9)], [f"gd-7f3a{number:08x}" for number in range(40)]

    def drawn(engine: Any) -> set[str]:
        return {pick_marker_image(engine, mark) for mark in marks}

    assert drawn(Images(images, ["sha256:3", "sha256:5", "sha256:removed"], ["sha256:7"])) == {"sha256:3", "sha256:5"}
    assert len(drawn(Images(images, [], ["sha256:7"]))) > 1
