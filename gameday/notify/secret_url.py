"""Address of a channel that is a secret by itself: a variable, or a file."""

from __future__ import annotations

import os
from pathlib import Path

from gameday.clients.connection import Secret
from gameday.model import ChannelBinding
from gameday.variables import VariableError, substitute


def read_url(binding: ChannelBinding) -> str:
    """Return the channel's `url` as it is now. Raises CredentialError and ValueError, without a part of it."""
    url = binding.settings.get("url", "")
    try:
        if isinstance(url, dict):
            return Secret(file=str(Path(binding.folder, substitute(str(url.get("file", "")), os.environ)))).read()
        return substitute(str(url), os.environ)
    except VariableError as error:
        raise ValueError(f"{error.wrong}: {error.todo}") from None
