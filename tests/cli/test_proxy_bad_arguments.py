"""`gameday proxy` with bad arguments: they are reported before anything changes."""

from __future__ import annotations

import pytest
from support.proxy import Proxied
from support.proxy_cli import Fingers

from gameday.errors import Exit

BAD = {
    ("add", "db"): "Missing option '--upstream'",
    ("add", "-u", "127.0.0.1:9", "a/b"): "invalid name 'a/b': it must not contain a slash",
    ("add", "-u", "127.0.0.1:9", ".."): "invalid name '..'",
    (
        "add",
        "-u",
        "127.0.0.1",
        "x",
    ): "missing port in address\n  Example: -u 127.0.0.1:5432",
    ("add", "-u", "127.0.0.1:99999", "x"): "invalid port",
    ("add", "-u", "127.0.0.1:http", "x"): "invalid port",
    ("add", "-u", "http://127.0.0.1:80", "x"): "--upstream http://127.0.0.1:80: too many colons",
    ("add", "-u", "//db:80", "x"): "invalid host",
    ("add", "-u", "db:0", "x"): "port 0 cannot be connected to",
    ("add", "-u", "unix:", "x"): "an absolute socket path is required",
    ("add", "-u", "127.0.0.1:9", "-l", "foo", "x"): "--listen foo: missing port",
    ("add", "-u", "localhost:9999", "-l", "127.0.0.1:9999", "x"): "the proxy would connect to itself",
    ("status", "dbb"): "no proxy 'dbb'",
    ("toggle", "dbb"): "Did you mean 'db'?",
    ("delete", "other"): "Available: db",
    ("toxic", "add", "db"): "Missing option",
    ("toxic", "add", "-t", "latancy", "db"): "invalid toxic type\n  Did you mean 'latency'?",
    ("toxic", "add", "-t", "slow", "-a", "delay=1", "db"): "invalid toxic type\n  ",
    ("toxic", "add", "-t", "latency", "-a", "delay=400", "db"): "Attributes of latency: latency, jitter, connect",
    ("toxic", "add", "-t", "noop", "-a", "x=1", "db"): "noop has no attributes",
    ("toxic", "add", "-t", "refuse", "-a", "x=1", "db"): "refuse has no attributes",
    ("toxic", "add", "-t", "stall", "db"): "stall without chance and time has no effect",
    ("toxic", "add", "-t", "stall", "-a", "chance=5", "db"): "-a chance=50 -a time=50",
    ("toxic", "add", "-t", "latency", "db"): "latency without latency or jitter has no effect",
    ("toxic", "add", "-t", "latency", "-a", "connect=true", "db"): "latency without",
    ("toxic", "add", "-t", "slow_close", "db"): "slow_close without delay has no effect",
    (
        "toxic",
        "add",
        "-t",
        "latency",
        "-a",
        "latency=1",
        "-a",
        "latency=2",
        "db",
    ): "attribute latency is given twice: 1 and 2",
    ("toxic", "add", "-t", "latency", "-a", "latency=true", "db"): "must be a whole number from 0",
    ("toxic", "add", "-t", "latency", "-a", "latency=1", "-a", "connect=1", "db"): "must be true or false",
    ("toxic", "add", "-t", "latency", "-a", "latency=2s", "db"): "latency is in ms: write 2000",
    ("toxic", "add", "-t", "slicer", "-a", "delay=2ms", "db"): "delay is in microseconds: write 2000",
    ("toxic", "add", "-t", "bandwidth", "-a", "rate=5KB/s", "db"): "rate is in KB/s: write the number alone",
    ("toxic", "add", "-t", "latency", "-a", "latency", "db"): "invalid attribute 'latency'",
    ("toxic", "add", "-t", "latency", "-a", "latency=fast", "db"): "must be a whole number from 0",
    ("toxic", "add", "-t", "bandwidth", "-a", "rate=-1", "db"): "must be a whole number from 0",
    ("toxic", "add", "-t", "latency", "-a", "jitter=4611686018427387904", "db"): "must be a whole number from 0",
    ("toxic", "add", "-t", "latency", "-tox", "7", "db"): "'-tox'",
    ("toxic", "add", "-t", "slicer", "db"): "an average_size of at least 1",
    ("toxic", "add", "-t", "slicer", "-a", "average_size=5", "-a", "size_variation=5", "db"): "average_size",
    ("toxic", "add", "-t", "noop", "-u", "-d", "db"): "one stream",
    ("toxic", "add", "-t", "noop", "--expires-in", "soon", "db"): "'soon' is not a duration",
    ("toxic", "add", "-t", "noop", "-n", "..", "db"): "invalid name '..'",
    ("toxic", "add", "-t", "noop", "nowhere"): "no proxy 'nowhere'",
    ("toxic", "update", "-n", "noop_downstream", "db"): "nothing to change",
    ("toxic", "update", "-n", "slow", "-tox", "1", "db"): "no toxic 'slow' on proxy db",
    ("toxic", "remove", "-n", "..", "db"): "invalid name '..'",
    ("toxic", "remove", "-n", "slow", "db"): "Available: none",
    ("toxic", "ad"): "Unknown command 'ad'. Did you mean 'add'?",
    ("lits",): "Did you mean 'list'?",
}


