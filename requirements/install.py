"""Install the packages of a lock, and gameday, with progress: `python requirements/install.py LOCK [--packages-only]`.

Make runs it with the Python of a venv, before anything is installed there: standard library only. What pip prints is in
the venv's pip.log, and is shown only after a failure.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO

PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off")
GAMEDAY = ("--no-build-isolation", "--no-deps", "-e", ".")
LINES_AFTER_FAILURE = 20
TERMINAL_INTERVAL_S, LOG_INTERVAL_S = 1.0, 10.0
"""Seconds between two lines of progress: a terminal rewrites one line, a log gets each."""


@dataclass(slots=True)
class Progress:
    """Progress of pip. `total`: packages of the lock that this system needs."""

    total: int
    collected: int = 0
    is_installing: bool = False

    def read(self, line: str) -> None:
        """Read one line of pip's output."""
        self.total -= line.startswith("Ignoring ")
        self.collected += line.startswith(("Collecting ", "Requirement already satisfied: "))
        self.is_installing |= line.startswith("Installing collected packages: ")

    def describe(self, installed: int) -> str:
        """Return the current step; `installed`: packages in the venv since the start."""
        step, done = ("installing", installed) if self.is_installing else ("downloading", self.collected)
        return f"{step} packages: {min(done, self.total)} of {self.total}"


def main(arguments: list[str]) -> int:
    """Install; return the exit code."""
    lock, log = Path(arguments[0]), Path(sys.prefix) / "pip.log"
    total = sum(line[:1].isalpha() for line in lock.read_text(encoding="utf-8").splitlines())
    print(f"Installing packages into {sys.prefix}, once; this takes one to five minutes.", flush=True)
    try:
        with log.open("w", encoding="utf-8") as output:
            code = run_pip(("--require-hashes", "-r", str(lock)), Progress(total), output)
            if code == 0 and "--packages-only" not in arguments:
                code = run_pip(GAMEDAY, Progress(1), output)
    except KeyboardInterrupt:
        print("\nInstallation interrupted. Run the same make again to continue.")
        return 130
    if code:
        print("\n".join(log.read_text(encoding="utf-8").splitlines()[-LINES_AFTER_FAILURE:]))
        print("The packages could not be installed. Check that the package index is reachable, then run make again.")
    return code


def run_pip(options: Iterable[str], progress: Progress, log: IO[str]) -> int:
    """Run pip, show its progress until it ends, and return its exit code."""
    before = count_installed()
    command = [sys.executable, *PIP, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        reader = Thread(target=copy_output, args=(pip.stdout, progress, log))
        reader.start()
        try:
            wait_with_progress(pip, lambda: progress.describe(count_installed() - before))
        except KeyboardInterrupt:
            pip.terminate()
            raise
        finally:
            reader.join()
    return pip.returncode


def copy_output(lines: Iterable[str], progress: Progress, log: IO[str]) -> None:
    """Write pip's output to the log and follow it."""
    for line in lines:
        log.write(line)
        progress.read(line)


def wait_with_progress(pip: subprocess.Popen[str], describe: Callable[[], str]) -> None:
    """Print the current step until pip ends; a terminal shows one line, which is cleared at the end."""
    is_terminal = sys.stdout.isatty()
    start = "\r\033[K  " if is_terminal else "  "
    while True:
        try:
            pip.wait(TERMINAL_INTERVAL_S if is_terminal else LOG_INTERVAL_S)
            break
        except subprocess.TimeoutExpired:
            print(f"{start}{describe()}", end="" if is_terminal else "\n", flush=True)
    print("\r\033[K" if is_terminal else "", end="", flush=True)


def count_installed() -> int:
    """Return the number of packages in this venv."""
    return sum(1 for folder in sys.path if folder.startswith(sys.prefix) for _ in Path(folder).glob("*.dist-info"))


def interrupt(*_: object) -> None:
    """Handle SIGTERM as Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)
    sys.exit(main(sys.argv[1:]))
