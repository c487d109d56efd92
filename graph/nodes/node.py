"""What every node is, and how any of them is read again by its id."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import strawberry

from graph import ids
from graph.context import Info
from graph.faults import bad_input

Row = TypeVar("Row")


@strawberry.interface(description="Anything that has an id of its own and can be read again by it.")
class Node:
    id: strawberry.ID = strawberry.field(description="The id: opaque, and unique among all nodes.")


_Reading = Callable[[Info, UUID], Awaitable[Node | None]]

_READINGS: dict[str, _Reading] = {}


def reads(kind: str) -> Callable[[_Reading], _Reading]:
    """Name the function that reads nodes of one kind, after asking whether the viewer may."""

    def remember(reading: _Reading) -> _Reading:
        _READINGS[kind] = reading
        return reading

    return remember


async def load_node(info: Info, global_id: str) -> Node | None:
    """Read any node by its id; null for one that is not there, or another workspace's."""
    kind, row_id = ids.decode(global_id)
    return await _READINGS[kind](info, row_id)


def node_id(kind: str, row_id: UUID) -> strawberry.ID:
    return strawberry.ID(ids.encode(kind, row_id))


def still_there(row: Row | None) -> Row:
    """Give what belongs to a node that was just read. BAD_USER_INPUT where its customer was deleted in between."""
    if row is None:
        raise bad_input("The customer was deleted while this was read. Read it again.")
    return row


def readable_kinds() -> set[str]:
    return set(_READINGS)
