"""A folder for drills on containers or a cluster: scenario, environment, and healthy signals."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from support.drill_endings import Figures
from support.drill_folder import Site
from support.fake_shop import Shop

GAMEDAY = """\
gameday: 1
default_env: bench
environments:
  bench:
    targets:
      database: {target}
    signals:
      success: {{kind: ratio, probe: http, url: "{stats}", good_count: good, total_count: total, healthy: at_least 99%,
                every: 100ms, min_samples: 1}}
      wait: {{kind: duration, probe: http, url: "{stats}", value: latency, n: n, healthy: at_most 90ms, every: 100ms}}
"""


@contextlib.contextmanager
def ground(engine: str, fault: str, which: Mapping[str, str]) -> Iterator[Site]:
    """Yield a folder for drills on a Docker engine. `which`: the target's keys beside the engine, as YAML."""
    words = ", ".join(f"{key}: {value}" for key, value in which.items())
    with drill_folder(f'{{injector: docker, engine: "{engine}", {words}}}', fault) as made:
        yield made


@contextlib.contextmanager
def drill_folder(target: str, fault: str) -> Iterator[Site]:
    """Yield a folder for drills whose fault (`kind: pause`) is active until something ends it.

    `target`: its keys as YAML. Processes that still run are ended at the end.
    """
    with tempfile.TemporaryDirectory(prefix="gameday-bench-") as name, contextlib.closing(Shop()) as shop:
        shop.clients["bench"] = Figures()  # type: ignore[assignment]  # it has what a client shows
        made = Site(Path(name), "bench")
        text = GAMEDAY.format(target=target, stats=f"{shop.stats}/bench")
        (made.folder / "gameday.yaml").write_text(text, encoding="utf-8")
        made.write(f"{fault}, target: database", stands="60s", start="0s")
        try:
            yield made
        finally:
            made.end_runs()
