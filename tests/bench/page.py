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

Written by `make bench`. What is promised stands beside what was found, on this machine, on this day; what falls
short stands as it is. Times of other programs and of the bare disk were taken in the same run, turn by turn with
ours, so that a busy machine is busy for both.
"""
HOW = """\
## How each figure is taken

- A command's time is its whole wall time as a process, from the start to its end, output included. One run before the
  first counted one fills the caches. Turns alternate: ours, the peer's, ours, ...
- The drill *without waits* has one signal (asked every 20 ms), one fault (latency through the embedded proxy), one
  revert; it ends as soon as the fault shows. Its time runs to the line that names the Markdown draft; the whole time,
  with the page and its picture, stands in the next line. The peer does the same with one HTTP probe as its steady
  state, one HTTP action that adds the same toxic to the same proxy, and a rollback that removes it
  (`--rollback-strategy always`). It measures nothing before, has no guardian, no durable log, no review.
- *Read back as gone* is asked of the proxy itself, from outside, every 2 ms. The guardrail's time begins when what the
  signal measures turns bad; the 200 ms for which the guardrail asks it to stay so are in it.
- kill -9 hits the runner while its fault stands.
- Lateness is how long after its due time a question left. The stub signals answer at once.
- A durable append is one event in one transaction (SQLite, WAL, synchronous=FULL). The bare append beside it is one
  insert of the same size into a table of one column.
- A note is said to a solo drill that runs, its desk on a terminal of 80x24. The command's time is that of the whole
  process. How soon it is shown runs from before the request leaves for the drill's socket, as the command sends it,
  until the line's words come out at the other end of the desk's terminal; in it are the append, the desk's next look
  (twenty a second) and its drawing. Pauses between two notes differ, so that they come at any point between two looks.
- The desk that is watched for its share of a core and its memory is a process of its own on such a terminal, in the
  facilitator's view, on a store that the bench writes. The share is its CPU time over wall time; all 20 signals come
  into the store ten times a second, each time at once, where a runner would keep them once a second. For the memory
  (RSS) an hour's readings come 90 times as fast, kept once a second of the drill, and the desk's clock goes as fast:
  when the machine stalls it takes many at once, and the room for those stays its own. All of them are some 40 MB.
- The briefing is there when the last line of what is read aloud has come out at the terminal; the shipped scenario,
  facilitated, roles from a roster of four. Each drill is then ended by STOP, before STARTEX.
- The proxies (ours and Toxiproxy's own server) stand before the same peers, and each round takes the bare line, theirs
  and ours. Who pours, drains, pings and echoes is a process of its own; who drains lets the kernel count the bytes and
  copies none, so that it is never what is measured: the bare line's figure stands beside. *Added to a ping* is what a
  round's median (or p99) is more than the bare line's in the same round, and then the median of the rounds. A ping's
  *error* under latency is its whole time less what was asked, its own trip included. A rate is what came after the
  first piece, by the time from the first piece to the last.
- The containers are small ones that sleep, on the engine that is here. Ours is one fault of kind `pause`, bound by
  labels, called as the ledger calls the injector, in threads of its own and with the validator around it: what it has
  to do and the plain loop (the Docker SDK: every `pause`, then every `unpause`) has not stands in the row, each with
  its time. No durable log is in it. The loop's calls several at a time show how much the engine itself can gain by
  that on this machine; more at a time gain no more.
- After the kill of the runner the engine is asked for a listing every 50 ms, until all of the containers run and
  nothing of the drill's is on it; then each is inspected and compared with what it was, its time of start too.
- The peer's experiment is one action (`docker pause`, or `docker stop -t 1`) by its process provider, a pause of a
  minute, and the rollback (`docker unpause`, `docker start`). The signal goes to the process alone, one second after
  the fault stands. *As before* is asked of the engine, from the end of the process on; *at its end* is at the first
  look. Our runner's guardian is a process of its own, and not killed here; undo.md has what then stands behind it.
"""
_COMMAND = "`make bench` (`--only NAME` for the section of one part)"


def page(figures: Sequence[Figure], peer: str) -> str:
    """The whole page as Markdown."""
    return "\n".join((HEAD, machine(peer, _COMMAND), "", "## Figures", "", table(figures), "", HOW))


def table(figures: Sequence[Figure]) -> str:
    rows = [("what", "promised", "found", "beside it, in the same run", "n", "")]
    rows += [(one.what, one.promised, one.found, one.beside, str(one.n), _verdict(one)) for one in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _verdict(one: Figure) -> str:
    return {True: "met", False: "**short**", None: ""}[one.met]


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
