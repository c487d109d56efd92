"""The same questions to a hundred times as many rows: what they cost must not grow."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import httpx
import orjson
import typer
from rich.progress import Progress
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Route

from actions import access, clock
from actions.resources import Resources
from graph import cursors, ids
from models.database import Database
from rules.access import Scope
from server.graphql_door import GraphQLDoor
from tests.ground.house import Clock, resources_on
from whatsapp.fake import FakeWhatsApp

from .databases import Kind, database
from .report import Findings, Write, present
from .seeding import TABLES, WEEK, Seeded, fill, id_of

SMALL = (10_000, 100_000)  # customers, changes
TURNS = 5  # in which the two databases are asked in turn
ASKED = 12  # times a turn, each question
MOST = 1.5  # times as much as with few rows

PERMISSIONS = "callPermissions(%s) { nodes { id status expiresAt customer { name } } pageInfo { endCursor } }"
CHANGES = "changes(%s) { nodes { cursor kind occurredAt } }"
HISTORY = "customer(by: {id: $id}) { history(first: 20) { nodes { kind cause } } }"

QUESTIONS = {
    "the first page of customers": ("customers(first: 20) { nodes { id name phone } }", ()),
    "a page from the middle": ("customers(first: 20, after: $customer) { nodes { id name phone } }", ("customer",)),
    "permissions, from the middle": (PERMISSIONS % "first: 20, after: $permission", ("permission",)),
    "callableNow": (PERMISSIONS % "first: 20, filter: {callableNow: true}", ()),
    "callableNow, from the middle": (
        PERMISSIONS % "first: 20, after: $permission, filter: {callableNow: true}",
        ("permission",),
    ),
    "callableNow, soonest to run out": (
        PERMISSIONS % "first: 20, filter: {callableNow: true}, orderBy: EXPIRES_AT",
        (),
    ),
    "expiresBefore, soonest first": (
        PERMISSIONS % "first: 20, filter: {expiresBefore: $soon}, orderBy: EXPIRES_AT",
        ("soon",),
    ),
    "expiresBefore, from the middle": (
        PERMISSIONS % "first: 20, after: $ending, filter: {expiresBefore: $late}, orderBy: EXPIRES_AT",
        ("ending", "late"),
    ),
    "a customer's history": (HISTORY, ("id",)),
    "resume, from the middle of the log": (CHANGES % "first: 100, after: $cursor", ("cursor",)),
    "resume, near its end": (CHANGES % "first: 100, after: $recent", ("recent",)),
}
TYPES = {"id": "ID!", "soon": "DateTime!", "late": "DateTime!"}
EXPIRY = "telling of ten that ran out"
AT_ONCE = 10  # that run out between two looks of the clock


def million(
    *,
    customers: Annotated[int, typer.Option(help="How many customers in the large database.")] = 1_000_000,
    changes: Annotated[int, typer.Option(help="How many changes in its log.")] = 10_000_000,
    databases: Annotated[list[Kind] | None, typer.Option("--on", help="On which database; on each.")] = None,
    write: Write = False,
) -> None:
    """Ask a business of ten thousand customers and one of a million the same questions, in turn, in one run."""
    findings = []
    for kind in databases or Kind:
        with Progress() as progress, database(kind) as small, database(kind) as large:
            findings += asyncio.run(_compare(kind, small, large, (customers, changes), progress))
    present("million", findings, packages=("sqlalchemy", "asyncpg", "aiosqlite"), write=write)


@dataclass(slots=True)
class Business:
    """One of the two, open to be asked."""

    seeded: Seeded
    resources: Resources
    clock: Clock
    client: httpx.AsyncClient
    took: dict[str, list[float]] = field(default_factory=dict)  # milliseconds

    async def measure(self, name: str) -> None:
        started = time.perf_counter()
        await (self.expire() if name == EXPIRY else self.ask(name))
        self.took.setdefault(name, []).append((time.perf_counter() - started) * 1000)

    async def ask(self, name: str) -> None:
        question, given = QUESTIONS[name]
        values = {one: value for one, value in self._values().items() if one in given}
        declared = ", ".join(f"${one}: {TYPES.get(one, 'String')}" for one in given)
        query = f"query Asked({declared}) {{ {question} }}" if given else f"query Asked {{ {question} }}"
        answer = await self.client.post("/graphql", content=orjson.dumps({"query": query, "variables": values}))
        told = answer.json()
        if "errors" in told or not any(told["data"].values()):
            raise ValueError(f"{name}: {told}")

    async def expire(self) -> None:
        """Let ten permissions run out, and tell of them."""
        seconds = WEEK.total_seconds() / self.seeded.customers * 5 * AT_ONCE  # four of twenty run out within the week
        self.clock.wait(timedelta(seconds=seconds))
        told = await clock.expire(self.resources)
        if not AT_ONCE / 2 <= told <= AT_ONCE * 2:
            raise ValueError(f"{told} permissions ran out where about {AT_ONCE} should have.")

    def _values(self) -> dict[str, Any]:
        middle = self.seeded.customers // 2
        ending = self.seeded.now + WEEK / 2
        own, position = self.seeded.workspace_id, self.seeded.changes
        return {
            "id": ids.encode("Customer", UUID(id_of(1, middle))),
            "customer": cursors.encode_key((UUID(id_of(1, middle)),)),
            "permission": cursors.encode_key((UUID(id_of(2, middle)),)),
            "ending": cursors.encode_key((ending, UUID(id_of(2, middle)))),
            "soon": (self.clock.now + WEEK / 7).isoformat(),
            "late": (self.seeded.now + WEEK).isoformat(),
            "cursor": cursors.encode_log(own, position // 2),
            "recent": cursors.encode_log(own, position - 50),
        }


async def _compare(
    kind: Kind, small_url: str, large_url: str, most: tuple[int, int], progress: Progress
) -> list[Findings]:
    small, large = await fill(small_url, *SMALL, progress), await fill(large_url, *most, progress)
    async with _open(small_url, small) as few, _open(large_url, large) as many:
        asking = progress.add_task("asking", total=TURNS)
        for turn in range(TURNS + 1):  # the first turn warms caches up and does not count
            for name in (*QUESTIONS, EXPIRY):
                for _ in range(ASKED):
                    for business in (few, many):
                        await business.measure(name)
            if turn == 0:
                few.took.clear()
                many.took.clear()
            progress.update(asking, completed=turn)
        rows = [_told(name, few.took[name], many.took[name]) for name in few.took]
    sizes = await _sizes(kind, large_url)
    columns = ("", f"{SMALL[0]:,} customers, ms", f"{most[0]:,} customers, ms", "ratio")
    return [
        Findings(
            f"{kind.value}: the same questions to {most[0]:,} customers and {most[1]:,} changes (median)", columns, rows
        ),
        Findings(f"{kind.value}: what a row takes with its indexes", ("table", "rows", "bytes a row"), sizes),
    ]


def _told(name: str, few: list[float], many: list[float]) -> list[str]:
    small, large = statistics.median(few), statistics.median(many)
    return [name, f"{small:.1f}", f"{large:.1f}", f"{large / small:.2f}"]


@asynccontextmanager
async def _open(url: str, seeded: Seeded) -> AsyncIterator[Business]:
    own_clock = Clock(seeded.now)
    async with resources_on(url, FakeWhatsApp(), own_clock) as resources:
        made = await access.create_token(resources, seeded.workspace_id, "the benchmark", [Scope.ADMIN])
        if not isinstance(made, access.Made):
            raise TypeError(made)
        door = Starlette(routes=[Route("/graphql", GraphQLDoor(resources, []))])
        headers = {"Authorization": f"Bearer {made.secret}", "Content-Type": "application/json"}
        transport = httpx.ASGITransport(door)
        async with httpx.AsyncClient(transport=transport, base_url="http://bench", headers=headers) as client:
            yield Business(seeded, resources, own_clock, client)


async def _sizes(kind: Kind, url: str) -> list[list[str]]:
    """Measure what a row of each table takes on the disk, its share of the indexes included."""
    size = {
        Kind.POSTGRESQL: "SELECT pg_total_relation_size('{0}')",
        Kind.SQLITE: "SELECT sum(pgsize) FROM dbstat"
        " WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = '{0}')",
    }[kind]
    opened, found = Database(url), []
    async with opened.engine.connect() as connection:
        for table in TABLES:
            rows = (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608 our own names
            taken = (await connection.execute(text(size.format(table)))).scalar_one()
            found.append([table, f"{rows:,}", f"{taken / rows:,.0f}"])
    await opened.close()
    return found
