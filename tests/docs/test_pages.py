"""Every page: its links lead somewhere, its commands are ours, what it prints is what is printed, its files pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from support.docs_pages import PAGES, ROOT, Shown, blocks, gameday_words, shown

from gameday.cli.main import COMMANDS, gameday

ALL = [one for page in PAGES for one in shown(page)]
OURS = [one for one in ALL if gameday_words(one.command) is not None]
PRINTED = [one for one in OURS if one.prints]
NAMES = {path.name for path in PAGES}


def own(tmp_path: Path) -> dict[str, str]:
    """An environment in which nobody's store, demo or gameday.yaml is found."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("GAMEDAY_")}
    return bare | {
        "HOME": str(tmp_path),
        "GAMEDAY_STORE": str(tmp_path / "store"),
        "GAMEDAY_DEMO": str(tmp_path / "demo"),
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
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
    assert set(re.findall(r"^ +- (\S+\.md)$", navigation, re.MULTILINE)) == pages | {"examples/compose/README.md"}


def _links(page: Path) -> list[str]:
    return re.findall(r"\]\(([^)#]+\.md)", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("one", OURS, ids=str)
def test_a_command_is_one_that_we_have(one: Shown) -> None:
    """Its command, subcommand and options exist; parsed by the program's own parser, and not called."""
    words = gameday_words(one.command)
    assert words
    command: click.Command = gameday
    context = click.Context(gameday)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"there is no command {words[0]!r}"
        command, words = found, words[1:]
    if words not in (["--help"], ["-h"], ["--version"]):
        command.make_context(command.name, words, resilient_parsing=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_running_text_are_ours(page: Path) -> None:
    """`gameday halt --sweep ENV`, as a sentence says it: command and options exist; words may stand for others."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for said in re.findall(r"`gameday ([a-z][^`]*)`", text):
        words = said.split()
        command: click.Command = gameday
        while isinstance(command, click.Group) and words and not words[0].startswith(("-", "[")):
            found = command.get_command(click.Context(command), words.pop(0).split("|")[0])
            assert found is not None, f"gameday {said}"
            command = found
        known = {option for param in command.get_params(click.Context(command)) for option in param.opts}
        assert {word for word in words if word.startswith("--")} <= known, f"gameday {said}"


@pytest.mark.parametrize("one", PRINTED, ids=str)
def test_what_a_page_shows_is_what_is_printed(one: Shown, tmp_path: Path) -> None:
    for name, text in _files():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "gameday", *(gameday_words(one.command) or [])]
    done = subprocess.run(command, cwd=tmp_path, env=own(tmp_path), capture_output=True, text=True, check=False)
    assert (done.stdout + done.stderr).strip() == one.prints


def _files() -> list[tuple[str, str]]:
    """What the reader has saved by then."""
    return [("first.yaml", block.text) for page in PAGES for block in blocks(page) if "id: slow-database" in block.text]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_scenario_on_a_page_passes_the_check(page: Path, tmp_path: Path) -> None:
    """Blocks of YAML that are whole files; in ten lines where the page says ten."""
    for block in blocks(page):
        if block.language != "yaml" or "gameday: 1" not in block.text:
            continue
        file = tmp_path / "first.yaml"
        file.write_text(block.text, encoding="utf-8")
        command = [sys.executable, "-m", "gameday", "check", str(file)]
        done = subprocess.run(command, cwd=tmp_path, env=own(tmp_path), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        if "ten lines" in page.read_text(encoding="utf-8").casefold():
            assert len(block.text.splitlines()) == 10


def test_examples_pass_the_check(tmp_path: Path) -> None:
    files = [str(path) for path in sorted((ROOT / "examples").glob("*.yaml"))]
    assert files
    command = [sys.executable, "-m", "gameday", "check", *files]
    done = subprocess.run(command, cwd=tmp_path, env=own(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_the_list_of_commands_says(name: str) -> None:
    """One command, one meaning: the list is written apart from the command, so that nothing is loaded for it."""
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


def test_variables_on_pages_are_read_somewhere() -> None:
    folders = (ROOT / "gameday", ROOT / "injectors")
    places = [
        *(file for folder in folders for file in folder.rglob("*.py")),
        ROOT / "Makefile",
        ROOT / "tests/conftest.py",
        ROOT / "tests/support/available_engines.py",
    ]
    code = "".join(path.read_text(encoding="utf-8") for path in places)
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert not [name for name in set(re.findall(r"GAMEDAY_[A-Z_]+", text)) if name not in code]


def test_the_yaml_of_the_example_names_what_the_shipped_scenario_requires() -> None:
    requires = yaml.safe_load((ROOT / "scenarios/db-slowdown.yaml").read_text(encoding="utf-8"))["requires"]
    staging = yaml.safe_load((ROOT / "examples/gameday.yaml").read_text(encoding="utf-8"))["environments"]["staging"]
    assert set(requires["targets"]) <= set(staging["targets"])
    assert set(requires["signals"]) <= set(staging["signals"])
    assert set(requires["actions"]) <= set(staging["actions"])
