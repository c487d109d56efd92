import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models import database
from models.business_number import BusinessNumber
from models.database import Database, Standing, differences, is_current, migrate, standing
from tests.actions import meta
from tests.actions.doing import allow, asked, hear, rung
from tests.ground.databases import sqlite_url_of
from tests.ground.house import NOON, SECOND, open_business, open_house

# SQLite does not tell of what an index of something reckoned is made.
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")

TABLES = {
    "allowance",
    "workspace",
    "business_number",
    "customer",
    "former_name",
    "forgotten_name",
    "erasure",
    "request_batch",
    "batch_entry",
    "call_permission",
    "permission_request",
    "permission_reply",
    "call",
    "change",
    "webhook_delivery",
    "webhook_endpoint",
    "webhook_message",
    "api_token",
    "person",
}
FIRST_TABLES = TABLES - {
    "allowance",
    "request_batch",
    "batch_entry",
    "former_name",
    "forgotten_name",
    "erasure",
    "webhook_endpoint",
    "webhook_message",
    "person",
}  # on the way back to the first revision the others are gone
Found = TypeVar("Found")

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


def look(url: str, how: Callable[[Connection], Found]) -> Found:
    """Look into the database with plain SQL, whatever its tables are."""

    async def looking() -> Found:
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.connect() as connection:
            return await connection.run_sync(how)

    return asyncio.run(looking())


def rows(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Read every row of the first tables, in the order of their texts."""
    found = {}
    for table in FIRST_TABLES:
        every = connection.execute(text(f'SELECT * FROM "{table}"')).mappings()  # noqa: S608 names of our own tables
        found[table] = sorted((dict(row) for row in every), key=lambda row: sorted(map(str, row.items())))
    return found


def shape(connection: Connection) -> dict[str, Any]:
    """Describe the first tables: their columns, keys, references, indexes and checks, whatever these are called."""
    found, described = inspect(connection), {}
    for table in FIRST_TABLES:
        described[table] = {
            "columns": {(each["name"], str(each["type"]), each["nullable"]) for each in found.get_columns(table)},
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "unique": {tuple(each["column_names"]) for each in found.get_unique_constraints(table)}
            | {tuple(each["column_names"]) for each in found.get_indexes(table) if each["unique"]},
            "references": {
                (tuple(each["constrained_columns"]), each["referred_table"], tuple(each["referred_columns"]))
                for each in found.get_foreign_keys(table)
            },
            "indexes": {(each["name"], tuple(each["column_names"])) for each in found.get_indexes(table)},
            "checks": {each["name"] for each in found.get_check_constraints(table)},
        }
    return described


async def fill(url: str) -> None:
    """Put rows into each of the first tables, by doing what makes them."""
    async with open_house(url) as house:
        await asked(house)
        await allow(house)
        await rung(house)
        await hear(house.resources, meta.replied("wamid.unasked", NOON + SECOND, phone="+491721234567"))
        await open_business(house.resources, "Another", phone_number_id="2", display_phone_number="+918045550143")
        async with house.resources.database.writing() as session:  # older versions do not keep it, so it cannot outlive
            await session.exec(update(BusinessNumber).values(heard_at=None))


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


def test_what_is_in_the_tables_outlives_the_way_to_keys_by_workspace_and_back(bare_url: str) -> None:
    migrate(bare_url, "0001")
    first = look(bare_url, shape)
    migrate(bare_url, "0002")
    second = look(bare_url, shape)
    migrate(bare_url)
    asyncio.run(fill(bare_url))
    written = look(bare_url, rows)
    assert all(written.values())

    while look(bare_url, shape) != first:
        migrate(bare_url, "-1")
    before = look(bare_url, rows)
    assert before.keys() == written.keys()
    for table, kept in before.items():
        assert kept == [{name: row[name] for name in kept[0]} for row in written[table]], table

    migrate(bare_url, "0002")
    assert look(bare_url, shape) == second
    migrate(bare_url)
    assert look(bare_url, rows) == written
    assert differences(bare_url) == []


def test_a_pause_that_was_known_before_pauses_had_dates_goes_on_until_newer_news(bare_url: str) -> None:
    async def put(url: str) -> None:
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.begin() as connection:
            for statement in (A_BUSINESS, ITS_PAUSED_NUMBER):
                await connection.execute(text(statement))

    def known(connection: Connection) -> list[bool]:
        columns = "pause_told_at = updated_at, pause_told_until = restricted_until, restricted_until IS NOT NULL"
        return [bool(one) for one in connection.execute(text(f"SELECT {columns} FROM business_number")).one()]  # noqa: S608

    migrate(bare_url, "0002")
    asyncio.run(put(bare_url))
    migrate(bare_url)
    assert look(bare_url, known) == [True, True, True]
    migrate(bare_url, "0002")
    migrate(bare_url)
    assert look(bare_url, known) == [True, True, True]


A_BUSINESS = """
    INSERT INTO workspace (id, name, created_at, last_sequence)
    VALUES ('019aa000000070008000000000000001', 'Chai & Co', '2026-11-20 12:00:00', 0)
"""
ITS_PAUSED_NUMBER = """
    INSERT INTO business_number (workspace_id, id, phone_number_id, display_phone_number, waba_id, name, environment,
        policy, calling_enabled, restricted_until, created_at, updated_at)
    VALUES ('019aa000000070008000000000000001', '019aa000000070008000000000000002', '1', '+918045550142', '2', 'Chai',
        'PRODUCTION', 'PRODUCTION', TRUE, '2026-11-27 12:00:00', '2026-11-19 12:00:00', '2026-11-20 12:00:00')
"""


def test_a_row_cannot_refer_to_another_workspace_s(database_url: str) -> None:
    asyncio.run(fill(database_url))

    async def stray() -> None:
        engine = create_async_engine(database_url, poolclass=NullPool)
        async with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                await connection.execute(text("PRAGMA foreign_keys = ON"))
            others = "SELECT id FROM workspace WHERE name = 'Another'"
            await connection.execute(text(f"UPDATE call SET workspace_id = ({others})"))  # noqa: S608 our own words

    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        asyncio.run(stray())


# --- While another version serves ---


async def pretend(url: str, revision: str) -> None:
    """Have the database migrated by a later version of this code, which added to it."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE customer ADD COLUMN nickname text"))
        await connection.execute(text("CREATE TABLE later (id integer PRIMARY KEY)"))
        await connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


