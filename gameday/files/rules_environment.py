"""A scenario held against an environment: what it lacks, and what it does not allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gameday.contract import ParamProblem
from gameday.files import raw
from gameday.files.document import Document, Path
from gameday.files.scenario_words import DIALLED
from gameday.files.shape import one_of, suggest
from gameday.model import Environment, Json

Reader = Callable[[Mapping[str, Json]], object]
"""Reads the parameters of one kind; raises ParamProblem."""

_FAULT_KEYS = frozenset({"id", "kind", "target", "start", "dial", "expect"})


def bindings(found: Document, environment: Environment) -> None:
    """Each target and each signal that the scenario needs is bound, and the signal is of the kind it should be."""
    for what, known in (("targets", environment.targets), ("signals", environment.signals)):
        for name in raw.table(found.data, "needs", what):
            if name not in known:
                wrong = f"the environment {environment.name} has no {what[:-1]} {name!r}"
                found.wrong(("needs", what, name), wrong, suggest(name, known) or _names(known), key=True)
    for name, kind in raw.table(found.data, "needs", "signals").items():
        bound = environment.signals.get(name)
        if bound is not None and isinstance(kind, str) and kind != bound.kind:
            wrong = f"{name!r} is a {kind} here, but a {bound.kind} in the environment {environment.name}"
            found.wrong(("needs", "signals", name), wrong)


def actions(found: Document, environment: Environment) -> None:
    """Each action that is named is one that the environment's responders have."""
    for path, name in _actions_named(found.data):
        if name not in environment.actions:
            wrong = f"the environment {environment.name} has no action {name!r}"
            found.wrong(path, wrong, suggest(name, environment.actions) or _names(environment.actions))


def allowed_kinds(found: Document, environment: Environment) -> None:
    """Only the fault kinds that the environment allows."""
    for path, fault in raw.tables(found.data, "faults"):
        kind = fault.get("kind")
        if environment.kinds and isinstance(kind, str) and kind not in environment.kinds:
            wrong = f"the environment {environment.name} does not allow the kind {kind!r}"
            found.wrong((*path, "kind"), wrong, one_of(sorted(environment.kinds)))


def parameters(found: Document, kinds: Mapping[str, Reader]) -> None:
    """Each fault's kind is one that some injector can do, and its parameters are what that kind takes."""
    for path, fault in raw.tables(found.data, "faults"):
        kind = fault.get("kind")
        if not isinstance(kind, str):
            continue
        if kind not in kinds:
            found.wrong((*path, "kind"), f"unknown kind {kind!r}", suggest(kind, kinds) or one_of(sorted(kinds)))
            continue
        try:
            kinds[kind](_parameters(fault))
        except ParamProblem as problem:
            if not found.said((*path, problem.key), key=True):
                found.wrong((*path, problem.key), problem.wrong)
            continue
        if isinstance(dial := fault.get("dial"), str):
            _dialled(found, path, dial, fault, kinds[kind])


def _dialled(found: Document, path: Path, dial: str, fault: Mapping[str, Json], read: Reader) -> None:
    """There is a time to turn, and both ends of the range can be meant."""
    turned = next((key for key in DIALLED if key in fault), "")
    if not turned:
        wrong = f"a dial turns a time ({' or '.join(DIALLED)}), and this {fault['kind']} has none"
        found.wrong((*path, "dial"), wrong, "leave the dial out", key=True)
        return
    for end in dial.split("..") if raw.span(dial) else ():
        try:
            read({**_parameters(fault), turned: end})
        except ParamProblem as problem:
            found.wrong((*path, "dial"), f"turned to {end}: {problem.wrong}")


def _parameters(fault: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in fault.items() if key not in _FAULT_KEYS}


def _actions_named(data: Json) -> Iterator[tuple[Path, str]]:
    yield from raw.texts(data, "ways_out")
    for place, key in ((("course",), "when"), (("rehearsal", "responders"), "take")):
        for path, one in raw.tables(data, *place):
            if isinstance(name := one.get(key), str):
                yield (*path, key), name


def _names(known: Mapping[str, object]) -> str:
    return one_of(known) if known else "bind it in gameday.yaml"
