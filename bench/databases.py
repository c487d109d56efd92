"""Databases to measure on: empty, up to date, and as durable as in production."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from models.database import migrate
from tests.ground.databases import cloned, postgresql_server, sqlite_url_of


class Kind(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@contextmanager
def database(kind: Kind) -> Iterator[str]:
    """Give the URL of a database of its own on this machine's disk, gone when the block ends."""
    match kind:
        case Kind.SQLITE:
            with tempfile.TemporaryDirectory(prefix="maycall-bench-") as folder:
                url = sqlite_url_of(Path(folder) / "maycall.db")
                migrate(url)
                yield url
        case Kind.POSTGRESQL:
            with postgresql_server(durable=True) as server, cloned(server, "template1") as url:
                migrate(url)
                yield url
