"""One page of rows, found by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel.sql.expression import SelectOfScalar

from .database import Session

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are ordered by: columns that are never null and together unique."""

    columns: tuple[Any, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Which page: the `size` rows from one end, between two keys (exclusive)."""

    size: int
    after: tuple[Any, ...] | None = None
    before: tuple[Any, ...] | None = None
    from_end: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    has_more: bool  # beyond this page, in the direction it was asked for


async def page(session: Session, statement: SelectOfScalar[Row], order: Order, window: Window) -> Page[Row]:
    """Read one page of `statement`'s rows: one row more than asked, to know whether there are more."""
    if window.after is not None:
        statement = statement.where(_beyond(order, window.after, forward=not order.descending))
    if window.before is not None:
        statement = statement.where(_beyond(order, window.before, forward=order.descending))
    ascending = order.descending is window.from_end
    ordering = [column.asc() if ascending else column.desc() for column in order.columns]
    found = list((await session.exec(statement.order_by(*ordering).limit(window.size + 1))).all())
    rows = found[: window.size]
    if window.from_end:
        rows.reverse()
    return Page(rows, has_more=len(found) > window.size)


def _beyond(order: Order, key: tuple[Any, ...], *, forward: bool) -> ColumnElement[bool]:
    """Build (a, b) > (x, y) as a >= x and (a > x or (a = x and b > y)): by the first part the index is searched."""
    steps = []
    for depth, column in enumerate(order.columns):
        equal = [earlier == value for earlier, value in zip(order.columns[:depth], key, strict=False)]
        steps.append(and_(*equal, column > key[depth] if forward else column < key[depth]))
    first = order.columns[0]
    return and_(first >= key[0] if forward else first <= key[0], or_(*steps))
