"""`gameday init`: propose a gameday.yaml from what is found here, changing nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.drill_signals import NOTHING_WRITTEN, announce_interrupt
from gameday.cli.output import print_output, print_status
from gameday.cli.progress import progress
from gameday.cli.prompts import require_writable_folder
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.cli.init.findings import InitFindings, ProbeResult

DEFAULT_FILE = "gameday.yaml"


@click.command()
@click.option("--into", metavar="FILE", help="Write it to FILE; never overwrites a file.")
@click.option("--context", metavar="NAME", help="Also read this cluster; with --namespace.")
@click.option("--namespace", metavar="NAME", help="The namespace of the application in that cluster.")
def command(into: str | None, context: str | None, namespace: str | None) -> Exit:
    """Propose a gameday.yaml for what runs here (Toxiproxy, Compose, Kubernetes, Prometheus). Changes nothing."""
    from gameday.cli.init.proposal import format_proposal
    from gameday.files.project import parse_project

    if (context is None) != (namespace is None):
        raise BadArguments("--context and --namespace belong together", "Give both, or neither.")
    if into is not None:
        _require_free(Path(into))
    findings, results = _find(context or "", namespace or "")
    text = format_proposal(findings)
    parse_project(text, into or DEFAULT_FILE)  # a proposal with a problem is an error here, not in `check`
    for result in results:
        print_status(
            f"{'+' if result.is_found else '-'} {result.say}" + (f"\n    {result.todo}" if result.todo else "")
        )
    if into is None:
        print_status("")
        print_output(text.rstrip("\n"))
        into = _ask_for_file()
    if into is not None:
        _write(Path(into), text)
    return Exit.HELD


def _find(context: str, namespace: str) -> tuple[InitFindings, list[ProbeResult]]:
    """Find what runs here. `context`, `namespace`: of a cluster, which is asked too; empty for none."""
    from gameday.cli.init import cluster_workloads, local_files, server_probes
    from gameday.cli.init.findings import InitFindings

    cluster, cluster_result = None, local_files.find_kube_context()
    if context:  # first: it is refused if it does not exist
        with progress(f"the cluster of context {context} to respond"):
            cluster, cluster_result = cluster_workloads.find_workloads(context, namespace)
    with progress("Toxiproxy and Prometheus to respond"):
        engines = server_probes.probe_servers()
    compose, project, services, compose_result = local_files.find_compose(Path())
    roster, roster_result = local_files.find_roster(Path())
    findings = InitFindings(
        toxiproxy=engines.toxiproxy, proxies=engines.proxies, prometheus=engines.prometheus,
        alerts=engines.alerts or {}, compose=compose, project=project, services=services, roster=roster,
        cluster=cluster,
    )  # fmt: skip
    return findings, [*engines.results, compose_result, cluster_result, roster_result]


def _require_free(path: Path) -> None:
    """Raise BadArguments if the file exists, before anything is asked."""
    if os.path.lexists(path):
        raise BadArguments(
            f"{path} already exists",
            "Add what a scenario lacks: gameday env bind FILE. Print the proposal: gameday init",
        )
    require_writable_folder(path.parent)


def _ask_for_file() -> str | None:
    """Return the file to write if a person at a terminal confirms it."""
    file = os.environ.get("GAMEDAY_FILE") or DEFAULT_FILE
    print_status("")
    if os.path.lexists(file):
        print_status(f"{file} already exists. Add what a scenario lacks: gameday env bind FILE")
        return None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print_status(f"Nothing was written. Write it: gameday init --into {DEFAULT_FILE}")
        return None
    with announce_interrupt(NOTHING_WRITTEN):
        confirmed = click.confirm(f"Write this to {file}?", default=False, err=True)
    return file if confirmed else None


def _write(path: Path, text: str) -> None:
    from gameday.files.project_editor import write_new

    write_new(path, text)
    print_status(f"Wrote {path}: no problems. Read it: a drill may break everything under `targets`.")
    print_status("next: gameday new                   write a first scenario from six questions")
    print_status("      gameday env bind FILE         add what a scenario needs there")
