"""Work in its own process: the exit code is that of the work, even if its output cannot be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gameday.errors import Exit

POLLED_FIRST = """\
import sys, time
from pathlib import Path
from gameday.app.background_drill import BackgroundDrill
from gameday.app.detached_process import run_detached
from gameday.errors import Exit

pid = run_detached(lambda: Exit.REFUSED, Path(sys.argv[1]))
drill = BackgroundDrill(None, None, "", Path(sys.argv[1]), pid)
while not drill.has_ended():
    time.sleep(0.01)
sys.exit(drill.wait())
"""
WORK = """\
import sys
from pathlib import Path
from gameday.app.detached_process import poll_exit, run_detached
from gameday.errors import Exit

def work():
    print("x" * 100_000)
    print("and a word on stderr", file=sys.stderr)
    return Exit.HALTED

sys.exit(poll_exit(run_detached(work, Path(sys.argv[1])), wait=True))
"""


@pytest.mark.parametrize("full", [False, True])
def test_full_disk_does_not_end_the_process(full: bool, tmp_path: Path) -> None:
    said = Path("/dev/full") if full else tmp_path / "said.txt"
    done = subprocess.run([sys.executable, "-c", WORK, str(said)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (Exit.HALTED, "", "")
    assert full or "and a word on stderr" in said.read_text()


def test_exit_code_is_kept_if_a_screen_saw_the_end_first(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", POLLED_FIRST, str(tmp_path / "out.txt")], check=False, timeout=60.0)
    assert ended.returncode == Exit.REFUSED
