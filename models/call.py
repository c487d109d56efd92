"""One call between a business number and a customer."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Delete, delete, func
from sqlmodel import Field, Index, UniqueConstraint, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from rules import call as rules
from rules.call import CallStatus, Direction

from .call_permission import CallPermission
from .columns import Moment, any_within, moment, new_id, of_same_workspace, text_of
from .row import Row


class Call(Row, table=True):
    __table_args__ = (
        of_same_workspace("business_number_id", "business_number"),
        of_same_workspace("customer_id", "customer"),
        of_same_workspace("permission_id", "call_permission"),
        of_same_workspace("token_id", "api_token"),
        UniqueConstraint("workspace_id", "whatsapp_call_id"),
        UniqueConstraint("workspace_id", "idempotency_key"),
        Index("call_of_pair", "workspace_id", "permission_id", "id"),
        Index("call_of_customer", "workspace_id", "customer_id", "id"),
        Index("call_by_time", "workspace_id", "reserved_at"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    business_number_id: UUID
    customer_id: UUID
    permission_id: UUID
    direction: Direction = Field(sa_type=text_of(Direction))
    status: CallStatus = Field(default=CallStatus.QUEUED, sa_type=text_of(CallStatus))

    reserved_at: datetime = Field(sa_type=Moment)
    lease_until: datetime | None = moment(index=True)  # until then somebody is placing it; then it is picked up
    taken_at: datetime | None = moment()
    ringing_at: datetime | None = moment()
    accepted_at: datetime | None = moment()
    rejected_at: datetime | None = moment()
    hung_up_at: datetime | None = moment()
    terminated_at: datetime | None = moment()
    lost_at: datetime | None = moment()
    overdue_at: datetime | None = moment()
    overdue_from: datetime | None = moment(index=True)  # from when its end is taken to be lost
    failed: bool = False
    failure: str | None = None
    refused_code: int | None = None  # Meta's error, where it refused to place the call
    refused_until: datetime | None = moment()  # and when it would place it, as far as it said
    duration_seconds: int | None = None
    sdp_answer: str | None = None  # for the token that placed the call, and for nobody else

    whatsapp_call_id: str | None = None  # Meta's wacid
    placed_by: str | None = None
    token_id: UUID | None = None
    idempotency_key: str | None = None
    input_hash: str | None = None

    @property
    def known(self) -> rules.Call:
        """What is known, in the words of the rules."""
        return rules.Call(
            self.direction,
            self.reserved_at,
            self.taken_at,
            self.ringing_at,
            self.accepted_at,
            self.rejected_at,
            self.hung_up_at,
            self.terminated_at,
            self.lost_at,
            self.overdue_at,
            self.failed,
            self.failure,
            self.duration_seconds,
            self.sdp_answer,
        )

    def remember(self, known: rules.Call) -> None:
        """Write down what is known, and the status that follows."""
        self.taken_at, self.ringing_at, self.accepted_at = known.taken_at, known.ringing_at, known.accepted_at
        self.rejected_at, self.hung_up_at, self.lost_at = known.rejected_at, known.hung_up_at, known.lost_at
        self.terminated_at, self.failed, self.failure = known.terminated_at, known.failed, known.failure
        self.duration_seconds, self.sdp_answer = known.duration_seconds, known.sdp
        self.overdue_at, self.overdue_from = known.overdue_at, known.overdue_from
        self.status = rules.at(known)
        if self.status is not CallStatus.QUEUED:
            self.lease_until = None


def of_workspace(workspace_id: UUID) -> SelectOfScalar[Call]:
    return select(Call).where(col(Call.workspace_id) == workspace_id)


def of_permissions(workspace_id: UUID, permission_ids: Collection[UUID], since: datetime) -> SelectOfScalar[Call]:
    """Find some pairs' calls that were placed since a moment or are still going on, in no order.

    To have them in order, SQLite would take the index by time, and read all the calls of the workspace.
    """
    going_on = col(Call.status).in_(rules.ACTIVE)
    return (
        of_workspace(workspace_id)
        .where(col(Call.permission_id).in_(permission_ids))
        .where(or_(col(Call.reserved_at) >= since, going_on))
    )


def latest_of_permissions(workspace_id: UUID, permission_ids: Collection[UUID]) -> SelectOfScalar[Call]:
    """Find the newest call of each of these permissions that has one: ids sort by time."""
    newest = (
        select(Call.id)
        .where(col(Call.workspace_id) == workspace_id, col(Call.permission_id) == col(CallPermission.id))
        .order_by(col(Call.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    of_each = select(newest).where(
        col(CallPermission.workspace_id) == workspace_id, col(CallPermission.id).in_(permission_ids)
    )
    return of_workspace(workspace_id).where(col(Call.id).in_(of_each))


def by_names(workspace_id: UUID, whatsapp_call_ids: list[str], call_ids: list[UUID]) -> SelectOfScalar[Call]:
    """Find calls by Meta's ids or by our own."""
    return select(Call).where(
        any_within(
            Call,
            workspace_id,
            col(Call.whatsapp_call_id).in_(whatsapp_call_ids),
            col(Call.id).in_(call_ids),
        )
    )


def by_idempotency_key(workspace_id: UUID, key: str) -> SelectOfScalar[Call]:
    return of_workspace(workspace_id).where(col(Call.idempotency_key) == key)


def abandoned(now: datetime, limit: int) -> SelectOfScalar[Call]:
    """Find calls that were reserved and whose placer has not been heard of since."""
    own = select(Call).where(col(Call.status) == CallStatus.QUEUED, col(Call.lease_until) <= now)
    return own.order_by(col(Call.lease_until)).limit(limit)


def next_abandoned() -> SelectOfScalar[datetime | None]:
    return select(func.min(Call.lease_until))


def overdue(now: datetime, limit: int) -> SelectOfScalar[Call]:
    """Find calls that should long have ended."""
    return select(Call).where(col(Call.overdue_from) <= now).order_by(col(Call.overdue_from)).limit(limit)


def next_overdue() -> SelectOfScalar[datetime | None]:
    return select(func.min(Call.overdue_from))


def gone_with(workspace_id: UUID, customer_id: UUID) -> Delete:
    """Throw away all of a customer's."""
    return delete(Call).where(col(Call.workspace_id) == workspace_id, col(Call.customer_id) == customer_id)


def of_customer(workspace_id: UUID, customer_id: UUID) -> SelectOfScalar[Call]:
    return of_workspace(workspace_id).where(col(Call.customer_id) == customer_id)
