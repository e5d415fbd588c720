"""The questions that ours and the original are both asked: each valid, invalid or odd, and alone in its kind.

A question stands on a fresh server with the proxies `a` (with the toxic `late`) and `off` (disabled). `differs` names
the row of the tables in docs/reference/proxy.md that says why the two do not answer alike; empty where they do.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from typing_extensions import override

PLACE: dict[str, object] = {"listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"}
LATE: dict[str, object] = {"name": "late", "type": "latency", "attributes": {"latency": 10}}
KINDS: dict[str, tuple[str, ...]] = {
    "noop": (),
    "latency": ("latency", "jitter"),
    "timeout": ("timeout",),
    "bandwidth": ("rate",),
    "reset_peer": ("timeout",),
    "slow_close": ("delay",),
    "slicer": ("average_size", "size_variation", "delay"),
    "limit_data": ("bytes",),
}


@dataclass(frozen=True)
class Question:
    verb: str
    path: str
    body: object = None
    differs: str = ""
    raw: bytes | None = None
    agent: str = "python"

    @override
    def __str__(self) -> str:
        sent = self.raw if self.raw is not None else self.body
        return f"{self.verb} {self.path} {'' if sent is None else str(sent)[:60]}".strip()


def every() -> list[Question]:
    return [
        *_verbs(), *_paths(), *_creates(), *_updates(), *_adds(), *_each_kind(), *_changes(), *_populates(), *_raws()
    ]  # fmt: skip


def _verbs() -> Iterator[Question]:
    paths = ["/version", "/proxies", "/populate", "/reset", "/proxies/a", "/proxies/a/toxics", "/proxies/a/toxics/late"]
    for verb, path in itertools.product(("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"), paths):
        differs = "version" if (verb, path) == ("GET", "/version") else ""
        if verb == "PATCH" and path in ("/proxies/a", "/proxies/a/toxics/late"):
            differs = "PATCH"
        yield Question(verb, path, {} if verb in ("POST", "PATCH") and path != "/populate" else None, differs)


def _paths() -> Iterator[Question]:
    for path in ("/", "/nothing", "/proxies/", "/proxies/a/", "/proxies/a/toxics/", "/proxies/a/b/c", "/metrics"):
        yield Question("GET", path)
    yield Question("GET", "/proxies/%61")
    yield Question("GET", "/proxies/A")
    yield Question("GET", "/proxies?x=1")
    yield Question("GET", "/proxies", agent="Mozilla/5.0 (X11)")
    yield Question("POST", "/reset", agent="Mozilla/5.0 (X11)")
    for verb, path in itertools.product(("GET", "POST", "DELETE"), ("/proxies/b", "/proxies/a/toxics/x")):
        yield Question(verb, path, {} if verb == "POST" else None)
    for verb, path in itertools.product(("GET", "POST"), ("/proxies/b/toxics", "/proxies/b/toxics/late")):
        yield Question(verb, path, {"type": "noop"} if verb == "POST" else None)
    yield Question("DELETE", "/proxies/b/toxics/late")


def _each(path: str, bodies: Iterable[object], differs: str = "") -> Iterator[Question]:
    for body in bodies:
        yield Question("POST", path, body, differs)


def _creates() -> Iterator[Question]:
    def create(key: str, *values: object, differs: str = "") -> Iterator[Question]:
        return _each("/proxies", [PLACE | {"name": "b"} | {key: value} for value in values], differs)

    yield from create("name", "b", "a", "", "ü", "two words", "x" * 300, None)
    yield from create("name", 3, True, [], {}, differs="error texts")
    yield from create("name", "b/c", differs="slash in a name")
    yield from create("upstream", "", "x", "127.0.0.1:1", "nowhere.invalid:5", None)
    yield from create("upstream", 5, differs="error texts")
    yield from create("listen", "nonsense", "127.0.0.1:99999", "127.0.0.1:-1", "1:2:3", "[::1]:0", "203.0.113.1:0")
    yield from create("listen", 5, "[::1", differs="error texts")
    yield from create("listen", "", ":0", None, differs="no address")
    yield from create("listen", "0.0.0.0:0", differs="0.0.0.0")
    yield from create("enabled", True, False, None)
    yield from create("enabled", "no", 1, differs="error texts")
    for listen in ("localhost:39310", "localhost:0", "nonsense", "", ":0", "0.0.0.0:0", "127.0.0.1:39310"):
        yield Question("POST", "/proxies", PLACE | {"name": "b", "listen": listen, "enabled": False})
    yield from create("toxics", [LATE])
    yield Question("POST", "/proxies", {"NAME": "b", "Upstream": "x:1", "LISTEN": "127.0.0.1:0"})


def _updates() -> Iterator[Question]:
    for path in ("/proxies/a", "/proxies/off"):
        bodies: tuple[object, ...] = (
            {},
            {"name": "zz"},
            {"enabled": None},
            {"enabled": True},
            {"enabled": False},
            {"unknown": {}},
        )
        yield from _each(path, bodies)
    yield Question("POST", "/proxies/a", {"listen": "nonsense"}, "bad address in an update")
    disabled: tuple[object, ...] = "nonsense", "localhost:0", "localhost:39310", "127.0.0.1:39310"
    yield from _each("/proxies/off", [{"listen": listen} for listen in disabled])
    yield from _each("/proxies/off", [{"listen": "localhost:0", "enabled": enabled} for enabled in (True, False)])
    yield Question("POST", "/proxies/a", {"listen": "localhost:39310", "enabled": False})
    yield from _each("/proxies/a", [{"upstream": "127.0.0.1:2"}, {"listen": "127.0.0.1:0"}])
    wrong: tuple[object, ...] = {"enabled": "no"}, {"enabled": 0}, {"upstream": 1}, {"listen": []}, [1], "text", 5, True
    yield from _each("/proxies/a", wrong, "error texts")
    yield Question("POST", "/proxies/a", {"upstream": "", "listen": ""}, "empty address in an update")


def _adds() -> Iterator[Question]:
    add = "/proxies/a/toxics"
    yield from _each(
        add, [{}, {"type": ""}, {"type": "x"}, {"type": None}, {"name": "n"}, LATE, LATE | {"type": "noop"}]
    )
    streams = "upstream", "downstream", "UPSTREAM", "Downstream", "side", None
    yield from _each(add, [{"type": "noop", "stream": stream} for stream in streams])
    yield Question("POST", add, {"type": "noop", "stream": ""}, "empty stream")
    yield from _each(add, [{"type": "noop", "toxicity": toxicity} for toxicity in (0, 1, 0.25, 1.0, 0.5, None)])
    yield from _each(
        add, [{"type": "noop", "toxicity": toxicity} for toxicity in (7, -1, 1.0001)], "numbers out of range"
    )
    wrong: tuple[object, ...] = (
        {"type": 3},
        {"type": "noop", "toxicity": "1"},
        {"type": "noop", "stream": 1},
        [],
        "noop",
        1,
    )
    yield from _each(add, wrong, "error texts")
    yield Question("POST", add, {"type": "noop", "name": "n/m"}, "slash in a name")
    yield Question("POST", add, {"type": "noop", "name": "n", "attributes": {"latency": 3}})
    yield Question("POST", add, {"type": "latency", "attributes": {"Latency": 3, "JITTER": 2, "other": "x"}})
    yield Question("POST", add, {"type": "x", "stream": "side"})
    yield Question("POST", add, LATE | {"attributes": {"latency": "x"}})
    yield Question("POST", "/proxies/off/toxics", LATE)


def _each_kind() -> Iterator[Question]:
    for kind, names in KINDS.items():
        add = {"type": kind, "stream": "upstream"}
        alone = "numbers out of range" if kind == "slicer" else ""
        yield from _each("/proxies/a/toxics", [add, add | {"attributes": {}}], alone)
        yield Question("POST", "/proxies/a/toxics", add | {"attributes": dict.fromkeys(names, 7)})
        for name in names:
            yield from _attributes(kind, names, name)


def _attributes(kind: str, names: tuple[str, ...], name: str) -> Iterator[Question]:
    def adds(*values: object) -> list[object]:
        sevens: dict[str, object] = dict.fromkeys(names, 7)
        return [{"type": kind, "stream": "upstream", "attributes": sevens | {name: value}} for value in values]

    for value in (0, 1, 1000, 2**31 - 1):
        yield from _each("/proxies/a/toxics", adds(value), _slices(name, value))
    yield from _each("/proxies/a/toxics", adds("1", 1.5, True, [], {}), "error texts")
    yield from _each("/proxies/a/toxics", adds(-1, 2**31, 2**62), "numbers out of range")


def _slices(name: str, value: int) -> str:
    """Return the expected error of one slicer size while the other is 7."""
    bad = (name == "average_size" and value < 7) or (name == "size_variation" and value > 7)
    return "numbers out of range" if bad else ""


def _changes() -> Iterator[Question]:
    late = "/proxies/a/toxics/late"
    yield from _each(late, [{}, {"attributes": {"jitter": 2}}, {"toxicity": 0.5}, {"toxicity": None}])
    yield from _each(late, [{"type": "noop", "name": "n", "stream": "upstream"}, {"attributes": {"latency": None}}])
    yield Question("POST", late, {"attributes": {"latency": 5, "x": 1}})
    wrong: tuple[object, ...] = {"attributes": {"latency": "1"}}, {"attributes": 5}, {"toxicity": "1"}, [], 5
    yield from _each(late, wrong, "error texts")
    yield from _each(late, [{"attributes": {"latency": -1}}, {"toxicity": 2}], "numbers out of range")


def _populates() -> Iterator[Question]:
    b, c = PLACE | {"name": "b"}, PLACE | {"name": "c"}
    nowhere = c | {"listen": "nonsense"}
    fine: tuple[object, ...] = (
        [],
        [b],
        [b, c],
        [b | {"enabled": False}],
        [PLACE | {"name": "a", "upstream": "127.0.0.1:3"}],
    )
    bad: tuple[object, ...] = [{"name": "c"}], [b, {"upstream": "x"}], [None], [b, nowhere], [nowhere, b]
    yield from _each("/populate", [*fine, *bad])
    yield from _each("/populate", [[PLACE | {"name": "a"}], [b, b]], "populate again")
    wrong: tuple[object, ...] = {}, "x", 5, [1], [[]], [b | {"enabled": "no"}], [b | {"upstream": 5}]
    yield from _each("/populate", wrong, "error texts")


def _raws() -> Iterator[Question]:
    for path in ("/proxies", "/populate", "/proxies/a", "/proxies/a/toxics", "/proxies/a/toxics/late"):
        yield Question("POST", path, raw=b"")
        yield Question("POST", path, raw=b"   ")
        for raw in (b"{", b"nonsense", b"[1,", b'{"name": "b",}', b"{'name': 'b'}"):
            yield Question("POST", path, raw=raw, differs="error texts")
    for path in ("/proxies", "/populate", "/proxies/a/toxics"):
        yield Question("POST", path, raw=b"null")
    yield Question("POST", "/proxies/a", raw=b'{"enabled": false} and more', differs="more after the body")
