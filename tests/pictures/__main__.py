"""`python -m pictures`: write docs/pictures again; with DATABASE DRILL NAME: record a drill for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pictures.recording import save_recording
from pictures.rendering import PICTURES
from pictures.web_pages import save_web_pictures
from support import available_engines

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"

if __name__ == "__main__":
    if len(sys.argv) == 4:
        save_recording(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
    else:
        for name, render in PICTURES.items():
            (FOLDER / name).write_text(render(), encoding="utf-8")
        available_engines.requested.add("chromium")
        try:
            save_web_pictures(FOLDER)
        except pytest.skip.Exception as skipped:
            print(f"the pictures of the pages stay as they are: {skipped}", file=sys.stderr)