@pytest.mark.parametrize("words", BAD, ids=" ".join)
def test_bad_arguments_are_reported_and_change_nothing(fingers: Fingers, db: Proxied, words: tuple[str, ...]) -> None:
    before = fingers.server.http.get("/proxies").json()
    assert BAD[words] in fingers.type(*words, ends=Exit.BAD_INPUT)
    assert fingers.server.http.get("/proxies").json() == before
    assert db.shown()["enabled"] is True


def test_unknown_toxic_attribute_is_reported_on_update_too(fingers: Fingers, db: Proxied) -> None:
    fingers.type("toxic", "add", "-t", "latency", "-n", "slow", "-a", "Latency=400", "db")
    said = fingers.type("toxic", "update", "-n", "slow", "-a", "rate=4", "db", ends=Exit.BAD_INPUT)
    assert "latency has no attribute 'rate'\n  Attributes of latency: latency, jitter, connect" in said
    assert "latency=400" in fingers.type("status", "db")
    fingers.type("toxic", "update", "-n", "slow", "-a", "latency=0", "db")


def test_attribute_that_the_server_would_ignore_is_refused(fingers: Fingers, db: Proxied) -> None:
    words = ("toxic", "add", "-t", "latency", "-a", "connect=true", "-a", "latency=5", "db")
    if fingers.is_ours:
        assert "connect=true" in fingers.type(*words)
        fingers.type("toxic", "add", "-t", "stall", "-a", "chance=5", "-a", "time=5", "db")
        return
    assert "the attribute connect of latency is not supported by" in fingers.type(*words, ends=Exit.REFUSED)
    fingers.type("toxic", "add", "-t", "stall", "-a", "chance=5", "-a", "time=5", "db", ends=Exit.BAD_INPUT)
    assert db.shown()["toxics"] == []
    fingers.type("toxic", "add", "-t", "latency", "-n", "slow", "-a", "latency=5", "-a", "connect=false", "db")
    fingers.type("toxic", "update", "-n", "slow", "-a", "connect=true", "db", ends=Exit.REFUSED)


def test_unresolvable_upstream_name_is_accepted(fingers: Fingers) -> None:
    assert "-> nosuch.invalid:5432" in fingers.type("add", "-u", "nosuch.invalid:5432", "db")


def test_socket_in_file_system_is_refused_where_it_cannot_be_dialled(fingers: Fingers) -> None:
    said = fingers.type("add", "-u", "unix:/run/db.sock", "db", ends=Exit.REFUSED)
    why = "start the server with --allow-unix /run/db.sock" if fingers.is_ours else "Unix socket upstreams are not supp"
    assert why in said and "may have been applied" not in said


def test_unknown_toxic_type_lists_the_known_ones(fingers: Fingers, db: Proxied) -> None:
    said = fingers.type("toxic", "add", "-t", "quux", "db", ends=Exit.BAD_INPUT)
    assert "Available: bandwidth, latency, limit_data" in said and ("stall" in said) is fingers.is_ours
