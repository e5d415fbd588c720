"""Proposed gameday.yaml: findings as entries, the rest as examples in comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gameday.cli.init.findings import ClusterWorkload, InitFindings, Proxy, join_names
from gameday.cli.init.server_probes import PROMETHEUS, TOXIPROXY
from gameday.files.yaml_format import format_entry, to_flow_style

_MAX_SERVICES = 4
"""Services that get an entry each; the others are only named."""
_PRODUCTION_NAME = re.compile(r"(?<![a-z])(prod|production|live)(?![a-z])", re.IGNORECASE)
_HEAD = """\
# Proposed by `gameday init` from what it found. Read each line: a drill breaks what is listed under `targets`, and
# nothing else. A line after a # is an example: correct it, remove the # and one space, and the {{}} above it.
gameday: 1
default_env: staging
{roster}
environments:
  staging:
    production: false                  # set to true if it serves real users
    allows_drills: true
    # kinds: [latency, outage]         # the kinds of faults that are allowed; default: all
    # terms: {{journey: checkout, customer: shopper, customers: shoppers}}
    # runbooks: {{slow-journey: "https://wiki.example.org/runbooks/slow-checkout"}}
    # charter: {{swarm: 5m}}             # the team's own targets, for `by: charter`
"""
_SIGNAL_EXAMPLES = """\
      # counters in a JSON response: the ratio is computed from the difference of two responses
      # journey-success: {kind: ratio, probe: http, url: "http://127.0.0.1:9000/stats",
      #                   good_count: journey.good, total_count: journey.total, healthy: at_least 99%}
      # a value in a JSON response (seconds), with its sample size; or a Prometheus query
      # journey-p95: {kind: duration, probe: http, url: "http://127.0.0.1:9000/stats",
      #               value: journey.p95, n: journey.n, healthy: at_most 800ms}
"""
_PROMETHEUS_EXAMPLE = """\
      # database-wait: {kind: duration, probe: prometheus, url: PROMETHEUS,
      #                 query: "histogram_quantile(0.95, sum by (le) (rate(pool_wait_seconds_bucket[1m])))"}
"""
_ALERT_EXAMPLE = """\
      # journey-slow: {kind: alert, probe: alerts, url: PROMETHEUS, from: prometheus, alert: JourneySlow}
"""
_ACTIONS = """\
    actions: {}                        # what responders may run, and how it is undone
      # shed-optional-work: {do: [./switch, recommendations, "off"], undo: [./switch, recommendations, "on"]}
    # load: {start: [./load, up], stop: [./load, down]}   # started when there is too little traffic
