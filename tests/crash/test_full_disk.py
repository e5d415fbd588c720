"""A disk that is full while a fault is active: reverts and halt do not wait for a write."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.proxy_drill import Make, Place, ProxyServer

from gameday.errors import Exit
from gameday.timing import Timing

QUICK = Timing(quiet_period=1.0, revert_attempt_timeout=1.0, revert_timeout=2.0)


@contextlib.contextmanager
def small_disk(place: Place) -> Iterator[Path]:
    """Mount the store's folder as a tmpfs of 4 MiB; needs root."""
    folder = place.folder / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk needs the right to mount a tmpfs")
    place.env["GAMEDAY_STORE"] = str(folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path, name: str = "filler") -> None:
    with contextlib.suppress(OSError), (folder / name).open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_disk_full_while_fault_active_still_reverts(place: Place) -> None:
    with small_disk(place) as disk:
        place.write(stands="2s")
        run = place.run()
        run.wait_for_event("fault")
        _fill(disk)
        (disk / ".gameday-reserve").unlink(missing_ok=True)
        _fill(disk, "more")
        run.process.wait(60)
        assert place.clean(), run.describe()
        for name in ("filler", "more"):
            (disk / name).unlink()
        assert place.gameday("halt", timing=QUICK).code == Exit.HELD
        assert place.clean()


@pytest.mark.engine("toxiproxy")
def test_halt_on_full_disk_after_both_killed_reverts(make: Make, original: ProxyServer) -> None:
    place = make(original)
    with small_disk(place) as disk:
        place.write(stands="30s")
        run = place.run()
        run.wait_for_event("fault")
        run.kill_all()
        (disk / ".gameday-reserve").unlink()
        _fill(disk)
        assert not place.clean()
        halted = place.gameday("halt", timing=QUICK)
        assert halted.code == Exit.HELD, halted
        assert place.clean()
