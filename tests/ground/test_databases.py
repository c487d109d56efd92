import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.ground.databases import cloned, migrated_file, migrated_template, sqlite_url_of


async def execute(url: str, *statements: str) -> list[Any]:
    """Give the last statement's rows."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        for statement in statements:
            result = await connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def migrate_to_one_row(url: str) -> None:
    asyncio.run(execute(url, "CREATE TABLE greeting (words text)", "INSERT INTO greeting VALUES ('hello')"))


async def test_a_bare_database_has_no_tables(bare_postgresql_url: str) -> None:
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    assert await execute(bare_postgresql_url, tables) == []


async def test_each_clone_starts_as_the_template_and_keeps_its_changes_to_itself(postgresql: URL) -> None:
    with (
        migrated_template(postgresql, migrate_to_one_row) as template,
        cloned(postgresql, template) as first,
        cloned(postgresql, template) as second,
    ):
        await execute(first, "DELETE FROM greeting")
        assert await execute(second, "SELECT words FROM greeting") == [("hello",)]


async def test_a_clone_is_dropped_even_while_somebody_is_still_connected(postgresql: URL) -> None:
    with cloned(postgresql, "template1") as url:
        engine = create_async_engine(url, poolclass=NullPool)
        connection = await engine.connect()
        await connection.execute(text("SELECT 1"))
    names = await execute(postgresql.render_as_string(hide_password=False), "SELECT datname FROM pg_database")
    assert (make_url(url).database,) not in names
    await connection.invalidate()
    await connection.close()


async def test_a_migrated_file_can_be_copied_as_it_stands(tmp_path: Path) -> None:
    def migrate_with_a_log(url: str) -> None:
        with closing(sqlite3.connect(make_url(url).database or "")) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        migrate_to_one_row(url)

    template = migrated_file(tmp_path, migrate_with_a_log)
    copy = sqlite_url_of(shutil.copyfile(template, tmp_path / "copy.db"))
    assert await execute(copy, "SELECT words FROM greeting") == [("hello",)]
