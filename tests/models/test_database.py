import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import col, select, update

from models import sqlite
from models import workspace as workspaces
from models.change import Cause, Change, ChangeKind, after
from models.columns import has_any_of, new_id
from models.customer import Customer
from models.database import Database, address
from models.workspace import Workspace
from tests.ground.house import NOON


def workspace(name: str = "Chai & Co", created_at: datetime = NOON) -> Workspace:
    return Workspace(id=new_id(), name=name, created_at=created_at)


async def add(database: Database, *rows: Workspace | Customer) -> None:
    async with database.writing() as session:
        for row in rows:
            session.add(row)
            await session.flush()


async def names(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.exec(select(Workspace.name).order_by(Workspace.name)))


# --- Sessions ---


async def test_what_is_written_is_there_once_the_block_has_ended(database: Database) -> None:
    async with database.writing() as session:
        session.add(workspace())
        await session.flush()
        assert await names(database) == []
    assert await names(database) == ["Chai & Co"]


async def test_an_error_in_the_block_undoes_all_of_it(database: Database) -> None:
    await add(database, workspace("before"))

    async def fail_halfway() -> None:
        async with database.writing() as session:
            session.add(workspace("during"))
            await session.flush()
            await session.exec(update(Workspace).values(name="changed"))
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await fail_halfway()
    await add(database, workspace("after"))
    assert await names(database) == ["after", "before"]


async def test_a_server_that_stands_still_in_the_middle_of_a_transaction_loses_it_and_holds_up_nobody(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.database.MOST_IDLE_MILLISECONDS", 2_000)
    frozen, other = Database(postgresql_url), Database(postgresql_url)
    await add(other, workspace("before"))

    async def stand_still() -> None:
        async with frozen.writing() as session:
            await session.exec(update(Workspace).values(name="frozen"))
            async with asyncio.timeout(60), other.writing() as other_session:
                await other_session.exec(update(Workspace).values(name="other"))

    with pytest.raises(DBAPIError):
        await stand_still()
    assert await names(other) == ["other"]
    for database in (frozen, other):
        await database.close()


async def test_being_cancelled_in_the_block_undoes_all_of_it_and_lets_the_next_one_write(database: Database) -> None:
    inside = asyncio.Event()

    async def write_and_wait() -> None:
        async with database.writing() as session:
            session.add(workspace("during"))
            await session.flush()
            inside.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write_and_wait())
    await inside.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await add(database, workspace("after"))
    assert await names(database) == ["after"]


async def test_nothing_done_in_a_reading_block_is_kept(database: Database) -> None:
    async with database.reading() as session:
        session.add(workspace())
        await session.flush()
    assert await names(database) == []


async def test_what_was_read_can_still_be_read_after_the_block(database: Database) -> None:
    await add(database, workspace())
    async with database.writing() as session:
        found = (await session.exec(workspaces.first())).one()
    assert (found.name, found.created_at, found.last_sequence) == ("Chai & Co", NOON, 0)


async def test_a_row_that_belongs_to_nothing_is_refused(database: Database) -> None:
    lost = Customer(workspace_id=new_id(), phone="+919812300457", created_at=NOON, updated_at=NOON)
    with pytest.raises(IntegrityError):
        await add(database, lost)


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///var/maycall.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///var/maycall.db", "sqlite+aiosqlite"),
        ("postgresql://me@db/maycall", "postgresql+asyncpg"),
        ("postgres://me@db/maycall", "postgresql+asyncpg"),
    ],
)
def test_a_database_may_be_named_without_its_driver(given: str, driver: str) -> None:
    assert address(given).drivername == driver


# --- Moments ---


async def test_a_moment_comes_back_aware_and_in_utc(database: Database) -> None:
    in_delhi = datetime(2026, 11, 20, 17, 30, 0, 123456, timezone(timedelta(hours=5, minutes=30)))
    await add(database, workspace(created_at=in_delhi))
    async with database.reading() as session:
        found = (await session.exec(select(Workspace.created_at))).one()
    assert found == in_delhi
    assert found.isoformat() == "2026-11-20T12:00:00.123456+00:00"
    assert found.tzinfo is UTC


