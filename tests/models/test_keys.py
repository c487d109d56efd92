"""The rule by which a distributed PostgreSQL can spread the workspaces: docs/decisions/keyed-by-workspace.md."""

import pytest
from sqlalchemy import ForeignKeyConstraint, Table, UniqueConstraint
from sqlmodel import SQLModel

from models import tables

OWNER = "workspace_id"

ROOT = "workspace"
# A delivery is kept before anybody knows whose it is, and may be of several: spread by what it says. What is used in a
# minute is counted by what stands for who uses it.
OF_NOBODY = {"webhook_delivery": "sha256", "allowance": "key"}
# Small, and asked by what comes from outside whose it is: unique among all workspaces.
DIRECTORIES = {"api_token": ("hash",), "business_number": ("phone_number_id",), "person": ("issuer", "subject")}
# The clock asks all workspaces when it is next needed.
OF_THE_CLOCK = {
    ("call_permission", "next_moment"),
    ("call_permission", "verify_at"),
    ("permission_request", "next_moment"),
    ("permission_request", "lease_until"),
    ("call", "lease_until"),
    ("call", "overdue_from"),
    ("erasure", "due_at"),
    ("webhook_message", "next_attempt_at"),
    ("batch_entry", "due_at"),
}

assert tables.__all__  # imported for their effect
OWNED = [table for name, table in SQLModel.metadata.tables.items() if name != ROOT and name not in OF_NOBODY]
owned = pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)


def names(columns: object) -> tuple[str, ...]:
    return tuple(column.name for column in columns)  # type: ignore[attr-defined] # any of SQLAlchemy's collections


@owned
def test_a_table_is_keyed_by_workspace_first(table: Table) -> None:
    assert names(table.primary_key.columns)[0] == OWNER
    assert len(table.primary_key.columns) == 2


@owned
def test_what_is_unique_is_unique_within_a_workspace(table: Table) -> None:
    unique = {names(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)}
    unique |= {names(index.columns) for index in table.indexes if index.unique}
    among_all = {columns for columns in unique if columns[0] != OWNER}
    assert among_all == ({DIRECTORIES[table.name]} if table.name in DIRECTORIES else set())


@owned
def test_a_row_refers_only_to_rows_of_its_own_workspace(table: Table) -> None:
    for reference in table.constraints:
        if isinstance(reference, ForeignKeyConstraint):
            targets = {element.parent.name: element.target_fullname for element in reference.elements}
            target = reference.referred_table.name
            assert targets[OWNER] == ("workspace.id" if target == ROOT else f"{target}.{OWNER}")


@owned
def test_an_index_begins_with_the_workspace_unless_the_clock_needs_it(table: Table) -> None:
    across = {(table.name, names(index.columns)[0]) for index in table.indexes if names(index.columns)[0] != OWNER}
    assert across == {place for place in OF_THE_CLOCK if place[0] == table.name}


def test_what_belongs_to_no_workspace_is_keyed_by_what_spreads_it() -> None:
    metadata = SQLModel.metadata
    assert {name: names(metadata.tables[name].primary_key.columns) for name in OF_NOBODY} == {
        name: (key,) for name, key in OF_NOBODY.items()
    }
    for name in OF_NOBODY:
        assert not [each for each in metadata.tables[name].constraints if isinstance(each, UniqueConstraint)]
