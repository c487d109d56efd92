"""The database: sessions to read and to write with. The only commit in the house is here."""

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, func, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SAWarning
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import sqlite, tables

Session = AsyncSession

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}

# A server that stands still in the middle of a transaction, as when its machine is frozen, must not keep its locks:
# no transaction of ours waits for anything but the database.
MOST_IDLE_MILLISECONDS = 10_000

_MIGRATIONS = Path(__file__).parent / "migrations"
_ALONE = 0x6D617963616C6C  # "maycall", so as not to meet another program's lock on a shared database


def is_deadlock(error: BaseException) -> bool:
    """Whether PostgreSQL undid this one's work, because it and another waited for each other: it may be done again."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "40P01"


class Database:
    """Where sessions come from.

    On SQLite writers take turns here and take the write lock when they begin, so that what they read is what they
    decide on; on PostgreSQL row locks (`with_for_update`) do the same, row by row.
    """

    def __init__(self, url: str) -> None:
        self.url = address(url)
        self.engine = engine(self.url)
        self._writers = self.engine.execution_options(writing=True)
        self._turn = asyncio.Lock() if self.url.get_backend_name() == "sqlite" else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """Give a session for reading; nothing done with it is kept."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        """Give a session whose work is committed when the block ends well, and forgotten when it does not."""
        async with AsyncExitStack() as stack:
            if self._turn is not None:
                await stack.enter_async_context(self._turn)
            session = await stack.enter_async_context(AsyncSession(self._writers, expire_on_commit=False))
            yield session
            await session.commit()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Let only one server at a time be in such a block: for what is there once, and nobody has a row to lock for.

        SQLite serves one process, which has no need of it.
        """
        async with self.reading() as session:
            if self.url.get_backend_name() == "postgresql":
                await session.exec(select(func.pg_advisory_xact_lock(_ALONE)))
            yield

    async def close(self) -> None:
        await self.engine.dispose()


def address(url: str) -> URL:
    """Read a database's address, with the driver that the house speaks through where none is named."""
    parsed = make_url(url)
    return parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))


def engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        patience = {"idle_in_transaction_session_timeout": f"{MOST_IDLE_MILLISECONDS}"}
        connecting = {"server_settings": patience}
        return create_async_engine(
            url, connect_args=connecting, pool_size=10, max_overflow=20, pool_pre_ping=True, hide_parameters=True
        )
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    made = create_async_engine(
        url, connect_args={"timeout": 30, "async_creator_fn": sqlite.connect}, hide_parameters=True
    )
    event.listen(made.sync_engine, "connect", _set_up_sqlite)
    event.listen(made.sync_engine, "begin", _begin_on_sqlite)
    return made


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to `revision` of its tables, making it where it is not there. Not for use inside a loop."""
    asyncio.run(_on_connection(url, lambda connection: _migrate(connection, revision), copying=True))


class Standing(StrEnum):
    """How the database's tables stand to those that this code works with."""

    BEHIND = "BEHIND"  # they lack something
    CURRENT = "CURRENT"
    AHEAD = "AHEAD"  # a later version added to them, which this one need not know
    BEYOND = "BEYOND"  # a later version changed them in a way that this one cannot work with


async def standing(database: Database) -> Standing:
    """Tell how far the database's tables are migrated."""
    return (await condition(database)).standing


@dataclass(frozen=True, slots=True)
class Condition:
    """How a database is found: how its tables stand to this code, and what time it has, unless it has the machine's."""

    standing: Standing
    now: datetime | None


async def condition(database: Database) -> Condition:
    """Ask the database how it is."""
    async with database.engine.connect() as connection:
        stands = await connection.run_sync(_standing)
        if database.url.get_backend_name() == "sqlite":
            return Condition(stands, None)
        return Condition(stands, (await connection.execute(select(func.clock_timestamp()))).scalar_one())


async def is_current(database: Database) -> bool:
    """Tell whether the database has exactly the tables that this code works with."""
    return await standing(database) is Standing.CURRENT


def _standing(connection: Connection) -> Standing:
    return _standing_at(MigrationContext.configure(connection).get_current_revision())


@cache
def _standing_at(present: str | None) -> Standing:
    """Compare revisions by their names alone: of a later version's we have no more.

    A name is a number, with a word before it since the last revision that was no mere addition: 0004, or calls-0009.
    """
    scripts = ScriptDirectory.from_config(_configuration())
    head = scripts.get_current_head() or ""
    if present == head:
        return Standing.CURRENT
    if present is None or present in {script.revision for script in scripts.walk_revisions()}:
        return Standing.BEHIND
    only_added = present.rpartition("-")[0] == head.rpartition("-")[0] and present > head
    return Standing.AHEAD if only_added else Standing.BEYOND


def differences(url: str) -> list[Any]:
    """List where the migrated database and the models disagree. Not for use inside a loop."""
    found: list[Any] = []

    def compare(connection: Connection) -> None:
        with warnings.catch_warnings():
            # SQLite does not tell of what an index of something reckoned is made: that is compared on PostgreSQL.
            warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index", SAWarning)
            warnings.filterwarnings("ignore", "autogenerate skipping metadata-specified expression-based index")
            found.extend(compare_metadata(MigrationContext.configure(connection), SQLModel.metadata))

    asyncio.run(_on_connection(url, compare))
    return found


async def _on_connection(url: str, work: Any, *, copying: bool = False) -> None:
    made = engine(address(url))
    if copying and made.dialect.name == "sqlite":
        # A table is changed there by being copied and dropped, which its references must not notice in between.
        event.listen(made.sync_engine, "connect", _let_references_dangle)
    try:
        async with made.begin() as connection:
            await connection.run_sync(work)
    finally:
        await made.dispose()


def _migrate(connection: Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ALONE)))  # several may be started with --migrate at once
    if revision == "head" and _standing(connection) is Standing.AHEAD:
        return  # nothing is missing here
    configuration = _configuration()
    configuration.attributes["connection"] = connection
    if revision == "base" or revision.startswith("-"):
        command.downgrade(configuration, revision)
    else:
        command.upgrade(configuration, revision)
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if dangling:
            raise ValueError(f"Rows would be left that refer to others that are not there: {dangling[:5]}.")


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(_MIGRATIONS))
    return configuration


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """Leave BEGIN to us; readers beside a writer; and a commit that is on the disk when it returns."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _let_references_dangle(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()


def _begin_on_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


__all__ = [
    "Condition",
    "Database",
    "Session",
    "Standing",
    "address",
    "condition",
    "differences",
    "is_current",
    "migrate",
    "standing",
    "tables",
]
