"""The ordered, append-only log of everything that changed: history, audit and live resume in one."""

from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Delete, delete, func
from sqlmodel import Field, Index, SQLModel, and_, col, not_, or_, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from .columns import Moment, text_of
from .workspace import Workspace

# What is being done came of this: W3C's traceparent, where somebody traces. Each change remembers it, so that whoever
# is told of the change, on whatever server, can be traced to where it began.
origin: ContextVar[str | None] = ContextVar("origin", default=None)


class ChangeKind(StrEnum):
    """What a change is about."""

    CUSTOMER = "CUSTOMER"
    CALL_PERMISSION = "CALL_PERMISSION"
    PERMISSION_REQUEST = "PERMISSION_REQUEST"
    CALL = "CALL"
    BUSINESS_NUMBER = "BUSINESS_NUMBER"
    WEBHOOK_ENDPOINT = "WEBHOOK_ENDPOINT"


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
    SWITCHED_OFF = "SWITCHED_OFF"


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
    traceparent: str | None = Field(default_factory=origin.get)


# The status of a customer who was deleted. It is no cause of its own: those are checked by the database, and a version
# that does not know it serves beside this one while a fleet is renewed.
DELETED = "DELETED"

# What a customer's consent is proved by: what was asked and answered, and who the customer was. Never pruned.
KEPT = or_(
    col(Change.kind).in_([ChangeKind.CALL_PERMISSION, ChangeKind.PERMISSION_REQUEST]),
    and_(
        col(Change.kind) == ChangeKind.CUSTOMER,
        or_(col(Change.cause) != Cause.UPDATED, func.coalesce(col(Change.status), "") == DELETED),
    ),
)


def after(workspace_id: UUID, sequence: int, limit: int) -> SelectOfScalar[Change]:
    """Read the workspace's log after `sequence`, in order."""
    return (
        select(Change)
        .where(col(Change.workspace_id) == workspace_id, col(Change.sequence) > sequence)
        .order_by(col(Change.sequence))
        .limit(limit)
    )


def workspaces_to_prune(before: datetime) -> SelectOfScalar[UUID]:
    """Find the workspaces whose oldest complete part of the log was recorded before a moment."""
    following = and_(col(Change.workspace_id) == col(Workspace.id), col(Change.sequence) == Workspace.pruned_to + 1)
    return select(Workspace.id).join(Change, following).where(col(Change.recorded_at) < before)


def claimed(workspace_id: UUID, sequence: int) -> SelectOfScalar[int]:
    """Lock one change: who prunes holds the first of what is to be pruned. Nothing where another holds it."""
    own = select(Change.sequence).where(col(Change.workspace_id) == workspace_id, col(Change.sequence) == sequence)
    return own.with_for_update(skip_locked=True)


def ages(workspace_id: UUID, sequence: int, limit: int) -> Select[int, datetime]:
    """Read of the changes after `sequence` when each was recorded, in order: (sequence, moment)."""
    own = select(Change.sequence, Change.recorded_at)
    own = own.where(col(Change.workspace_id) == workspace_id, col(Change.sequence) > sequence)
    return own.order_by(col(Change.sequence)).limit(limit)


def pruned(workspace_id: UUID, after: int, upto: int) -> Delete:
    """Throw away the changes after one and up to another, but for those that prove consent (`KEPT`)."""
    return delete(Change).where(
        col(Change.workspace_id) == workspace_id,
        col(Change.sequence) > after,
        col(Change.sequence) <= upto,
        not_(KEPT),
    )


def of_workspace(workspace_id: UUID) -> SelectOfScalar[Change]:
    return select(Change).where(col(Change.workspace_id) == workspace_id)


def deletion_of(workspace_id: UUID, customer_id: UUID) -> SelectOfScalar[Change]:
    """Find the change that tells of a customer's deletion."""
    return of_workspace(workspace_id).where(
        col(Change.customer_id) == customer_id,
        col(Change.kind) == ChangeKind.CUSTOMER,
        col(Change.status) == DELETED,
    )
