"""Insertion of entries into a gameday.yaml: validated one by one, written at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gameday.atomic_file import create_atomically, write_atomically
from gameday.errors import BadArguments
from gameday.files.project import DEMO, Project, build_project, find_project, read_project
from gameday.files.yaml_document import parse_document, read_document
from gameday.files.yaml_edit import insert_entry
from gameday.model import Environment, Json


@dataclass(frozen=True, slots=True)
class ProjectEditor:
    """A project file being edited. `before`: its bytes when opened; `text`: its new content."""

    path: Path
    before: bytes
    text: str
    name: str

    @property
    def project(self) -> Project:
        """Parse the current text. Raises InvalidFiles."""
        return build_project(parse_document(self.text, str(self.path)))

    @property
    def environment(self) -> Environment:
        """The environment being edited."""
        return self.project.environments[self.name]

    def with_value(self, path: Sequence[str], value: Json) -> ProjectEditor:
        """Return an editor with `value` inserted at `path` of the environment.

        Raises InvalidFiles if the file would then have a problem, and CannotInsert if its layout leaves no place."""
        grown = replace(self, text=insert_entry(self.text, ("environments", self.name, *path), value))
        assert grown.environment
        return grown

    def write(self) -> None:
        """Write the file, unless it was changed since it was opened. Raises BadArguments."""
        try:
            written = write_atomically(self.path, self.text, expected=self.before)
        except OSError as error:
            raise BadArguments(f"cannot write {self.path}: {error.strerror}", "The file is unchanged.") from None
        if not written:
            raise BadArguments(
                f"{self.path} was changed by someone else; nothing was written", "Run the command again."
            )


def open_editor(path: Path, name: str) -> ProjectEditor:
    """Open the file for editing. Raises InvalidFiles, or BadArguments for an unknown environment."""
    document = read_document(path)
    project = build_project(document)
    if name not in project.environments:
        known = ", ".join(project.environments) or "none"
        raise BadArguments(f"no environment {name!r} in {path}", f"Choose one with --env: {known}")
    before = path.read_bytes()
    text = before.decode()
    if parse_document(text, str(path)).written != document.written:
        raise BadArguments(f"{path} changed while it was read", "Try again.")
    return ProjectEditor(path, before, text, name)


def open_project_editor(name: str | None) -> ProjectEditor:
    """Open this project's file for editing; without a name, its default environment.

    Raises InvalidFiles, or BadArguments if there is no file or no such environment."""
    path = find_project()
    if path is None:
        raise BadArguments("gameday.yaml: not found here", "Create one: gameday init --into gameday.yaml")
    name = name or read_project(path).default_env
    if name == DEMO:
        raise BadArguments("the environment demo is built in and cannot be changed", "Use another one with --env.")
    return open_editor(path, name)


def write_new(path: Path, text: str) -> None:
    """Write a new file atomically. Raises BadArguments, and changes nothing, if it exists."""
    try:
        create_atomically(path, text)
    except FileExistsError:
        raise BadArguments(
            f"{path} already exists; left unchanged",
            "Run `gameday env bind FILE` to add what a scenario needs, or choose another file.",
        ) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise BadArguments(f"cannot write {path}: {why}") from None
