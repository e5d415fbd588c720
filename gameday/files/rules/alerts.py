"""Rules for what an environment states about its alerts: a silence needs the statement, and valid settings."""

from __future__ import annotations

from gameday.clients.alert_matchers import AlertMatcher, parse_alert_matcher
from gameday.clients.connection import CONNECTION_KEYS, connection_problems
from gameday.clients.server_address import UrlProblem, url_problem
from gameday.files import raw_access
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import AlertHandling, Json
from gameday.suggestions import did_you_mean

KEYS = ("url", "matchers")


def check_silences(document: YamlDocument) -> None:
    """Require `alerts: to-players` beside each silence, a valid address, and secrets that stay out of the file."""
    for name, environment in raw_access.get_map(document.written, "environments").items():
        if isinstance(environment, dict) and "silence" in environment:
            path = ("environments", name, "silence")
            if environment.get("alerts") != AlertHandling.TO_PLAYERS:
                wrong = "a silence keeps alerts from everyone but the players, and `alerts` does not state that"
                document.add_problem(path, wrong, f"write alerts: {AlertHandling.TO_PLAYERS}", key=True)
            _check_settings(document, path, raw_access.get_map(document.written, *path))
            _check_alert_signals(document, path, raw_access.get_map(document.data, "environments", name))


def _check_alert_signals(document: YamlDocument, path: KeyPath, environment: dict[str, Json]) -> None:
    """Refuse a silence of an alert that a signal reads from Alertmanager: silenced, it would never be seen to fire."""
    matchers = _parse_matchers(raw_access.get_path(environment, "silence", "matchers"))
    for name in raw_access.get_map(environment, "signals"):
        signal = raw_access.get_map(environment, "signals", name)
        labels = {**raw_access.get_map(signal, "labels"), "alertname": signal.get("alert")}
        known = {label: str(value) for label, value in labels.items()}
        if signal.get("from") == "alertmanager" and matchers and all(_surely_matches(each, known) for each in matchers):
            wrong = f"it silences alert {known['alertname']}, which signal {name!r} reads from Alertmanager"
            todo = f"add the matcher 'alertname!=\"{known['alertname']}\"', or read the signal from Prometheus"
            document.add_problem((*path, "matchers"), wrong, todo)


def _parse_matchers(texts: Json) -> list[AlertMatcher]:
    """Return the matchers; none where one of them is invalid, which the schema reports."""
    try:
        return [parse_alert_matcher(str(text)) for text in texts] if isinstance(texts, list) else []
    except ValueError:
        return []


def _surely_matches(matcher: AlertMatcher, known: dict[str, str]) -> bool:
    return matcher.label in known and matcher.matches(known[matcher.label])


def _check_settings(document: YamlDocument, path: KeyPath, settings: dict[str, Json]) -> None:
    for key in settings:
        if key not in (*KEYS, *CONNECTION_KEYS):
            wrong, known = f"unknown key {key!r} for a silence", (*KEYS, *CONNECTION_KEYS)
            todo = did_you_mean(key, known) or f"known keys: {', '.join(known)}"
            document.add_problem((*path, key), wrong, todo, key=True)
    if isinstance(url := settings.get("url"), str) and (problem := url_problem(url)):
        todo = "use basic: {user: ..., password: '${NAME}'}" if problem is UrlProblem.CREDENTIALS else ""
        document.add_problem((*path, "url"), problem, todo)
    for keys, wrong, todo in connection_problems(settings):
        document.add_problem((*path, *keys), wrong, todo)
