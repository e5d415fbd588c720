"""Refusals by the PostgreSQL injector before anything is touched; their texts give advice and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support.postgres import PASSWORD, RESERVED, SLOTS, VARIABLE, Place, Stand, serving, soon
from support.postgres_tcp_relay import another_pid, between, version_13

from gameday.drill.checked_injector import CheckedInjector
from gameday.drill.production_guard import refuse_aliased_production
from gameday.errors import InvalidFiles, Refused
from gameday.files.project import parse_project
from gameday.injectors.postgres import PostgresInjector, faults
from gameday.injectors.postgres.errors import connection_error
from gameday.model import Json
from gameday.plugins.types import ApplyOutcome, RevertOutcome


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("lock", {"table": "shop.nowhere"}, "no table shop.nowhere"),
        ("lock", {"table": 'shop."half'}, 'no table shop."half'),
        ("lock", {"table": "shop.orders; drop table shop.orders"}, "no table"),
        ("lock", {"table": "shop.seen"}, "not a table: shop.seen"),
        ("lock", {"table": "shop.ledger"}, "this role is not allowed to lock shop.ledger"),
        ("connections", {"leave": SLOTS}, "Set a lower value of `leave`"),
        ("busy-query", {"sessions": 64}, "64 connection slots needed, but only"),
    ],
)
def test_unavailable_object_is_refused(stand: Stand, kind: str, params: dict[str, Json], said: str) -> None:
    assert said in stand.refusal(kind, **params)
    assert not stand.place.shown()


def test_lock_without_table_is_refused(place: Place) -> None:
    assert "no table to lock" in Stand(place, table=None).refusal("lock")


def test_more_sessions_than_open_in_time_are_refused(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "MAX_SESSIONS", 5)
    assert f"Set `leave` to {SLOTS - RESERVED - 1 - 5} or more" in stand.refusal("connections")


def test_marker_of_another_drill_refuses_the_fault(stand: Stand) -> None:
    with stand.place.client(application_name="gd-ffff01234567"):
        assert "gd-ffff01234567 of another drill is present" in stand.refusal("lock")
        assert "gd-ffff01234567 of another drill is present" in stand.refusal("connections")


def test_pooler_is_detected_and_refused(place: Place) -> None:
    with between(place.port, another_pid) as port:
        said = Stand(place, port=port).refusal("busy-query")
    assert "is a connection pooler" in said and "Use the address of the server itself" in said


def test_too_old_server_is_refused(place: Place) -> None:
    with between(place.port, version_13) as port:
        said = Stand(place, port=port).refusal("busy-query")
    assert "has version 13, and only version 14 or newer" in said


def test_silent_server_is_refused_in_time(place: Place) -> None:
    with between(place.port, lambda _: b"") as port:
        stand = Stand(place, port=port)
        assert "it did not respond in time" in stand.injector.check_target(stand.binding, soon(0.3))


def test_role_with_connection_limit_is_refused(stand: Stand) -> None:
    stand.place.admin("alter role drill connection limit 4")
    try:
        intent = stand.plan("connections")
        applied = stand.injector.apply(intent, soon())
        assert applied.outcome is ApplyOutcome.REFUSED and "3 sessions were opened" in applied.reason
        assert "a connection limit" in applied.reason
        assert stand.place.none_of(intent.marker)
        busy = stand.plan("busy-query", sessions=8)
        assert "the server refused" in stand.injector.apply(busy, soon()).reason
        assert stand.place.none_of(busy.marker)
    finally:
        stand.place.admin("alter role drill connection limit -1")


def test_table_dropped_after_planning_is_refused(stand: Stand) -> None:
    stand.place.admin("create table shop.short (id int); grant update on shop.short to drill")
    intent = stand.plan("lock", table="shop.short")
    stand.place.admin("drop table shop.short")
    applied = stand.injector.apply(intent, soon())
    assert (applied.outcome, applied.reason) == (ApplyOutcome.REFUSED, "no such table")
    assert stand.place.none_of(intent.marker)


def test_full_server_is_refused(stand: Stand) -> None:
    intent = stand.plan("lock")
    clients = [stand.place.client() for _ in range(SLOTS - RESERVED)]
    try:
        applied = stand.injector.apply(intent, soon())
        assert (applied.outcome, applied.reason) == (ApplyOutcome.REFUSED, "no connection slot is left")
        assert "no connection slot is left" in stand.refusal("lock")
    finally:
        for client in clients:
            client.close()


def test_standby_refuses_locks_and_takes_other_faults(place: Place, tmp_path: Path) -> None:
    with serving(tmp_path, standby_of=place) as standby:
        stand = Stand(standby)
        assert "tables of a standby cannot be locked" in stand.refusal("lock")
        intent = stand.plan("busy-query", sessions=1)
        assert stand.injector.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
        assert stand.injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_refusals_contain_no_secret(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    intent = stand.plan("lock")
    wrong = (
        stand.place.dsn(port=1), stand.place.dsn("nobody"), stand.place.dsn(password=f"{PASSWORD}-not"),
        stand.place.dsn(database="nowhere"), f"postgres://a:{PASSWORD}@b@c", f"hots=x password={PASSWORD}",
        f"host=/nowhere/{PASSWORD} user=drill",
    )  # fmt: skip
    for dsn in wrong:
        monkeypatch.setenv(VARIABLE, dsn)
        told = [
            stand.refusal("lock"),
            stand.injector.check_target(stand.binding, soon()),
            stand.injector.check_capability(intent, soon()),
            stand.injector.revert(intent, soon()).reason,
            stand.injector.apply(intent, soon()).reason,
        ]
        assert all(told) and PASSWORD not in str(told)
    assert PASSWORD not in "".join(capfd.readouterr())


def test_failed_connection_is_explained(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    stand = Stand(place)
    for dsn, said in (
        (place.dsn(password="wrong"), "wrong user name or password"),
        (place.dsn(port=1), "connection refused"),
        (place.dsn(database="nowhere"), "no such role or database"),
        ("", f"environment variable {VARIABLE} is not set"),
    ):
        monkeypatch.setenv(VARIABLE, dsn)
        assert said in stand.injector.check_target(stand.binding, soon())
    assert str(connection_error("libpq: etwas anderes")) == "cannot connect"


TARGET = "{injector: postgres, %s}"
TEXT = """\
gameday: 1
environments:
  staging:
    targets:
      database: %s
    signals: {}
  live:
    production: true
    targets:
      orders: %s
    signals: {}
