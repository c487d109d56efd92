from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func
from sqlmodel import col, select

from models.columns import new_id
from models.customer import Customer
from models.database import Database
from models.page import Order, Page, Window, page
from models.workspace import Workspace
from tests.ground.house import DAY, NOON

NEVER = datetime(9999, 12, 31, tzinfo=UTC)

# Seven people of whom several share a moment and one has none: `updated_at`, nothing, `updated_at` …
MOMENTS = [NOON, NOON, NOON - DAY, NOON + DAY, NOON, NOON + DAY, NOON - DAY]
NAMES = ["a", "b", "c", None, "b", None, "a"]


@pytest_asyncio.fixture
async def people(database: Database) -> AsyncIterator[list[Customer]]:
    workspace = Workspace(id=new_id(), name="Chai & Co", created_at=NOON)
    people = [
        Customer(
            id=new_id(),
            workspace_id=workspace.id,
            name=name,
            phone=f"+9198123004{number}",
            created_at=NOON,
            updated_at=moment,
        )
        for number, (moment, name) in enumerate(zip(MOMENTS, NAMES, strict=True))
    ]
    async with database.writing() as session:
        session.add(workspace)
        await session.flush()
        session.add_all(people)
    yield people


Key = Any
ORDERS: dict[str, tuple[Order, Key]] = {
    "by id": (Order((col(Customer.id),)), lambda row: (row.id,)),
    "by id, newest first": (Order((col(Customer.id),), descending=True), lambda row: (row.id,)),
    "by moment": (Order((col(Customer.updated_at), col(Customer.id))), lambda row: (row.updated_at, row.id)),
    "by moment, latest first": (
        Order((col(Customer.updated_at), col(Customer.id)), descending=True),
        lambda row: (row.updated_at, row.id),
    ),
    "by name, the nameless last": (
        Order((func.coalesce(col(Customer.name), "~"), col(Customer.id))),
        lambda row: (row.name or "~", row.id),
    ),
}


@pytest.fixture(params=ORDERS)
def order(request: pytest.FixtureRequest) -> tuple[Order, Key]:
    return ORDERS[request.param]


async def read(database: Database, order: Order, window: Window) -> Page[Customer]:
    async with database.reading() as session:
        return await page(session, select(Customer), order, window)


@pytest.mark.parametrize("size", [1, 3, 7])
async def test_page_after_page_gives_every_row_once_in_order_from_either_end(
    database: Database, people: list[Customer], order: tuple[Order, Key], size: int
) -> None:
    by, key = order
    expected = [row.id for row in sorted(people, key=key, reverse=by.descending)]

    forwards: list[Any] = []
    after = None
    while True:
        found = await read(database, by, Window(size, after=after))
        forwards += [row.id for row in found.rows]
        assert found.has_more is (len(forwards) < len(people))
        if not found.has_more:
            break
        after = key(found.rows[-1])
    assert forwards == expected

    backwards: list[Any] = []
    before = None
    while True:
        found = await read(database, by, Window(size, before=before, from_end=True))
        backwards = [row.id for row in found.rows] + backwards
        assert found.has_more is (len(backwards) < len(people))
        if not found.has_more:
            break
        before = key(found.rows[0])
    assert backwards == expected


async def test_a_window_can_be_closed_on_both_sides(
    database: Database, people: list[Customer], order: tuple[Order, Key]
) -> None:
    by, key = order
    ordered = sorted(people, key=key, reverse=by.descending)
    first, last = key(ordered[1]), key(ordered[5])

    inside = await read(database, by, Window(2, after=first, before=last))
    assert ([row.id for row in inside.rows], inside.has_more) == ([row.id for row in ordered[2:4]], True)

    inside = await read(database, by, Window(2, after=first, before=last, from_end=True))
    assert ([row.id for row in inside.rows], inside.has_more) == ([row.id for row in ordered[3:5]], True)

    inside = await read(database, by, Window(3, after=first, before=last))
    assert ([row.id for row in inside.rows], inside.has_more) == ([row.id for row in ordered[2:5]], False)

    nothing = await read(database, by, Window(3, after=last, before=first))
    assert (nothing.rows, nothing.has_more) == ([], False)


@pytest.mark.parametrize("gone", [NOON - timedelta(microseconds=1), NOON + DAY / 2])
async def test_a_key_need_not_be_any_rows_own(database: Database, people: list[Customer], gone: datetime) -> None:
    by, _ = ORDERS["by moment"]
    later = sorted((row for row in people if row.updated_at > gone), key=lambda row: (row.updated_at, row.id))

    found = await read(database, by, Window(100, after=(gone, people[0].id)))

    assert [row.id for row in found.rows] == [row.id for row in later]


async def test_rows_that_come_and_go_between_two_pages_move_nobody_else(
    database: Database, people: list[Customer]
) -> None:
    by, key = ORDERS["by id"]
    first = await read(database, by, Window(3))
    async with database.writing() as session:
        for gone in (people[0], people[2]):
            await session.delete(await session.get_one(Customer, (gone.workspace_id, gone.id)))

    second = await read(database, by, Window(3, after=key(first.rows[-1])))

    assert [row.id for row in second.rows] == [row.id for row in people[3:6]]
