"""Rules for a scenario in an environment: each target, signal and action it needs is bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gameday.files import raw_access
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Environment, Json
from gameday.suggestions import did_you_mean, one_of


def check_bindings(document: YamlDocument, environment: Environment) -> None:
    """Require a binding for each target and signal, of the right kind."""
    for what, known in (("targets", environment.targets), ("signals", environment.signals)):
        for name in raw_access.get_map(document.data, "requires", what):
            if name not in known:
                wrong = f"environment {environment.name} has no {what[:-1]} {name!r}"
                document.add_problem(
                    ("requires", what, name), wrong, did_you_mean(name, known) or _names(known), key=True
                )
    for name in raw_access.get_map(document.data, "requires", "signals"):
        kind = raw_access.get_path(document.data, "requires", "signals", name, "kind")
        bound = environment.signals.get(name)
        if bound is not None and isinstance(kind, str) and kind != bound.kind:
            wrong = f"{name!r} is a {kind} here, but a {bound.kind} in environment {environment.name}"
            document.add_problem(("requires", "signals", name, "kind"), wrong)


def check_healthy_limits(document: YamlDocument, environment: Environment) -> None:
    """Require the environment's limit wherever the scenario says `healthy`; report each signal once."""
    reported: set[str] = set()
    for path, expectation in raw_access.iter_expectations(document.data):
        name = raw_access.text_or_empty(expectation.get("signal"))
        key = next((key for key in ("is", "not") if expectation.get(key) == "healthy"), "")
        bound = environment.signals.get(name)
        if key and bound is not None and bound.healthy is None and name not in reported:
            reported.add(name)
            wrong = f"environment {environment.name} does not define what is healthy for signal {name!r}"
            document.add_problem((*path, key), wrong, f"add `healthy` to {name} in gameday.yaml")


def check_action_bindings(document: YamlDocument, environment: Environment) -> None:
    """Require a binding for each action that is required or run; report each once."""
    reported: set[str] = set()
    for path, name in _actions_named(document.data):
        if name not in environment.actions and name not in reported:
            reported.add(name)
            wrong = f"environment {environment.name} has no action {name!r}"
            todo = did_you_mean(name, environment.actions) or _names(environment.actions)
            document.add_problem(path, wrong, todo, key=path[:2] == ("requires", "actions"))


def _actions_named(data: Json) -> Iterator[tuple[KeyPath, str]]:
    for name in raw_access.get_map(data, "requires", "actions"):
        yield ("requires", "actions", name), name
    for path, step in raw_access.iter_maps(data, "rehearsal", "responders"):
        if isinstance(action := step.get("take"), str):
            yield (*path, "take"), action


def _names(known: Mapping[str, object]) -> str:
    return one_of(known) if known else "bind it in gameday.yaml"