"""
OTHER = TARGET % 'conninfo: "host=192.0.2.77 dbname=x"'


def problems(ours: str, live: str = OTHER) -> str:
    try:
        parse_project(TEXT % (ours, live), "gameday.yaml")
    except InvalidFiles as bad:
        return "\n".join(str(problem) for problem in bad.problems)
    return ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (f'conninfo: "host=db password={PASSWORD}"', "gameday.yaml:5:48: conninfo contains a password"),
        (f'conninfo: "postgresql://a:{PASSWORD}@db/x"', "gameday.yaml:5:48: conninfo contains a password"),
        (f"dsn_env: 'postgresql://a:{PASSWORD}@db/x'", "dsn_env is not the name of an environment variable"),
        (f'conninfo: "hots={PASSWORD}"', "libpq cannot read conninfo"),
        ("dsn_env: A, conninfo: host=b", "gameday.yaml:5:17: either dsn_env or conninfo is required"),
        ("table: orders", "gameday.yaml:5:17: either dsn_env or conninfo is required"),
        ("dsn_env: A, tabel: orders", "did you mean 'table'?"),
        ("dsn_env: A, table: 7", "table must be text"),
        ("dsn_env: A, table: orders", ""),
    ],
)
def test_invalid_connection_settings_are_refused(place: Place, settings: str, said: str) -> None:
    found = problems(TARGET % settings)
    assert said in found and bool(said) == bool(found)
    assert PASSWORD not in found
    if said:
        stand = Stand(place)
        stand.settings = _of(settings)
        refusal = stand.refusal("lock")
        assert PASSWORD not in refusal and "Correct it in gameday.yaml" in refusal


def _of(settings: str) -> dict[str, Json]:
    read: dict[str, Json] = yaml.safe_load(f"{{{settings}}}")
    return read


@pytest.mark.parametrize(
    ("ours", "live", "same"),
    [
        ("conninfo: host=localhost dbname=a", "conninfo: 'host=127.0.0.1 port=5432 dbname=b user=c'", True),
        ("conninfo: 'postgresql://127.1/a', table: x", "conninfo: host=127.0.0.1", True),
        ("dsn_env: LIVE, table: x", "dsn_env: LIVE", True),
        ("conninfo: host=127.0.0.1 port=5433", "conninfo: host=127.0.0.1", False),
        ("dsn_env: STAGING", "dsn_env: LIVE", False),
    ],
)
def test_same_conninfo_as_production_is_refused_in_the_file(ours: str, live: str, same: bool) -> None:
    assert ("same resource as target" in problems(TARGET % ours, TARGET % live)) is same


def test_same_server_under_another_address_is_production(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through something in between, as another role, in another database: the cluster is the same."""
    with between(place.port, bytes) as port:
        monkeypatch.setenv("STAGING", place.dsn("clerk", port, "template1"))
        monkeypatch.setenv("LIVE", place.dsn())
        text = TEXT % (TARGET % "dsn_env: STAGING", TARGET % "dsn_env: LIVE")
        project, injectors = parse_project(text, "gameday.yaml"), {"postgres": CheckedInjector(PostgresInjector())}
        with pytest.raises(Refused, match="which is marked production"):
            refuse_aliased_production(project, project.environments["staging"], injectors)
        monkeypatch.setenv("LIVE", "")
        refuse_aliased_production(project, project.environments["staging"], injectors)
