"""Names become roles: in everything people said, before it is written anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def name_replacer(names: Mapping[str, str]) -> Callable[[str], str]:
    """A function that puts the role in the place of each name (whole words, any case). `names`: name or handle to
    role; longer names go first, so that a full name is one replacement."""
    if not names:
        return str
    longest = sorted(names, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)@?(" + "|".join(map(re.escape, longest)) + r")(?!\w)", re.IGNORECASE)
    roles = {name.casefold(): role for name, role in names.items()}
    return lambda said: pattern.sub(lambda match: f"the {roles[match[1].casefold()]}", said)
