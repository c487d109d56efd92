"""Statements that count what was used of WhatsApp's limits from one business number."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlmodel import col

from rules.call import Direction
from rules.permission import Status

from .call import Call
from .call_permission import CallPermission, status_at
from .permission_request import PermissionRequest


def of_customers(workspace_id: UUID, number_id: UUID, now: datetime, streak: int) -> Any:
    """Count the number's customers: (all, who may not be asked, nor called, for a limit, whose streak is as long).

    Of the last, only those count who allow calls.
    """
    asked = _stands(now, CallPermission.requests_free_at, CallPermission.requests_barred_until)
    called = _stands(now, CallPermission.calls_free_at, CallPermission.calls_barred_until)
    at_stake = (col(CallPermission.unanswered_streak) >= streak) & _allows(now)
    counting: Any = select(func.count(), _count(asked), _count(called), _count(at_stake))
    return counting.where(
        col(CallPermission.workspace_id) == workspace_id, col(CallPermission.business_number_id) == number_id
    )


def of_requests(workspace_id: UUID, number_id: UUID, since: datetime) -> Any:
    """Count the requests that WhatsApp has taken since a moment, and the customers they went to."""
    counting: Any = select(func.count(), func.count(col(PermissionRequest.customer_id).distinct()))
    return counting.where(
        col(PermissionRequest.workspace_id) == workspace_id,
        col(PermissionRequest.sent_at) > since,
        col(PermissionRequest.business_number_id) == number_id,
    )


def of_calls(workspace_id: UUID, number_id: UUID, since: datetime) -> Any:
    """Count the calls that were placed since a moment and that WhatsApp took, and those that were picked up."""
    counting: Any = select(func.count(), _count(col(Call.accepted_at).is_not(None)))
    return counting.where(*_placed(workspace_id, number_id, since))


def placed_before(workspace_id: UUID, number_id: UUID, since: datetime, newer: int) -> Any:
    """Find when the newest of these calls was placed that has so many newer ones."""
    placed_at = col(Call.reserved_at)
    found: Any = select(placed_at).where(*_placed(workspace_id, number_id, since))
    return found.order_by(placed_at.desc()).offset(newer).limit(1)


def _placed(workspace_id: UUID, number_id: UUID, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Call.workspace_id) == workspace_id,
        col(Call.reserved_at) > since,
        col(Call.business_number_id) == number_id,
        col(Call.direction) == Direction.BUSINESS_INITIATED,
        col(Call.taken_at).is_not(None),
    )


def _allows(now: datetime) -> ColumnElement[bool]:
    return status_at(now).in_([status.value for status in Status if status.allows_calls])


def _stands(now: datetime, *ends: Any) -> ColumnElement[bool]:
    return or_(*(col(end) > now for end in ends))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
