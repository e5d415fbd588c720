"""The JSON Schema for editors has every key that `check` accepts, and no shipped file breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from gameday.clients.connection import CONNECTION_KEYS
from gameday.files.project import read_project
from gameday.files.rules import channels, probe_keys
from gameday.files.schema.key_descriptions import CONNECTION_DESCRIPTIONS, PROBE_DESCRIPTIONS, WEBHOOK_DESCRIPTIONS
from gameday.files.schema.plugin_keys import SLACK_COMMANDS
from gameday.files.schema_validation import FileKind, json_schema
from gameday.notify import webhook_settings
from gameday.notify.slack import settings as slack_settings
from gameday.notify.slack.commands import COMMANDS
from gameday.signals.http_requirement import REQUIREMENT_KEYS
from gameday.signals.probe_table import PROBE_KEYS

ROOT = Path(__file__).parents[2]
KINDS: tuple[FileKind, ...] = ("scenario", "gameday", "roster", "schedules")
SHIPPED = [
    path
    for folder in ("examples", "gameday", "scenarios", "docs")
    for path in sorted((ROOT / folder).rglob("*.yaml"))
    if path.read_text(encoding="utf-8").startswith(("gameday:", "#")) and "\ngameday: 1" in f"\n{path.read_text()}"
]
ALL_KEYS = """\
gameday: 1
environments:
  staging:
    targets:
      database: {injector: toxiproxy, url: "https://proxy", proxy: db, bearer: "${TOKEN}", ca: ca.pem, verify: true,
                 owner: data}
    approvals: {data: {owner: data, targets: [database], kinds: [latency], from: "2026-12-01", until: "2027-02-28"}}
    signals:
      page:
        {kind: ratio, probe: http, url: "https://shop/", headers: {X-Team: shop, Authorization: {file: token}},
         basic: {user: drill, password: "${PASSWORD}"}, cert: drill.pem, key: drill.key, healthy: at_least 99%,
         require: {status: [200, 3xx], header: {Content-Type: json}, text: ok, matches: "o.", json: {$.ready: true}}}
      wait: {kind: duration, probe: http, url: "http://shop/", value: $.wait, n: n, every: 2s, timeout: 1s,
             min_samples: 1}
      orders: {kind: ratio, probe: http, url: "http://shop/", good_count: good, total_count: total}
      rows: {kind: count, probe: sql, dsn_env: SHOP_DB, query: select 1}
      depth: {kind: count, probe: process, run: [./depth]}
      p95: {kind: duration, probe: prometheus, url: "http://prometheus:9090", query: up, n: count(up)}
      slow: {kind: alert, probe: alerts, url: "http://prometheus:9090", from: prometheus, alert: Slow,
             labels: {team: a}}
      pods: {kind: count, probe: kubernetes, kubeconfig: k, context: c, namespace: shop, workload: deployment/api}
      ends: {kind: count, probe: kubernetes, kubeconfig: k, context: c, namespace: shop, service: api}
      events: {kind: count, probe: kubernetes, kubeconfig: k, context: c, namespace: shop, workload: deployment/api,
               value: events, reason: BackOff}
    channels:
      chat: {channel: webhook, url: {file: hook}, body: {content: "{text}"}, sends: [pages], in_rehearsals: true,
             timeout: 2s, headers: {X-Team: shop}}
    incidents:
      pages: {source: pagerduty, services: [P1], url: "https://api.eu.pagerduty.com", bearer: "${TOKEN}", timeout: 3s}
      jira: {source: jira, url: "https://jira", jql: "project = OPS", basic: {user: u, password: "${PASSWORD}"}}
      alerts: {source: alertmanager, url: "https://alerts", matchers: [severity=critical]}
      ours: {source: command, run: [./open-incidents]}
    error_budgets: [page]
    alerts: to-players
    silence: {url: "https://alerts", matchers: ['environment="staging"'], basic: {user: u, password: "${PASSWORD}"}}
