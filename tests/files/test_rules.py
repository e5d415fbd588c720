"""Each mistake is reported once with its line, column and a suggestion; valid files have no problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest
from files.rule_cases import BASES, SHIPPED, Planted, mistakes
from typing_extensions import override

from gameday.app.scenario_selection import fault_kinds
from gameday.files.check import check_files
from gameday.model import Action, Binding, Comparison, Environment, Expectation, Json, Limit, SignalBinding, SignalKind
from gameday.plugins.parameters import Params
from gameday.plugins.types import ParamProblem

_FAULT = SHIPPED[SHIPPED.index("  - id: slow\n") : SHIPPED.index("clues:")]
ONE_LINE = SHIPPED.replace(_FAULT, "  - {id: slow}\n")
"""With the fault to be written in one line."""
SLOWER = SHIPPED.replace("not: healthy, by: fault", "above: 5x baseline, by: fault")


@pytest.mark.parametrize("one", mistakes(), ids=lambda one: one.expected[0][:50])
def test_each_mistake_is_reported_once_with_its_position(one: Planted, tmp_path: Path) -> None:
    path = one.write(tmp_path)
    (tmp_path / "roster.yaml").write_text(BASES["roster"])
    told = [str(problem).replace(str(tmp_path), "FOLDER") for problem in check_files([path])]
    places = one.places() or [(1, 1)]
    assert told == [
        f"FOLDER/{path.name}:{line}:{column}: {said}" for (line, column), said in zip(places, one.expected, strict=True)
    ]


@pytest.mark.parametrize(
    "guardrail",
    [
        "{signal: journey-p95, above: 6x baseline, for: 10s}",  # beyond the effect
        "{signal: journey-p95, above: 4x baseline, for: 5m, warn_at: 1m}",  # the facilitator hears first
        "{signal: journey-p95, below: 4x baseline, for: 10s}",  # the other way
        "{signal: journey-p95, above: 100ms, for: 10s}",  # not to be compared before the baseline is known
        "{signal: database-wait, above: 4x baseline, for: 10s}",  # another signal
    ],
)
def test_a_guardrail_outside_the_effect_is_fine(guardrail: str, tmp_path: Path) -> None:
    one = Planted("{signal: neighbour-success, below: 99%, for: 10s}", guardrail, base=SLOWER)
    assert check_files([one.write(tmp_path)]) == []


def test_a_guardrail_inside_the_effect_halts_every_drill(tmp_path: Path) -> None:
    guardrail = "{signal: journey-p95, above: ^4x baseline, for: 10s}"
    one = Planted("{signal: neighbour-success, below: 99%, for: 10s}", guardrail, base=SLOWER)
    path = one.write(tmp_path)
    [(line, column)] = one.places()
    assert [str(problem) for problem in check_files([path])] == [
        f"{path}:{line}:{column}: the expected effect of the fault on line 44 would breach this guardrail "
        "(set a limit beyond that effect, or warn the facilitator first with warn_at)"
    ]


def test_all_problems_of_all_files_are_reported_in_order(tmp_path: Path) -> None:
    text = SHIPPED.replace("timebox: 30m", "timebox: 12:30").replace("target: database\n", "target: databse\n")
    (tmp_path / "a.yaml").write_text(text.replace("hint: answer", "hint: anwser"))
    (tmp_path / "b.yaml").write_text("gameday: 1\nfautls: []\n")
    told = [
        (Path(problem.file).name, problem.line) for problem in check_files([tmp_path / "b.yaml", tmp_path / "a.yaml"])
    ]
    assert told[:3] == [("a.yaml", 5), ("a.yaml", 40), ("a.yaml", 83)]
    assert {line for name, line in told[3:] if name == "b.yaml"} == {1, 2} and len(told) == 7


def shipped(folder: Path) -> Path:
    path = folder / "shipped.yaml"
    path.write_text(SHIPPED)
    return path


def bound(name: str, kind: SignalKind) -> SignalBinding:
    healthy = Expectation(name, Comparison.AT_LEAST, Limit(0.99, False, "99%"))
    return SignalBinding(name, kind, "http", {}, healthy=healthy)


def staging() -> Environment:
    signals = {
        "journey-success": SignalKind.RATIO, "journey-p95": SignalKind.COUNT, "neighbour-success": SignalKind.RATIO,
        "database-wait": SignalKind.DURATION, "database-cpu": SignalKind.RATIO,
    }  # fmt: skip
    return Environment(
        name="staging",
        targets={"orders-db": Binding("staging", "orders-db", "toxiproxy", {})},
        signals={name: bound(name, kind) for name, kind in signals.items() if name != "journey-success"}
        | {"journey-success": SignalBinding("journey-success", SignalKind.RATIO, "http", {})},
        actions={"read-from-cache": Action("read-from-cache", ("x",)), "restart-db": Action("restart-db", ("x",))},
        kinds=frozenset({"outage"}),
    )


def test_every_missing_binding_is_reported(tmp_path: Path) -> None:
    path = shipped(tmp_path)
    told = [str(problem).removeprefix(f"{path}:") for problem in check_files([path], staging())]
    assert told == [
        "13:5: environment staging has no target 'database' (one of: orders-db)",
        "16:31: 'journey-p95' is a duration here, but a count in environment staging",
        "20:5: environment staging has no signal 'journey-slow' (did you mean 'journey-p95'?)",
        "22:5: environment staging has no action 'shed-optional-work' (one of: read-from-cache, restart-db)",
        "24:5: environment staging has no action 'restart-database' (did you mean 'restart-db'?)",
        "34:35: environment staging does not define what is healthy for signal 'journey-success'"
        " (add `healthy` to journey-success in gameday.yaml)",
        "39:11: environment staging does not allow kind 'latency' (one of: outage)",
    ]


SHOWN = "shows: {signal: journey-p95, not: healthy, by: fault+30s}"
TOO_LONG = "31:54: this window needs 1 min, but the fault is present for at most {} (shorten the window, or make the fault last longer)"  # noqa: E501


@pytest.mark.parametrize(
    ("old", "new", "longest"),
    [
        ("ends: mitigated+2m", "ends: mitigated+20s", ""),
        ("ends: mitigated+2m", "ends: fault+61s", ""),
        ("ends: mitigated+2m", "ends: fault+50s", "50 s"),
        ("ends: mitigated+2m", "ends: impact+25s", "55 s"),
        ("ends: mitigated+2m", "ends: impact+30s", ""),
        (SHOWN, f"lasts: 45s\n    {SHOWN}", "45 s"),
        (SHOWN, f"lasts: 45s\n    repeat: {{times: 2, every: 60s}}\n    {SHOWN}", ""),
    ],
)
def test_window_that_no_fault_can_fill_is_refused(tmp_path: Path, old: str, new: str, longest: str) -> None:
    path = shipped(tmp_path)
    assert SHIPPED.count(old) == 1
    path.write_text(SHIPPED.replace(old, new))
    told = [str(problem).removeprefix(f"{path}:") for problem in check_files([path])]
    assert [line for line in told if "window" in line] == ([TOO_LONG.format(longest)] if longest else [])


def range_problems(path: Path, seconds: str) -> list[str]:
    """Return what is wrong with the scenario where journey-success is a rate over `seconds`."""
    query: dict[str, Json] = {"url": "http://127.0.0.1:1", "query": f"rate(ok[{seconds}])"}
    rate = SignalBinding("journey-success", SignalKind.RATIO, "prometheus", query)
    here = replace(staging(), signals={**staging().signals, "journey-success": rate})
    return [str(problem) for problem in check_files([path], here) if "looks back" in str(problem)]


def test_query_that_looks_back_further_than_the_fault_lasts_is_refused(tmp_path: Path) -> None:
    path = shipped(tmp_path)
    path.write_text(SHIPPED.replace("ends: mitigated+2m", "ends: fault+90s"))
    told = [range_problems(path, seconds) for seconds in ("1m", "5m")]
    assert told[0] == []
    assert "looks back 5 min, but the fault is present for at most 1 min 30 s" in told[1][0]


def test_window_after_a_fault_that_ends_by_itself_may_be_longer(tmp_path: Path) -> None:
    path = shipped(tmp_path)
    after = SHIPPED.replace("at_least: 97%, over: 60s", "at_least: 97%, over: 60s, by: fault-end+3m")
    path.write_text(after.replace(SHOWN, f"lasts: 45s\n    {SHOWN}"))
    assert check_files([path]) == []


def test_parameters_are_read_by_their_kind(tmp_path: Path) -> None:
    class Unreadable(Params):
        @classmethod
        @override
        def read(cls, raw: Mapping[str, Json]) -> Self:
            raise ParamProblem("delay", f"{raw} cannot be meant")

    path = shipped(tmp_path)
    assert [
        str(one).removeprefix(f"{path}:") for one in check_files([path], kinds={"made": {"latency": Unreadable}})
    ] == ["41:12: {'delay': '400ms'} cannot be meant"]
    assert [
        str(one).removeprefix(f"{path}:") for one in check_files([path], kinds={"made": {"latecny": Unreadable}})
    ] == ["39:11: unknown kind 'latency' (did you mean 'latecny'?)"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("kind: ^jiter, delay: 400ms", "unknown kind 'jiter' (did you mean 'jitter'?)"),
        ("kind: slice, size: ^64kB", "'64kB' is not a size: write it as 512B, 64KB or 2MB"),
        ("kind: slice, size: 64B, variation: ^64B", "variation must be less than size"),
        ("kind: slow-close, dellay: ^4s", "unknown parameter 'dellay'; did you mean 'delay'?"),
        ("kind: outage, seen_as: ^gone", "seen_as must be refused, silent or new-refused, not 'gone'"),
        ("kind: latency, delay: 400ms, connect: ^1", "connect must be true or false, not 1"),
        ("kind: limit, bytes: 1KB, adjust: {^delay: 1s..2s}",
         "'delay' of kind limit cannot be adjusted (one of: bytes)"),
        ("kind: slice, size: 64B, delay: 2s, adjust: {delay: ^1s..5m}",
         "set to 5m: 5m is out of range: delay must be 0s, or 1us to 1m"),
        ("kind: latency, delay: 2s, jitter: 1s, adjust: {delay: ^500ms..3s}",
         "set to 500ms: jitter must not be more than delay"),
        ("kind: reset, adjust: {^delay: 1s..2s}",
         "'delay' of kind reset cannot be adjusted (remove 'adjust')"),
        ("kind: bandwidth, rate: 100KB/s, adjust: {rate: ^10KB/s..1MB/s}", ""),
    ],
)  # fmt: skip
def test_the_proxys_kinds_are_held_to_their_parameters(fault: str, said: str, tmp_path: Path) -> None:
    one = Planted("{id: slow}", f"{{id: slow, target: database, {fault}}}", base=ONE_LINE)
    path = one.write(tmp_path)
    told = [str(problem).removeprefix(f"{path}:") for problem in check_files([path], kinds=fault_kinds())]
    [(line, column)] = one.places()
    assert told == ([f"{line}:{column}: {said}"] if said else [])


def in_containers() -> Environment:
    """Return an environment for the shipped scenario: its database is a container.

    Beside it are one more container, and one proxy."""
    kinds = {"journey-success": SignalKind.RATIO, "journey-p95": SignalKind.DURATION, "journey-slow": SignalKind.ALERT}
    signals = {**staging().signals, **{name: bound(name, kind) for name, kind in kinds.items()}}
    engines = {"database": "docker", "cache": "docker", "wire": "toxiproxy"}
    names = ("shed-optional-work", "read-from-cache", "restart-database")
    return Environment(
        "staging", {name: Binding("staging", name, engine, {}) for name, engine in engines.items()},
        signals, {name: Action(name, ("x",)) for name in names},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "anywhere", "there"),
    [
        ("kind: pause", "", ""),
        ("kind: latency, delay: 4ms", "", ""),
        ("kind: latency, delay: 4ms, connect: ^true", "",
         "unknown parameter 'connect'; known parameters: delay, jitter"),
        ("kind: ^reset", "",
         "injector docker of target 'database' in environment staging does not support kind 'reset' (one of: "
         "bandwidth, cpu, disconnect, disk-full, exec, kill, latency, loss, memory, outage, partition, pause, pids, "
         "refuse, restart, stop)"),
        ("kind: ^pauze", "unknown kind 'pauze' (did you mean 'pause'?)",
         "unknown kind 'pauze' (did you mean 'pause'?)"),
        ("kind: partition, peer: ^chache", "no other target 'chache' (add another target to requires.targets)",
         "no other target 'chache' with injector docker (did you mean 'cache'?)"),
        ("kind: partition, peer: ^database",
         "no other target 'database' (add another target to requires.targets)",
         "no other target 'database' with injector docker (one of: cache)"),
        ("kind: partition, peer: ^wire", "no other target 'wire' (add another target to requires.targets)",
         "no other target 'wire' with injector docker (one of: cache)"),
    ],
)  # fmt: skip
def test_a_fault_is_read_by_the_injector_that_the_environment_binds_its_target_to(
    fault: str, anywhere: str, there: str, tmp_path: Path
) -> None:
    one = Planted("{id: slow}", f"{{id: slow, target: database, {fault}}}", base=ONE_LINE)
    path = one.write(tmp_path)
    place = "".join(f"{path}:{line}:{column}: " for line, column in one.places())
    for said, environment in ((anywhere, None), (there, in_containers())):
        assert [str(problem) for problem in check_files([path], environment, fault_kinds())] == (
            [place + said] if said else []
        )


def test_the_shipped_library_and_the_examples_have_no_problems() -> None:
    root = Path(__file__).parents[2]
    files = sorted([*root.glob("scenarios/*.yaml"), *root.glob("examples/*.yaml")])
    assert len(files) >= 3 and check_files(files) == []