"""


def format_proposal(findings: InitFindings) -> str:
    """Return the text of a whole file, which passes `gameday check`."""
    roster = f"roster: {to_flow_style(findings.roster)}" if findings.roster else "# roster: roster.yaml"
    roster = f"{roster:<39}# who takes part; roles rotate"
    lines = [*_targets(findings), *_signals(findings)]
    return _HEAD.format(roster=roster) + "".join(f"{line}\n" for line in lines) + _ACTIONS


def looks_like_production(proxy: Proxy) -> bool:
    """Return True if its name or upstream suggests real users: a person decides about it."""
    return bool(_PRODUCTION_NAME.search(proxy.name) or _PRODUCTION_NAME.search(proxy.upstream))


def _targets(findings: InitFindings) -> Iterator[str]:
    names = _names([*(proxy.name for proxy in findings.proxies), *findings.services[:_MAX_SERVICES]])
    usable = [proxy for proxy in findings.proxies if not looks_like_production(proxy)]
    has_workloads = bool(_cluster_names(findings)) and not _is_production_cluster(findings)
    yield f"    {'targets:' if usable or has_workloads else 'targets: {}':<35}# what a drill may touch; nothing else"
    if findings.services:
        yield f"      # services of {findings.compose}: {join_names(findings.services)}"
    for service, name in zip(findings.services, names[len(findings.proxies) :], strict=False):
        settings = {"injector": "docker", "project": findings.project, "service": service}
        yield from _entry(name, settings, commented=True)
    for proxy, name in zip(findings.proxies, names, strict=False):
        settings = {"injector": "toxiproxy", "url": findings.toxiproxy, "proxy": proxy.name}
        yield from _proxy_comment(proxy)
        yield from _entry(name, settings, commented=looks_like_production(proxy))
    yield from _cluster_targets(findings)
    if not findings.proxies:
        url = findings.toxiproxy or TOXIPROXY[1]
        yield from _entry("database", {"injector": "toxiproxy", "url": url, "proxy": "orders-db"}, commented=True)


def _cluster_names(findings: InitFindings) -> dict[str, ClusterWorkload]:
    """Return a name for each workload of the cluster that no proxy or service has."""
    if findings.cluster is None:
        return {}
    others = [*(proxy.name for proxy in findings.proxies), *findings.services[:_MAX_SERVICES]]
    workloads = findings.cluster.workloads
    names = _names([*others, *(workload.ref.partition("/")[2] for workload in workloads)])[len(others) :]
    return dict(zip(names, workloads, strict=True))


def _cluster_targets(findings: InitFindings) -> Iterator[str]:
    """Yield a target for each workload; as comments where the context or namespace sounds like production."""
    for name, workload in _cluster_names(findings).items():
        settings = {**_cluster_settings(findings), "workload": workload.ref}
        settings |= {"service": workload.service} if workload.service else {}
        yield from _entry(name, {"injector": "kubernetes", **settings}, commented=_is_production_cluster(findings))


def _cluster_signals(findings: InitFindings) -> Iterator[str]:
    """Yield the number of ready pods of each workload as a signal."""
    for name, workload in _cluster_names(findings).items():
        settings = {"kind": "count", "probe": "kubernetes", **_cluster_settings(findings), "workload": workload.ref}
        settings["healthy"] = f"at_least {max(1, workload.replicas)}"
        yield from _entry(f"{name}-ready", settings, commented=_is_production_cluster(findings))


def _cluster_settings(findings: InitFindings) -> dict[str, str]:
    cluster = findings.cluster
    assert cluster is not None
    return {"kubeconfig": cluster.kubeconfig, "context": cluster.context, "namespace": cluster.namespace}


def _is_production_cluster(findings: InitFindings) -> bool:
    cluster = findings.cluster
    return cluster is not None and bool(_PRODUCTION_NAME.search(f"{cluster.context} {cluster.namespace}"))


def _proxy_comment(proxy: Proxy) -> Iterator[str]:
    caution = "; sounds like production, so it is left to you" if looks_like_production(proxy) else ""
    disabled = "" if proxy.enabled else "; disabled now"
    yield f"      # {proxy.listen} -> {proxy.upstream}{disabled}{caution}"


def _signals(findings: InitFindings) -> Iterator[str]:
    is_empty = not findings.alerts and (not _cluster_names(findings) or _is_production_cluster(findings))
    yield f"    {'signals: {}' if is_empty else 'signals:':<35}# how each is measured"
    yield from _cluster_signals(findings)
    url = to_flow_style(findings.prometheus or PROMETHEUS[1])
    yield from (_SIGNAL_EXAMPLES + _PROMETHEUS_EXAMPLE.replace("PROMETHEUS", url)).splitlines()
    if not findings.alerts:
        yield from _ALERT_EXAMPLE.replace("PROMETHEUS", url).splitlines()
    for name, (alert, fires) in zip(
        _names([_kebab(alert) for alert in findings.alerts]), findings.alerts.items(), strict=True
    ):
        settings = {
            "kind": "alert",
            "probe": "alerts",
            "url": findings.prometheus,
            "from": "prometheus",
            "alert": alert,
        }
        if fires:
            yield "      # fires now"
        yield from _entry(name, settings, commented=False)


def _entry(name: str, settings: dict[str, str], *, commented: bool) -> Iterator[str]:
    for line in format_entry(name, dict(settings), 6):
        yield f"      # {line[6:]}" if commented else line


def _kebab(name: str) -> str:
    """Return the name in the style of signals: `JourneySlow` becomes journey-slow."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def _names(wanted: list[str]) -> list[str]:
    """Return a valid name for each, no two the same."""
    names: list[str] = []
    for text in wanted:
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")[:58] or "unnamed"
        name, number = plain, 2
        while name in names:
            name, number = f"{plain}-{number}", number + 1
        names.append(name)
    return names
