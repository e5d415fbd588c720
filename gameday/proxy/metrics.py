"""`/metrics`, as Prometheus reads it: the bytes of each proxy and, if asked, what the process uses."""

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


@dataclass(frozen=True, slots=True)
class MetricsSelection:
    """Which metrics there are; none at all is 404, as in the original."""

    proxies: bool = False
    runtime: bool = False

    @property
    def any(self) -> bool:
        return self.proxies or self.runtime


NONE = MetricsSelection()


def text(proxies: Iterable[Proxy], asked: MetricsSelection) -> str:
    lines: list[str] = []
    if asked.proxies:
        lines += _bytes(list(proxies))
    if asked.runtime:
        lines += _runtime()
    return "\n".join(lines) + "\n"


def _bytes(proxies: list[Proxy]) -> Iterator[str]:
    for name in ("received", "sent"):
        metric = f"toxiproxy_proxy_{name}_bytes_total"
        yield from _head(metric, "counter", f"Bytes {name} by the proxies, by direction.")
        for proxy in proxies:
            for direction, counted in proxy.traffic().items():
                labels = {
                    "direction": direction,
                    "listener": proxy.listen,
                    "proxy": proxy.name,
                    "upstream": proxy.upstream,
                }
                yield f"{metric}{{{_labels(labels)}}} {getattr(counted, name)}"


def _runtime() -> Iterator[str]:
    """The process collector's names, which every dashboard knows; Go's own have no meaning here."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    values = {
        "process_cpu_seconds_total": ("counter", usage.ru_utime + usage.ru_stime),
        "process_open_fds": ("gauge", len(os.listdir("/proc/self/fd"))),  # noqa: PTH208 - names alone are counted
        "process_max_fds": ("gauge", resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
        "process_resident_memory_bytes": ("gauge", _resident()),
        "process_start_time_seconds": ("gauge", round(_STARTED, 2)),
        "gameday_proxy_tasks": ("gauge", len(asyncio.all_tasks())),
    }
    for name, (kind, value) in values.items():
        yield from _head(name, kind, name.replace("_", " "))
        yield f"{name} {value}"
    yield from _head("gameday_proxy_build_info", "gauge", "The version of this server.")
    yield f'gameday_proxy_build_info{{version="{__version__}"}} 1'


_STARTED = time.time()


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _head(name: str, kind: str, help_: str) -> Iterator[str]:
    yield f"# HELP {name} {help_}"
    yield f"# TYPE {name} {kind}"


def _labels(labels: dict[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(value: str) -> str:
    whole = value.encode("utf-8", "replace").decode()
    return whole.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
