"""Actions and load are undone like faults, whoever dies, and never while their own command still runs.

What could not be undone is named by every command, with what to run by hand, until a person closes it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support.proxy_drill import Make, Place, ProxyServer
from support.run_process import Run

from gameday.errors import Exit
from gameday.timing import Timing

SHORT = Timing(quiet_period=1.0)
SCENARIO = """\
gameday: 1
id: late
timebox: 90s
requires:
  targets: {{database: where it writes}}
  signals: {{success: {{kind: ratio}}, wait: {{kind: duration}}}}
  actions: {{flag: set a flag}}
  {load}
hypothesis: {{statement: "It goes on.", expect: [{{signal: wait, at_most: 30s, over: 500ms}}]}}
steady_state: [{{signal: wait, is: healthy}}]
faults: [{{id: slow, at: start+50ms..200ms, kind: latency, target: database, delay: 200ms}}]
mitigations: [flag]
{on_halt}
ends: fault+{stands}
rehearsal: {{pace: 1, responders: [{{at: fault+300ms, {do}}}]}}
"""
SLOW = "echo begun >>log; sleep 600; touch flag; echo done >>log"
UNDO = "rm -f flag; echo undone >>log"


class Stage:
    """A place whose environment has the action `flag`, and a load."""

    def __init__(
        self, place: Place, do: str, *, stands: str = "60s", halts: bool = False, load: str = "", undo: str = UNDO,
        more: str = "", stop: str = "echo stopped >>log",
    ) -> None:  # fmt: skip
        self.place = place
        commands = f'    actions: {{flag: {{do: [sh, -c, "{do}"], undo: [sh, -c, "{undo}"]{more}}}}}\n'
        if load:
            commands += f'    load: {{start: [sh, -c, "{load}"], stop: [sh, -c, "{stop}"]}}\n'
        config = place.folder / "gameday.yaml"
        config.write_text(config.read_text() + commands)
        requires = "load: {signal: success, at_least: 100000/s}" if load else ""
        on_halt, step = ("on_halt: [flag]", "do: acknowledged") if halts else ("", "take: flag")
        scenario = SCENARIO.format(load=requires, on_halt=on_halt, do=step, stands=stands)
        (place.folder / "late.yaml").write_text(scenario)
        self.run: Run = place.run(timing=SHORT)

    def log(self) -> list[str]:
        file: Path = self.place.folder / "log"
        return file.read_text().split() if file.exists() else []

    def wait_for(self, word: str) -> None:
        self.run.until(lambda: word in self.log(), word)

    def kill_runner(self) -> None:
        self.run.guardian()  # known from now on, so that its end can be awaited
        self.run.process.kill()

    def wait_for_cleanups(self, expected: list[tuple[str, str]]) -> None:
        self.run.until(lambda: self.cleanups() == expected, f"{expected}")
        self.run.wait_for_guardian_exit()

    def cleanups(self) -> list[tuple[str, str]]:
        return [(data["item"], data["result"]) for kind, data in self.run.events() if kind == "cleanup"]


def test_guardian_ends_an_action_before_it_undoes_it(place: Place) -> None:
    stage = Stage(place, SLOW)
    stage.wait_for("begun")
    stage.kill_runner()
    stage.wait_for("undone")
    assert stage.log() == ["begun", "undone"]
    assert not (place.folder / "flag").exists()
    stage.wait_for_cleanups([("flag", "restored")])
    assert place.clean()


@pytest.mark.engine("toxiproxy")
def test_halt_ends_and_undoes_an_action_of_dead_processes(make: Make, original: ProxyServer) -> None:
    place = make(original)
    stage = Stage(place, SLOW)
    stage.wait_for("begun")
    stage.run.kill_all()
    halted = place.gameday("halt", timing=SHORT)
    assert halted.code == Exit.HELD, halted
    assert stage.log() == ["begun", "undone"]
    stage.wait_for_cleanups([("flag", "restored")])


def test_stop_ends_an_action_before_it_undoes_it(place: Place) -> None:
    stage = Stage(place, SLOW)
    stage.wait_for("begun")
    assert place.gameday("halt").code == Exit.HELD
    assert stage.run.code() == Exit.HALTED, stage.run.describe()
    assert stage.log() == ["begun", "undone"]
    assert not (place.folder / "flag").exists()


@pytest.mark.parametrize("do", ["touch flag; exit 1", "touch flag; sleep 600 & exit 0"])
def test_action_that_failed_or_left_a_child_is_undone(place: Place, do: str) -> None:
    stage = Stage(place, f"{do.removesuffix(' exit 0')}", stands="3s")
    stage.run.code()
    stage.wait_for_cleanups([("flag", "restored")])
    assert not (place.folder / "flag").exists()


def test_guardian_runs_the_action_on_a_halt_and_owes_it(place: Place) -> None:
    stage = Stage(place, "touch flag", halts=True)
    stage.run.wait_for_event("fault")
    stage.kill_runner()
    stage.wait_for_cleanups([("flag", "owed")])
    assert (place.folder / "flag").exists() and stage.log() == []


def test_load_of_a_killed_runner_is_ended_and_stopped(place: Place) -> None:
    stage = Stage(place, "true", load="echo begun >>log; sleep 600; echo done >>log")
    stage.wait_for("begun")
    stage.kill_runner()
    stage.wait_for("stopped")
    assert stage.log() == ["begun", "stopped"]
    stage.wait_for_cleanups([("load", "restored")])


def test_load_that_could_not_be_started_is_stopped(place: Place) -> None:
    stage = Stage(place, "true", load="echo begun >>log; exit 1")
    assert stage.run.process.wait(60.0) == Exit.REFUSED
    assert stage.log()[-1] == "stopped"


BROKEN_UNDO = "echo tried >>log; echo permission denied >&2; exit 9"


def named(place: Place) -> str:
    """Return what every command says of the action that was not undone."""
    return f"flag: sh exited with 9: permission denied\n    by hand: sh -c '{BROKEN_UNDO}', in {place.folder}"


def test_failed_undo_is_named_by_every_command_until_it_is_closed(place: Place) -> None:
    stage = Stage(place, "touch flag", stands="3s", undo=BROKEN_UNDO)
    assert stage.run.code() == Exit.DIRTY, stage.run.describe()
    assert named(place) in stage.run.err, stage.run.describe()
    assert place.clean()
    for words in (["halt"], ["stop"], ["status"], ["run", "late.yaml", "--rehearse", "--no-review"]):
        ended = place.gameday(*words, timing=SHORT)
        assert (ended.code, named(place) in ended.err) == (Exit.DIRTY, True), (words, ended)
    assert stage.log() == ["tried"], "what failed is not run again"
    closed = place.gameday("halt", "--give-up", stage.run.drill, "--reason", "removed by hand")
    assert closed.code == Exit.HELD, closed
    for words in (["halt"], ["stop"], ["status"]):
        assert place.gameday(*words, timing=SHORT).code == Exit.HELD


def test_failed_undo_of_a_killed_runner_is_named(place: Place) -> None:
    stage = Stage(place, "touch flag", undo=BROKEN_UNDO)
    stage.run.wait_for_event("action-finished")
    stage.kill_runner()
    stage.wait_for_cleanups([("flag", "owed")])
    for words in (["status"], ["halt"], ["stop"]):
        ended = place.gameday(*words, timing=SHORT)
        assert (ended.code, named(place) in ended.err) == (Exit.DIRTY, True), (words, ended)


def test_load_that_could_not_be_stopped_makes_a_refusal_dirty(place: Place) -> None:
    """Preflight started it, so it is not true that nothing was touched."""
    stage = Stage(place, "true", load="echo begun >>log; exit 1", stop="exit 8")
    assert stage.run.process.wait(60.0) == Exit.DIRTY, stage.run.describe()
    assert f"load: sh exited with 8\n    by hand: sh -c 'exit 8', in {place.folder}" in stage.run.err
    assert place.gameday("halt").code == Exit.DIRTY


def test_undo_that_hangs_is_announced_and_ended_after_its_timeout(place: Place) -> None:
    hanging = "echo undoing >>log; exec sleep 600"
    stage = Stage(place, "touch flag", undo=hanging, more=", timeout: 4s")
    stage.run.wait_for_event("action-finished")
    stopped = place.gameday("stop")
    assert f"{stage.run.drill}: still undoing: flag. See the result: gameday status" in stopped.out, stopped
    halted = place.gameday("halt")
    assert f"{stage.run.drill}: all faults reverted and verified. Undoing flag ..." in halted.err, halted
    assert "flag: sh did not finish within 4 s" in halted.err and halted.code == Exit.DIRTY
    assert stage.run.code() == Exit.DIRTY
    assert "Waiting for the undo of flag, which may take 4 s: 2 s" in stage.run.err
    assert stage.log() == ["undoing"]


def test_guardian_gives_an_undo_the_time_of_its_environment(place: Place) -> None:
    stage = Stage(place, "touch flag", undo="exec sleep 600", more=", timeout: 1s")
    stage.run.wait_for_event("action-finished")
    stage.kill_runner()
    stage.wait_for_cleanups([("flag", "owed")])
    assert "did not finish within 1 s" in str(stage.run.events())
