"""Pages of nodes by the Relay specification, found by key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from sqlalchemy import func
from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from models.page import Order, Window, page

from . import cursors
from .context import Context
from .costs import COUNTS, priced
from .faults import bad_input
from .sight import within_numbers

NodeType = TypeVar("NodeType")
Row = TypeVar("Row")

First = Annotated[int | None, strawberry.argument(description="How many from the start, 1 to 100.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the end, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether more come before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the page's first edge.")
    end_cursor: str | None = strawberry.field(description="The cursor of the page's last edge.")


@strawberry.type(description="One node of a list, and where it stands.")
class Edge(Generic[NodeType]):
    node: NodeType = strawberry.field(description="The node.")
    cursor: str = strawberry.field(description="Where it stands: for `after` and `before`.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[NodeType]):
    edges: list[Edge[NodeType]] = strawberry.field(
        description="The page's nodes with their cursors.", metadata=priced(0)
    )
    page_info: PageInfo = strawberry.field(description="Where the page stands.", metadata=priced(0))
    statement: strawberry.Private[SelectOfScalar[Any]]
    context: strawberry.Private[Context]

    @strawberry.field(description="The page's nodes.")
    def nodes(self) -> list[NodeType]:
        return [edge.node for edge in self.edges]

    @strawberry.field(
        description="How many there are in the whole list. Counted only when asked for.", metadata=priced(COUNTS)
    )
    async def total_count(self) -> int:
        counting = select(func.count()).select_from(self.statement.order_by(None).subquery())
        async with self.context.resources.database.reading() as session:
            return (await session.exec(counting)).one()


@dataclass(frozen=True, slots=True)
class PageArguments:
    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """How rows are ordered, what kinds of values that takes, and what a row's own values are.

    `cursor` writes down where a row stands, for a list that is not read on from by its key.
    """

    order: Order
    kinds: tuple[type, ...]
    key: Callable[[Row], tuple[Any, ...]]
    cursor: Callable[[Row], str] | None = None

    def cursor_of(self, row: Row) -> str:
        return self.cursor(row) if self.cursor else cursors.encode_key(self.key(row))


async def connect(
    context: Context,
    statement: SelectOfScalar[Row],
    listing: Listing[Row],
    arguments: PageArguments,
    shape: Callable[[Row], NodeType],
) -> Connection[NodeType]:
    """Read the page that `arguments` ask for and shape its rows as nodes, as far as the viewer may see them.

    BAD_USER_INPUT for impossible arguments.
    """
    window = _window(arguments, listing.kinds, context.limits.page)
    table = statement.column_descriptions[0]["entity"]
    statement = statement.where(*within_numbers(table, context.viewer_with()))
    async with context.resources.database.reading() as session:
        found = await page(session, statement, listing.order, window)
    edges = [Edge(node=shape(row), cursor=listing.cursor_of(row)) for row in found.rows]
    info = PageInfo(
        has_next_page=arguments.before is not None if window.from_end else found.has_more,
        has_previous_page=found.has_more if window.from_end else arguments.after is not None,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges=edges, page_info=info, statement=statement, context=context)


def _window(arguments: PageArguments, kinds: tuple[type, ...], largest: int) -> Window:
    if (arguments.first is None) is (arguments.last is None):
        raise bad_input(f"Give either first or last: how many to read, 1 to {largest}.")
    size = arguments.first if arguments.first is not None else arguments.last
    if size is None or not 1 <= size <= largest:
        raise bad_input(f"first and last go from 1 to {largest}.")
    return Window(
        size=size,
        after=cursors.decode_key(arguments.after, kinds) if arguments.after is not None else None,
        before=cursors.decode_key(arguments.before, kinds) if arguments.before is not None else None,
        from_end=arguments.last is not None,
    )
