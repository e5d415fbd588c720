"""Every page: links resolve, commands exist, shown output is the real output, files pass the check."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from support.docs_pages import (
    PAGES,
    ROOT,
    ShownCommand,
    blocks,
    gameday_words,
    isolated_environment,
    shown_commands,
)

from gameday.cli.command_table import COMMANDS
from gameday.cli.main import gameday

COMMANDS_ON_PAGES = [
    shown for page in PAGES for shown in shown_commands(page) if gameday_words(shown.command) is not None
]
WITH_OUTPUT = [shown for shown in COMMANDS_ON_PAGES if shown.prints]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_resolve(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert not [target for target in local if not (page.parent / target).exists()]


def test_every_page_is_linked_from_the_index_and_the_index_from_the_readme() -> None:
    index = ROOT / "docs/index.md"
    linked = {(index.parent / link).resolve() for link in _links(index)}
    assert set((ROOT / "docs").rglob("*.md")) <= linked | {index}
    assert "docs/index.md" in _links(ROOT / "README.md")


def test_the_site_has_every_page() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:\n")[1]
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}
    pages |= {page.relative_to(ROOT).as_posix() for page in (ROOT / "examples").rglob("README.md")}
    assert set(re.findall(r"^ +- (\S+\.md)$", navigation, re.MULTILINE)) == pages


def test_no_two_tutorials_use_one_port() -> None:
    """A reader may have both running."""
    tutorials = [*sorted((ROOT / "docs/tutorials").glob("*.md")), *sorted((ROOT / "examples").glob("*/"))]
    used = {place: _ports(place) for place in tutorials}
    shared = {(a.name, b.name): used[a] & used[b] for a in used for b in used if a.name < b.name}
    assert not {pair: ports for pair, ports in shared.items() if ports}
    assert {"15432", "18432"} <= set().union(*used.values()), "the ports are recognised"


def _ports(place: Path) -> set[str]:
    """Return the ports of this machine that a page, or the files of an example, mention."""
    files = [place] if place.is_file() else [path for path in place.iterdir() if path.suffix in (".md", ".yaml")]
    pattern = r"(?:127\.0\.0\.1:|port[= ]|-port )(\d{4,5})\b"
    return {port for path in files for port in re.findall(pattern, path.read_text(encoding="utf-8"))}


def _links(page: Path) -> list[str]:
    return re.findall(r"\]\(([^)#]+\.md)", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("shown", COMMANDS_ON_PAGES, ids=str)
def test_a_shown_command_exists_with_its_options(shown: ShownCommand) -> None:
    """Parse it with the program's own parser, without running it."""
    words = gameday_words(shown.command)
    assert words
    command: click.Command = gameday
    context = click.Context(gameday)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        subcommand = command.get_command(context, words[0])
        assert subcommand is not None, f"there is no command {words[0]!r}"
        command, words = subcommand, words[1:]
    if words not in (["--help"], ["-h"], ["--version"]):
        command.make_context(command.name, words, resilient_parsing=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_running_text_exist(page: Path) -> None:
    """Check commands and options as in `gameday halt --sweep ENV`; other words may be placeholders."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for mentioned in re.findall(r"`gameday ([a-z][^`]*)`", text):
        words = mentioned.split()
        command: click.Command = gameday
        while isinstance(command, click.Group) and words and not words[0].startswith(("-", "[")):
            subcommand = command.get_command(click.Context(command), words.pop(0).split("|")[0])
            assert subcommand is not None, f"gameday {mentioned}"
            command = subcommand
        known = {option for param in command.get_params(click.Context(command)) for option in param.opts}
        assert {word for word in words if word.startswith("--")} <= known, f"gameday {mentioned}"


@pytest.mark.parametrize("shown", WITH_OUTPUT, ids=str)
def test_shown_output_is_the_real_output(shown: ShownCommand, tmp_path: Path) -> None:
    for name, text in _saved_files():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "gameday", *(gameday_words(shown.command) or [])]
    done = subprocess.run(
        command, cwd=tmp_path, env=isolated_environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert (done.stdout + done.stderr).strip() == shown.prints


def _saved_files() -> list[tuple[str, str]]:
    """Return the files that a reader has saved by then."""
    return [("first.yaml", block.text) for page in PAGES for block in blocks(page) if "id: slow-database" in block.text]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_scenario_on_a_page_passes_the_check(page: Path, tmp_path: Path) -> None:
    """Check blocks that are whole files."""
    for block in blocks(page):
        if block.language != "yaml" or "gameday: 1" not in block.text:
            continue
        file = tmp_path / "first.yaml"
        file.write_text(block.text, encoding="utf-8")
        command = [sys.executable, "-m", "gameday", "check", str(file)]
        done = subprocess.run(
            command, cwd=tmp_path, env=isolated_environment(tmp_path), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_examples_pass_the_check(tmp_path: Path) -> None:
    files = [str(path) for path in sorted((ROOT / "examples").glob("*.yaml"))]
    assert files
    command = [sys.executable, "-m", "gameday", "check", *files]
    done = subprocess.run(
        command, cwd=tmp_path, env=isolated_environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_text(name: str) -> None:
    """Load the command: the list of commands is separate, so that `--help` loads nothing."""
    command = gameday.get_command(click.Context(gameday), name)
    assert command is not None
    assert command.help
    assert len(command.get_short_help_str(200)) > 10


def test_every_command_is_on_a_page() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert not [name for name in COMMANDS if f"gameday {name}" not in text]


def test_make_commands_on_pages_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    used = set(re.findall(r"(?:`|\$ )make ([a-z]+)`?", text))
    assert used
    assert used <= targets


def test_environment_variables_on_pages_exist_in_the_code() -> None:
    folders = (ROOT / "gameday", ROOT / "injectors")
    files = [
        *(file for folder in folders for file in folder.rglob("*.py")),
        ROOT / "Makefile",
        ROOT / "tests/conftest.py",
        ROOT / "tests/support/available_engines.py",
        ROOT / "tests/support/kubernetes.py",
    ]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert not [name for name in set(re.findall(r"GAMEDAY_[A-Z_]+", text)) if name not in code]


def test_the_yaml_of_the_example_names_what_the_shipped_scenario_requires() -> None:
    requires = yaml.safe_load((ROOT / "scenarios/db-slowdown.yaml").read_text(encoding="utf-8"))["requires"]
    staging = yaml.safe_load((ROOT / "examples/gameday.yaml").read_text(encoding="utf-8"))["environments"]["staging"]
    assert set(requires["targets"]) <= set(staging["targets"])
    assert set(requires["signals"]) <= set(staging["signals"])
    assert set(requires["actions"]) <= set(staging["actions"])
