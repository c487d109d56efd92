"""One customer among many who are asked together, and how far that has come."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, and_, delete, func
from sqlmodel import Field, Index, SQLModel, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from .columns import Moment, moment, new_id, of_same_workspace, text_of
from .customer import Customer


class EntryState(StrEnum):
    """How far the asking of one customer has come."""

    WAITING = "WAITING"
    REQUESTED = "REQUESTED"
    LATER = "LATER"
    ALREADY_ALLOWED = "ALREADY_ALLOWED"
    REFUSED = "REFUSED"


class BatchEntry(SQLModel, table=True):
    __tablename__ = "batch_entry"
    __table_args__ = (
        of_same_workspace("batch_id", "request_batch"),
        of_same_workspace("customer_id", "customer"),
        Index("batch_entry_of_batch", "workspace_id", "batch_id", "id"),
        Index("batch_entry_of_customer", "workspace_id", "customer_id"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    batch_id: UUID
    customer_id: UUID
    state: EntryState = Field(sa_type=text_of(EntryState))
    due_at: datetime | None = moment(index=True)  # set while it waits: when somebody is to ask the customer
    request_id: UUID | None = None
    # Why not, where the customer is not asked.
    code: str | None = None
    message: str | None = None
    available_at: datetime | None = moment()
    updated_at: datetime = Field(sa_type=Moment)


def of_batch(workspace_id: UUID, batch_id: UUID) -> SelectOfScalar[BatchEntry]:
    own = select(BatchEntry).where(col(BatchEntry.workspace_id) == workspace_id)
    return own.where(col(BatchEntry.batch_id) == batch_id)


def counts(workspace_id: UUID, batch_id: UUID) -> Select[EntryState, int]:
    """Count a batch's entries in each state: (state, how many)."""
    own: Any = select(BatchEntry.state, func.count())
    own = own.where(col(BatchEntry.workspace_id) == workspace_id, col(BatchEntry.batch_id) == batch_id)
    counted: Select[EntryState, int] = own.group_by(col(BatchEntry.state))
    return counted


def due(now: datetime, limit: int) -> SelectOfScalar[BatchEntry]:
    """Find the entries whose customers are to be asked, those who have waited longest first."""
    return select(BatchEntry).where(col(BatchEntry.due_at) <= now).order_by(col(BatchEntry.due_at)).limit(limit)


def free(workspace_id: UUID, entry_id: UUID) -> SelectOfScalar[BatchEntry]:
    """Find an entry and lock it, unless somebody else has."""
    own = select(BatchEntry).where(col(BatchEntry.workspace_id) == workspace_id, col(BatchEntry.id) == entry_id)
    return own.with_for_update(skip_locked=True)


def locked(workspace_id: UUID, entry_id: UUID) -> SelectOfScalar[BatchEntry]:
    own = select(BatchEntry).where(col(BatchEntry.workspace_id) == workspace_id, col(BatchEntry.id) == entry_id)
    return own.with_for_update()


def next_due() -> SelectOfScalar[datetime | None]:
    return select(func.min(BatchEntry.due_at))


def gone_with(workspace_id: UUID, customer_id: UUID) -> Delete:
    """Throw away all of a customer's."""
    return delete(BatchEntry).where(
        col(BatchEntry.workspace_id) == workspace_id, col(BatchEntry.customer_id) == customer_id
    )


def with_customers(workspace_id: UUID, batch_id: UUID) -> Select[BatchEntry, Customer]:
    """Find a batch's entries, each with its customer, in the order in which they were named."""
    own = select(BatchEntry, Customer).join(
        Customer,
        and_(
            col(Customer.workspace_id) == col(BatchEntry.workspace_id),
            col(Customer.id) == col(BatchEntry.customer_id),
        ),
    )
    own = own.where(col(BatchEntry.workspace_id) == workspace_id, col(BatchEntry.batch_id) == batch_id)
    return own.order_by(col(BatchEntry.id))