async def test_moments_are_compared_as_moments_whatever_zone_they_are_given_in(database: Database) -> None:
    await add(database, workspace(created_at=NOON))
    a_minute_before = (NOON - timedelta(minutes=1)).astimezone(timezone(timedelta(hours=14)))
    a_minute_after = (NOON + timedelta(minutes=1)).astimezone(timezone(timedelta(hours=-11)))
    async with database.reading() as session:
        between = select(Workspace.name).where(col(Workspace.created_at).between(a_minute_before, a_minute_after))
        assert (await session.exec(between)).all() == ["Chai & Co"]


async def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(StatementError, match="2026-11-20 12:00:00 has no time zone"):
        await add(database, workspace(created_at=naive))
    async with database.reading() as session:
        with pytest.raises(StatementError, match="has no time zone"):
            await session.exec(select(Workspace).where(col(Workspace.created_at) < naive))


# --- Tags ---


async def test_a_customer_is_found_by_any_of_their_tags(database: Database) -> None:
    own = workspace()
    tags = {"none": [], "one": ["vip"], "two": ["delivery", "vip"], "odd": ['it\'s "new"', "ü,{}", "VIP"]}
    people = [
        Customer(workspace_id=own.id, name=name, phone=name, tags=tags[name], created_at=NOON, updated_at=NOON)
        for name in tags
    ]
    await add(database, own, *people)

    async def with_any_of(*wanted: str) -> list[str | None]:
        async with database.reading() as session:
            found = select(Customer.name).where(has_any_of(col(Customer.tags), wanted)).order_by(col(Customer.id))
            return list(await session.exec(found))

    assert await with_any_of("vip") == ["one", "two"]
    assert await with_any_of("delivery", "nothing") == ["two"]
    assert await with_any_of("delivery", "vip", "vip") == ["one", "two"]
    assert await with_any_of('it\'s "new"') == ["odd"]
    assert await with_any_of("ü,{}") == ["odd"]
    assert await with_any_of("vi") == []
    assert await with_any_of() == []


# --- The log ---


async def test_thirty_writers_at_once_leave_a_log_without_gaps_in_the_order_of_their_commits(
    database: Database, database_url: str
) -> None:
    own, other = workspace("own"), workspace("other")
    elsewhere = Database(database_url)  # a reader must not wait for a connection that a writer holds
    await add(database, own, other)
    seen: list[int] = []

    def change(sequence: int) -> Change:
        return Change(
            workspace_id=own.id,
            sequence=sequence,
            kind=ChangeKind.CUSTOMER,
            cause=Cause.UPDATED,
            occurred_at=NOON,
            recorded_at=NOON,
            subject_id=own.id,
        )

    async def write(count: int) -> None:
        async with database.writing() as session:
            last = (await session.exec(workspaces.take_sequence(own.id, count))).scalar_one()
            for sequence in range(last - count + 1, last + 1):
                session.add(change(sequence))
            await session.flush()
            async with elsewhere.reading() as reader:
                committed = (await reader.exec(after(own.id, 0, 1000))).all()
            # Whoever holds the numbers sees all the earlier ones committed: nobody overtakes.
            assert [line.sequence for line in committed] == list(range(1, last - count + 1))
            seen.append(last)

    async def fail() -> None:
        async with database.writing() as session:
            await session.exec(workspaces.take_sequence(own.id, 3))
            raise RuntimeError("halfway")

    writing = (write(1 + number % 3) for number in range(30))
    failing = (fail() for _ in range(5))
    results = await asyncio.gather(*writing, *failing, return_exceptions=True)
    await elsewhere.close()

    assert [str(result) for result in results] == ["None"] * 30 + ["halfway"] * 5
    async with database.reading() as session:
        log = (await session.exec(after(own.id, 0, 1000))).all()
        counts = dict((await session.exec(select(Workspace.name, Workspace.last_sequence))).all())
    assert [line.sequence for line in log] == list(range(1, 61))
    assert seen == sorted(seen)
    assert counts == {"own": 60, "other": 0}


async def test_a_connection_that_was_told_to_stop_while_it_was_closed_ends_all_the_same(tmp_path: Path) -> None:
    connection = await sqlite.connect(f"{tmp_path}/told.db")
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    connection.stop()  # as SQLAlchemy does for whoever is cancelled meanwhile
    async with asyncio.timeout(60):
        await closing
