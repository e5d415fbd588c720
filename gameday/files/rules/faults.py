"""Rules for faults: known kinds, valid parameters, targets that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gameday.files import raw_access
from gameday.files.scenario_constants import FAULT_KEYS
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Environment, Json
from gameday.plugins.parameters import Params
from gameday.plugins.types import ParamProblem
from gameday.suggestions import did_you_mean, one_of

Kinds = Mapping[str, Mapping[str, type[Params]]]
"""Kinds of fault by injector and by kind."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """A fault of the file. `environment` and `injector`: None and empty while its target is not bound."""

    document: YamlDocument
    path: KeyPath
    data: Mapping[str, Json]
    environment: Environment | None
    injector: str

    @property
    def kind(self) -> str:
        return str(self.data["kind"])

    def params(self) -> dict[str, Json]:
        return {key: value for key, value in self.data.items() if key not in FAULT_KEYS}

    def wrong(self, key: str, wrong: str, suggestion: str = "", *, of_key: bool = False) -> None:
        """Note a problem, unless this key already has one."""
        if not self.document.has_problem_at((*self.path, key), key=True):
            self.document.add_problem((*self.path, key), wrong, suggestion, key=of_key)


def all_kinds(kinds: Kinds) -> list[str]:
    """Return every kind that any injector supports."""
    return sorted({kind for by_kind in kinds.values() for kind in by_kind})


def check_allowed_kinds(document: YamlDocument, environment: Environment) -> None:
    """Refuse fault kinds that the environment does not allow."""
    for path, fault in raw_access.iter_maps(document.data, "faults"):
        kind = fault.get("kind")
        if environment.kinds and isinstance(kind, str) and kind not in environment.kinds:
            wrong = f"environment {environment.name} does not allow kind {kind!r}"
            document.add_problem((*path, "kind"), wrong, one_of(sorted(environment.kinds)))


def check_fault_parameters(document: YamlDocument, kinds: Kinds, environment: Environment | None = None) -> None:
    """Check the kind and parameters of each fault against the injector of its target.

    Without an environment, it is enough that any injector accepts them."""
    for fault in _faults(document, kinds, environment):
        candidates = _candidates(fault, kinds)
        if not candidates:
            _unknown_kind(fault, kinds)
            continue
        try:
            _read(candidates, fault.params())
        except ParamProblem as problem:
            fault.wrong(problem.key, problem.wrong)
            continue
        _check_adjustments(fault, candidates)
        if key := next((params.peer_parameter for params in candidates if params.peer_parameter), ""):
            _check_peer(fault, key)


def _faults(document: YamlDocument, kinds: Kinds, environment: Environment | None) -> Iterator[_Fault]:
    for path, data in raw_access.iter_maps(document.data, "faults"):
        target = environment.targets.get(raw_access.text_or_empty(data.get("target"))) if environment else None
        if isinstance(data.get("kind"), str):  # of an injector that is not here nobody can say what it takes
            named = target.injector if target is not None and target.injector in kinds else ""
            yield _Fault(document, path, data, environment, named)


def _candidates(fault: _Fault, kinds: Kinds) -> list[type[Params]]:
    """Return the classes of the fault's kind: its injector's, or every injector's while the target is not bound."""
    injectors = [kinds[fault.injector]] if fault.injector else list(kinds.values())
    return [known[fault.kind] for known in injectors if fault.kind in known]


def _read(candidates: list[type[Params]], raw: Mapping[str, Json]) -> None:
    """Accept parameters that one of the classes can read. Raises ParamProblem, the last one's, when none can."""
    for number, params in enumerate(candidates, 1):
        try:
            params.read(raw)
            return
        except ParamProblem:
            if number == len(candidates):
                raise


def _unknown_kind(fault: _Fault, kinds: Kinds) -> None:
    everywhere = all_kinds(kinds)
    if fault.kind not in everywhere:
        known = list(kinds[fault.injector]) if fault.injector else everywhere
        fault.wrong("kind", f"unknown kind {fault.kind!r}", did_you_mean(fault.kind, known) or one_of(sorted(known)))
        return
    assert fault.environment is not None
    allowed = fault.environment.kinds
    could = [kind for kind in sorted(kinds[fault.injector]) if not allowed or kind in allowed]
    wrong = (
        f"injector {fault.injector} of target {fault.data.get('target')!r} in environment "
        f"{fault.environment.name} does not support kind {fault.kind!r}"
    )
    fault.wrong("kind", wrong, one_of(could) if could else "bind the target to another injector")


def _check_adjustments(fault: _Fault, candidates: list[type[Params]]) -> None:
    """Require adjustable keys, with a range whose two ends are valid."""
    adjust = fault.data.get("adjust")
    adjustable = dict.fromkeys(key for params in candidates for key in params.adjustable)
    for key, text in adjust.items() if isinstance(adjust, dict) else ():
        place = (*fault.path, "adjust", key)
        if key not in fault.data or key not in adjustable:
            usable = [known for known in adjustable if known in fault.data]
            todo = did_you_mean(key, usable) or (one_of(usable) if usable else "remove 'adjust'")
            fault.document.add_problem(place, f"{key!r} of kind {fault.kind} cannot be adjusted", todo, key=True)
            continue
        for end in text.split("..") if isinstance(text, str) and raw_access.parse_quantity_range(text) else ():
            try:
                _read(candidates, {**fault.params(), key: _as_written(end.strip(), fault.data[key])})
            except ParamProblem as problem:
                fault.document.add_problem(place, f"set to {end.strip()}: {problem.wrong}")


def _as_written(end: str, example: Json) -> Json:
    """Return one end of a range in the type that the file uses for the parameter."""
    return int(end) if isinstance(example, int) and end.isdigit() else end


def _check_peer(fault: _Fault, key: str) -> None:
    """Require that the peer is another target of the same injector.

    Without an environment, any other target that the scenario requires will do."""
    peer, target = raw_access.text_or_empty(fault.data.get(key)), raw_access.text_or_empty(fault.data.get("target"))
    needed = raw_access.get_map(fault.document.data, "requires", "targets")
    bound = fault.environment.targets if fault.environment is not None and fault.injector else None
    if bound is not None and peer in needed and peer not in bound:
        return  # which is told in `requires.targets`
    names = needed if bound is None else [name for name, binding in bound.items() if binding.injector == fault.injector]
    others = [name for name in names if name != target]
    if peer not in others:
        by = f" with injector {fault.injector}" if bound is not None else ""
        todo = did_you_mean(peer, others) or (one_of(others) if others else "add another target to requires.targets")
        fault.wrong(key, f"no other target {peer!r}{by}", todo)
