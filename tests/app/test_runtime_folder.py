"""A runtime folder in which nothing can be written is a refusal with advice, before anything is touched."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from support.proxy_drill import LATENCY, Make, ProxyServer

from gameday.cli.main import run_command
from gameday.errors import Exit


def test_a_full_runtime_folder_refuses_the_drill(
    make: Make, ours: ProxyServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = make(ours)
    place.write(LATENCY)
    for name, value in place.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(place.folder)

    def fail(path: Path, _text: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr("gameday.drill.control.drill_registry.write_atomically", fail)
    assert run_command(["run", "late.yaml", "--rehearse", "--no-review"]) is Exit.REFUSED
    said = capsys.readouterr().err
    assert "cannot use runtime folder" in said and "No space left on device" in said and "GAMEDAY_RUNTIME" in said
    assert place.clean()
