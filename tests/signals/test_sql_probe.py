"""The sql probe against a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gameday.demo import postgres
from gameday.model import SignalBinding, SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.probe_registry import open_probe

PASSWORD = "not-to-be-seen"


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / postgres.PASSWORD_FILE).write_text(PASSWORD)
        subprocess.run(postgres.initdb_command(home), check=True, capture_output=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(postgres.server_command(home, port), stdout=quiet, stderr=quiet) as process:
            deadline = time.monotonic() + 20
            while not postgres.is_ready(home):
                assert time.monotonic() < deadline
                assert process.poll() is None
                os.sched_yield()
            yield f"postgresql://{postgres.USER}:{PASSWORD}@127.0.0.1:{port}/postgres"
            process.send_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def named(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DATABASE", dsn)


def read(*queries: str, timeout: str = "5s", env: str = "SHOP_DATABASE") -> list[Measurement]:
    """All asked at once, each by a probe of its own question."""

    async def ask() -> list[Measurement]:
        settings = [{"dsn_env": env, "query": query, "timeout": timeout} for query in queries]
        probes = [open_probe(SignalBinding("rows", SignalKind.COUNT, "sql", {**each})) for each in settings]
        found = await asyncio.gather(*(probe.read() for probe in probes))
        for probe in probes:
            await probe.close()
        return found

    return asyncio.run(ask())


def test_the_first_row_is_the_value_and_its_samples() -> None:
    assert read("select 7", "select 2.5::numeric, 40") == [Measurement(7.0, 1), Measurement(2.5, 40)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select 1 where false", "returned nothing"),
        ("select null", "returned nothing"),
        ("select 'many'", "not a number"),
        ("select 'NaN'::float8", "not a number"),
        ("select * from nowhere", 'relation "nowhere" does not exist'),
        ("create table ours (a int)", "read-only transaction"),
        ("select 1; commit; create table ours (a int)", "multiple commands"),
    ],
)
def test_query_without_a_number_or_with_a_change_is_unknown(query: str, words: str) -> None:
    (found,) = read(query)
    assert found.value is None
    assert words in found.error


def test_a_slow_query_ends_at_its_timeout_in_the_server_too() -> None:
    assert read("select 1 from pg_sleep(600)", timeout="300ms")[0].value is None
    deadline = time.monotonic() + 5
    while read("select count(*) from pg_stat_activity where query like '%pg_sleep(600)' and state = 'active'") != [
        Measurement(0.0, 1)
    ]:
        assert time.monotonic() < deadline, "the server still works on it"


def test_one_probe_runs_several_queries_at_once() -> None:
    async def ask() -> list[Measurement]:
        settings = {"dsn_env": "SHOP_DATABASE", "query": "select 1 from pg_sleep(0.2)"}
        probe = open_probe(SignalBinding("rows", SignalKind.COUNT, "sql", {**settings}))
        try:
            return [*await asyncio.gather(*(probe.read() for _ in range(4))), await probe.read()]
        finally:
            await probe.close()

    assert asyncio.run(ask()) == [Measurement(1.0, 1)] * 5


def test_the_password_is_in_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = [
        f"postgresql://shop:{PASSWORD}@127.0.0.1:1/x",
        f"host={PASSWORD} {PASSWORD}",
        f"postgres://a:{PASSWORD}@b@c",
    ]
    for each in wrong:
        monkeypatch.setenv("ELSEWHERE", each)
        (found,) = read("select 1", env="ELSEWHERE")
        assert found == Measurement(None, 0, "cannot connect to the database in ELSEWHERE")
    assert read("select 1", env="NOT_SET") == [Measurement(None, 0, "the environment variable NOT_SET is not set")]
