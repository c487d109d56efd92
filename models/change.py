"""The ordered, append-only log of everything that changed: history, audit and live resume in one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, Index, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from .columns import Moment, text_of


class ChangeKind(StrEnum):
    """What a change is about."""

    CUSTOMER = "CUSTOMER"
    CALL_PERMISSION = "CALL_PERMISSION"
    PERMISSION_REQUEST = "PERMISSION_REQUEST"
    CALL = "CALL"
    BUSINESS_NUMBER = "BUSINESS_NUMBER"


class Cause(StrEnum):
    """Why something changed."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    REQUESTED = "REQUESTED"
    MESSAGE_STATUS = "MESSAGE_STATUS"
    CUSTOMER_ANSWERED = "CUSTOMER_ANSWERED"
    AUTOMATIC = "AUTOMATIC"
    RAN_OUT = "RAN_OUT"
    SUPERSEDED = "SUPERSEDED"
    CALL_PLACED = "CALL_PLACED"
    CALL_EVENT = "CALL_EVENT"
    HUNG_UP = "HUNG_UP"
    WHATSAPP = "WHATSAPP"
    INTERRUPTED = "INTERRUPTED"
    VERIFIED = "VERIFIED"
    OVERDUE = "OVERDUE"
    IDENTITY = "IDENTITY"


class Change(SQLModel, table=True):
    __table_args__ = (
        Index("change_of_customer", "workspace_id", "customer_id", "sequence"),
        Index("change_of_kind", "workspace_id", "kind", "sequence"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    sequence: int = Field(default=0, primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    kind: ChangeKind = Field(sa_type=text_of(ChangeKind))
    cause: Cause = Field(sa_type=text_of(Cause))
    actor: str | None = None  # the token's name, where a person or a partner's system did it
    occurred_at: datetime = Field(sa_type=Moment)
    recorded_at: datetime = Field(sa_type=Moment)
    subject_id: UUID  # of the row that changed
    customer_id: UUID | None = None
    business_number_id: UUID | None = None
    previous_status: str | None = None
    status: str | None = None


def after(workspace_id: UUID, sequence: int, limit: int) -> SelectOfScalar[Change]:
    """Read the workspace's log after `sequence`, in order."""
    return (
        select(Change)
        .where(col(Change.workspace_id) == workspace_id, col(Change.sequence) > sequence)
        .order_by(col(Change.sequence))
        .limit(limit)
    )


def of_workspace(workspace_id: UUID) -> SelectOfScalar[Change]:
    return select(Change).where(col(Change.workspace_id) == workspace_id)
