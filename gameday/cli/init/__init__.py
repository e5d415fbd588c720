"""`gameday init`: look at what is here, changing nothing, and propose one gameday.yaml."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.output import print_output, print_status
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.cli.init.findings import InitFindings, ProbeResult

USUAL = "gameday.yaml"


@click.command()
@click.option("--into", metavar="FILE", help="Write it there; a file that is there already is left as it is.")
def command(into: str | None) -> Exit:
    """Look at what is here, changing nothing, and propose a gameday.yaml: Toxiproxy, Compose, kube, Prometheus."""
    from gameday.cli.init.proposal import proposal
    from gameday.files.project import parse_project

    if into is not None:
        _free(Path(into))
    found, looked = _look()
    text = proposal(found)
    parse_project(text, into or USUAL)  # as the check will read it; a proposal with a problem is not shown
    for one in looked:
        print_status(f"{'+' if one.there else '-'} {one.say}" + (f"\n    {one.todo}" if one.todo else ""))
    if into is None:
        print_status("")
        print_output(text.rstrip("\n"))
        into = _asked()
    if into is not None:
        _write(Path(into), text)
    return Exit.HELD


def _look() -> tuple[InitFindings, list[ProbeResult]]:
    from gameday.cli.init import local_files, server_probes
    from gameday.cli.init.findings import InitFindings

    asked = server_probes.look()
    compose, project, services, one = local_files.compose(Path())
    roster, other = local_files.roster(Path())
    found = InitFindings(
        toxiproxy=asked.toxiproxy, proxies=asked.proxies, prometheus=asked.prometheus, alerts=asked.alerts or {},
        compose=compose, project=project, services=services, roster=roster,
    )  # fmt: skip
    return found, [*asked.looked, one, local_files.kube(), other]


def _free(path: Path) -> None:
    """Said before anything is asked. Raises BadArguments."""
    if os.path.lexists(path):
        raise BadArguments(
            f"{path} is there already, and is left as it is",
            "`gameday env bind FILE` adds to it what a scenario lacks; `gameday init` alone prints the proposal.",
        )


def _asked() -> str | None:
    """The file to write, when a person at a terminal says so."""
    usual = os.environ.get("GAMEDAY_FILE") or USUAL
    print_status("")
    if os.path.lexists(usual):
        print_status(f"{usual} is there already, and is left as it is: `gameday env bind FILE` adds to it.")
        return None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print_status(f"Nothing was written: gameday init --into {USUAL}")
        return None
    yes = click.confirm(f"Write this to {usual}?", default=False, err=True)
    return usual if yes else None


def _write(path: Path, text: str) -> None:
    from gameday.files.project_editor import write_new

    write_new(path, text)
    print_status(f"{path} is written, and has no problems. Read it: a drill breaks what stands under `targets`.")
    print_status("next: gameday new                   writes a first scenario from six questions")
    print_status("      gameday env bind FILE         asks for what a scenario lacks there")
