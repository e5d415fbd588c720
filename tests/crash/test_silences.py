"""Silences of drills on Alertmanager's own server: deleted and verified at every end, whoever is killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.drill_folder import eventually
from support.prometheus import Monitoring, alerting
from support.proxy_drill import LATENCY, Make, Place, ProxyServer

from gameday.errors import Exit
from gameday.timing import Timing

pytestmark = pytest.mark.engine("prometheus")

ALERTS = """\
    alerts: to-players
    silence: {{url: "{url}", matchers: ['environment="{name}"']}}
"""
TIMING = Timing(quiet_period=1.0, lease_watch=12.0, max_lease=8.0)


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    with alerting(tmp_path_factory.mktemp("alertmanager")) as server:
        yield server


@pytest.fixture
def site(make: Make, ours: ProxyServer, alertmanager: Monitoring) -> Place:
    """Return a place whose environment silences its alerts during a drill."""
    return silenced(make(ours), alertmanager)


def silenced(place: Place, server: Monitoring) -> Place:
    gameday = place.folder / "gameday.yaml"
    gameday.write_text(gameday.read_text() + ALERTS.format(url=server.alertmanager, name=place.name))
    place.write(LATENCY, stands="60s")
    return place


def silences(server: Monitoring, place: Place) -> list[dict[str, Any]]:
    return [each for each in server.active_silences() if each["matchers"][0]["value"] == place.name]


def test_silence_is_in_effect_before_the_fault_until_steady_state(site: Place, alertmanager: Monitoring) -> None:
    site.write(LATENCY, stands="1s")
    run = site.run()
    run.wait_for_event("fault")
    assert len(silences(alertmanager, site)) == 1
    assert run.code() == Exit.HELD, run.describe()
    kinds = run.kinds()
    order = ["silence-intended", "silenced", "start", "fault", "reverted", "silence-reverted", "end"]
    assert [kind for kind in kinds if kind in order] == order
    [steady] = [index for index, (kind, data) in enumerate(run.events()) if data.get("when") == "after"]
    assert kinds.index("reverted") < steady < kinds.index("silence-reverted"), "alerts had time to end"
    assert not silences(alertmanager, site) and site.clean()
    planned = site.gameday("plan", "late.yaml")
    assert f'{{environment="{site.name}"}} in {alertmanager.alertmanager}' in planned.out, planned


def test_silence_outlives_its_lease_while_the_drill_runs(site: Place, alertmanager: Monitoring) -> None:
    run = site.run(timing=Timing(max_lease=4.0))
    run.wait_for_event("fault")
    [first] = silences(alertmanager, site)
    eventually(lambda: silences(alertmanager, site)[0]["endsAt"] > first["endsAt"], "a renewal")
    assert [each["id"] for each in silences(alertmanager, site)] == [first["id"]]
    assert site.gameday("stop").code == Exit.HELD
    assert run.code() == Exit.HALTED and not silences(alertmanager, site)


def test_sigkill_of_runner_deletes_by_guardian(site: Place, alertmanager: Monitoring) -> None:
    run = site.run()
    run.wait_for_event("fault")
    run.process.kill()
    eventually(lambda: not silences(alertmanager, site), "the guardian's revert")
    run.wait_for_event("end", reason="halted")
    run.wait_for_guardian_exit()
    assert "silence-reverted" in run.kinds() and site.clean()
    assert site.gameday("halt").out == "Nothing is outstanding.\n"


def forget(place: Place) -> None:
    """Remove all that this machine knows of its drills."""
    for path in (*place.runs[-1].store.parent.glob("gameday.db*"), *place.runtime.glob("*")):
        path.unlink()


def sweep(place: Place) -> None:
    forget(place)
    swept = place.gameday("halt", "--sweep", place.name, "--yes", timing=TIMING)
    assert swept.code == Exit.HELD and "reverted and verified" in swept.out, swept


def halt(place: Place) -> None:
    assert place.gameday("halt", timing=TIMING).code == Exit.HELD


@pytest.mark.parametrize("command", [sweep, halt])
def test_sigkill_of_both_deletes_by_command(
    site: Place, alertmanager: Monitoring, command: Callable[[Place], None]
) -> None:
    run = site.run(timing=TIMING)
    run.wait_for_event("fault")
    theirs = alertmanager.silence("Other", comment=f"[DRILL] of {run.drill}")
    run.kill_all()
    assert silences(alertmanager, site)
    command(site)
    assert not silences(alertmanager, site) and site.clean()
    assert theirs.rpartition("/")[2] in [each["id"] for each in alertmanager.active_silences()]


def test_sigkill_of_both_ends_silence_by_its_lease(site: Place, alertmanager: Monitoring) -> None:
    run = site.run(timing=Timing(max_lease=4.0))
    run.wait_for_event("fault")
    run.kill_all()
    eventually(lambda: not silences(alertmanager, site), "the lease's end")
    assert site.gameday("halt", timing=TIMING).code == Exit.HELD


def test_sweep_leaves_the_silence_of_a_running_drill(site: Place, alertmanager: Monitoring) -> None:
    run = site.run(timing=TIMING)
    run.wait_for_event("fault")
    swept = site.gameday("halt", "--sweep", site.name, "--yes", timing=TIMING, GAMEDAY_RUNTIME=str(site.folder))
    assert silences(alertmanager, site), swept
    assert site.gameday("stop").code == Exit.HELD and run.code() == Exit.HALTED


def test_silence_that_somebody_ended_is_reported_and_not_made_again(site: Place, alertmanager: Monitoring) -> None:
    site.write(LATENCY, stands="4s")
    run = site.run()
    run.wait_for_event("fault")
    alertmanager.expire(silences(alertmanager, site)[0]["id"])
    run.wait_for_event("silence-lapsed", reason="somebody ended or changed it")
    assert run.code() == Exit.HELD, run.describe()
    assert run.kinds().count("silence-intended") == 1 and not silences(alertmanager, site)
    assert "lapsed" not in run.kinds(), "the fault went on"


def test_alertmanager_that_is_away_refuses_the_drill(make: Make, ours: ProxyServer, tmp_path: Path) -> None:
    place = make(ours)
    folder = tmp_path / "alertmanager"
    folder.mkdir()
    with alerting(folder) as server:
        silenced(place, server)
    run = place.run()
    assert run.process.wait() == Exit.REFUSED, run.describe()
    assert "Alertmanager at" in run.err and place.clean()


def test_silence_that_cannot_be_deleted_is_dirty_until_it_is(make: Make, ours: ProxyServer, tmp_path: Path) -> None:
    place = make(ours)
    folder = tmp_path / "alertmanager"
    folder.mkdir()
    with alerting(folder) as server:
        silenced(place, server).write(LATENCY, stands="2s")
        run = place.run(timing=Timing(revert_timeout=1.0, revert_attempt_timeout=0.5, guardian_retry_delay=60.0))
        run.wait_for_event("fault")
    assert run.code() == Exit.DIRTY, run.describe()
    assert place.clean(), "the fault is reverted all the same"
    assert place.gameday("halt", timing=Timing(revert_timeout=1.0)).code == Exit.DIRTY
