"""All secrets at once: which keys they need, whether they open, and sealed again with a new key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text
from sqlmodel import SQLModel

from actions import sealing
from actions.resources import Resources
from models import sealed
from models.business_number import BusinessNumber
from models.sealed import Seal, SealError
from tests.ground.house import House, open_business

TOKEN, APP_SECRET = "EAAB-the-token-of-a-business", "0a1b2c3d-the-secret-of-an-app"
OLD, NEW = b"o" * 32, b"n" * 32


@asynccontextmanager
async def holding(resources: Resources, number: BusinessNumber) -> AsyncIterator[BusinessNumber]:
    """Give the number's row, to be changed."""
    async with resources.database.writing() as session:
        yield await session.get_one(BusinessNumber, (number.workspace_id, number.id))


async def keep_secrets(resources: Resources, number: BusinessNumber) -> None:
    async with holding(resources, number) as own:
        resources.seal.put(own, "access_token", TOKEN)
        resources.seal.put(own, "app_secret", APP_SECRET)


async def read(resources: Resources, number: BusinessNumber) -> tuple[str | None, str | None]:
    async with resources.database.reading() as session:
        own = await session.get_one(BusinessNumber, (number.workspace_id, number.id))
    return resources.seal.read(own, "access_token"), resources.seal.read(own, "app_secret")


def with_keys(house: House, *keys: bytes) -> Resources:
    return replace(house.resources, seal=Seal(keys))


async def test_a_key_is_changed_step_by_step_without_a_moment_in_which_secrets_cannot_be_read(house: House) -> None:
    old, both, new = with_keys(house, OLD), with_keys(house, NEW, OLD), with_keys(house, NEW)
    others = [await open_business(old, phone_number_id=f"1{i}", display_phone_number=f"+1555010{i}") for i in range(3)]
    for number in (house.number, others[0].number, others[2].number):
        await keep_secrets(old, number)
    assert await sealing.missing_keys(new) != []
    assert await sealing.missing_keys(both) == await sealing.lost(both) == []

    done = await sealing.seal_again(both, clear_lost=False)
    assert (done.secrets, done.again, done.cleared) == (6, 6, 0)

    assert await sealing.missing_keys(new) == await sealing.lost(new) == []
    assert await read(new, others[2].number) == (TOKEN, APP_SECRET)
    assert await read(new, others[1].number) == (None, None)
    done = await sealing.seal_again(new, clear_lost=False)
    assert (done.secrets, done.again, done.cleared) == (6, 0, 0)


async def test_more_rows_than_fit_into_one_transaction_are_all_sealed_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "AT_ONCE", 2)
    old, both = with_keys(house, OLD), with_keys(house, NEW, OLD)
    for i in range(5):
        other = await open_business(old, phone_number_id=f"1{i}", display_phone_number=f"+1555010{i}")
        await keep_secrets(old, other.number)
    assert len(await sealing.lost(with_keys(house, NEW))) == 10
    assert (await sealing.seal_again(both, clear_lost=False)).again == 10
    assert await sealing.lost(with_keys(house, NEW)) == []


async def test_what_no_key_opens_stops_it_with_nothing_changed_or_is_thrown_away_when_told_so(house: House) -> None:
    await keep_secrets(with_keys(house, OLD), house.number)
    new = with_keys(house, NEW)
    with pytest.raises(SealError, match="is not among MAYCALL_ENCRYPTION_KEY"):
        await sealing.seal_again(new, clear_lost=False)
    assert await read(with_keys(house, OLD), house.number) == (TOKEN, APP_SECRET)

    done = await sealing.seal_again(new, clear_lost=True)
    assert (done.secrets, done.again, done.cleared) == (2, 0, 2)
    assert await read(new, house.number) == (None, None)
    assert await sealing.missing_keys(new) == []


async def test_a_secret_put_into_another_row_is_told_of_as_lost(house: House) -> None:
    other = await open_business(house.resources, phone_number_id="15550100", display_phone_number="+15550100")
    await keep_secrets(house.resources, house.number)
    async with house.resources.database.reading() as session:
        own = await session.get_one(BusinessNumber, (house.number.workspace_id, house.number.id))
    async with holding(house.resources, other.number) as foreign:
        foreign.access_token = own.access_token
    [sentence] = await sealing.lost(house.resources)
    assert sentence.startswith("The secret in business_number.access_token of ")
    assert sentence.endswith("is not what was sealed there: it was changed, or moved from elsewhere.")


async def test_no_row_of_any_table_holds_a_secret_as_it_is(house: House) -> None:
    await keep_secrets(house.resources, house.number)
    rows = 0
    async with house.resources.database.engine.connect() as connection:
        for table in SQLModel.metadata.tables.values():
            plain = select(*(text(f'"{column.name}"') for column in table.columns)).select_from(table)
            for row in await connection.execute(plain):
                rows += 1
                assert TOKEN not in str(row)
                assert APP_SECRET not in str(row)
    assert rows > 5


async def test_the_database_s_files_hold_no_secret(house: House) -> None:
    url = make_url(house.resources.database.url)
    if url.get_backend_name() != "sqlite":
        pytest.skip("where a PostgreSQL server keeps its files is its own matter")
    await keep_secrets(house.resources, house.number)
    file = Path(url.database or "")
    written = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    assert house.number.phone_number_id.encode() in written
    assert TOKEN.encode() not in written
    assert APP_SECRET.encode() not in written
