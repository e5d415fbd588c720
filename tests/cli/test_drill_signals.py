"""Signals of the operating system, whatever the program was doing when they came."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from gameday.cli.drill_signals import interrupt_drill
from gameday.drill.inbox import Inbox
from gameday.events import Interrupted


@pytest.fixture
def asked() -> Iterator[Inbox]:
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.getsignal(name) for name in names}
    asked = Inbox(lambda: None)
    interrupt_drill(asked.interrupt)
    yield asked
    for name, handler in before.items():
        signal.signal(name, handler)


class _Busy:
    """As sys.stderr is while a line is being written: entered a second time, it raises."""

    def write(self, _: str) -> int:
        raise RuntimeError("reentrant call")


def test_signal_during_output_is_recorded_without_raising(
    asked: Inbox, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr", _Busy())
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)
    assert [draft.body for draft in asked.drain()] == [Interrupted("SIGINT")]
    assert "reverting all faults" in capfd.readouterr().err
