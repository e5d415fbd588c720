"""A fault ends with the process that holds it: killed, stopped, or its server started again; asked of the server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from support.postgres import Stand, serving, soon
from support.proxy import eventually

from gameday.app import leftover_scan
from gameday.drill.checked_injector import CheckedInjector
from gameday.errors import Refused
from gameday.injectors.postgres import PostgresInjector
from gameday.model import Json
from gameday.plugins.types import ApplyOutcome, Intent, Presence, Renewal, RevertOutcome
from gameday.timing import Timing

FAULTS: list[tuple[str, dict[str, Json]]] = [("lock", {}), ("connections", {}), ("busy-query", {"sessions": 2})]
LONG, SHORT = 600.0, 1.0
"""Seconds of a lease that a test does not live to see, and of one that it waits for."""
HOLD = """
import json, sys, time
from gameday.plugins.types import Deadline, Intent
from gameday.injectors.postgres import PostgresInjector
from gameday.timing import Timing
intent, injector = Intent.decode(json.loads(sys.argv[1])), PostgresInjector()
print(injector.apply(intent, Deadline.after(8)).outcome.value, flush=True)
while True:
    injector.renew(intent, intent.lease, Deadline.after(2))
    injector.presence(intent, Deadline.after(2))
    time.sleep(0.1)
