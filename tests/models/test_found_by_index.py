"""What a delivery or a decision looks up is found by an index, however much a workspace has."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from models import call, call_permission, customer, former_name, permission_reply, permission_request
from models.call_permission import CallPermission
from models.columns import new_id
from models.customer import Customer
from tests.ground.house import NOON

WORKSPACE, ID = new_id(), new_id()
NAMES = ["one", "another"]

LOOKED_UP: dict[str, Any] = {
    "customers by their names": customer.by_any_name(WORKSPACE, NAMES, NAMES, NAMES, [ID]),
    "customers by one name": customer.by_any_name(WORKSPACE, [], NAMES, []),
    "customers by what the business calls them": customer.by_own_names(WORKSPACE, NAMES, NAMES, NAMES),
    "others of the same name": customer.others_with_a_name_of(
        Customer(workspace_id=WORKSPACE, phone="1", external_id="1", created_at=NOON, updated_at=NOON)
    ),
    "former names": former_name.of_any(WORKSPACE, [ID], NAMES, NAMES, NAMES),
    "requests by their names": permission_request.by_names(WORKSPACE, NAMES, [ID]),
    "requests of pairs": permission_request.of_permissions(WORKSPACE, [ID], NOON),
    "calls by their names": call.by_names(WORKSPACE, NAMES, [ID]),
    "calls of pairs": call.of_permissions(WORKSPACE, [ID], NOON),
    "replies by their names": permission_reply.by_message_ids(WORKSPACE, NAMES),
    "permissions of pairs": call_permission.of_pairs_or_by_ids(WORKSPACE, [(ID, ID), (new_id(), ID)], [ID]),
    "pairs that have a permission": call_permission.ends_of_pairs(WORKSPACE, [(ID, ID), (new_id(), ID)]),
}


async def plan(sqlite_url: str, query: SelectOfScalar[Any]) -> list[str]:
    """Tell by which steps SQLite would answer."""
    written = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    database = create_async_engine(sqlite_url)
    async with database.connect() as connection:
        steps = [step[-1] for step in await connection.execute(text(f"EXPLAIN QUERY PLAN {written}"))]
    await database.dispose()
    return steps


@pytest.mark.parametrize("query", LOOKED_UP.values(), ids=LOOKED_UP)
async def test_sqlite_finds_it_by_more_than_its_workspace(sqlite_url: str, query: SelectOfScalar[Any]) -> None:
    steps = await plan(sqlite_url, query)
    tables = [step for step in steps if step.startswith(("SEARCH", "SCAN")) and "USING" in step]
    assert tables
    assert all("(workspace_id=? AND " in step for step in tables), steps


async def test_sqlite_need_not_sort_those_that_run_out_soonest(sqlite_url: str) -> None:
    soonest = call_permission.of_workspace(WORKSPACE).order_by(call_permission.RUNS_OUT_AT, col(CallPermission.id))
    assert await plan(sqlite_url, soonest) == [
        "SEARCH call_permission USING INDEX call_permission_by_end_to_come (workspace_id=?)"
    ]
