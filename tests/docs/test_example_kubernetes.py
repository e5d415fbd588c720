"""examples/kubernetes: its files fit together. The rights are tried on a cluster by test_example_rights.py."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import yaml
from support.docs_pages import ROOT, isolated_environment

from gameday.cli.main import gameday

EXAMPLE = ROOT / "examples/kubernetes"
SCENARIOS = ("pod-loss.yaml", "node-drain.yaml", "bad-deploy.yaml", "config-drift.yaml", "half-dead-dependency.yaml")


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((EXAMPLE / name).read_text(encoding="utf-8")))


def test_scenarios_fit_the_environment(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "example")
    command = [sys.executable, "-m", "gameday", "check", *SCENARIOS, "dependency-outage.yaml", "db-slowdown.yaml"]
    done = subprocess.run(
        [*command, "--env", "staging"], cwd=tmp_path / "example", env=isolated_environment(tmp_path),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_targets_are_objects_of_the_shop() -> None:
    objects = {f"{each['kind'].lower()}/{each['metadata']['name']}" for each in documents("shop.yaml") if each}
    [project] = documents("gameday.yaml")
    for target in project["environments"]["staging"]["targets"].values():
        assert target.get("workload", "node") in {*objects, "node" if "node_labels" in target else ""}
        assert f"service/{target.get('service', 'shop')}" in objects


def test_commands_in_the_manifests_exist() -> None:
    [deployment], [job] = documents("guardian.yaml"), documents("rehearsal.yaml")
    pods = [deployment["spec"]["template"]["spec"], job["spec"]["jobTemplate"]["spec"]["template"]["spec"]]
    for pod in pods:
        [container] = pod["containers"]
        name, *words = container["args"]
        command = gameday.get_command(click.Context(gameday), name)
        assert command is not None
        command.make_context(name, words)
        assert container["securityContext"]["readOnlyRootFilesystem"] and pod["securityContext"]["runAsNonRoot"]


def test_kustomization_names_files_that_exist() -> None:
    [kustomization] = documents("kustomization.yaml")
    [generator] = kustomization["configMapGenerator"]
    assert all((EXAMPLE / name).exists() for name in [*kustomization["resources"], *generator["files"]])


def test_role_on_the_page_is_the_role_of_the_example() -> None:
    page = (ROOT / "docs/how-to/use-kubernetes.md").read_text(encoding="utf-8")
    shown = next(block for block in page.split("```yaml\n")[1:] if "kind: Role" in block).partition("```")[0]
    assert yaml.safe_load(shown) in documents("rbac.yaml")
