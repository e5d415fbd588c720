"""Prometheus metrics at `/metrics`: bytes of each proxy and, on request, resources of the process."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gameday import __version__
from gameday.proxy.proxy import Proxy

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_START_TIME = time.time()


@dataclass(frozen=True, slots=True)
class MetricsSelection:
    """The metrics to serve; with none, the route does not exist, as in Toxiproxy."""

    proxies: bool = False
    runtime: bool = False

    @property
    def any(self) -> bool:
        """Return True if there is something to serve."""
        return self.proxies or self.runtime


NO_METRICS = MetricsSelection()


def render_metrics(proxies: Iterable[Proxy], selection: MetricsSelection) -> str:
    """Render the selected metrics in Prometheus' text format."""
    lines: list[str] = []
    if selection.proxies:
        lines += _proxy_lines(list(proxies))
    if selection.runtime:
        lines += _runtime_lines()
    return "\n".join(lines) + "\n"


def _proxy_lines(proxies: list[Proxy]) -> Iterator[str]:
    for counter in ("received", "sent"):
        metric = f"toxiproxy_proxy_{counter}_bytes_total"
        yield from _header(metric, "counter", f"Bytes {counter} by the proxies, by direction.")
        for proxy in proxies:
            for stream, counts in proxy.byte_counts().by_stream():
                yield f"{metric}{{{_labels(proxy, stream)}}} {getattr(counts, counter)}"


def _labels(proxy: Proxy, stream: str) -> str:
    labels = {"direction": stream, "listener": proxy.listen, "proxy": proxy.name, "upstream": proxy.upstream}
    return ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items())


def _runtime_lines() -> Iterator[str]:
    """Yield the process collector's usual metrics; Go's own have no meaning here."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    values = {
        "process_cpu_seconds_total": ("counter", usage.ru_utime + usage.ru_stime),
        "process_open_fds": ("gauge", len(os.listdir("/proc/self/fd"))),  # noqa: PTH208 - only counted
        "process_max_fds": ("gauge", resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
        "process_resident_memory_bytes": ("gauge", _resident_bytes()),
        "process_start_time_seconds": ("gauge", round(_START_TIME, 2)),
        "gameday_proxy_tasks": ("gauge", len(asyncio.all_tasks())),
    }
    for metric, (kind, value) in values.items():
        yield from _header(metric, kind, metric.replace("_", " "))
        yield f"{metric} {value}"
    yield from _header("gameday_proxy_build_info", "gauge", "The version of this server.")
    yield f'gameday_proxy_build_info{{version="{__version__}"}} 1'


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _header(metric: str, kind: str, description: str) -> Iterator[str]:
    yield f"# HELP {metric} {description}"
    yield f"# TYPE {metric} {kind}"


def _escape(value: str) -> str:
    valid = value.encode("utf-8", "replace").decode()
    return valid.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