"""


@contextmanager
def holder(intent: Intent) -> Iterator[subprocess.Popen[str]]:
    """Apply the intent in a process that holds its sessions, as a runner does."""
    command = [sys.executable, "-c", HOLD, json.dumps(intent.encode())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "applied\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_sigkill_of_holder_ends_the_fault(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    intent = replace(stand.plan(kind, **params), lease=LONG)
    with holder(intent) as process:
        assert stand.place.named(intent.marker)
        os.kill(process.pid, signal.SIGKILL)
        eventually(lambda: stand.place.none_of(intent.marker))
        assert PostgresInjector().presence(intent, soon()) is Presence.ABSENT
        assert PostgresInjector().revert(intent, soon()).outcome is RevertOutcome.REVERTED


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_server_ends_the_fault_of_a_stopped_holder(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    intent = replace(stand.plan(kind, **params), lease=SHORT)
    with holder(intent) as process:
        assert stand.place.named(intent.marker)
        os.kill(process.pid, signal.SIGSTOP)
        eventually(lambda: stand.place.none_of(intent.marker))
        os.kill(process.pid, signal.SIGCONT)  # it wakes, renews, and finds that it has nothing
        assert PostgresInjector().presence(intent, soon()) is Presence.ABSENT
        assert PostgresInjector().revert(intent, soon()).outcome is RevertOutcome.REVERTED
        assert stand.place.none_of(intent.marker)


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_renewed_fault_outlives_its_lease(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    intent = replace(stand.plan(kind, **params), lease=SHORT)
    sql = "select clock_timestamp() - min(backend_start) > interval '2.5 s' from pg_stat_activity"
    with holder(intent):
        eventually(lambda: stand.place.admin(f"{sql} where application_name = %s", intent.marker)[0][0])


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_another_process_reverts_a_held_fault(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    intent = stand.plan(kind, **({"leave": 2} if kind == "connections" else params))
    with holder(intent) as process:
        assert PostgresInjector().apply(intent, soon()).outcome is ApplyOutcome.UNKNOWN, "it is held elsewhere"
        assert PostgresInjector().revert(intent, soon()).outcome is RevertOutcome.REVERTED
        assert PostgresInjector().presence(intent, soon()) is Presence.ABSENT
        assert process.poll() is None
        assert stand.place.none_of(intent.marker)


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_held_fault_belongs_to_a_running_drill(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    at_once = Timing(lease_watch=0.0)
    intent, colleague = stand.plan(kind, **({"leave": 2} if kind == "connections" else params)), PostgresInjector()
    colleague.apply(intent, soon())
    found = stand.injector.leftovers(stand.binding, soon())
    assert [one.marker for one in found] == [intent.marker]
    checked = {"postgres": CheckedInjector(stand.injector)}
    assert leftover_scan.wait_for_live_drills(found, checked, print, at_once) == {intent.drill}
    colleague.revert(intent, soon())
    assert stand.injector.lease_expires_at(found[0], soon()) == 0
    assert leftover_scan.wait_for_live_drills(found, checked, print, at_once) == set()


def test_lease_of_an_unreachable_server_is_unknown(stand: Stand) -> None:
    intent = stand.plan("lock")
    stand.place.stop()
    try:
        with pytest.raises(Refused, match="connection refused"):
            stand.injector.lease_expires_at(intent, soon())
    finally:
        stand.place.start()


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_fault_is_absent_after_a_server_restart(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    intent = stand.plan(kind, **params)
    stand.injector.apply(intent, soon())
    stand.place.stop()
    try:
        assert stand.injector.presence(intent, soon()) is Presence.UNKNOWN
        eventually(lambda: stand.injector.renew(intent, 5.0, soon()) is Renewal.LAPSED)
        restored = PostgresInjector().revert(intent, soon())
        assert restored.outcome is RevertOutcome.PENDING and "connection refused" in restored.reason
    finally:
        stand.place.start()
    assert stand.injector.presence(intent, soon()) is Presence.TARGET_GONE
    for injector in (stand.injector, PostgresInjector()):
        restored = injector.revert(intent, soon())
        assert restored.outcome is RevertOutcome.REVERTED and "was restarted" in restored.reason
    assert stand.place.none_of(intent.marker)


def test_stopped_server_keeps_the_deadline(stand: Stand) -> None:
    intent = stand.plan("lock")
    stand.injector.apply(intent, soon())
    stopped = [stand.place.process.pid, *(pid for pid, _, _ in stand.place.named(intent.marker))]
    control = stand.place.admin("select pid from pg_stat_activity where application_name = 'gameday'")
    stopped += [pid for (pid,) in control]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert stand.injector.presence(intent, soon(0.5)) is Presence.UNKNOWN
        assert stand.injector.renew(intent, 5.0, soon(0.5)) is Renewal.UNSUPPORTED
        assert stand.injector.revert(intent, soon(0.5)).outcome is RevertOutcome.PENDING
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    assert PostgresInjector().revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_session_that_ignores_termination_is_not_absent(stand: Stand) -> None:
    intent = stand.plan("lock")
    stand.injector.apply(intent, soon())
    [(pid, _, _)] = stand.place.named(intent.marker)
    os.kill(pid, signal.SIGSTOP)
    try:
        restored = PostgresInjector().revert(intent, soon(3.0))
        assert restored.outcome is RevertOutcome.PENDING, (
            "it is still there, or on a busy machine nobody can say in time"
        )
    finally:
        os.kill(pid, signal.SIGCONT)
    assert stand.injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_another_server_at_the_address_is_not_believed(
    stand: Stand, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = stand.plan("lock")
    stand.injector.apply(intent, soon())
    with serving(tmp_path_factory.mktemp("another")) as another:
        monkeypatch.setenv("GAMEDAY_TEST_DSN", another.dsn())
        other = PostgresInjector()
        assert other.presence(intent, soon()) is Presence.UNKNOWN
        restored = other.revert(intent, soon())
        assert restored.outcome is RevertOutcome.PENDING and "another server responds" in restored.reason
        assert other.apply(intent, soon()).outcome is ApplyOutcome.REFUSED
        monkeypatch.setenv("GAMEDAY_TEST_DSN", stand.place.dsn("clerk"))
        restored = other.revert(intent, soon())
        assert restored.outcome is RevertOutcome.PENDING and "role clerk" in restored.reason
        assert other.presence(intent, soon()) is Presence.UNKNOWN
    monkeypatch.setenv("GAMEDAY_TEST_DSN", stand.place.dsn())
    assert stand.injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
