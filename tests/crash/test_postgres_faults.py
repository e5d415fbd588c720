"""Whole drills on a real PostgreSQL: they end, or runner and guardian are killed, and the server shows none of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.drill_folder import Site, eventually
from support.postgres import VARIABLE, Place, serving

from gameday.demo import postgres
from gameday.errors import Exit

_STANDS = """\
select case when exists (select from pg_locks where locktype = 'relation' and granted and mode = 'ExclusiveLock')
 or (select count(*) from pg_stat_activity where application_name ~ '^gd-.{12}$') > 0 then 0.2 else 0.01 end, 5"""
GAMEDAY = """\
gameday: 1
default_env: shop
environments:
  shop:
    targets: {{database: {{injector: postgres, dsn_env: {variable}, table: shop.orders}}}}
    signals:
      success: {{kind: ratio, probe: sql, dsn_env: SIGNALS, query: "select 1, 5", healthy: at_least 99%, every: 100ms,
                min_samples: 1}}
      wait: {{kind: duration, probe: sql, dsn_env: SIGNALS, query: "{query}", healthy: at_most 90ms, every: 100ms}}
"""
KINDS = ["kind: lock", "kind: connections, leave: 1", "kind: connections", "kind: busy-query, sessions: 2"]


class Shop(Site):
    """One environment on a database."""

    def __init__(self, place: Place, folder: Path) -> None:
        super().__init__(folder, "shop")
        self.place = place
        self.env |= {VARIABLE: place.dsn(), "SIGNALS": place.dsn(postgres.USER)}
        query = _STANDS.replace("\n", " ")
        (folder / "gameday.yaml").write_text(GAMEDAY.format(variable=VARIABLE, query=query))

    def fault(self, kind: str, stands: str) -> None:
        expect = "shows: {signal: wait, above: 100ms, by: fault+10s}"
        self.write(f"{kind}, target: database, {expect}", stands=stands)

    def clean(self) -> bool:
        return not self.place.admin("select 1 from pg_stat_activity where application_name ~ '^gd-'")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with serving(tmp_path_factory.mktemp("postgres")) as place:
        yield place


@pytest.fixture
def shop(place: Place, tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(place, tmp_path)
    yield shop
    shop.end_runs()


@pytest.mark.parametrize("kind", KINDS)
def test_drill_on_postgres_ends_clean(shop: Shop, kind: str) -> None:
    shop.fault(kind, "1s")
    run = shop.run()
    run.wait_for_event("fault")
    assert not shop.clean()
    assert run.code() == Exit.HELD, run.describe()
    assert shop.clean()
    assert not [kind for kind in run.kinds() if kind in ("lapsed", "apply-unknown", "revert-pending", "stuck")]


@pytest.mark.parametrize("kind", KINDS)
def test_sigkill_of_runner_leaves_no_session_and_guardian_reports(shop: Shop, kind: str) -> None:
    shop.fault(kind, "30s")
    run = shop.run()
    run.wait_for_event("fault")
    run.process.kill()
    run.wait_for_event("fault-reverted")
    assert shop.clean()
    run.wait_for_event("end", reason="halted")
    run.wait_for_guardian_exit()


def test_sigkill_of_both_leaves_no_session_and_halt_confirms(shop: Shop) -> None:
    shop.fault("kind: lock", "30s")
    run = shop.run()
    run.wait_for_event("fault")
    run.kill_all()
    eventually(shop.clean, "the server's own end")
    ended = shop.gameday("halt")
    assert ended.code in (Exit.HELD, Exit.HALTED), ended.err
    assert shop.clean()


def test_plan_changes_nothing_on_the_server(shop: Shop) -> None:
    shop.fault("kind: lock", "1s")
    shown = shop.gameday("plan", "late.yaml")
    assert shown.code == Exit.HELD, shown.err
    assert f"table shop.orders, database postgres of the PostgreSQL at 127.0.0.1:{shop.place.port}" in shown.out
    assert "lease expires" in shown.out and "never-to-be-told" not in shown.out
    assert shop.clean()
