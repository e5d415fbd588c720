"""A scenario by its path or by its name in the shipped library."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from gameday.errors import BadArguments
from gameday.suggestions import closest_words


def find_scenario(name: str) -> Path:
    """Return the path of an existing file, or of a shipped scenario, with or without `.yaml`.

    Raises BadArguments with similar names."""
    path = Path(name)
    try:
        if path.exists():
            return path
    except (OSError, ValueError):
        raise BadArguments(f"invalid file name {name[:60]!r}") from None
    wanted = name.removesuffix(".yaml")
    shipped = list_library()
    if wanted in shipped:
        return shipped[wanted]
    raise BadArguments(
        f"scenario {name!r} not found: no such file, and not in the library", suggest_scenario_names(name)
    )


def list_library() -> dict[str, Path]:
    """Return the shipped scenarios, by name without `.yaml`."""
    folder = Path(str(resources.files("gameday") / "scenarios"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def suggest_scenario_names(name: str) -> str:
    """Suggest similar names, or list all of them."""
    shipped = list(list_library())
    close = closest_words(Path(name).stem, shipped, count=3, cutoff=0.5)
    return f"did you mean {' or '.join(repr(match) for match in close)}?" if close else f"shipped: {', '.join(shipped)}"
