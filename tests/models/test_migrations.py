import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models.database import Database, differences, is_current, migrate
from tests.ground.databases import sqlite_url_of

TABLES = {
    "workspace",
    "business_number",
    "customer",
    "call_permission",
    "permission_request",
    "permission_reply",
    "call",
    "change",
    "webhook_delivery",
    "api_token",
}
LISTING = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database with nothing in it: first on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        return sqlite_url_of(tmp_path / "folder" / "that is not there" / "maycall.db")
    url: str = request.getfixturevalue("bare_postgresql_url")
    return url


async def tables(url: str) -> set[str]:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        names = (await connection.execute(text(LISTING[engine.dialect.name]))).scalars()
        return set(names) - {"alembic_version"}


async def current(url: str) -> bool:
    database = Database(url)
    try:
        return await is_current(database)
    finally:
        await database.close()


def test_the_migrated_database_and_the_models_agree(database_url: str) -> None:
    assert differences(database_url) == []


def test_migrations_go_up_and_down_and_up_again(bare_url: str) -> None:
    assert not asyncio.run(current(bare_url))

    migrate(bare_url)
    assert asyncio.run(tables(bare_url)) == TABLES
    assert asyncio.run(current(bare_url))

    migrate(bare_url, "base")
    assert asyncio.run(tables(bare_url)) == set()
    assert not asyncio.run(current(bare_url))

    migrate(bare_url)
    assert asyncio.run(tables(bare_url)) == TABLES
    assert differences(bare_url) == []


def test_migrating_what_is_up_to_date_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    assert asyncio.run(current(database_url))
    assert differences(database_url) == []


def test_a_difference_between_database_and_models_is_noticed(database_url: str) -> None:
    async def spoil() -> None:
        engine = create_async_engine(database_url, poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.execute(text("ALTER TABLE customer ADD COLUMN nickname text"))

    asyncio.run(spoil())
    [(what, _, table, column)] = differences(database_url)
    assert (what, table, column.name) == ("remove_column", "customer", "nickname")
