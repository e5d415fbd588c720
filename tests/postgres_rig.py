"""A real PostgreSQL for tests, and what clients of it see: by psycopg itself, not by the sessions that are tested."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from gameday.contract import Deadline, Intent
from gameday.demo import postgres
from gameday.demo.ports import free_port
from gameday.errors import Refused
from gameday.injectors.postgres import PostgresInjector
from gameday.model import Binding, Fault, Json
