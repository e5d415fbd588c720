"""Other commands and a second runner while a drill runs."""

from __future__ import annotations

import httpx
from support.proxy_drill import OUTAGE, Place

from gameday.errors import Exit


def test_second_runner_is_refused_while_first_runs(place: Place) -> None:
    place.write(stands="12s")
    first = place.run()
    first.wait_for_event("fault")
    second = place.gameday("run", "late.yaml", "--rehearse")
    assert second.code == Exit.REFUSED, second
    assert first.drill in second.err
    elsewhere = place.gameday("run", "late.yaml", "--rehearse", GAMEDAY_STORE=str(place.folder / "other"))
    assert elsewhere.code == Exit.REFUSED, elsewhere
    assert "of another drill is present" in elsewhere.err
    assert first.code() == Exit.HELD, first.describe()
    assert place.clean()


def test_sweep_reverts_our_markers_and_leaves_other_toxics(place: Place) -> None:
    toxics = f"{place.server.url}/proxies/{place.name}/toxics"
    for name in ("gd-00016b04d12b", "mine", "gd-like"):
        httpx.post(toxics, json={"name": name, "type": "latency", "attributes": {"latency": 1}}, trust_env=False)
    asked = place.gameday("halt", "--sweep", place.name, answer="n\n")
    assert asked.code == Exit.REFUSED
    assert "gd-00016b04d12b" in asked.out
    assert place.gameday("halt", "--sweep", place.name, "--yes").code == Exit.HELD
    assert sorted(place.marks()) == ["gd-like", "mine"]
    for name in ("mine", "gd-like"):
        httpx.delete(f"{toxics}/{name}", trust_env=False)
    assert place.clean()


def test_sweep_leaves_running_drill_alone(place: Place) -> None:
    place.write(OUTAGE, stands="60s")
    run = place.run()
    run.wait_for_event("fault")
    swept = place.gameday("halt", "--sweep", place.name, "--yes", GAMEDAY_STORE=str(place.folder / "empty"))
    assert swept.code == Exit.HELD, swept
    assert "left unchanged" in swept.out
    assert "fault-reverted" not in run.kinds()
    assert place.gameday("stop").code == Exit.HELD
    assert run.code() == Exit.HALTED, run.describe()
    assert place.clean()


def test_stop_from_another_terminal_halts(place: Place) -> None:
    place.write(stands="30s")
    run = place.run()
    run.wait_for_event("fault")
    assert place.gameday("stop", HOME="/nonexistent").code == Exit.HELD
    assert run.code() == Exit.HALTED, run.describe()
    assert place.clean()


def test_participant_commands_from_another_terminal_are_logged(place: Place) -> None:
    place.write(stands="20s")
    run = place.run()
    run.wait_for_event("fault")
    for words in (("claim", "ic"), ("declare",), ("note", "slow", "since", "noon", "--role", "ops", "--at", "-1s")):
        assert place.gameday(*words).code == Exit.HELD
    run.wait_for_event("note", text="slow since noon")
    assert {"role-claimed", "ic-announced", "declared"} <= set(run.kinds())
    again = place.gameday("claim", "ic")
    assert again.code == Exit.REFUSED and "gameday handover ic" in again.err
    assert place.gameday("stop").code == Exit.HELD
    assert run.code() == Exit.HALTED, run.describe()
    assert place.gameday("note", "too", "late").code == Exit.REFUSED


def test_breached_guardrail_halts(place: Place) -> None:
    place.write(stands="30s", guardrail="100ms")
    run = place.run()
    assert run.code() == Exit.HALTED, run.describe()
    assert "guardrail-breach" in run.kinds()
    assert place.clean()
