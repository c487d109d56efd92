"""What can be read."""

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement
from sqlmodel import and_, col, not_
from sqlmodel.sql.expression import SelectOfScalar

from models import api_token as api_tokens
from models import call as calls
from models import call_permission as call_permissions
from models import change as changes
from models import customer as customers
from models import permission_request as permission_requests
from models.business_number import BusinessNumber as NumberRow
from models.call_permission import CallPermission as PermissionRow
from models.columns import has_any_of
from models.customer import Customer as CustomerRow
from models.page import Order
from models.permission_request import PermissionRequest as RequestRow
from models.workspace import Workspace as WorkspaceRow
from rules.access import Scope
from rules.call import CallStatus
from rules.permission import Response, Status
from rules.request import RequestStatus

from . import cursors, ids
from .connections import After, Before, Connection, First, Last, Listing, PageArguments, connect
from .context import Info
from .costs import priced
from .enums import CallPermissionOrder
from .faults import bad_input
from .nodes import (
    CALLS,
    CUSTOMERS,
    LOG,
    REQUESTS,
    TOKENS,
    ApiToken,
    BusinessNumber,
    Call,
    CallPermission,
    Change,
    Customer,
    Node,
    PermissionRequest,
    load_node,
    load_workspace,
    shown_call,
    shown_change,
    shown_customer,
    shown_permission,
    shown_request,
    shown_token,
    visible_kinds,
)
from .people import PeopleQuery
from .report import ReportQueries
from .viewer import Viewer, shown_viewer, usable_numbers
from .webhook_queries import WebhookQueries


@strawberry.input(description="Which customer: exactly one of these names.", one_of=True)
class CustomerBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The customer's id.")
    phone: str | None = strawberry.field(default=strawberry.UNSET, description="The customer's phone as E.164.")
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="The business's own id of the customer."
    )
    whatsapp_user_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="WhatsApp's business-scoped user id."
    )


@strawberry.input(description="Which customers to list. What is left out does not matter; all that is given must hold.")
class CustomerFilter:
    search: str | None = strawberry.field(default=None, description="Part of the name or phone.")
    tags: list[str] | None = strawberry.field(default=None, description="At least one of these tags.")


@strawberry.input(description="Which call permissions to list. All that is given must hold.")
class CallPermissionFilter:
    statuses: list[Status] | None = strawberry.field(default=None, description="Any of these statuses, as of now.")
    callable_now: bool | None = strawberry.field(
        default=None, description="Whether the customer may be rung at this moment."
    )
    requestable_now: bool | None = strawberry.field(
        default=None, description="Whether the customer may be asked at this moment."
    )
    expires_before: datetime | None = strawberry.field(
        default=None, description="Temporary permissions that are live and run out before this moment."
    )
    customer_tags: list[str] | None = strawberry.field(
        default=None, description="Customers with at least one of these tags."
    )
    customer_search: str | None = strawberry.field(default=None, description="Part of the customer's name or phone.")
    business_number_id: strawberry.ID | None = strawberry.field(default=None, description="Of this business number.")


