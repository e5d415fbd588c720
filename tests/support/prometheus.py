"""Debian's own Prometheus and Alertmanager, watching one page of metrics of a test."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from support.available_engines import missing, require_marker
from support.drill_folder import eventually
from support.proxy_drill import free_port
from typing_extensions import override

Metrics = Callable[[], Mapping[str, float]]
PROMETHEUS = """\
global: {{scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}}
rule_files: [{folder}/rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{alertmanager}"]}}]}}]}}
scrape_configs: [{{job_name: shop, static_configs: [{{targets: ["{exporter}"]}}]}}]
"""
RULES = """\
groups:
- name: shop
  rules:
  - {alert: JourneySlow, expr: shop_wait_seconds > 0.1, for: 400ms, labels: {team: shop}}
  - {alert: JourneyStuck, expr: shop_wait_seconds > 0.1, for: 1h}
"""
ALERTMANAGER = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


class Monitoring:
    """Both servers. `prometheus`, `alertmanager`: their URLs."""

    def __init__(self, prometheus: str, alertmanager: str) -> None:
        self.prometheus, self.alertmanager = prometheus, alertmanager

    def states(self, alert: str) -> list[str]:
        """Return the state of each alert of this name in Prometheus: pending, or firing."""
        alerts = fetch(f"{self.prometheus}/api/v1/alerts")["data"]["alerts"]
        return [str(each["state"]) for each in alerts if each["labels"]["alertname"] == alert]

    def notified(self, alert: str) -> bool:
        """Return True if Alertmanager has an alert of this name."""
        return any(each["labels"]["alertname"] == alert for each in fetch(f"{self.alertmanager}/api/v2/alerts"))

    def silence(self, alert: str, comment: str = "test") -> str:
        """Silence an alert in Alertmanager; return the URL that a DELETE ends the silence at."""
        now = datetime.now(UTC)
        matcher = {"name": "alertname", "value": alert, "isRegex": False, "isEqual": True}
        body = {
            "matchers": [matcher], "startsAt": now.isoformat(), "endsAt": (now + timedelta(hours=1)).isoformat(),
            "createdBy": "test", "comment": comment,
        }  # fmt: skip
        made = httpx.post(f"{self.alertmanager}/api/v2/silences", json=body, timeout=5.0, trust_env=False)
        return f"{self.alertmanager}/api/v2/silence/{made.raise_for_status().json()['silenceID']}"

    def active_silences(self) -> list[dict[str, Any]]:
        """Return the silences in effect, as Alertmanager has them."""
        listed = fetch(f"{self.alertmanager}/api/v2/silences")
        return [silence for silence in listed if silence["status"]["state"] == "active"]

    def expire(self, silence: str) -> None:
        """End a silence by its id, as a person does in Alertmanager's page."""
        url = f"{self.alertmanager}/api/v2/silence/{silence}"
        httpx.delete(url, timeout=5.0, trust_env=False).raise_for_status()


def fetch(url: str) -> Any:
    """Return the JSON at a URL; an empty object where nothing answers."""
    with contextlib.suppress(httpx.HTTPError, ValueError):
        return httpx.get(url, timeout=5.0, trust_env=False).json()
    return {}


def binaries() -> tuple[str, str]:
    """Return Prometheus and Alertmanager as Debian names them, or as their own archives do; skip or fail without."""
    require_marker("prometheus")
    prometheus = shutil.which("prometheus")
    alertmanager = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if prometheus and alertmanager:
        return prometheus, alertmanager
    return missing("prometheus", "no Prometheus: put prometheus and prometheus-alertmanager on PATH")


def alertmanager_command(folder: Path, address: str) -> list[str]:
    """Return the command of an Alertmanager whose configuration and data are in the folder."""
    (folder / "alertmanager.yml").write_text(ALERTMANAGER)
    return [
        binaries()[1], f"--config.file={folder}/alertmanager.yml", "--log.level=error",
        f"--storage.path={folder}/alertmanager", f"--web.listen-address={address}", "--cluster.listen-address=",
    ]  # fmt: skip


@contextlib.contextmanager
def alerting(folder: Path) -> Iterator[Monitoring]:
    """Run Alertmanager alone for the block."""
    address = f"127.0.0.1:{free_port()}"
    with running(alertmanager_command(folder, address), folder):
        server = Monitoring("", f"http://{address}")
        eventually(lambda: fetch(f"{server.alertmanager}/api/v2/status"), "Alertmanager")
        yield server


@contextlib.contextmanager
def monitoring(folder: Path, metrics: Metrics) -> Iterator[Monitoring]:
    """Run both servers for the block; they scrape the metrics and evaluate RULES."""
    prometheus, _ = binaries()
    here, there = (f"127.0.0.1:{free_port()}" for _ in range(2))
    with exporter(metrics) as page, contextlib.ExitStack() as processes:
        files = {"rules.yml": RULES}
        files["prometheus.yml"] = PROMETHEUS.format(folder=folder, alertmanager=there, exporter=page)
        for name, content in files.items():
            (folder / name).write_text(content)
        common = (f"--config.file={folder}", "--log.level=error")
        for command in (
            alertmanager_command(folder, there),
            [prometheus, f"{common[0]}/prometheus.yml", common[1], f"--storage.tsdb.path={folder}/prometheus",
             f"--web.listen-address={here}"],
        ):  # fmt: skip
            processes.enter_context(running(command, folder))
        found = Monitoring(f"http://{here}", f"http://{there}")
        eventually(lambda: fetch(f"{found.alertmanager}/api/v2/status"), "Alertmanager")
        up = f"{found.prometheus}/api/v1/query?query=shop_wait_seconds"
        eventually(lambda: (fetch(up).get("data") or {}).get("result"), "the first scrape")
        yield found


@contextlib.contextmanager
def running(command: list[str], folder: Path) -> Iterator[None]:
    with (folder / f"{Path(command[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
        try:
            yield
        finally:
            process.kill()
            process.wait()


@contextlib.contextmanager
def exporter(metrics: Metrics) -> Iterator[str]:
    """Serve the metrics in Prometheus' text format; yield the address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = "".join(f"{name} {json.dumps(value)}\n" for name, value in metrics().items()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Not to the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
