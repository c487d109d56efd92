"""A business with as many customers and changes as wanted, written by the database itself, which is the fastest."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import Progress
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from models.business_number import BusinessNumber, Environment
from models.database import Database, migrate
from models.workspace import Workspace
from rules.limits import PolicyName
from tests.ground.house import DISPLAY_PHONE_NUMBER, PHONE_NUMBER_ID

ROWS_AT_ONCE = 200_000
TABLES = ("customer", "call_permission", "permission_request", "change")
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was made: customer `n` of `customers` has the id `id_of(1, n)`."""

    workspace_id: UUID
    number_id: UUID
    customers: int
    changes: int
    now: datetime  # the moment as of which it is true


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database counts, names and reckons with time; `n` is a row's number, from 0."""

    numbers: str
    id_of: str
    moment: str

    def id(self, kind: int, number: str = "n") -> str:
        return self.id_of.format(kind=kind, n=number)

    def at(self, seconds: str) -> str:
        """Write the moment so many seconds after :now."""
        return self.moment.format(seconds=seconds)


POSTGRESQL = Dialect(
    numbers="SELECT n FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS numbers (n)",
    id_of="CAST('01930000-0000-7000-800{kind}-' || lpad(to_hex({n}), 12, '0') AS uuid)",
    moment="CAST(:now AS timestamptz) + ({seconds}) * interval '1 second'",
)
SQLITE = Dialect(
    numbers="SELECT value AS n FROM (WITH RECURSIVE counting (value) AS (SELECT :first UNION ALL"
    " SELECT value + 1 FROM counting WHERE value < :last) SELECT value FROM counting)",
    id_of="'0193000000007000800{kind}' || printf('%012x', {n})",
    moment="strftime('%Y-%m-%d %H:%M:%f000', :now, printf('%+.3f seconds', {seconds}))",
)


def seed(
    *,
    url: Annotated[str, typer.Option(help="The database; it is brought up to date, and must be empty.")],
    customers: Annotated[int, typer.Option(help="How many customers.")] = 10_000,
    changes: Annotated[int, typer.Option(help="How many changes in the log.")] = 100_000,
) -> None:
    """Fill a database with a business of many customers, for measuring and for trying things."""
    migrate(url)
    with Progress() as progress:
        asyncio.run(fill(url, customers, changes, progress))


async def fill(url: str, customers: int, changes: int, progress: Progress) -> Seeded:
    """Fill an empty database: a fifth of the customers allow calls for now, a tenth for good, a tenth once did."""
    database = Database(url)
    now = datetime.now(UTC).replace(microsecond=0)
    workspace = Workspace(id=UUID(id_of(8, 0)), name="Benchmark", created_at=now, last_sequence=changes)
    number = BusinessNumber(
        id=UUID(id_of(9, 0)),
        workspace_id=workspace.id,
        phone_number_id=PHONE_NUMBER_ID,
        display_phone_number=DISPLAY_PHONE_NUMBER,
        waba_id="318840017724905",
        name="Benchmark",
        environment=Environment.PRODUCTION,
        policy=PolicyName.PRODUCTION,
        created_at=now,
        updated_at=now,
    )
    try:
        async with database.writing() as session:
            session.add(workspace)
            await session.flush()
            session.add(number)
        async with database.engine.begin() as connection:
            await connection.run_sync(_without_indexes)
        for table, statement in _statements(POSTGRESQL if _speaks_postgresql(database) else SQLITE).items():
            rows = changes if table == "change" else customers
            task = progress.add_task(table, total=rows)
            for first in range(0, rows, ROWS_AT_ONCE):
                last = min(first + ROWS_AT_ONCE, rows) - 1
                await _insert(database, statement, {"first": first, "last": last, "customers": customers, "now": now})
                progress.update(task, completed=last + 1)
        indexing = progress.add_task("indexes", total=1)
        async with database.engine.begin() as connection:
            await connection.run_sync(_with_indexes)
            await connection.execute(text("ANALYZE"))
        progress.update(indexing, completed=1)
    finally:
        await database.close()
    return Seeded(workspace.id, number.id, customers, changes, now)


def id_of(kind: int, number: int) -> str:
    return f"01930000-0000-7000-800{kind}-{number:012x}"


def _speaks_postgresql(database: Database) -> bool:
    return database.url.get_backend_name() == "postgresql"


async def _insert(database: Database, statement: str, values: dict[str, object]) -> None:
    async with database.writing() as session:
        connection = await session.connection()
        if _speaks_postgresql(database):
            # What is written refers to what is there: to look that up row by row would take most of the time.
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            values = values | {"now": f"{values['now']:%Y-%m-%d %H:%M:%S}"}
        await connection.execute(
            text(statement), {name: value for name, value in values.items() if f":{name}" in statement}
        )


def _indexes() -> Iterator[object]:
    for name in TABLES:
        yield from sorted(SQLModel.metadata.tables[name].indexes, key=lambda index: str(index.name))


def _without_indexes(connection: Connection) -> None:
    for index in _indexes():
        index.drop(connection)  # type: ignore[attr-defined] # an Index


