"""`gameday halt --sweep ENV`: unreachable targets stop nothing else, and a lease shows that a drill is running."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.fake_injector import MadeEngine
from support.proxy import Proxied
from typing_extensions import override

from gameday.app import leftover_scan, sweep
from gameday.cli.main import run_command
from gameday.cli.output import TERMINAL
from gameday.drill.checked_injector import CheckedInjector
from gameday.errors import Exit, Refused
from gameday.model import Binding, Fault
from gameday.plugins.types import Deadline, Intent, RevertOutcome, RevertResult
from gameday.timing import Timing

STRAY = "gd-7f3a00000001"
GAMEDAY = """\
gameday: 1
default_env: staging
environments:
  staging:
    targets:
      away: {{injector: toxiproxy, url: "http://127.0.0.1:1", proxy: orders-db}}
      database: {{injector: toxiproxy, url: "{url}", proxy: {name}}}
      same: {{injector: toxiproxy, url: "{url}", proxy: {name}}}
    signals:
      wait: {{kind: duration, probe: http, url: "{url}/version", value: p95, n: n}}
"""


@pytest.fixture
def stray(proxied: Proxied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Proxied:
    """Put a fault of a dead drill and a foreign one on a proxy of two targets; a third target is unreachable."""
    for name in ("STORE", "RUNTIME", "DEMO"):
        monkeypatch.setenv(f"GAMEDAY_{name}", str(tmp_path / name))
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("gameday.yaml").write_text(GAMEDAY.format(url=proxied.http.base_url, name=proxied.name), encoding="utf-8")
    for name in (STRAY, "gd-mine"):
        proxied.toxic("latency", name=name, attributes={"latency": 1})
    return proxied


def toxics(proxied: Proxied) -> list[str]:
    return [one["name"] for one in proxied.http.get(f"{proxied.path}/toxics").json()]


def test_unreachable_target_does_not_stop_the_sweep_of_others(
    stray: Proxied, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["halt", "--sweep", "staging", "--yes"]) is Exit.REFUSED
    told = capsys.readouterr()
    assert told.out.count(STRAY) == 1 and "1 reverted and verified." in told.out
    assert "cannot search target away: " in told.err and "gameday halt --sweep staging" in told.err
    assert toxics(stray) == ["gd-mine"]
    assert run_command(["halt", "--sweep", "staging", "--yes"]) is Exit.REFUSED
    assert "leftover faults in" not in capsys.readouterr().out, "nobody knows that"


def test_sweep_without_a_terminal_changes_nothing(stray: Proxied, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["halt", "--sweep", "staging"]) is Exit.REFUSED
    told = capsys.readouterr()
    assert STRAY in told.out and "--yes" in told.err
    assert sorted(toxics(stray)) == [STRAY, "gd-mine"]


def test_doctor_lists_leftovers_and_unreachable_targets(
    stray: Proxied, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del stray
    monkeypatch.setenv("GAMEDAY_TIMING", "first_reading_timeout=0s")
    assert run_command(["doctor"]) is Exit.REFUSED
    told = capsys.readouterr().out
    assert f"{STRAY}: latency" in told and "!!  target       away: " in told


def test_doctor_shows_nothing_of_another_users_drill(
    stray: Proxied, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftover_scan, "wait_for_live_drills", lambda *_: {STRAY[:7]})
    run_command(["doctor"])
    told = capsys.readouterr().out.partition("environment ")[2]
    assert f"{STRAY}: belongs to a running drill" in told
    assert "latency" not in told and stray.name not in told and "readings are hidden" in told


class LeasedEngine(MadeEngine):
    """`ends`: what each mark's lease is said to end at, one answer after the other; the last stays. -1: no answer."""

    def __init__(self, **ends: list[int]) -> None:
        super().__init__()
        self.ends = {mark.replace("_", "-"): answers for mark, answers in ends.items()}

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        answers = self.ends.get(intent.marker, [0])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer < 0:
            raise Refused("no answer")
        return answer

    def made(self, mark: str) -> Intent:
        return self.plan(Fault("f", "latency", "web", {}), Binding("e", "web", "made", {}), mark, Deadline.after(1))


def test_renewed_lease_protects_all_faults_of_its_drill(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leftover_scan, "POLL_INTERVAL_S", 0.0)
    engine = LeasedEngine(gd_aaaa00000001=[-1, 5, -1, 5, 9], gd_bbbb00000001=[7, 7, -1, 7, 0])
    injectors = {"made": CheckedInjector(engine)}
    marks = ["gd-aaaa00000001", "gd-aaaa00000002", "gd-bbbb00000001", "gd-cccc00000001"]
    assert leftover_scan.wait_for_live_drills([engine.made(mark) for mark in marks], injectors, print) == {"gd-aaaa"}
    engine.ends[marks[0]] = [5]
    in_doubt = leftover_scan.wait_for_live_drills([engine.made(marks[0])], injectors, print, Timing(lease_watch=0.0))
    assert in_doubt == {"gd-aaaa"}, "in doubt"


def test_fault_left_to_people_is_not_reported_as_removed(capsys: pytest.CaptureFixture[str]) -> None:
    engine = LeasedEngine()
    engine.on_revert = [lambda _: RevertResult(RevertOutcome.KEPT, "web was removed by somebody")]
    registry: Any = {"made": CheckedInjector(engine)}
    sweep.revert_intents([engine.made("gd-aaaa00000001"), engine.made("gd-bbbb00000001")], registry, TERMINAL, Timing())
    told = capsys.readouterr()
    assert told.out == "1 reverted and verified.\n1 left unchanged: see above.\n"
    assert "web was removed by somebody" in told.err
