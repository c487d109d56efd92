"""Watch what is said to a database: whose rows each statement reads, and whether it mixes two workspaces' rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, FromClause, Table, event
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ClauseElement, ColumnClause

OWNER = "workspace_id"
A_COPY = "_alembic_tmp_"  # of a table, while a migration changes it on SQLite


@dataclass(slots=True)
class Watched:
    """The statements seen, each text once, with the tables they touch and those that no workspace is named for."""

    touched: dict[str, frozenset[str]] = field(default_factory=dict)
    unowned: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def crossings(self) -> list[str]:
        """The statements that bring several tables together without holding each to one workspace."""
        return [sql for sql, free in self.unowned.items() if free and len(self.touched[sql]) > 1]

    def look_at(self, sql: str, statement: ClauseElement) -> None:
        if sql not in self.touched:
            self.touched[sql], self.unowned[sql] = _tables(statement)


@contextmanager
def watching() -> Iterator[Watched]:
    """Watch every engine of this process."""
    watched = Watched()

    def look(_connection: Any, _cursor: Any, sql: str, _parameters: Any, context: Any, _many: Any) -> None:
        if context is not None and context.compiled is not None and context.compiled.statement is not None:
            watched.look_at(sql, context.compiled.statement)

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield watched
    finally:
        event.remove(Engine, "before_cursor_execute", look)


def _tables(statement: ClauseElement) -> tuple[frozenset[str], frozenset[str]]:
    """Name the owned tables in the statement (each alias by itself), and those that are not held to a workspace."""
    touched: set[str] = set()
    ties: list[set[str]] = []
    held: set[str] = set()
    for element in visitors.iterate(statement):
        name = _owned_table_of(element)
        if name is not None:
            touched.add(name)
        if isinstance(element, BinaryExpression) and element.operator in (operators.eq, operators.in_op):
            sides = [_table_of_owner(side) for side in (element.left, element.right)]
            tied = {side for side in sides if side is not None}
            ties.append(tied)
            if len(tied) == 1 and any(isinstance(side, BindParameter) for side in (element.left, element.right)):
                held |= tied
    growing = True
    while growing:
        reached = {name for tied in ties if tied & held for name in tied}
        growing, held = not reached <= held, held | reached
    return frozenset(touched), frozenset(touched - held)


def _owned_table_of(element: Any) -> str | None:
    table = element.table if isinstance(element, ColumnClause) else element
    return _name(table) if isinstance(table, FromClause) else None


def _table_of_owner(side: Any) -> str | None:
    return _name(side.table) if isinstance(side, ColumnClause) and side.name == OWNER else None


def _name(table: Any) -> str | None:
    """Name a table (or another look at one) whose rows belong to workspaces."""
    own = getattr(table, "element", table)
    if not isinstance(own, Table) or OWNER not in own.columns or own.name.startswith(A_COPY):
        return None
    return str(table.name)
