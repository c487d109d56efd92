"""A business that uses Maycall. Everything belongs to one, and nothing is seen from another."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Update, and_, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from .columns import Moment, new_id


class Workspace(SQLModel, table=True):
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    created_at: datetime = Field(sa_type=Moment)
    # The last number of its change log; taken under this row's lock, so that the log has no gaps.
    last_sequence: int = Field(default=0, sa_type=BigInteger)
    # Up to here the log is no longer complete: old changes were thrown away. What comes after is all there.
    pruned_to: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})


def first() -> SelectOfScalar[Workspace]:
    """Find the workspace that was made first: the one of an installation that has only one."""
    return select(Workspace).order_by(col(Workspace.id)).limit(1)


def named(name: str) -> SelectOfScalar[Workspace]:
    """Find the workspace with this name; the one that was made first, where several have it."""
    return select(Workspace).where(col(Workspace.name) == name).order_by(col(Workspace.id)).limit(1)


def in_order() -> SelectOfScalar[Workspace]:
    """Find all workspaces, the one that was made first on top."""
    return select(Workspace).order_by(col(Workspace.id))


def locked(workspace_id: UUID) -> SelectOfScalar[Workspace]:
    """Find the workspace and lock its row until the commit.

    Rows that refer to it may be made meanwhile: who makes one and then takes a sequence number would else wait for who
    waits here, in a circle.
    """
    return select(Workspace).where(col(Workspace.id) == workspace_id).with_for_update(key_share=True)


def pruned_to(workspace_id: UUID) -> SelectOfScalar[int]:
    """Find up to where the workspace's log is no longer complete: a cursor before it leads nowhere."""
    return select(Workspace.pruned_to).where(col(Workspace.id) == workspace_id)


def prune_to(workspace_id: UUID, known: int, sequence: int) -> Update:
    """Note that the log is complete only after `sequence`, unless that is no longer `known`."""
    own = and_(col(Workspace.id) == workspace_id, col(Workspace.pruned_to) == known)
    return update(Workspace).where(own).values(pruned_to=sequence)


def take_sequence(workspace_id: UUID, count: int) -> Any:
    """Advance the workspace's log by `count` and give its new last number. Locks the row until the commit."""
    taking: Update = (
        update(Workspace)
        .where(col(Workspace.id) == workspace_id)
        .values(last_sequence=col(Workspace.last_sequence) + count)
    )
    return taking.returning(col(Workspace.last_sequence))
