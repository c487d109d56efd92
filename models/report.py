"""Statements that count what became of requests and calls, day by day, and what may be done now."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, String, and_, case, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlmodel import col

from rules.call import CallStatus, Direction
from rules.permission import Response, Status
from rules.request import RequestStatus

from . import call_permission as call_permissions
from .business_number import BusinessNumber
from .call import Call
from .call_permission import RUNS_OUT_AT, CallPermission
from .permission_request import PermissionRequest, status_at

# From a moment on, how many seconds the local time is ahead of UTC: the first moment is never looked at.
Offsets = Sequence[tuple[datetime, int]]


class LocalDay(FunctionElement[str]):
    """The day, as in 2026-11-20, that a moment is in where the time is so many seconds ahead of UTC."""

    inherit_cache = True
    type = String()


@compiles(LocalDay, "sqlite")
def _local_day_on_sqlite(element: LocalDay, compiler: SQLCompiler, **options: Any) -> str:
    at, ahead = (compiler.process(clause, **options) for clause in element.clauses)
    return f"date({at}, ({ahead}) || ' seconds')"


@compiles(LocalDay, "postgresql")
def _local_day_on_postgresql(element: LocalDay, compiler: SQLCompiler, **options: Any) -> str:
    at, ahead = (compiler.process(clause, **options) for clause in element.clauses)
    return f"to_char(({at} AT TIME ZONE 'UTC') + ({ahead}) * interval '1 second', 'YYYY-MM-DD')"


class SecondsBetween(FunctionElement[float]):
    """How many seconds lie between two moments."""

    inherit_cache = True
    type = Float()


@compiles(SecondsBetween, "sqlite")
def _seconds_between_on_sqlite(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:
    first, then = (compiler.process(clause, **options) for clause in element.clauses)
    return f"((julianday({then}) - julianday({first})) * 86400.0)"


@compiles(SecondsBetween, "postgresql")
def _seconds_between_on_postgresql(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:
    first, then = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({then}) - ({first})) AS double precision)"


def callable_now(workspace_id: UUID, number_ids: Collection[UUID] | None, now: datetime) -> Any:
    """Count the customers who may be rung at this moment, each once for each number."""
    counting: Any = select(func.count()).select_from(CallPermission)
    counting = counting.join(BusinessNumber, call_permissions.its_number())
    counting = counting.where(
        col(CallPermission.workspace_id) == workspace_id,
        col(BusinessNumber.workspace_id) == workspace_id,
        call_permissions.callable_at(now),
    )
    return counting if number_ids is None else counting.where(col(CallPermission.business_number_id).in_(number_ids))


def running_out(
    workspace_id: UUID, number_ids: Collection[UUID] | None, now: datetime, soon: datetime, later: datetime
) -> Any:
    """Count the permissions that run out before each of two moments: (before the one, before the other)."""
    ends: Any = RUNS_OUT_AT
    counting: Any = select(_count(ends < soon), func.count()).select_from(CallPermission)
    counting = counting.where(
        col(CallPermission.workspace_id) == workspace_id,
        ends > now,
        ends < later,
        call_permissions.status_at(now) == Status.TEMPORARY.value,
    )
    return counting if number_ids is None else counting.where(col(CallPermission.business_number_id).in_(number_ids))


def requests_by_day(
    workspace_id: UUID,
    number_ids: Collection[UUID] | None,
    begin: datetime,
    end: datetime,
    offsets: Offsets,
    now: datetime,
) -> Any:
    """Count the requests that were sent in a span of time, by the day they were sent, and what came of them by now.

    (day, sent, allowed, declined, ignored, failed, seconds to the answer all together)
    """
    sent_at, answer = col(PermissionRequest.sent_at), col(PermissionRequest.answer)
    over = status_at(now).in_([RequestStatus.EXPIRED.value, RequestStatus.SUPERSEDED.value])
    failed = and_(answer.is_(None), status_at(now) == RequestStatus.FAILED.value)
    day = _day(sent_at, offsets)
    counting: Any = select(
        day,
        func.count(),
        _count(answer.in_([Response.TEMPORARY, Response.PERMANENT])),
        _count(answer == Response.DECLINED),
        _count(and_(answer.is_(None), over)),
        _count(failed),
        func.coalesce(func.sum(SecondsBetween(sent_at, col(PermissionRequest.answered_at))), 0.0),
    )
    counting = counting.where(
        col(PermissionRequest.workspace_id) == workspace_id, sent_at >= begin, sent_at < end
    ).group_by("day")
    return counting if number_ids is None else counting.where(col(PermissionRequest.business_number_id).in_(number_ids))


def calls_by_day(
    workspace_id: UUID, number_ids: Collection[UUID] | None, begin: datetime, end: datetime, offsets: Offsets
) -> Any:
    """Count the calls that the business placed in a span of time, by day: (day, placed, connected, missed)."""
    placed_at = col(Call.reserved_at)
    day = _day(placed_at, offsets)
    connected = col(Call.accepted_at).is_not(None)
    missed = and_(col(Call.accepted_at).is_(None), col(Call.status).in_([CallStatus.NO_ANSWER, CallStatus.REJECTED]))
    counting: Any = select(day, func.count(), _count(connected), _count(missed))
    counting = counting.where(
        col(Call.workspace_id) == workspace_id,
        placed_at >= begin,
        placed_at < end,
        col(Call.direction) == Direction.BUSINESS_INITIATED,
    ).group_by("day")
    return counting if number_ids is None else counting.where(col(Call.business_number_id).in_(number_ids))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _day(at: Any, offsets: Offsets) -> ColumnElement[str]:
    """Label a moment with its local day."""
    changes = [(at < begins, _number(ahead)) for (_, ahead), (begins, _) in pairwise(offsets)]
    last = _number(offsets[-1][1])
    return LocalDay(at, case(*changes, else_=last) if changes else last).label("day")


def _number(value: int) -> ColumnElement[int]:
    return literal(value)
