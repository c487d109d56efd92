"""Real databases: one PostgreSQL server and one migrated template for a whole run, a fresh copy for each test."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import asyncpg
from sqlalchemy import URL, make_url

from fleet import postgresql

from .memory import in_memory

Migrate = Callable[[str], None]
Done = TypeVar("Done")

# Several servers with warm pools must fit; a test's database is thrown away and need not survive a power cut.
SERVER_SETTINGS = {"listen_addresses": "", "max_connections": "300"}
THROWN_AWAY = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "128MB", "synchronous_commit": "off"}
SECONDS_BETWEEN_LOOKS = 0.02


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[URL]:
    """Give the address of a PostgreSQL whose databases we may make and drop: the one named, or one of our own.

    Our own forgets everything in a power cut, unless it is to be durable, as one in production is.
    """
    named = os.environ.get("MAYCALL_TEST_POSTGRES_URL")
    if named:
        yield make_url(named).set(drivername="postgresql+asyncpg")
        return
    with (
        tempfile.TemporaryDirectory(prefix="maycall-postgresql-") as temporary,
        tempfile.TemporaryDirectory(prefix="maycall-postgresql-", dir=None if durable else in_memory()) as quick,
        _own_server(Path(temporary), Path(quick), SERVER_SETTINGS | ({} if durable else THROWN_AWAY)) as url,
    ):
        yield url


@contextmanager
def migrated_template(server: URL, migrate: Migrate) -> Iterator[str]:
    """Give the name of a database to clone, brought up to date once."""
    name = _new_name()
    _execute(server, f'CREATE DATABASE "{name}"')
    try:
        apart(lambda: migrate(_in_words(server.set(database=name))))
        yield name
    finally:
        _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def cloned(server: URL, template: str) -> Iterator[str]:
    """Give the URL of a fresh database like the template; "template1" is an empty one."""
    name = _new_name()
    _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield _in_words(server.set(database=name))
    finally:
        _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def migrated_file(folder: Path, migrate: Migrate) -> Path:
    """Make an SQLite file that is up to date and can be copied."""
    path = folder / "template.db"
    apart(lambda: migrate(sqlite_url_of(path)))
    with closing(sqlite3.connect(path)) as connection:
        # What still stands in the write-ahead log would stay behind when the file alone is copied.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def sqlite_url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path.resolve()}"


@contextmanager
def _own_server(temporary: Path, quick: Path, settings: dict[str, str]) -> Iterator[URL]:
    # Not in memory as well: programs may often not be run from there.
    programs = postgresql.programs(temporary)
    for folder in (temporary, quick):
        programs.give(folder)
    data, log = quick / "data", quick / "log"

    def start(command: list[str]) -> subprocess.Popen[bytes]:
        # Ctrl-C is for the tests: the server is still needed while they tidy up.
        return subprocess.Popen(  # noqa: S603 - our own words, no shell
            command,
            cwd=quick,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **programs.rights,
        )

    with log.open("wb") as output:
        assert start(programs.making(data, "postgres", "--no-sync")).wait() == 0, log.read_text()
        with start(programs.serving(data, settings | {"unix_socket_directories": f"{quick}"})) as server:
            try:
                _wait_until_ready(server, data / "postmaster.pid", log)
                yield URL.create(
                    "postgresql+asyncpg", username="postgres", database="postgres", query={"host": f"{quick}"}
                )
            finally:
                # PostgreSQL's "fast" end: whoever is still connected is sent away.
                server.send_signal(signal.SIGINT)


def _wait_until_ready(server: subprocess.Popen[bytes], state: Path, log: Path) -> None:
    # PostgreSQL writes how it fares into the eighth line; pg_ctl waits for the same word.
    while not state.exists() or state.read_text().splitlines()[7:8] != ["ready   "]:
        assert server.poll() is None, log.read_text()
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _execute(server: URL, statement: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(_in_words(server.set(drivername="postgresql")))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    apart(lambda: asyncio.run(execute()))


def apart(do: Callable[[], Done]) -> Done:
    """Do it in a thread of its own, so that it may run an event loop whatever the test around it does with its own."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(do).result()


def _in_words(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _new_name() -> str:
    return f"maycall_test_{uuid4().hex[:12]}"