@strawberry.input(description="Which permission requests to list. All that is given must hold.")
class PermissionRequestFilter:
    statuses: list[RequestStatus] | None = strawberry.field(
        default=None, description="Any of these statuses, as of now."
    )
    answers: list[Response] | None = strawberry.field(default=None, description="Any of these as the latest answer.")
    answered: bool | None = strawberry.field(default=None, description="Whether the customer has ever answered it.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="To this customer.")
    business_number_id: strawberry.ID | None = strawberry.field(default=None, description="From this business number.")


@strawberry.input(description="Which calls to list. All that is given must hold.")
class CallFilter:
    statuses: list[CallStatus] | None = strawberry.field(default=None, description="Any of these statuses.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="With this customer.")
    business_number_id: strawberry.ID | None = strawberry.field(default=None, description="Of this business number.")


_PERMISSION_ORDERS: dict[CallPermissionOrder, Listing[PermissionRow]] = {
    CallPermissionOrder.CREATED_AT: Listing(Order((col(PermissionRow.id),)), (UUID,), lambda row: (row.id,)),
    CallPermissionOrder.EXPIRES_AT: Listing(
        Order((call_permissions.RUNS_OUT_AT, col(PermissionRow.id))),
        (datetime, UUID),
        lambda row: (row.runs_out_at, row.id),
    ),
}


@strawberry.type(description="What can be read.")
class Query(PeopleQuery, ReportQueries, WebhookQueries):
    @strawberry.field(description="Who is asking.")
    async def viewer(self, info: Info) -> Viewer:
        return shown_viewer(info.context.viewer_with(), await load_workspace(info))

    @strawberry.field(description="Any node by its id; null if there is none.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The node's id.")]
    ) -> Node | None:
        info.context.viewer_with()
        return await load_node(info, id)

    @strawberry.field(
        description="Many nodes by their ids, in the same order; null for those that are not there.",
        metadata=priced(each="ids"),
    )
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="The nodes' ids.")]
    ) -> list[Node | None]:
        info.context.viewer_with()
        if len(ids) > info.context.limits.page:
            raise bad_input(f"Ask for {info.context.limits.page} nodes at the most.")
        return list(await asyncio.gather(*(load_node(info, node_id) for node_id in ids)))

    @strawberry.field(description="The workspace's WhatsApp numbers, as far as the viewer may use them.")
    async def business_numbers(self, info: Info) -> list[BusinessNumber]:
        return await usable_numbers(info)

    @strawberry.field(description="The workspace's API tokens, newest first, ended ones too.")
    async def api_tokens(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[ApiToken]:
        own = api_tokens.of_workspace(info.context.workspace_with(Scope.ADMIN))
        return await connect(info.context, own, TOKENS, PageArguments(first, after, last, before), shown_token)

    @strawberry.field(description="One customer by any of their names; null if there is none.")
    async def customer(
        self, info: Info, by: Annotated[CustomerBy, strawberry.argument(description="Which customer.")]
    ) -> Customer | None:
        workspace_id = info.context.workspace_with(Scope.CUSTOMERS_READ)
        conditions = {
            "phone": col(CustomerRow.phone) == by.phone,
            "external_id": col(CustomerRow.external_id) == by.external_id,
            "whatsapp_user_id": col(CustomerRow.whatsapp_user_id) == by.whatsapp_user_id,
        }
        given = [condition for name, condition in conditions.items() if getattr(by, name) is not strawberry.UNSET]
        if by.id is not strawberry.UNSET and by.id is not None:
            given = [col(CustomerRow.id) == ids.decode_as("Customer", by.id)]
        async with info.context.resources.database.reading() as session:
            row = (await session.exec(customers.of_workspace(workspace_id).where(*given))).first()
        return shown_customer(row) if row else None

    @strawberry.field(description="The workspace's customers, oldest first.")
    async def customers(
        self,
        info: Info,
        filter: Annotated[CustomerFilter | None, strawberry.argument(description="Which ones.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Customer]:
        chosen = customers.of_workspace(info.context.workspace_with(Scope.CUSTOMERS_READ))
        if filter and filter.search:
            chosen = chosen.where(customers.found_by(filter.search))
        if filter and filter.tags is not None:
            chosen = chosen.where(has_any_of(col(CustomerRow.tags), filter.tags))
        page = PageArguments(first, after, last, before)
        return await connect(info.context, chosen, CUSTOMERS, page, shown_customer)

    @strawberry.field(
        description="The workspace's call permissions. Whom may I ring now, soonest to run out first:"
        " callPermissions(filter: {callableNow: true}, orderBy: EXPIRES_AT, first: 20)."
    )
    async def call_permissions(
        self,
        info: Info,
        filter: Annotated[CallPermissionFilter | None, strawberry.argument(description="Which ones.")] = None,
        order_by: Annotated[
            CallPermissionOrder, strawberry.argument(description="In which order.")
        ] = CallPermissionOrder.CREATED_AT,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[CallPermission]:
        workspace_id, now = info.context.workspace_with(Scope.PERMISSIONS_READ), info.context.resources.now()
        chosen = chosen_permissions(filter or CallPermissionFilter(), workspace_id, now)
        page = PageArguments(first, after, last, before)
        listing = _PERMISSION_ORDERS[order_by]
        return await connect(info.context, chosen, listing, page, lambda row: shown_permission(row, now))

    @strawberry.field(description="The workspace's permission requests, newest first.")
    async def permission_requests(
        self,
        info: Info,
        filter: Annotated[PermissionRequestFilter | None, strawberry.argument(description="Which ones.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[PermissionRequest]:
        workspace_id, now = info.context.workspace_with(Scope.PERMISSIONS_READ), info.context.resources.now()
        chosen = permission_requests.of_workspace(workspace_id)
        if filter and filter.statuses is not None:
            wanted = [status.value for status in filter.statuses]
            chosen = chosen.where(permission_requests.status_at(now).in_(wanted))
        if filter and filter.answers is not None:
            chosen = chosen.where(col(RequestRow.answer).in_(filter.answers))
        if filter and filter.answered is not None:
            chosen = chosen.where(
                col(RequestRow.answer).is_not(None) if filter.answered else col(RequestRow.answer).is_(None)
            )
        if filter and filter.customer_id is not None:
            chosen = chosen.where(col(RequestRow.customer_id) == ids.decode_as("Customer", filter.customer_id))
        if filter and filter.business_number_id is not None:
            number_id = ids.decode_as("BusinessNumber", filter.business_number_id)
            chosen = chosen.where(col(RequestRow.business_number_id) == number_id)
        page = PageArguments(first, after, last, before)
        return await connect(info.context, chosen, REQUESTS, page, lambda row: shown_request(row, now))

    @strawberry.field(description="The workspace's calls, newest first.")
    async def calls(
        self,
        info: Info,
        filter: Annotated[CallFilter | None, strawberry.argument(description="Which ones.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Call]:
        chosen = calls.of_workspace(info.context.workspace_with(Scope.CALLS_READ))
        if filter and filter.statuses is not None:
            chosen = chosen.where(col(calls.Call.status).in_(filter.statuses))
        if filter and filter.customer_id is not None:
            chosen = chosen.where(col(calls.Call.customer_id) == ids.decode_as("Customer", filter.customer_id))
        if filter and filter.business_number_id is not None:
            number_id = ids.decode_as("BusinessNumber", filter.business_number_id)
            chosen = chosen.where(col(calls.Call.business_number_id) == number_id)
        page = PageArguments(first, after, last, before)
        return await connect(info.context, chosen, CALLS, page, shown_call)

    @strawberry.field(
        description="The workspace's log of everything that changed, oldest first, as far back as it is complete."
    )
    async def changes(
        self,
        info: Info,
        after: Annotated[
            str | None, strawberry.argument(description="Only what came after this cursor of the log.")
        ] = None,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 100,
    ) -> Connection[Change]:
        workspace_id = info.context.workspace_with()
        chosen = changes.of_workspace(workspace_id).where(col(changes.Change.kind).in_(visible_kinds(info)))
        async with info.context.resources.database.reading() as session:
            log = await session.get_one(WorkspaceRow, workspace_id)
        position = log.pruned_to if after is None else cursors.decode_log(after, workspace_id)
        cursors.check_place(position, log.pruned_to, log.last_sequence)
        chosen = chosen.where(col(changes.Change.sequence) > position)
        page = await connect(info.context, chosen, LOG, PageArguments(first=first), shown_change)
        page.page_info.has_previous_page = after is not None
        return page

    @strawberry.field(
        description="Where the log stands. Read it together with data and subscribe `after` it, and nothing is missed:"
        " it is taken before anything else of the operation is read."
    )
    async def change_cursor(self, info: Info) -> str:
        workspace_id = info.context.workspace_with()
        stands_at = info.context.log_stands_at
        if stands_at is None:
            raise LookupError("The operation began without reading where the log stands.")
        return cursors.encode_log(workspace_id, stands_at)


def chosen_permissions(
    filter: CallPermissionFilter, workspace_id: UUID, now: datetime
) -> SelectOfScalar[PermissionRow]:
    """Find the workspace's permissions that are as the filter says."""
    own = call_permissions.of_workspace(workspace_id).join(NumberRow, call_permissions.its_number())
    return own.where(*_permission_conditions(filter, workspace_id, now))


def _permission_conditions(
    filter: CallPermissionFilter, workspace_id: UUID, now: datetime
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filter.statuses is not None:
        conditions.append(call_permissions.status_at(now).in_([status.value for status in filter.statuses]))
    if filter.callable_now is not None:
        may_ring = call_permissions.callable_at(now)
        conditions.append(may_ring if filter.callable_now else not_(may_ring))
    if filter.requestable_now is not None:
        conditions.append(call_permissions.requestable_at(now) == filter.requestable_now)
    if filter.expires_before is not None:
        live = call_permissions.status_at(now) == Status.TEMPORARY.value
        ends = call_permissions.RUNS_OUT_AT  # searched by index: what ends in this span, and then which of that lives
        conditions.append(and_(ends > now, ends < filter.expires_before, live))
    theirs: list[ColumnElement[bool]] = []
    if filter.customer_tags is not None:
        theirs.append(has_any_of(col(CustomerRow.tags), filter.customer_tags))
    if filter.customer_search:
        theirs.append(customers.found_by(filter.customer_search))
    if theirs:
        such = customers.of_workspace(workspace_id).where(*theirs)
        conditions.append(col(PermissionRow.customer_id).in_(such.with_only_columns(col(CustomerRow.id))))
    if filter.business_number_id is not None:
        number_id = ids.decode_as("BusinessNumber", filter.business_number_id)
        conditions.append(col(PermissionRow.business_number_id) == number_id)
    return conditions
