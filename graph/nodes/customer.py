"""Customers and what turns on them: permissions, requests, calls, changes. They know each other and share a file."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from sqlmodel import col

from actions.pair import Pair
from graph import cursors, ids
from graph.connections import After, Before, Connection, First, Last, Listing, PageArguments, connect
from graph.context import Info
from graph.documents import PERSONAL
from models import call as calls
from models import call_permission as call_permissions
from models import change as changes
from models import customer as customers
from models import permission_request as permission_requests
from models.change import Cause, ChangeKind
from models.page import Order
from models.permission_request import RequestKind
from rules import permission as permission_rules
from rules.access import Scope
from rules.call import CallStatus, Direction
from rules.eligibility import may_call, may_request, window_closes_at, window_open
from rules.permission import Response, Source, Status
from rules.request import RequestStatus

from .business_number import BusinessNumber, shown_number
from .eligibility import Eligibility, ServiceWindow, shown_verdict
from .node import Node, load_node, node_id, reads, still_there
from .sent_template import SentTemplate, shown_sent_template

# --- How lists of them are ordered: ids sort by the time they were made ---

CUSTOMERS: Listing[customers.Customer] = Listing(Order((col(customers.Customer.id),)), (UUID,), lambda row: (row.id,))
REQUESTS: Listing[permission_requests.PermissionRequest] = Listing(
    Order((col(permission_requests.PermissionRequest.id),), descending=True), (UUID,), lambda row: (row.id,)
)
CALLS: Listing[calls.Call] = Listing(Order((col(calls.Call.id),), descending=True), (UUID,), lambda row: (row.id,))
LOG: Listing[changes.Change] = Listing(
    Order((col(changes.Change.sequence),)),
    (int,),
    lambda row: (row.sequence,),
    lambda row: cursors.encode_log(row.workspace_id, row.sequence),
)
HISTORY: Listing[changes.Change] = Listing(
    Order((col(changes.Change.sequence),), descending=True), (int,), lambda row: (row.sequence,)
)


@strawberry.type(description="A request to a customer for permission to call.")
class PermissionRequest(Node):
    kind: RequestKind = strawberry.field(description="How it was put.")
    status: RequestStatus = strawberry.field(description="How far it has come, as of now.")
    answer: Response | None = strawberry.field(description="The customer's latest answer, if any.")
    queued_at: datetime = strawberry.field(description="When it was reserved here.")
    sent_at: datetime | None = strawberry.field(description="When WhatsApp took it.")
    delivered_at: datetime | None = strawberry.field(description="When it reached the customer's phone.")
    read_at: datetime | None = strawberry.field(description="When the customer saw it.")
    answered_at: datetime | None = strawberry.field(description="When the customer gave the latest answer.")
    expires_at: datetime | None = strawberry.field(description="Until when it can be answered, or the answer changed.")
    requested_by: str = strawberry.field(description="The name of the token that asked.")
    failure: str | None = strawberry.field(description="Why it failed, if it did.")
    row: strawberry.Private[permission_requests.PermissionRequest]

    @strawberry.field(description="The free words it was sent with; null for WhatsApp's own, and for a template.")
    def text(self, info: Info) -> str | None:
        info.context.viewer_with(Scope.CUSTOMERS_READ)  # whoever writes to a customer may write about them
        return self.row.content["text"] if self.kind is RequestKind.FREE_FORM else None

    @strawberry.field(description="The template it was sent as; null for a request in free words.")
    def template(self, info: Info) -> SentTemplate | None:
        info.context.viewer_with(Scope.CUSTOMERS_READ)
        return shown_sent_template(self.row.content) if self.kind is RequestKind.TEMPLATE else None

    @strawberry.field(description="Who was asked.")
    async def customer(self, info: Info) -> "Customer":
        info.context.viewer_with(Scope.CUSTOMERS_READ)
        return shown_customer(still_there(await info.context.loaders.customers.load(self.row.customer_id)))

    @strawberry.field(description="The number it was sent from.")
    async def business_number(self, info: Info) -> BusinessNumber:
        return shown_number(await info.context.loaders.business_numbers.load(self.row.business_number_id))

    @strawberry.field(description="The permission it is about.")
    async def call_permission(self, info: Info) -> "CallPermission":
        row = await info.context.loaders.call_permissions.load(self.row.permission_id)
        return shown_permission(still_there(row), info.context.resources.now())


@strawberry.type(description="A call between a business number and a customer.")
class Call(Node):
    direction: Direction = strawberry.field(description="Who called whom.")
    status: CallStatus = strawberry.field(description="How far it has come.")
    queued_at: datetime = strawberry.field(description="When it was reserved here, or first heard of.")
    started_at: datetime | None = strawberry.field(description="When WhatsApp began to try the other end.")
    answered_at: datetime | None = strawberry.field(description="When it was picked up.")
    ended_at: datetime | None = strawberry.field(description="When it ended.")
    duration_seconds: int | None = strawberry.field(description="How long it lasted once picked up, in seconds.")
    placed_by: str | None = strawberry.field(description="The name of the token that placed it, if it was placed here.")
    failure: str | None = strawberry.field(description="Why it failed, if it did.")
    row: strawberry.Private[calls.Call]

    @strawberry.field(description="The customer at one end of it.")
    async def customer(self, info: Info) -> "Customer":
        info.context.viewer_with(Scope.CUSTOMERS_READ)
        return shown_customer(still_there(await info.context.loaders.customers.load(self.row.customer_id)))

    @strawberry.field(description="The business number at the other end.")
    async def business_number(self, info: Info) -> BusinessNumber:
        return shown_number(await info.context.loaders.business_numbers.load(self.row.business_number_id))

    @strawberry.field(description="The permission it turns on.")
    async def call_permission(self, info: Info) -> "CallPermission":
        info.context.viewer_with(Scope.PERMISSIONS_READ)
        row = await info.context.loaders.call_permissions.load(self.row.permission_id)
        return shown_permission(row, info.context.resources.now())

    @strawberry.field(
        description="WhatsApp's answer to the SDP offer, once it is there. Only the"
        " token that placed the call sees it.",
        metadata=PERSONAL,
    )
    def sdp_answer(self, info: Info) -> str | None:
        own = self.row.token_id is not None and self.row.token_id == info.context.holder().token_id
        return self.row.sdp_answer if own else None


@strawberry.type(description="What a customer allows one business number. There is one for every pair of them.")
class CallPermission(Node):
    status: Status = strawberry.field(description="What the permission is, as of now.")
    granted_at: datetime | None = strawberry.field(description="When the customer last allowed calls.")
    expires_at: datetime | None = strawberry.field(
        description="When the temporary permission runs out, or ran out; null for any other."
    )
    responded_at: datetime | None = strawberry.field(description="When the customer's last word on this was.")
    source: Source | None = strawberry.field(description="Who brought the last word about.")
    verified_at: datetime | None = strawberry.field(description="When WhatsApp was last asked what it believes.")
    doubtful: bool = strawberry.field(
        description="Whether something spoke against what is known: then WhatsApp is asked before the next call."
    )
    unanswered_streak: int = strawberry.field(
        description="How many calls from the business in a row the customer has missed or declined."
    )
    row: strawberry.Private[call_permissions.CallPermission]

    @strawberry.field(description="Whose permission it is.")
    async def customer(self, info: Info) -> "Customer":
        info.context.viewer_with(Scope.CUSTOMERS_READ)
        return shown_customer(still_there(await info.context.loaders.customers.load(self.row.customer_id)))

    @strawberry.field(description="Which number it lets call.")
    async def business_number(self, info: Info) -> BusinessNumber:
        return shown_number(await info.context.loaders.business_numbers.load(self.row.business_number_id))

    @strawberry.field(description="The newest request for it, if there was one.")
    async def latest_request(self, info: Info) -> PermissionRequest | None:
        if self.row.latest_request_id is None:
            return None
        row = await info.context.loaders.permission_requests.load(self.row.latest_request_id)
        return shown_request(still_there(row), info.context.resources.now())

    @strawberry.field(description="The newest call under it, if there was one.")
    async def latest_call(self, info: Info) -> Call | None:
        info.context.viewer_with(Scope.CALLS_READ)
        row = await info.context.loaders.latest_calls.load(self.row.id)
        return shown_call(row) if row else None

    @strawberry.field(description="Whether the customer may be rung right now.")
    async def can_call(self, info: Info) -> Eligibility:
        now = info.context.resources.now()
        return shown_verdict(may_call((await self._pair(info)).situation(now), now))

    @strawberry.field(description="Whether the customer may be asked for permission right now.")
    async def can_request(self, info: Info) -> Eligibility:
        now = info.context.resources.now()
        return shown_verdict(may_request((await self._pair(info)).situation(now), now))

    @strawberry.field(description="Whether free words may be sent to the customer, or only templates.")
    async def service_window(self, info: Info) -> ServiceWindow:
        situation = (await self._pair(info)).situation(info.context.resources.now())
        is_open = window_open(situation, info.context.resources.now())
        return ServiceWindow(open=is_open, closes_at=window_closes_at(situation))

    async def _pair(self, info: Info) -> Pair:
        return still_there(await info.context.loaders.pairs.load(self.row.id))


@strawberry.type(
    description="One line of the workspace's log: something that changed. The log is in order, without gaps."
)
class Change:
    cursor: str = strawberry.field(description="Where it stands in the log: for `after`.")
    kind: ChangeKind = strawberry.field(description="What it is about.")
    cause: Cause = strawberry.field(description="Why it changed.")
    occurred_at: datetime = strawberry.field(description="When it happened.")
    recorded_at: datetime = strawberry.field(description="When it was written down here.")
    actor: str | None = strawberry.field(description="The name of the token that did it, if one did.")
    previous_status: str | None = strawberry.field(description="The status before, for what has one.")
    status: str | None = strawberry.field(
        description="The status after, for what has one; DELETED for a customer who was deleted."
    )
    row: strawberry.Private[changes.Change]

    @strawberry.field(description="What changed, as it is now; null once the customer was deleted.")
    async def node(self, info: Info) -> Node | None:
        return await load_node(info, ids.encode(_KINDS[self.row.kind], self.row.subject_id))

    @strawberry.field(description="The customer it concerns, if it concerns one.")
    async def customer(self, info: Info) -> "Customer | None":
        info.context.viewer_with(Scope.CUSTOMERS_READ)
        if self.row.customer_id is None:
            return None
        row = await info.context.loaders.customers.load(self.row.customer_id)
        return shown_customer(row) if row else None


@strawberry.type(description="A customer of the business: known by phone, by WhatsApp's user id, or both.")
class Customer(Node):
    name: str | None = strawberry.field(description="What the customer is called.")
    phone: str | None = strawberry.field(
        description="The customer's phone as E.164; null where only WhatsApp knows it."
    )
    whatsapp_user_id: str | None = strawberry.field(description="WhatsApp's business-scoped user id.")
    whatsapp_parent_user_id: str | None = strawberry.field(
        description="The user id that all portfolios of an enterprise share, where WhatsApp tells it."
    )
    external_id: str | None = strawberry.field(description="The business's own id of the customer.")
    tags: list[str] = strawberry.field(description="The business's own tags.")
    timezone: str | None = strawberry.field(description="The customer's time zone, as in Asia/Kolkata.")
    created_at: datetime = strawberry.field(description="When the customer was added.")
    updated_at: datetime = strawberry.field(description="When the customer was last changed.")
    row: strawberry.Private[customers.Customer]

    @strawberry.field(description="What the customer allows one business number; null if there is no such number.")
    async def call_permission(
        self,
        info: Info,
        business_number_id: Annotated[strawberry.ID, strawberry.argument(description="Which number.")],
    ) -> CallPermission | None:
        info.context.viewer_with(Scope.PERMISSIONS_READ)
        number_id = ids.decode_as("BusinessNumber", business_number_id)
        row = await info.context.loaders.permissions_of_pairs.load((number_id, self.row.id))
        return shown_permission(row, info.context.resources.now()) if row else None

    @strawberry.field(description="The requests to the customer, newest first.")
    async def permission_requests(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[PermissionRequest]:
        workspace_id, now = info.context.workspace_with(Scope.PERMISSIONS_READ), info.context.resources.now()
        own = permission_requests.of_workspace(workspace_id).where(
            col(permission_requests.PermissionRequest.customer_id) == self.row.id
        )
        page = PageArguments(first, after, last, before)
        return await connect(info.context, own, REQUESTS, page, lambda row: shown_request(row, now))

    @strawberry.field(description="The calls with the customer, newest first.")
    async def calls(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Call]:
        workspace_id = info.context.workspace_with(Scope.CALLS_READ)
        own = calls.of_workspace(workspace_id).where(col(calls.Call.customer_id) == self.row.id)
        page = PageArguments(first, after, last, before)
        return await connect(info.context, own, CALLS, page, shown_call)

    @strawberry.field(description="Everything that changed about the customer, newest first.")
    async def history(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Change]:
        viewer = info.context.viewer_with()
        own = changes.of_workspace(viewer.workspace_id).where(
            col(changes.Change.customer_id) == self.row.id, col(changes.Change.kind).in_(visible_kinds(info))
        )
        page = PageArguments(first, after, last, before)
        return await connect(info.context, own, HISTORY, page, shown_change)


# --- Rows as nodes ---


def shown_customer(row: customers.Customer) -> Customer:
    return Customer(
        id=node_id("Customer", row.id),
        name=row.name,
        phone=row.phone,
        whatsapp_user_id=row.whatsapp_user_id,
        whatsapp_parent_user_id=row.whatsapp_parent_user_id,
        external_id=row.external_id,
        tags=row.tags,
        timezone=row.timezone,
        created_at=row.created_at,
        updated_at=row.updated_at,
        row=row,
    )


def shown_permission(row: call_permissions.CallPermission, now: datetime) -> CallPermission:
    known = row.known
    status, granted = permission_rules.at(known, now), known.given_grant
    ends = granted is not None and status in (Status.TEMPORARY, Status.EXPIRED)
    return CallPermission(
        id=node_id("CallPermission", row.id),
        status=status,
        granted_at=granted.at if granted else None,
        expires_at=granted.expires_at if granted and ends else None,
        responded_at=known.responded_at,
        source=known.source,
        verified_at=row.verified_at,
        doubtful=row.doubtful,
        unanswered_streak=row.unanswered_streak,
        row=row,
    )


def shown_request(row: permission_requests.PermissionRequest, now: datetime) -> PermissionRequest:
    return PermissionRequest(
        id=node_id("PermissionRequest", row.id),
        kind=row.kind,
        status=row.status_at(now),
        answer=row.answer,
        queued_at=row.reserved_at,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        read_at=row.read_at,
        answered_at=row.answered_at,
        expires_at=row.expires_at,
        requested_by=row.requested_by,
        failure=row.failure,
        row=row,
    )


def shown_call(row: calls.Call) -> Call:
    return Call(
        id=node_id("Call", row.id),
        direction=row.direction,
        status=row.status,
        queued_at=row.reserved_at,
        started_at=row.taken_at,
        answered_at=row.accepted_at,
        ended_at=row.known.ended_at,
        duration_seconds=row.duration_seconds,
        placed_by=row.placed_by,
        failure=row.failure,
        row=row,
    )


def shown_change(row: changes.Change) -> Change:
    return Change(
        cursor=cursors.encode_log(row.workspace_id, row.sequence),
        kind=row.kind,
        cause=row.cause,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        previous_status=row.previous_status,
        status=row.status,
        row=row,
    )


# --- Each by its id ---


@reads("Customer")
async def _read_customer(info: Info, row_id: UUID) -> Customer | None:
    info.context.viewer_with(Scope.CUSTOMERS_READ)
    row = await info.context.loaders.customers.load(row_id)
    return shown_customer(row) if row else None


@reads("CallPermission")
async def _read_permission(info: Info, row_id: UUID) -> CallPermission | None:
    info.context.viewer_with(Scope.PERMISSIONS_READ)
    row = await info.context.loaders.call_permissions.load(row_id)
    return shown_permission(row, info.context.resources.now()) if row else None


@reads("PermissionRequest")
async def _read_request(info: Info, row_id: UUID) -> PermissionRequest | None:
    info.context.viewer_with(Scope.PERMISSIONS_READ)
    row = await info.context.loaders.permission_requests.load(row_id)
    return shown_request(row, info.context.resources.now()) if row else None


@reads("Call")
async def _read_call(info: Info, row_id: UUID) -> Call | None:
    info.context.viewer_with(Scope.CALLS_READ)
    row = await info.context.loaders.calls.load(row_id)
    return shown_call(row) if row else None


# --- What of the log a viewer may see ---

_KINDS = {
    ChangeKind.CUSTOMER: "Customer",
    ChangeKind.CALL_PERMISSION: "CallPermission",
    ChangeKind.PERMISSION_REQUEST: "PermissionRequest",
    ChangeKind.CALL: "Call",
    ChangeKind.BUSINESS_NUMBER: "BusinessNumber",
    ChangeKind.WEBHOOK_ENDPOINT: "WebhookEndpoint",
}

_SCOPES = {
    ChangeKind.CUSTOMER: Scope.CUSTOMERS_READ,
    ChangeKind.CALL_PERMISSION: Scope.PERMISSIONS_READ,
    ChangeKind.PERMISSION_REQUEST: Scope.PERMISSIONS_READ,
    ChangeKind.CALL: Scope.CALLS_READ,
    ChangeKind.WEBHOOK_ENDPOINT: Scope.ADMIN,
}


def visible_kinds(info: Info) -> list[ChangeKind]:
    """List the kinds of changes that the viewer may see."""
    viewer = info.context.viewer_with()
    return [kind for kind in ChangeKind if kind not in _SCOPES or viewer.may(_SCOPES[kind])]
