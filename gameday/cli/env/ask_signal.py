"""Questions about how a signal is measured, key by key, or as one map."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from gameday.cli.env.try_signal import find_numbers, list_alerts
from gameday.cli.init.server_probes import PROMETHEUS
from gameday.cli.prompts import ask, ask_parsed, choice_parser, parse_non_empty, parse_required_command, print_wrapped
from gameday.files.missing_bindings import MissingBinding
from gameday.model import Environment, Json, SignalKind
from gameday.signals.alert_sources import SOURCES


def parse_inline_map(text: str) -> dict[str, Json]:
    """Parse a one-line map. Raises ValueError."""
    from gameday.files.yaml_document import parse_document

    document = parse_document(text, "")
    if document.problems:
        raise ValueError(document.problems[0].wrong)
    if not isinstance(document.data, dict):
        raise ValueError("This is not a map. Example: {name: value}")
    return document.data


ReadySettings = Mapping[str, Json]


def ask_signal(lack: MissingBinding, environment: Environment, ready: ReadySettings) -> dict[str, Json]:
    """Ask for probe and settings. `ready` are the previous answers, as defaults."""
    assert lack.kind is not None
    if lack.kind is SignalKind.ALERT:
        return {"kind": "alert", "probe": "alerts", **_alert(lack.name, environment, ready)}
    known = ", ".join(_ASKED)
    probe = ask_parsed(f"Measured by {known}, or {{probe: ...}}", str(ready.get("probe", "http")), _probe)
    if isinstance(probe, dict):
        return {"kind": lack.kind.value, **probe}
    answers = _ASKED[probe](lack.kind, environment, ready if ready.get("probe") == probe else {})
    return {"kind": lack.kind.value, "probe": probe, **answers}


def _probe(text: str) -> str | dict[str, Json]:
    return parse_inline_map(text) if text.startswith("{") else choice_parser(tuple(_ASKED))(text)


def _http(kind: SignalKind, environment: Environment, ready: ReadySettings) -> dict[str, Json]:
    url = ask_parsed("Address", _text(ready, "url") or _url_of(environment, "http"), parse_non_empty)
    settings: dict[str, Json] = {"url": url}
    if numbers := find_numbers(url):
        print_wrapped(f"Numbers in its answer: {', '.join(numbers)}.")
    if kind is SignalKind.RATIO and (
        good := ask("Counter of good events, such as journey.good; Enter for no counter", _text(ready, "good_count"))
    ):
        total = ask_parsed("Counter of all events", _text(ready, "total_count"), parse_non_empty)
        return {**settings, "good_count": good, "total_count": total}
    if kind is SignalKind.COUNT:
        return {
            **settings,
            "value": ask_parsed("Path of the value", _text(ready, "value"), parse_non_empty),
            **_n(ready),
        }
    default = "success of the request" if kind is SignalKind.RATIO else "duration of the request"
    value = ask(f"Path of the value; Enter for the {default}", _text(ready, "value"))
    return {**settings, "value": value, **_n(ready)} if value else settings


def _n(ready: ReadySettings) -> dict[str, Json]:
    n = ask("Path of its sample size; Enter for none", _text(ready, "n"))
    return {"n": n} if n else {}


def _prometheus(_kind: SignalKind, environment: Environment, ready: ReadySettings) -> dict[str, Json]:
    url = ask_parsed("Prometheus address", _text(ready, "url") or _prometheus_url(environment), parse_non_empty)
    query = ask_parsed("Query", _text(ready, "query"), parse_non_empty)
    n = ask("Query for its sample size; Enter for none", _text(ready, "n"))
    return {"url": url, "query": query, **({"n": n} if n else {})}


def _sql(_kind: SignalKind, environment: Environment, ready: ReadySettings) -> dict[str, Json]:
    others = [signal.settings for signal in environment.signals.values() if signal.probe == "sql"]
    known = _text(ready, "dsn_env") or _text((others or [{}])[-1], "dsn_env") or "DATABASE_URL"
    dsn = ask_parsed("Environment variable with the database's address", known, parse_non_empty)
    return {
        "dsn_env": dsn,
        "query": ask_parsed("Query that returns a value and its sample size", _text(ready, "query"), parse_non_empty),
    }


def _process(_kind: SignalKind, _environment: Environment, ready: ReadySettings) -> dict[str, Json]:
    import shlex

    before = ready.get("run")
    command = shlex.join(str(word) for word in before) if isinstance(before, list) else ""
    return {
        "run": list(ask_parsed("Command that prints a number and its sample size", command, parse_required_command))
    }


def join_choices(names: Sequence[str]) -> str:
    """Return `a, b or c`."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _alert(name: str, environment: Environment, ready: ReadySettings) -> dict[str, Json]:
    names = list(SOURCES)
    source = ask_parsed(f"Source: {join_choices(names)}", _text(ready, "from") or names[0], choice_parser(names))
    usual = _prometheus_url(environment) if source == "prometheus" else SOURCES[source].usual_url
    url = ask_parsed("Address", _text(ready, "url") or usual, parse_non_empty)
    known = list_alerts(url) if source == "prometheus" else []
    if known:
        print_wrapped(f"Alerts there: {', '.join(known)}.")
    camel = "".join(part.capitalize() for part in name.split("-"))
    likely = _text(ready, "alert") or (camel if camel in known or not known else "")
    return {"url": url, "from": source, "alert": ask_parsed("Alert name there", likely, parse_non_empty)}


_ASKED: Mapping[str, Callable[[SignalKind, Environment, ReadySettings], dict[str, Json]]] = {
    "http": _http, "prometheus": _prometheus, "sql": _sql, "process": _process,
}  # fmt: skip


def _text(settings: ReadySettings, key: str) -> str:
    value = settings.get(key)
    return value if isinstance(value, str) else ""


def _url_of(environment: Environment, *probes: str) -> str:
    """Return the address that the environment's other signals use."""
    known = [_text(signal.settings, "url") for signal in environment.signals.values() if signal.probe in probes]
    return known[-1] if known else ""


def _prometheus_url(environment: Environment) -> str:
    variable, usual = PROMETHEUS
    return _url_of(environment, "prometheus", "alerts") or os.environ.get(variable) or usual
