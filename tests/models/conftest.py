"""A database to remember things in."""

from collections.abc import AsyncIterator

import pytest_asyncio

from models.database import Database


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Give a database that is up to date and empty, on SQLite and then on PostgreSQL."""
    database = Database(database_url)
    yield database
    await database.close()
