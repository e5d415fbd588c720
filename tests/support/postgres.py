"""A real PostgreSQL for tests, and what its clients see: through psycopg, not through the sessions under test."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from support.proxy import eventually

from gameday.demo import postgres
from gameday.demo.ports import free_port
from gameday.errors import Refused
from gameday.injectors.postgres import PostgresInjector
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import Deadline, Intent

DRILL = "gd-abcd"
PASSWORD = "never-to-be-told"
VARIABLE = "GAMEDAY_TEST_DSN"
SLOTS, RESERVED = 20, 2
_SETUP = f"""\
create role drill login password '{PASSWORD}';
create role clerk login password '{PASSWORD}';
create schema shop;
create table shop.orders (id int primary key);
create table shop."Odd ""name" (id int primary key);
create view shop.seen as select * from shop.orders;
create table shop.ledger (id int primary key);
insert into shop.orders values (1);
grant usage on schema shop to drill, clerk;
grant select, insert, update on shop.orders, shop."Odd ""name" to drill, clerk;
grant select on shop.ledger, shop.seen to drill;
"""


def soon(seconds: float = 8.0) -> Deadline:
    return Deadline.after(seconds)


class Place:
    """One server, an ordinary role for drills and another for customers."""

    def __init__(self, home: Path, standby_of: Place | None = None) -> None:
        self.home, self.port = home, free_port()
        if standby_of is not None:
            self._as_standby(standby_of)
            return
        (home / postgres.PASSWORD_FILE).write_text(PASSWORD)
        subprocess.run(postgres.initdb_command(home), check=True, capture_output=True)
        self.start()
        with self.client(postgres.USER) as admin:
            admin.execute(_SETUP.encode())

    def _as_standby(self, other: Place) -> None:
        """Start a standby from the same cluster's files, in recovery until it ends."""
        other.stop(signal.SIGINT)
        shutil.copytree(other.home / postgres.DATA, self.home / postgres.DATA)
        other.start()
        (self.home / postgres.DATA / "standby.signal").touch()
        self.start()

    def start(self) -> None:
        settings = {"max_connections": SLOTS, "superuser_reserved_connections": RESERVED, "wal_level": "replica"}
        more = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*postgres.server_command(self.home, self.port), *more], stdout=log, stderr=log
            )
        eventually(self.serves)

    def serves(self) -> bool:
        try:
            self.client(postgres.USER).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        self.process.send_signal(how)
        self.process.wait(20)
        (self.home / postgres.DATA / "postmaster.pid").unlink(missing_ok=True)

    def dsn(self, role: str = "drill", port: int = 0, database: str = "postgres", password: str = PASSWORD) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{port or self.port}/{database}"

    def client(self, role: str = "clerk", **more: Any) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.dsn(role), autocommit=True, **more)

    def admin(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        """Run a statement as the superuser, who has reserved connection slots."""
        with self.client(postgres.USER) as admin:
            cursor = admin.execute(sql.encode(), params)
            return cursor.fetchall() if cursor.description else []

    def named(self, name: str) -> list[tuple[Any, ...]]:
        """Return pid, state and query of the sessions with this application name."""
        return self.admin("select pid, state, query from pg_stat_activity where application_name = %s", name)

    def none_of(self, mark: str) -> bool:
        return not self.named(mark)

    def shown(self) -> list[tuple[Any, ...]]:
        """Return our sessions and locks as any user sees them."""
        return self.admin(
            "select application_name, usename::text, mode from pg_stat_activity a left join pg_locks l"
            " on l.pid = a.pid and l.locktype = 'relation' where usename in ('drill') and application_name <> 'gameday'"
        )

    def write(self, table: str = "shop.orders") -> str:
        """Return what a customer can do: `read write`, `read`, or nothing."""
        done = []
        with self.client(options="-c lock_timeout=300ms") as client:
            for word, sql in (("read", f"select count(*) from {table}"), ("write", f"update {table} set id = id")):
                try:
                    client.execute(sql.encode())
                    done.append(word)
                except psycopg.errors.LockNotAvailable:
                    pass
        return " ".join(done)

    def connects(self, most: int = SLOTS) -> int:
        """So many new customers can be connected at once."""
        clients: list[psycopg.Connection[Any]] = []
        try:
            while len(clients) < most:
                clients.append(self.client())
        except psycopg.OperationalError as error:
            assert "slots" in str(error) or "too many clients" in str(error)
        finally:
            for client in clients:
                client.close()
        return len(clients)


class Stand:
    """One injector on one server, as a runner has it. `port`: of what stands between, if anything does."""

    def __init__(self, place: Place, *, port: int = 0, **settings: Json) -> None:
        self.place, self.injector = place, PostgresInjector()
        self.settings: dict[str, Json] = {"dsn_env": VARIABLE, "table": "shop.orders", **settings}
        self.settings = {key: value for key, value in self.settings.items() if value is not None}
        os.environ[VARIABLE] = place.dsn(port=port)

    @property
    def binding(self) -> Binding:
        return Binding("test", "database", "postgres", self.settings)

    def plan(self, kind: str, **params: Json) -> Intent:
        mark = DRILL + secrets.token_hex(4)
        return self.injector.plan(Fault("f", kind, "database", params), self.binding, mark, soon())

    def refusal(self, kind: str, **params: Json) -> str:
        with pytest.raises(Refused) as refused:
            self.plan(kind, **params)
        return f"{refused.value.wrong} {refused.value.todo}"


@contextmanager
def serving(home: Path, standby_of: Place | None = None) -> Iterator[Place]:
    place = Place(home, standby_of)
    try:
        yield place
    finally:
        place.stop()
