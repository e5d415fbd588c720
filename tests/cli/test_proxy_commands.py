"""`gameday proxy`: its commands against both servers."""

from __future__ import annotations

import json

import pytest
from support.proxy import Proxied, eventually
from support.proxy_cli import Fingers

from gameday.cli.main import run_command
from gameday.errors import Exit


@pytest.mark.parametrize("add", ["add", "create", "c", "new"])
def test_a_proxy_from_first_to_last(fingers: Fingers, add: str) -> None:
    assert "No proxies at" in fingers.type("list")
    assert "Proxy db added: 127.0.0.1:" in fingers.type(add, "--upstream", "127.0.0.1:9", "db")
    listen = fingers.server.http.get("/proxies/db").json()["listen"]
    fingers.type(add, "-l", "127.0.0.1:0", "-u", "127.0.0.1:8", "another")
    lines = fingers.type("list").splitlines()
    assert [line.split() for line in lines[::2]] == [
        ["name", "listen", "upstream", "enabled", "toxics"], ["db", listen, "127.0.0.1:9", "yes", "none"],
    ]  # fmt: skip
    assert fingers.type("delete", "db") == "Proxy db deleted.\n"
    assert set(json.loads(fingers.type("l", "--format", "json"))) == {"another"}


@pytest.mark.parametrize("toggle", ["toggle", "tog"])
def test_off_and_on_again(fingers: Fingers, db: Proxied, toggle: str) -> None:
    assert fingers.type(toggle, "db").startswith("Proxy db disabled")
    assert db.shown()["enabled"] is False
    assert "no" in fingers.type("list").splitlines()[1].split()
    assert fingers.type(toggle, "db") == "Proxy db enabled.\n"
    assert db.shown()["enabled"] is True


@pytest.mark.parametrize(
    ("add", "update", "remove"),
    [("add", "update", "remove"), ("a", "u", "r"), ("add", "update", "delete"), ("a", "u", "d")],
)
@pytest.mark.parametrize("name", ["-n", "--name", "--toxicName"])
def test_a_toxic_from_first_to_last(
    fingers: Fingers, db: Proxied, add: str, update: str, remove: str, name: str
) -> None:
    said = fingers.type("toxic", add, "-t", "latency", name, "slow", "-tox", "0.5", "-a", "latency=100", "-u", "db")
    assert said == "Toxic slow added on proxy db: latency upstream latency=100 jitter=0, toxicity 0.5\n"
    fingers.type("t", update, name, "slow", "--toxicity", "1", "--attribute", "jitter=20", "db")
    [shown] = fingers.server.http.get("/proxies/db/toxics").json()
    assert shown["attributes"]["latency"] == 100 and shown["attributes"]["jitter"] == 20
    assert (shown["name"], shown["stream"], shown["toxicity"]) == ("slow", "upstream", 1)
    assert fingers.type("toxic", remove, name, "slow", "db") == "Toxic slow removed from proxy db.\n"
    assert db.shown()["toxics"] == []


@pytest.mark.parametrize("status", ["status", "inspect", "i", "ins"])
def test_one_proxy_is_told_with_its_toxics(fingers: Fingers, db: Proxied, status: str) -> None:
    assert "toxics    none" in fingers.type(status, "db")
    fingers.type("toxic", "add", "-t", "bandwidth", "-a", "rate=50", "db")
    lines = fingers.type(status, "db").splitlines()
    assert lines[0].split() == ["proxy", "db"] and lines[3].split() == ["enabled", "yes"]
    assert lines[-1].split() == ["bandwidth_downstream", "bandwidth", "downstream", "1", "rate=50", "never"]
    assert json.loads(fingers.type(status, "db", "--format", "json")) == db.shown()


def test_the_server_is_told_as_it_is(fingers: Fingers, db: Proxied) -> None:
    fingers.type("toxic", "add", "-t", "noop", "db")
    said = fingers.type("status")
    assert "proxies     1 (0 disabled)\ntoxics      1\n" in said
    assert ("gameday" in said.splitlines()[0]) is fingers.is_ours
    assert ("expires_in" in said) is fingers.is_ours
    assert json.loads(fingers.type("status", "--format", "json"))["proxies"]["db"] == db.shown()


def test_reset_removes_and_enables_all(fingers: Fingers, db: Proxied) -> None:
    fingers.type("toxic", "add", "-t", "noop", "db")
    fingers.type("toggle", "db")
    assert fingers.type("reset") == "Removed 1 toxic, enabled 1 of 1 proxies.\n"
    assert db.shown()["toxics"] == [] and db.shown()["enabled"] is True


def test_a_toxic_that_ends_by_itself_only_where_it_does(fingers: Fingers, db: Proxied) -> None:
    words = ("toxic", "add", "-t", "noop", "--expires-in", "60s", "db")
    if not fingers.is_ours:
        assert "--expires-in is not supported by" in fingers.type(*words, ends=Exit.REFUSED)
        assert db.shown()["toxics"] == []
        return
    assert "; expires in 1 min" in fingers.type(*words)
    fingers.type("toxic", "remove", "-n", "noop_downstream", "db")
    fingers.type("toxic", "add", "-t", "noop", "-n", "short", "--expires-in", "100ms", "db")
    eventually(lambda: db.shown()["toxics"] == [])


def test_a_disabled_proxy_that_comes_back_by_itself_says_when(fingers: Fingers, db: Proxied) -> None:
    if fingers.is_ours:
        db.update(enabled=False, expires_in=3600)
        assert "no, for 1 h" in fingers.type("list")
        db.update(enabled=True)


def test_what_is_there_already_is_refused(fingers: Fingers, db: Proxied) -> None:
    assert "already exists" in fingers.type("add", "-u", "127.0.0.1:9", "db", ends=Exit.REFUSED)
    fingers.type("toxic", "add", "-t", "noop", "db")
    assert "already exists" in fingers.type("toxic", "add", "-t", "noop", "db", ends=Exit.REFUSED)
    taken = str(db.shown()["listen"])
    assert "in use" in fingers.type("add", "-l", taken, "-u", "127.0.0.1:9", "second", ends=Exit.REFUSED)


@pytest.mark.parametrize(
    ("url", "ends", "said"),
    [
        ("http://127.0.0.1:1", Exit.REFUSED, "does not respond\n  Is it running (gameday proxy serve)"),
        ("127.0.0.1:1", Exit.REFUSED, "http://127.0.0.1:1 does not respond\n  Is it running (gameday proxy serve)"),
        ("http://nosuch.invalid:1", Exit.REFUSED, "does not respond\n  Is it running (gameday proxy serve)"),
        ("https://127.0.0.1:1", Exit.REFUSED, "does not respond\n  Is it running (gameday proxy serve)"),
        (
            "ftp://127.0.0.1:1",
            Exit.BAD_INPUT,
            "the URL does not begin with http:// or https://\n  Use an address such as http://127.0.0.1:8474",
        ),
        ("http://a:b@127.0.0.1:1", Exit.BAD_INPUT, "name or password"),
    ],
)
@pytest.mark.parametrize("words", [("list",), ("status",), ("toxic", "remove", "-n", "slow", "db"), ("reset",)])
def test_no_server_there(
    words: tuple[str, ...], url: str, ends: Exit, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["proxy", *words, "--url", url]) is ends
    assert said in capsys.readouterr().err