"""


def problems(kind: FileKind, data: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(json_schema(kind)).iter_errors(data)]


def kind_of(path: Path) -> FileKind:
    by_name: dict[str, FileKind] = {"gameday": "gameday", "roster": "roster", "schedules": "schedules"}
    return by_name.get(path.stem, "scenario")


def plugin_rule(part: str, plugin: str) -> dict[str, Any]:
    """Return what the schema requires of a part that names this plugin."""
    for rule in json_schema("gameday")["$defs"][part]["allOf"]:
        if plugin in [value.get("const") for value in rule["if"]["properties"].values()]:
            return dict(rule["then"])
    raise AssertionError(f"no rule for {plugin}")


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_are_valid(kind: FileKind) -> None:
    Draft202012Validator.check_schema(json_schema(kind))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_shipped_files_are_valid(path: Path) -> None:
    assert problems(kind_of(path), yaml.safe_load(path.read_text(encoding="utf-8"))) == []


def test_files_of_every_folder_are_compared() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in SHIPPED} >= {"examples", "scenarios"} and len(SHIPPED) > 9


@pytest.mark.parametrize("probe", PROBE_KEYS)
def test_probes_have_the_keys_of_the_rules(probe: str) -> None:
    keys = PROBE_KEYS[probe]
    own = {*keys.names, *(CONNECTION_KEYS if keys.has_url else ())}
    rule = plugin_rule("SignalPart", probe)
    assert set(rule["properties"]) == own | set(probe_keys.COMMON_KEYS)
    assert set(rule["required"]) == set(keys.required) and set(PROBE_DESCRIPTIONS[probe]) == set(keys.names)


def test_require_channels_and_credentials_have_the_keys_of_the_rules() -> None:
    assert set(plugin_rule("SignalPart", "http")["properties"]["require"]["properties"]) == set(REQUIREMENT_KEYS)
    webhook = plugin_rule("ChannelPart", "webhook")["properties"]
    assert set(webhook) == {*webhook_settings.KEYS, *channels.COMMON_KEYS}
    slack = plugin_rule("ChannelPart", "slack")["properties"]
    assert set(slack) == {*slack_settings.KEYS, *channels.COMMON_KEYS}
    assert SLACK_COMMANDS == COMMANDS
    assert {*WEBHOOK_DESCRIPTIONS, *CONNECTION_DESCRIPTIONS} == set(webhook_settings.KEYS)
    assert set(plugin_rule("TargetPart", "toxiproxy")["properties"]) == set(CONNECTION_KEYS)


def test_a_file_with_every_key_is_accepted_by_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "t")
    monkeypatch.setenv("PASSWORD", "p")
    path = tmp_path / "gameday.yaml"
    path.write_text(ALL_KEYS)
    read_project(path)
    data = yaml.safe_load(ALL_KEYS)
    assert problems("gameday", data) == []
    signals = data["environments"]["staging"]["signals"].values()
    written = {probe: {key for signal in signals if signal["probe"] == probe for key in signal} for probe in PROBE_KEYS}
    assert all(written[probe] >= set(keys.names) for probe, keys in PROBE_KEYS.items()), "the file has every key"


@pytest.mark.parametrize(
    ("part", "name", "key", "value"),
    [
        ("signals", "page", "hearers", {}), ("signals", "page", "require", {"stauts": 200}),
        ("signals", "page", "bearer", "in-the-file"), ("signals", "rows", "url", "http://shop/"),
        ("signals", "slow", "from", "promtheus"), ("channels", "chat", "boddy", {}), ("channels", "chat", "url", 7),
        ("targets", "database", "verify", "no"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_keys_of_a_plugin_is_marked(part: str, name: str, key: str, value: object) -> None:
    data = yaml.safe_load(ALL_KEYS)
    data["environments"]["staging"][part][name][key] = value
    assert problems("gameday", data)


def test_keys_of_other_plugins_stay_free() -> None:
    data = yaml.safe_load(ALL_KEYS)
    environment = data["environments"]["staging"]
    environment["signals"]["own"] = {"kind": "count", "probe": "own-probe", "depth": 3}
    environment["channels"]["own"] = {"channel": "own-channel", "room": "drills"}
    environment["targets"]["own"] = {"injector": "own-injector", "flag": "a"}
    assert problems("gameday", data) == []
