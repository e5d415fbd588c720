"""The figures as the page docs/explanation/benchmarks.md: the table, the machine, the command."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

import psutil
from bench.figure import Figure

HEAD = """\
# Benchmarks

`make bench` writes this page. Each figure is shown with its target, as measured on one machine on one day; a missed
target is shown as missed. Other programs and the bare disk were measured in the same run, alternating with gameday, so
that a busy machine affects both.
"""
HOW = """\
## How each figure is measured

- The time of a command is the wall time of its whole process, with its output. One uncounted run
  fills the caches. Runs alternate: gameday, chaostoolkit, gameday, ...
- The drill *without waits* has one signal (sampled every 20 ms), one fault (latency through the built-in proxy) and
  one revert; it ends as soon as the fault shows. Its time ends with the line that names the Markdown draft; the time
  including the page and its picture is in the next row. The peer does the same with one HTTP probe as its steady
  state, one HTTP action that adds the same toxic to the same proxy, and a rollback that removes it
  (`--rollback-strategy always`). It measures no baseline and has no guardian, no durable log and no review.
- *Revert verified* means that the proxy itself is polled from outside, every 2 ms. The guardrail's time begins when
  the measured value breaches the limit; it includes the 200 ms for which the breach must last.
- kill -9 hits the runner while its fault is active.
- Lateness is the time between the due time of a request and its sending. The stub signals respond at once.
- A durable append is one event in one transaction (SQLite, WAL, synchronous=FULL). The bare append next to it is one
  insert of the same size into a table with one column.
- A note goes to a running solo drill whose screen is on a terminal of 80x24. The command's time is that of its whole
  process. The time until it is shown begins before the request is sent to the drill's socket, and ends when the words
  arrive at the other end of the screen's terminal; it includes the append, the screen's next refresh (twenty a second)
  and its drawing. The pauses between two notes vary, so that notes arrive at any point between two refreshes.
- The screen that is measured for CPU share and memory is a process of its own on such a terminal, in the facilitator's
  view, on a store that the benchmark writes. Its share is CPU time over wall time; all 20 signals arrive ten times a
  second, each at once, where a runner would batch them once a second. For the memory (RSS) an hour of readings arrives
  90 times as fast, one batch for each second of the drill, and the screen's clock runs as fast: when the machine stalls
  it reads many at once, and keeps the space for them. All of them are about 40 MB.
- The briefing is shown when the last line to read aloud arrives at the terminal; shipped scenario, facilitated, roles
  from a roster of four. Each drill is then stopped before STARTEX.
- The proxies (ours and Toxiproxy's own server) are in front of the same peers, and each round measures the direct
  connection, theirs and ours. Sender, receiver, ping and echo are processes of their own; the receiver lets the kernel
  count the bytes and copies none, so that it is never the bottleneck: the direct connection's figure shows that.
  *Added to a ping* is the difference between a round's median (or p99) and that of the direct connection in the same
  round, and then the median over the rounds. The *error* of a ping under latency is its whole time minus the requested
  latency, so it includes the ping's own round trip. A rate is the bytes after the first piece, divided by the time from
  the first piece to the last.
- The containers are small ones that sleep, on the local engine. Ours is one fault of kind `pause`, bound by labels,
  called as the ledger calls the injector, in its own threads and with the checked wrapper. The row shows, each with its
  time, the steps that the plain loop (the Docker SDK: every `pause`, then every `unpause`) does not have. There is no
  durable log in it. The loop with several calls at a time shows how much the engine itself gains by that on this
  machine; more calls gain no more.
- After the runner is killed, the engine is asked for a listing every 50 ms, until all containers run and none of the
  drill's objects is left; then each container is inspected and compared with its earlier state and start time.
- The peer's experiment is one action (`docker pause`, or `docker stop -t 1`) by its process provider, a pause of a
  minute, and the rollback (`docker unpause`, `docker start`). The signal goes to the process alone, one second after
  the fault became active. The engine is asked *as before* from the end of the process on; *at its end* means at the
  first look. Our runner's guardian is a process of its own and is not killed here; reverts.md says what else reverts.
- The cluster has an API server, controllers and a scheduler of its own, and simulated pods. `kill` and `scale` are
  whole processes, each with its import, in turns. Ours plans, writes the undo record, applies, and for `scale` hands
  the ownership of the fields back; there is no durable log in it. krkn itself is no package: its library makes the
  calls of its pod scenario, without the monitoring of the pods that krkn does beside them.
- After the runner is killed, all Deployments are listed every 100 ms until values and field owners are as before. For
  the signals they are listed every 200 ms; ours must have the same owners again, of the peer the replicas are awaited
  and a different owner is named. The peer's rollback is `scale_deployment` too.
"""
_COMMAND = "`make bench` (`--only NAME` for the section of one part)"


def page(figures: Sequence[Figure], peer: str) -> str:
    """Return the whole page as Markdown."""
    return "\n".join((HEAD, machine(peer, _COMMAND), "", "## Figures", "", table(figures), "", HOW))


def table(figures: Sequence[Figure]) -> str:
    rows = [("figure", "target", "measured", "compared with, in the same run", "n", "")]
    rows += [
        (figure.title, figure.target, figure.measured, figure.compared, str(figure.n), _verdict(figure))
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _verdict(figure: Figure) -> str:
    return {True: "met", False: "**missed**", None: ""}[figure.is_met]


def machine(peer: str, command: str) -> str:
    """When, where, beside whom, how busy it was, and by what command."""
    memory = psutil.virtual_memory().total / 2**30
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return "\n".join(
        (
            f"- Date: {datetime.now(UTC).date().isoformat()}; gameday {version('gameday-runner')}; peer: {peer}",
            f"- Machine: {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB memory, "
            f"{platform.system()} {platform.release()}",
            f"- Python {platform.python_version()}; load average at the end of the run: {load} (1, 5, 15 minutes)",
            f"- Command: {command}",
        )
    )
