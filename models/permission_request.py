"""One request to a customer for permission to call, from its reservation to its end."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, and_, case, delete, func, literal
from sqlmodel import Field, Index, UniqueConstraint, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from rules import request as rules
from rules.limits import Policy
from rules.permission import Response
from rules.request import Request, RequestStatus

from .call_permission import CallPermission
from .columns import Json, Moment, any_within, moment, new_id, of_same_workspace, text_of
from .row import Row


class RequestKind(StrEnum):
    TEMPLATE = "TEMPLATE"
    FREE_FORM = "FREE_FORM"


class PermissionRequest(Row, table=True):
    __tablename__ = "permission_request"
    __table_args__ = (
        of_same_workspace("business_number_id", "business_number"),
        of_same_workspace("customer_id", "customer"),
        of_same_workspace("permission_id", "call_permission"),
        of_same_workspace("token_id", "api_token"),
        UniqueConstraint("workspace_id", "message_id"),
        UniqueConstraint("workspace_id", "idempotency_key"),
        Index("permission_request_of_pair", "workspace_id", "permission_id", "id"),
        Index("permission_request_of_customer", "workspace_id", "customer_id", "id"),
        Index("permission_request_by_time", "workspace_id", "sent_at"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    business_number_id: UUID
    customer_id: UUID
    permission_id: UUID
    kind: RequestKind = Field(sa_type=text_of(RequestKind))
    content: dict[str, Any] = Field(sa_type=Json)

    reserved_at: datetime = Field(sa_type=Moment)
    lease_until: datetime | None = moment(index=True)  # until then somebody is sending it; then it is picked up
    sent_at: datetime | None = moment()
    delivered_at: datetime | None = moment()
    read_at: datetime | None = moment()
    failed_at: datetime | None = moment()
    failure: str | None = None
    refused_code: int | None = None  # Meta's error, where it refused to take the message
    refused_until: datetime | None = moment()  # and when it would take it, as far as it said
    answer: Response | None = Field(default=None, sa_type=text_of(Response))
    answered_at: datetime | None = moment()

    status: RequestStatus = Field(default=RequestStatus.QUEUED, sa_type=text_of(RequestStatus))
    expires_at: datetime | None = moment()
    next_moment: datetime | None = moment(index=True)  # when `status` will be out of date

    message_id: str | None = None  # Meta's wamid
    requested_by: str
    token_id: UUID | None = None
    idempotency_key: str | None = None
    input_hash: str | None = None

    @property
    def known(self) -> Request:
        """What is known, in the words of the rules."""
        return Request(
            self.reserved_at,
            self.sent_at,
            self.delivered_at,
            self.read_at,
            self.failed_at,
            self.answer,
            self.answered_at,
        )

    def status_at(self, now: datetime) -> RequestStatus:
        """Tell the status at `now`, whatever the clock has or has not marked."""
        ran_out = self.next_moment is not None and self.next_moment <= now
        return RequestStatus.EXPIRED if ran_out else self.status

    def remember(self, known: Request, newer: list[Request], policy: Policy, now: datetime) -> None:
        """Write down what is known, and everything that follows from it as of `now`."""
        self.sent_at, self.delivered_at, self.read_at = known.sent_at, known.delivered_at, known.read_at
        self.failed_at, self.answer, self.answered_at = known.failed_at, known.answer, known.answered_at
        self.status = rules.at(known, newer, policy, now)
        self.expires_at = rules.dies_at(known, policy)
        self.next_moment = self.expires_at if self.status.lives else None
        if self.status is not RequestStatus.QUEUED:
            self.lease_until = None


def status_at(now: datetime) -> ColumnElement[str]:
    """Tell in SQL the status at `now`, whatever the clock has or has not marked."""
    return case(
        (col(PermissionRequest.next_moment) <= now, literal(RequestStatus.EXPIRED.value)),
        else_=func.coalesce(col(PermissionRequest.status), literal(RequestStatus.QUEUED.value)),
    )


def of_workspace(workspace_id: UUID) -> SelectOfScalar[PermissionRequest]:
    return select(PermissionRequest).where(col(PermissionRequest.workspace_id) == workspace_id)


def of_permissions(
    workspace_id: UUID, permission_ids: Collection[UUID], since: datetime
) -> SelectOfScalar[PermissionRequest]:
    """Find some pairs' requests that were made since a moment or are still going on, oldest first."""
    going_on = or_(col(PermissionRequest.next_moment).is_not(None), col(PermissionRequest.lease_until).is_not(None))
    return (
        of_workspace(workspace_id)
        .where(col(PermissionRequest.permission_id).in_(permission_ids))
        .where(or_(col(PermissionRequest.reserved_at) >= since, going_on))
        .order_by(col(PermissionRequest.id))
    )


def by_names(workspace_id: UUID, message_ids: list[str], request_ids: list[UUID]) -> SelectOfScalar[PermissionRequest]:
    """Find requests by Meta's message ids or by our own."""
    return select(PermissionRequest).where(
        any_within(
            PermissionRequest,
            workspace_id,
            col(PermissionRequest.message_id).in_(message_ids),
            col(PermissionRequest.id).in_(request_ids),
        )
    )


def by_idempotency_key(workspace_id: UUID, key: str) -> SelectOfScalar[PermissionRequest]:
    return of_workspace(workspace_id).where(col(PermissionRequest.idempotency_key) == key)


def abandoned(now: datetime, limit: int) -> SelectOfScalar[PermissionRequest]:
    """Find requests that were reserved and whose sender has not been heard of since."""
    queued = col(PermissionRequest.status) == RequestStatus.QUEUED
    own = select(PermissionRequest).where(queued, col(PermissionRequest.lease_until) <= now)
    return own.order_by(col(PermissionRequest.lease_until)).limit(limit)


def workspaces_with_due(now: datetime) -> SelectOfScalar[UUID]:
    """Find the workspaces in which a request's status is out of date at `now`."""
    return select(PermissionRequest.workspace_id).where(col(PermissionRequest.next_moment) <= now).distinct()


def permissions_of_due(workspace_id: UUID, now: datetime, limit: int) -> SelectOfScalar[CallPermission]:
    """Find the permissions of requests whose status is out of date at `now`, locked, but for those that are already."""
    same = and_(
        col(CallPermission.workspace_id) == col(PermissionRequest.workspace_id),
        col(CallPermission.id) == col(PermissionRequest.permission_id),
    )
    return (
        select(CallPermission)
        .join(PermissionRequest, same)
        .where(col(PermissionRequest.workspace_id) == workspace_id, col(PermissionRequest.next_moment) <= now)
        .order_by(col(PermissionRequest.next_moment))
        .limit(limit)
        .with_for_update(of=CallPermission, skip_locked=True)
    )


def next_due() -> SelectOfScalar[datetime | None]:
    return select(func.min(PermissionRequest.next_moment))


def next_abandoned() -> SelectOfScalar[datetime | None]:
    return select(func.min(PermissionRequest.lease_until))


def gone_with(workspace_id: UUID, customer_id: UUID) -> Delete:
    """Throw away all of a customer's."""
    return delete(PermissionRequest).where(
        col(PermissionRequest.workspace_id) == workspace_id, col(PermissionRequest.customer_id) == customer_id
    )
