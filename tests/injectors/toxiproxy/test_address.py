"""A target's address is taken as it is written, or refused; and no refusal repeats a secret."""

from __future__ import annotations

import pytest

from gameday.errors import Refused
from gameday.injectors.common.network_address import Address
from gameday.injectors.toxiproxy import ToxiproxyInjector
from gameday.injectors.toxiproxy.address import read_address
from gameday.model import Binding, Fault
from gameday.plugins.types import Deadline


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://127.0.0.1:8474", "127.0.0.1", 8474),
        ("http://Toxi.example:80/", "toxi.example", 80),
        ("http://localhost", "localhost", 8474),
        ("http://[::1]:1", "[::1]", 1),
    ],
)
def test_address_is_parsed(url: str, host: str, port: int) -> None:
    assert read_address(url) == Address(host, port)


REFUSED = {
    "http://user:s3cret@127.0.0.1:8474": "name or password",
    "http://s3cret@127.0.0.1": "name or password",
    "user:s3cret@127.0.0.1:8474": "name or password",
    "http://user:s3cret@127.0.0.1:abc": "name or password",
    "http://127.0.0.1:8474/s3cret": "path or query",
    "http://127.0.0.1:8474?token=s3cret": "path or query",
    "http://127.0.0.1:8474/?": "path or query",
    "http://127.0.0.1:8474#s3cret": "path or query",
    "http://127.0.0.1:70000": "invalid host or port",
    "http://127.0.0.1:abc": "invalid host or port",
    "http://127.0.0.1:0": "invalid host or port",
    "http://[::1": "invalid host or port",
    "ftp://127.0.0.1": "does not begin with http",
    "127.0.0.1:8474": "does not begin with http",
    "http://": "invalid host or port",
    "http://a b": "invalid host or port",
    "": "does not begin with http",
}


@pytest.mark.parametrize("url", REFUSED)
def test_address_with_secret_or_path_is_refused_without_repeating_it(url: str) -> None:
    binding = Binding("test", "database", "toxiproxy", {"url": url, "proxy": "db"})
    with pytest.raises(Refused, match=REFUSED[url]) as caught:
        ToxiproxyInjector().plan(Fault("f", "outage", "database", {}), binding, "gd-00016b04d12b", Deadline.after(1.0))
    assert "target database" in str(caught.value) and "http://127.0.0.1:8474" in caught.value.todo
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
