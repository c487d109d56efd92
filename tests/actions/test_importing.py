"""Customers brought in by the hundred."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, select

from actions import deletion
from actions.imports import Import, Imported, Outcome, Problem, Row
from models.call_permission import CallPermission
from models.customer import Customer
from rules.permission import Status
from rules.refusals import RequestLimitReached
from tests.ground.house import MEERA, House, open_business

from .doing import ask, asked, log_of, log_stands_at, nothing_written_or_sent, permission_of


def importing(house: House, *, dry_run: bool = False) -> Import:
    return Import(house.resources, house.business.workspace.id, "import", dry_run=dry_run)


async def imported(house: House, *rows: dict[str, Any], dry_run: bool = False) -> list[Imported]:
    """Bring in rows numbered from 1."""
    numbered = [Row(number, row) for number, row in enumerate(rows, 1)]
    return await importing(house, dry_run=dry_run).take(numbered)


def in_short(done: list[Imported]) -> list[tuple[int, str]]:
    return [(own.number, (own.problem or own.outcome).value) for own in done]


async def customer(house: House, customer_id: object) -> Customer:
    async with house.resources.database.reading() as session:
        return (await session.exec(select(Customer).where(col(Customer.id) == customer_id))).one()


async def test_rows_create_change_and_leave_customers_and_the_log_tells_as_of_any_other(house: House) -> None:
    before = await log_stands_at(house)
    done = await imported(
        house,
        {"phone": "+91 98000 00001", "name": "Asha Rao", "tags": ["vip", "vip"], "timezone": "Asia/Kolkata"},
        {"phone": MEERA["phone"], "external_id": "C-1"},
        {"phone": "+5511987650321", "name": "Caio Prado"},
    )
    assert in_short(done) == [(1, "CREATED"), (2, "UPDATED"), (3, "UNCHANGED")]
    asha, meera, caio = [own.customer for own in done]
    assert asha is not None and meera is not None and caio is not None  # noqa: PT018 so that the types know it too
    assert (asha.phone, asha.tags, meera.id, meera.name, caio.id) == (
        "+919800000001",
        ["vip"],
        house.meera.id,
        "Meera Kulkarni",
        house.caio.id,
    )
    assert (await customer(house, house.meera.id)).external_id == "C-1"
    told = [(change.subject_id, change.cause.value, change.actor) for change in await log_of(house, before)]
    assert told == [(asha.id, "CREATED", "import"), (meera.id, "UPDATED", "import")]
    assert (await permission_of(house.resources, asha)).status is Status.NOT_REQUESTED


async def test_the_same_rows_once_more_change_nothing(house: House) -> None:
    rows = (
        {"phone": "+919800000001", "name": " Asha Rao ", "tags": ["b", "a"]},
        {"external_id": "X", "phone": MEERA["phone"]},
    )
    await imported(house, *rows)
    async with nothing_written_or_sent(house):
        assert in_short(await imported(house, *rows)) == [(1, "UNCHANGED"), (2, "UNCHANGED")]


async def test_a_dry_run_tells_the_same_and_changes_nothing(house: House) -> None:
    rows = ({"phone": "+919800000001"}, {"phone": MEERA["phone"], "name": "M"}, {"phone": "12"})
    async with nothing_written_or_sent(house):
        done = await imported(house, *rows, dry_run=True)
    assert in_short(done) == [(1, "CREATED"), (2, "UPDATED"), (3, "INVALID")]
    assert done[0].customer is None
    assert in_short(await imported(house, *rows)) == in_short(done)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"phone": "98123"}, Problem.INVALID),
        ({"phone": "+919800000001", "timezone": "Mars/Olympus"}, Problem.INVALID),
        ({"phone": "+919800000001", "name": "x" * 201}, Problem.INVALID),
        ({"name": "Nobody"}, Problem.INVALID),
        ({"external_id": "C-9", "name": "Unreachable"}, Problem.UNREACHABLE),
        ({"external_id": "caio", "phone": None}, Problem.UNREACHABLE),
        ({"external_id": "caio", "phone": MEERA["phone"]}, Problem.SEVERAL_CUSTOMERS),
    ],
)
async def test_a_row_that_cannot_be_meant_is_refused_and_keeps_no_other_back(
    house: House, row: dict[str, Any], problem: Problem
) -> None:
    await imported(house, {"phone": "+5511987650321", "external_id": "caio"})
    done = await imported(house, row, {"phone": "+919800000009"})
    assert in_short(done) == [(1, problem.value), (2, "CREATED")]
    assert done[0].message
    assert (await customer(house, house.meera.id)).external_id is None


async def test_a_customer_who_is_meant_twice_is_taken_from_the_first_row(house: House) -> None:
    await imported(house, {"phone": MEERA["phone"], "external_id": "M-1"})
    done = await imported(
        house,
        {"phone": "+919800000001", "name": "First"},
        {"phone": "+91 9800 000 001", "name": "Second"},
        {"phone": MEERA["phone"], "name": "By phone"},
        {"external_id": "M-1", "name": "By id"},
    )
    assert in_short(done) == [(1, "CREATED"), (2, "SAME_CUSTOMER_TWICE"), (3, "UPDATED"), (4, "SAME_CUSTOMER_TWICE")]
    assert done[1].message == "Row 1 has the phone +919800000001 too. Keep one row for a customer."
    assert done[3].message == "Row 3 means the same customer. Keep one row for a customer."


async def test_whom_earlier_batches_meant_no_later_one_means(house: House) -> None:
    await imported(house, {"phone": MEERA["phone"], "external_id": "M-1"})
    one = importing(house)
    await one.take([Row(1, {"phone": MEERA["phone"], "name": "M"}), Row(2, {"phone": "+919800000001"})])
    done = await one.take([Row(3, {"external_id": "M-1"}), Row(4, {"phone": "+919800000001"})])
    assert in_short(done) == [(3, "SAME_CUSTOMER_TWICE"), (4, "SAME_CUSTOMER_TWICE")]
    assert one.totals == {Outcome.UPDATED: 1, Outcome.CREATED: 1, Outcome.REFUSED: 2}


async def test_another_workspaces_customers_are_none_of_the_rows(house: House) -> None:
    rival = await open_business(
        house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918045550199"
    )
    theirs = await rival.customer(phone="+919800000001", external_id="R-1")
    done = await imported(house, {"phone": "+919800000001", "external_id": "R-1", "name": "Ours"})
    assert in_short(done) == [(1, "CREATED")]
    assert (await customer(house, theirs.id)).name is None


async def test_two_imports_of_the_same_rows_at_once_make_each_customer_once(house: House) -> None:
    rows = [{"phone": f"+9198000{number:05}", "name": "Asha"} for number in range(50)]
    done = await asyncio.gather(*(imported(house, *order) for order in (rows, rows[::-1], rows)))
    assert sorted(own.outcome.value for each in done for own in each) == ["CREATED"] * 50 + ["UNCHANGED"] * 100
    async with house.resources.database.reading() as session:
        assert len((await session.exec(select(CallPermission))).all()) == 52


async def test_limits_of_who_was_deleted_count_for_who_is_imported(house: House) -> None:
    await asked(house)
    await deletion.delete(house.resources, house.admin, house.meera.id)
    [again] = await imported(house, {"phone": MEERA["phone"]})
    assert isinstance(await ask(house, again.customer), RequestLimitReached)


async def test_a_thousand_rows_take_few_statements(house: House) -> None:
    rows = [{"phone": f"+9198000{number:05}", "external_id": f"C-{number}", "name": "A"} for number in range(1000)]
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        said.append(sql)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        await imported(house, *rows)
        created = len(said)
        await imported(house, *({**row, "name": "B"} for row in rows))
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert created < 25
    assert len(said) - created < 25
