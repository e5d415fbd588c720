"""Faults that end by themselves, that responders remove, and outages that outlive their fault: real drills."""

from __future__ import annotations

import httpx
import pytest
from support.proxy_drill import LATENCY, Place

from gameday.errors import Exit

ACTION = "    actions: {shed-load: {do: ['true'], undo: ['true']}}\n"


def add(place: Place, **keys: str) -> None:
    """Add top-level keys to the scenario, and an action to scenario and environment."""
    file = place.folder / "late.yaml"
    text = file.read_text().replace("requires: {", "requires: {actions: {shed-load: turn load away}, ")
    file.write_text(text + "".join(f"{key}: {value}\n" for key, value in keys.items()))
    environment = place.folder / "gameday.yaml"
    environment.write_text(environment.read_text() + ACTION)


def test_fault_ends_by_itself_and_the_drill_goes_on(place: Place) -> None:
    place.write(f"{LATENCY.replace('by: fault+10s', 'by: fault+1s')}, lasts: 1500ms", stands="3s")
    run = place.run()
    run.wait_for_event("fault-end")
    assert place.clean(), "reverted and verified while the drill runs"
    assert "reverting" not in run.kinds()
    assert run.code() == Exit.HELD, run.describe()
    assert "lapsed" not in run.kinds() and run.kinds().count("fault") == 1
    assert "No fault to revert: 3 s after the fault" in run.out, run.out
    assert "Reverting all faults" not in run.out


def test_fault_that_returns_is_applied_and_reverted_each_time(place: Place) -> None:
    fault = f"{LATENCY.replace('by: fault+10s', 'by: fault+1s')}, lasts: 1s, repeat: {{times: 2, every: 2s}}"
    place.write(fault, stands="5s")
    run = place.run()
    assert run.code() == Exit.HELD, run.describe()
    assert [run.kinds().count(kind) for kind in ("fault", "fault-reverted", "fault-end")] == [2, 2, 2]
    assert place.clean()


@pytest.mark.parametrize("signal", ["SIGKILL", "SIGTERM"])
def test_fault_with_a_planned_end_is_reverted_sooner_when_the_runner_dies(place: Place, signal: str) -> None:
    place.write(f"{LATENCY}, lasts: 60s", stands="80s")
    run = place.run()
    run.wait_for_event("fault")
    run.process.kill() if signal == "SIGKILL" else run.process.terminate()
    run.until(place.clean, "the revert")
    run.wait_for_guardian_exit()


def test_removal_by_the_responders_is_a_mitigation_where_the_scenario_says_so(place: Place) -> None:
    place.write(LATENCY, stands="20s")
    add(place, removed_by="responders", mitigated_when="[{signal: wait, is: healthy, for: 1s}]")
    run = place.run()
    run.wait_for_event("impact")
    [name] = place.marks()
    httpx.delete(f"{place.server.url}/proxies/{place.name}/toxics/{name}", trust_env=False).raise_for_status()
    run.wait_for_event("removed", by_responders=True)
    run.wait_for_event("mitigated")
    assert "lapsed" not in run.kinds()
    place.gameday("stop")
    assert run.code() == Exit.HALTED and place.clean()


def test_actions_on_halt_are_run_after_the_reverts_and_undone_in_steady_state(place: Place) -> None:
    place.write(LATENCY, stands="60s")
    add(place, on_halt="[shed-load]")
    run = place.run()
    run.wait_for_event("fault")
    assert place.gameday("stop").code == Exit.HELD
    assert run.code() == Exit.HALTED, run.describe()
    kinds = run.kinds()
    assert (
        kinds.index("reverted") < kinds.index("action-started") < kinds.index("steady-state", kinds.index("reverted"))
    )
    run.wait_for_event("cleanup", item="shed-load", result="restored")


def test_no_action_is_run_without_a_halt(place: Place) -> None:
    place.write(LATENCY, stands="1s")
    add(place, on_halt="[shed-load]")
    run = place.run()
    assert run.code() == Exit.HELD, run.describe()
    assert "action-started" not in run.kinds()