async def stands(url: str) -> Standing:
    database = Database(url)
    try:
        return await standing(database)
    finally:
        await database.close()


def test_a_database_to_which_a_later_version_added_is_worked_with_and_left_as_it_is(database_url: str) -> None:
    asyncio.run(pretend(database_url, "0999"))
    assert asyncio.run(stands(database_url)) is Standing.AHEAD
    migrate(database_url)
    assert asyncio.run(stands(database_url)) is Standing.AHEAD
    asyncio.run(fill(database_url))
    assert look(database_url, lambda connection: rows(connection)["customer"])[0]["nickname"] is None


def test_a_database_that_a_later_version_changed_is_not_worked_with(database_url: str) -> None:
    asyncio.run(pretend(database_url, "anew-0999"))
    assert asyncio.run(stands(database_url)) is Standing.BEYOND
    with pytest.raises(CommandError):
        migrate(database_url)


def test_a_database_of_an_earlier_version_lacks_something(database_url: str) -> None:
    migrate(database_url, "-1")
    assert asyncio.run(stands(database_url)) is Standing.BEHIND


def test_each_revision_that_goes_by_a_mere_number_only_adds_what_an_earlier_version_need_not_know(
    tmp_path: Path,
) -> None:
    url = sqlite_url_of(tmp_path / "maycall.db")
    folder = Path(database.__file__).parent / "migrations" / "versions"
    names = sorted(path.name.split("_")[0] for path in folder.glob("*.py"))
    assert [int(name.rpartition("-")[2]) for name in names] == list(range(1, len(names) + 1))
    before: dict[str, Any] = {}
    for name in names:
        migrate(url, name)
        after = look(url, shape)
        if "-" not in name and name > "0002":  # which needs the servers stopped, as it says
            for table, was in before.items():
                added = after[table]["columns"] - was["columns"]
                assert was["columns"] <= after[table]["columns"], (name, table)
                assert all(nullable for _, _, nullable in added), (name, table, added)
                for part in ("key", "checks"):
                    assert after[table][part] == was[part], (name, table, part)
                new = {column for column, _, _ in added}
                assert was["references"] <= after[table]["references"], (name, table)
                referring = after[table]["references"] - was["references"]
                assert all(new.intersection(columns) for columns, _, _ in referring), (name, table, referring)
                assert was["unique"] <= after[table]["unique"], (name, table)
                made_unique = after[table]["unique"] - was["unique"]
                assert all(new.intersection(columns) for columns in made_unique), (name, table, made_unique)
        before = after
