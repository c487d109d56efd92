"""What can be watched. Each stream resumes `after` a cursor with nothing lost and nothing doubled."""

from collections.abc import AsyncGenerator, Collection
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from models import change as changes
from models.change import Cause, ChangeKind
from rules.access import Scope
from rules.call import CallStatus
from rules.permission import Status

from . import cursors, ids
from .context import Info
from .nodes import Call, CallPermission, Change, shown_call, shown_change, shown_permission, visible_kinds

Resume = Annotated[
    str | None,
    strawberry.argument(description="Begin with what came after this cursor of the log; without it, from now on."),
]
CustomerIds = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="Only about these customers; without it, about all.")
]
BusinessNumberIds = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="Only about these numbers; without it, about all.")
]


@strawberry.type(description="A customer's permission has changed.")
class CallPermissionChange:
    cursor: str = strawberry.field(description="Where this stands in the log: resume after it.")
    occurred_at: datetime = strawberry.field(description="When it happened.")
    cause: Cause = strawberry.field(description="Why it changed.")
    previous_status: Status = strawberry.field(description="The status before.")
    status: Status = strawberry.field(description="The status that this change brought.")
    call_permission: CallPermission = strawberry.field(description="The permission as it is now.")


@strawberry.type(description="A call has come further, or ended.")
class CallChange:
    cursor: str = strawberry.field(description="Where this stands in the log: resume after it.")
    occurred_at: datetime = strawberry.field(description="When it happened.")
    cause: Cause = strawberry.field(description="Why it changed.")
    previous_status: CallStatus | None = strawberry.field(description="The status before; null for a new call.")
    status: CallStatus = strawberry.field(description="The status that this change brought.")
    call: Call = strawberry.field(description="The call as it is now.")


@strawberry.type(description="What can be watched.")
class Subscription:
    @strawberry.subscription(
        description="Every change of a call permission: asked, allowed, declined, taken back, run out."
    )
    async def call_permission_changed(
        self,
        info: Info,
        after: Resume = None,  # noqa: ARG002 it is read before the stream is shared: graph/live.py
        customer_ids: CustomerIds = None,
        business_number_ids: BusinessNumberIds = None,
        statuses: Annotated[
            list[Status] | None, strawberry.argument(description="Only changes to these statuses; without it, to any.")
        ] = None,
    ) -> AsyncGenerator[CallPermissionChange, None]:
        info.context.viewer_with(Scope.PERMISSIONS_READ)
        people, numbers = _decoded("Customer", customer_ids), _decoded("BusinessNumber", business_number_ids)
        async for change in info.context.changes([ChangeKind.CALL_PERMISSION]):
            if not _concerns(change, people, numbers) or (statuses is not None and change.status not in statuses):
                continue
            row = await info.context.loaders.call_permissions.load(change.subject_id)
            if row is None:  # the customer was deleted since
                continue
            yield CallPermissionChange(
                cursor=cursors.encode_log(change.workspace_id, change.sequence),
                occurred_at=change.occurred_at,
                cause=change.cause,
                previous_status=Status(change.previous_status or ""),
                status=Status(change.status or ""),
                call_permission=shown_permission(row, info.context.resources.now()),
            )

    @strawberry.subscription(
        description="Every step of a call. The SDP answer is seen only by the token that placed it."
    )
    async def call_changed(
        self,
        info: Info,
        after: Resume = None,  # noqa: ARG002 it is read before the stream is shared: graph/live.py
        customer_ids: CustomerIds = None,
        business_number_ids: BusinessNumberIds = None,
        call_ids: Annotated[
            list[strawberry.ID] | None, strawberry.argument(description="Only these calls; without it, all.")
        ] = None,
    ) -> AsyncGenerator[CallChange, None]:
        info.context.viewer_with(Scope.CALLS_READ)
        people, numbers = _decoded("Customer", customer_ids), _decoded("BusinessNumber", business_number_ids)
        wanted = _decoded("Call", call_ids)
        async for change in info.context.changes([ChangeKind.CALL]):
            if not _concerns(change, people, numbers) or (wanted is not None and change.subject_id not in wanted):
                continue
            row = await info.context.loaders.calls.load(change.subject_id)
            if row is None:  # the customer was deleted since
                continue
            yield CallChange(
                cursor=cursors.encode_log(change.workspace_id, change.sequence),
                occurred_at=change.occurred_at,
                cause=change.cause,
                previous_status=CallStatus(change.previous_status) if change.previous_status else None,
                status=CallStatus(change.status or ""),
                call=shown_call(row),
            )

    @strawberry.subscription(description="Every change in the workspace that the token may see.")
    async def changes(
        self,
        info: Info,
        after: Resume = None,  # noqa: ARG002 it is read before the stream is shared: graph/live.py
        kinds: Annotated[
            list[ChangeKind] | None, strawberry.argument(description="Only about these; without it, about everything.")
        ] = None,
    ) -> AsyncGenerator[Change, None]:
        wanted = [kind for kind in visible_kinds(info) if kinds is None or kind in kinds]
        async for change in info.context.changes(wanted):
            yield shown_change(change)


def _decoded(kind: str, global_ids: list[strawberry.ID] | None) -> set[UUID] | None:
    return None if global_ids is None else {ids.decode_as(kind, global_id) for global_id in global_ids}


def _concerns(change: changes.Change, people: Collection[UUID] | None, numbers: Collection[UUID] | None) -> bool:
    return (people is None or change.customer_id in people) and (
        numbers is None or change.business_number_id in numbers
    )