def _with_indexes(connection: Connection) -> None:
    for index in _indexes():
        index.create(connection)  # type: ignore[attr-defined] # an Index


def _statements(dialect: Dialect) -> dict[str, str]:
    """Write the statement that makes each table's rows."""
    own, number = dialect.id(8, "0"), dialect.id(9, "0")
    # Of twenty customers four allow calls until a moment of the next week, two for good, two did until a moment of the
    # last, three have declined, and nine were never asked. The ends lie evenly over the week.
    spread = f"(n + 1) * {WEEK.total_seconds()} / CAST(:customers AS bigint)"
    temporary, permanent, expired, declined = (
        "n % 20 < 4",
        "n % 20 IN (4, 5)",
        "n % 20 IN (6, 7)",
        "n % 20 IN (8, 9, 10)",
    )
    ends = f"CASE WHEN {temporary} THEN {dialect.at(spread)} WHEN {expired} THEN {dialect.at(f'0 - {spread}')} END"
    granted = f"CASE WHEN {temporary} OR {expired} THEN {dialect.at(f'{spread} - 1209600')}"
    granted += f" WHEN {permanent} THEN {dialect.at('0 - 86400')} END"
    status = f"CASE WHEN {temporary} THEN 'TEMPORARY' WHEN {permanent} THEN 'PERMANENT' WHEN {expired} THEN 'EXPIRED'"
    status += f" WHEN {declined} THEN 'DECLINED' ELSE 'NOT_REQUESTED' END"
    resting = f"CASE WHEN {temporary} OR {expired} THEN 'EXPIRED' WHEN {permanent} THEN 'PERMANENT'"
    resting += f" WHEN {declined} THEN 'DECLINED' ELSE 'NOT_REQUESTED' END"
    told_by = f"CASE WHEN {temporary} OR {permanent} OR {expired} THEN 'USER_ACTION' END"
    declined_at = f"CASE WHEN {declined} THEN {dialect.at('0 - 86400')} END"
    declined_by = f"CASE WHEN {declined} THEN 'USER_ACTION' END"
    now, customer = dialect.at("0"), "n % CAST(:customers AS bigint)"
    no = "false" if dialect is POSTGRESQL else "0"
    columns = {
        "customer": {
            "workspace_id": own,
            "id": dialect.id(1),
            "name": "'Customer ' || n",
            "phone": "'+9198' || n",
            "tags": """CASE WHEN n % 3 = 0 THEN '["vip"]' ELSE '[]' END""",
            "created_at": now,
            "updated_at": now,
        },
        "call_permission": {
            "workspace_id": own,
            "id": dialect.id(2),
            "business_number_id": number,
            "customer_id": dialect.id(1),
            "granted_at": granted,
            "grant_expires_at": ends,
            "grant_source": told_by,
            "rejected_at": declined_at,
            "rejection_source": declined_by,
            "status": status,
            "resting_status": resting,
            "expires_at": ends,
            "next_moment": f"CASE WHEN {temporary} THEN {dialect.at(spread)} END",
            "call_in_progress": no,
            "unanswered_streak": "0",
            "doubtful": no,
            "created_at": now,
            "updated_at": dialect.at("0 - 60"),
        },
        "permission_request": {
            "workspace_id": own,
            "id": dialect.id(3),
            "business_number_id": number,
            "customer_id": dialect.id(1),
            "permission_id": dialect.id(2),
            "kind": "'FREE_FORM'",
            "content": """'{"text": "May we call you?"}'""",
            "reserved_at": dialect.at("0 - 86400 * 60"),
            "sent_at": dialect.at("0 - 86400 * 60"),
            "status": "'EXPIRED'",
            "message_id": "'wamid.HBgMOTE5ODEyMzAwNDU3FQIAERgS' || n",
            "requested_by": "'the benchmark'",
        },
        "change": {
            "workspace_id": own,
            "sequence": "n + 1",
            "kind": "CASE WHEN n % 4 = 0 THEN 'CALL' ELSE 'CALL_PERMISSION' END",
            "cause": "CASE WHEN n % 4 = 0 THEN 'CALL_EVENT' ELSE 'CUSTOMER_ANSWERED' END",
            "occurred_at": dialect.at("n - 10000000"),
            "recorded_at": dialect.at("n - 10000000"),
            "subject_id": dialect.id(2, customer),
            "customer_id": dialect.id(1, customer),
            "business_number_id": number,
            "previous_status": "'REQUESTED'",
            "status": "'TEMPORARY'",
        },
    }
    if dialect is POSTGRESQL:
        for table, column in (("customer", "tags"), ("permission_request", "content")):
            columns[table][column] = f"CAST({columns[table][column]} AS jsonb)"
    return {table: _insertion(table, values, dialect) for table, values in columns.items()}


def _insertion(table: str, values: dict[str, str], dialect: Dialect) -> str:
    into, what = ", ".join(values), ", ".join(values.values())
    return f"INSERT INTO {table} ({into}) SELECT {what} FROM ({dialect.numbers}) AS numbered"  # noqa: S608 our own words
