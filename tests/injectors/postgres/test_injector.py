"""The fault contract, held against a real PostgreSQL: the server itself is asked each time, and clients of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.postgres import PASSWORD, RESERVED, SLOTS, VARIABLE, Stand, soon
from support.proxy import eventually

from gameday.injectors.postgres import PostgresInjector
from gameday.injectors.postgres.faults import KINDS
from gameday.model import Json
from gameday.plugins.types import ApplyOutcome, Deadline, Presence, Renewal, RevertGuarantee, RevertOutcome

FAULTS: list[tuple[str, dict[str, Json]]] = [
    ("lock", {}), ("lock", {"mode": "all"}), ("lock", {"table": 'shop."Odd ""name"'}),
    ("connections", {}), ("connections", {"leave": 2}), ("busy-query", {"sessions": 2}),
]  # fmt: skip


def test_cases_cover_every_kind() -> None:
    assert {kind for kind, _ in FAULTS} == set(KINDS)


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_fault_is_present_found_by_scan_and_reverted(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    injector, place = stand.injector, stand.place
    before = place.shown()
    intent = stand.plan(kind, **params)
    assert place.shown() == before and not injector.leftovers(stand.binding, soon()), "a plan changes nothing"
    assert injector.presence(intent, soon()) is Presence.ABSENT
    assert injector.check_capability(intent, soon()) == ""
    assert place.shown() == before
    numbers: list[int] = []
    for _ in range(2):
        assert injector.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
        assert injector.presence(intent, soon()) is Presence.PRESENT
        assert injector.renew(intent, intent.lease, soon()) is Renewal.RENEWED
        numbers.append(len(place.named(intent.marker)))
    assert numbers == numbers[:1] * 2, "twice is as once"
    assert injector.presence(intent, soon()) is Presence.PRESENT
    for _ in range(2):
        assert injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
        assert injector.presence(intent, soon()) is Presence.ABSENT
    assert place.shown() == before
    assert injector.apply(intent, soon()).outcome is ApplyOutcome.REFUSED, "an apply that comes late"
    assert place.shown() == before


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_a_revert_of_what_was_never_applied_is_safe(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    intent = stand.plan(kind, **params)
    assert stand.injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert stand.injector.renew(intent, 5.0, soon()) is Renewal.UNSUPPORTED


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_another_process_finds_and_reverts_it(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    intent = stand.plan(kind, **params)
    assert stand.injector.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    other = PostgresInjector()
    if kind == "connections" and not params:
        assert other.presence(intent, soon()) is Presence.UNKNOWN, "there is no slot for it"
        refused = other.revert(intent, soon())
        assert refused.outcome is RevertOutcome.PENDING and "no connection slot is left" in refused.reason
        stand.injector.revert(intent, soon())
        return
    assert other.presence(intent, soon()) is Presence.PRESENT
    [stray] = other.leftovers(stand.binding, soon())
    assert (stray.marker, stray.kind) == (intent.marker, kind)
    assert other.revert(stray, soon()).outcome is RevertOutcome.REVERTED
    assert stand.place.none_of(intent.marker)
    assert stand.injector.presence(intent, soon()) is Presence.ABSENT
    assert stand.injector.renew(intent, 5.0, soon()) is Renewal.LAPSED
    assert stand.injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_lock_blocks_writers_but_not_readers(stand: Stand) -> None:
    assert stand.place.write() == "read write"
    intent = stand.plan("lock")
    stand.injector.apply(intent, soon())
    assert stand.place.write() == "read"
    stand.injector.revert(intent, soon())
    assert stand.place.write() == "read write"


def test_full_lock_blocks_readers_too(stand: Stand) -> None:
    intent = stand.plan("lock", mode="all", table='shop."Odd ""name"')
    stand.injector.apply(intent, soon())
    assert stand.place.write('shop."Odd ""name"') == ""
    assert stand.place.write() == "read write", "no other table is touched"
    stand.injector.revert(intent, soon())
    assert stand.place.write('shop."Odd ""name"') == "read write"


@pytest.mark.parametrize("leave", [0, 3])
def test_connections_leave_exactly_the_given_slots(stand: Stand, leave: int) -> None:
    assert stand.place.connects() == SLOTS - RESERVED
    intent = stand.plan("connections", leave=leave)
    stand.injector.apply(intent, soon())
    assert stand.place.connects() == leave
    assert stand.injector.presence(intent, soon()) is Presence.PRESENT, "asked by a session from before"
    stand.injector.revert(intent, soon())
    assert stand.place.connects() == SLOTS - RESERVED


def test_busy_query_computes_without_disk_writes(stand: Stand) -> None:
    def bytes_written() -> int:
        return int(stand.place.admin("select sum(temp_bytes) from pg_stat_database")[0][0])

    before = bytes_written()
    intent = stand.plan("busy-query", sessions=3)
    stand.injector.apply(intent, soon())
    assert [state for _, state, _ in stand.place.named(intent.marker)] == ["active"] * 3
    stand.injector.revert(intent, soon())
    assert bytes_written() == before


def test_expired_busy_statement_is_sent_again(stand: Stand) -> None:
    intent = replace(stand.plan("busy-query", sessions=2), lease=0.5)
    stand.injector.apply(intent, soon())
    pids = {pid for pid, _, _ in stand.place.named(intent.marker)}
    sql = "select min(query_start) from pg_stat_activity where application_name = %s"
    first = stand.place.admin(sql, intent.marker)[0][0]

    def again() -> bool:
        assert stand.injector.renew(intent, 30.0, soon()) is Renewal.RENEWED
        return bool(stand.place.admin(sql, intent.marker)[0][0] > first)

    eventually(again)
    assert {pid for pid, _, _ in stand.place.named(intent.marker)} == pids
    assert stand.injector.presence(intent, soon()) is Presence.PRESENT
    assert stand.injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_unrenewed_lease_ends_the_fault(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    intent = replace(stand.plan(kind, **params), lease=0.5)
    assert stand.injector.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    eventually(lambda: stand.place.none_of(intent.marker))
    assert stand.injector.presence(intent, soon()) is Presence.ABSENT
    assert stand.injector.renew(intent, 5.0, soon()) is Renewal.LAPSED
    assert stand.place.none_of(intent.marker), "a renewal never applies"
    assert stand.injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED


@pytest.mark.parametrize("end", ["pg_terminate_backend", "pg_cancel_backend"])
@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_session_ended_by_people_is_not_opened_again(
    stand: Stand, kind: str, params: dict[str, Json], end: str
) -> None:
    intent = stand.plan(kind, **params)
    stand.injector.apply(intent, soon())
    stand.place.admin(f"select {end}(pid) from pg_stat_activity where application_name = %s", intent.marker)
    if end == "pg_cancel_backend" and kind != "busy-query":
        assert stand.injector.presence(intent, soon()) is Presence.PRESENT, "an idle session has nothing to cancel"
        stand.injector.revert(intent, soon())
        return
    eventually(lambda: stand.place.none_of(intent.marker))
    for _ in range(2):
        assert stand.injector.renew(intent, 5.0, soon()) is Renewal.LAPSED
        assert stand.injector.presence(intent, soon()) is Presence.ABSENT
    assert stand.injector.apply(intent, soon()).outcome is ApplyOutcome.UNKNOWN
    assert stand.place.none_of(intent.marker)
    assert stand.injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED


@pytest.mark.parametrize("kind", ["connections", "busy-query"])
def test_one_ended_session_of_many_is_modified(stand: Stand, kind: str) -> None:
    intent = stand.plan(kind)
    stand.injector.apply(intent, soon())
    pid = stand.place.named(intent.marker)[0][0]
    stand.place.admin("select pg_terminate_backend(%s, 5000)", pid)
    assert stand.injector.presence(intent, soon()) is Presence.MODIFIED
    assert stand.injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert stand.place.none_of(intent.marker)


def test_guarantee_is_the_lease(stand: Stand) -> None:
    intent = stand.plan("lock")
    assert (intent.guarantee, intent.lease) == (RevertGuarantee.LEASE, 15.0)
    assert (
        intent.target_text == f"table shop.orders, database postgres of the PostgreSQL at 127.0.0.1:{stand.place.port}"
    )
    assert PASSWORD not in str(intent.encode()) and PASSWORD not in repr(stand.binding)


def test_sessions_that_look_like_ours_are_left_alone(stand: Stand) -> None:
    names = ["gd-xyz", "GD-ABCD01234567", "gd-abcd012345678", "gd-abcd0123456", "xgd-abcd01234567", "gd-abcd01234567\n"]
    mine = [stand.place.client("drill", application_name=name) for name in names]
    theirs = stand.place.client("clerk", application_name="gd-abcd01234567")
    intent = stand.plan("lock")
    try:
        stand.injector.apply(intent, soon())
        assert [one.marker for one in stand.injector.leftovers(stand.binding, soon())] == [intent.marker]
        stray = replace(intent, marker="gd-abcd01234567")
        for one in (intent, stray):
            assert stand.injector.revert(one, soon()).outcome is RevertOutcome.REVERTED
        assert all(one.execute("select 1").fetchone() for one in (*mine, theirs))
    finally:
        for client in (*mine, theirs):
            client.close()


def test_unavailable_lock_is_refused_and_leaves_nothing(stand: Stand) -> None:
    with stand.place.client() as client, client.transaction():
        client.execute("update shop.orders set id = id")
        intent = stand.plan("lock")
        applied = stand.injector.apply(intent, soon())
        assert applied.outcome is ApplyOutcome.REFUSED
        assert "table shop.orders could not be locked within 1.5 s, because other sessions use it" in applied.reason
        assert stand.place.none_of(intent.marker)
    assert stand.place.write() == "read write"


def test_two_faults_of_one_drill_coexist(stand: Stand) -> None:
    first, second = stand.plan("busy-query", sessions=1), stand.plan("lock")
    for intent in (first, second):
        assert stand.injector.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    assert stand.injector.revert(second, soon()).outcome is RevertOutcome.REVERTED
    assert stand.injector.presence(first, soon()) is Presence.PRESENT
    assert stand.injector.revert(first, soon()).outcome is RevertOutcome.REVERTED


def test_passed_deadline_is_kept(stand: Stand) -> None:
    intent = stand.plan("lock")
    past = Deadline.after(0.0)
    assert stand.injector.presence(intent, past) is Presence.UNKNOWN
    assert stand.injector.revert(intent, past).outcome is RevertOutcome.PENDING
    assert stand.injector.apply(intent, past).outcome in (ApplyOutcome.REFUSED, ApplyOutcome.UNKNOWN)
    assert stand.place.none_of(intent.marker)


def test_unset_variable_is_named(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    intent = stand.plan("lock")
    monkeypatch.delenv(VARIABLE)
    assert f"environment variable {VARIABLE} is not set" in stand.injector.revert(intent, soon()).reason
    assert VARIABLE in stand.injector.check_target(stand.binding, soon())
