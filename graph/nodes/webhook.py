"""Webhook endpoints and what they are told, as nodes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from sqlmodel import col

from graph import cursors
from graph.connections import After, Before, Connection, First, Last, Listing, PageArguments, connect
from graph.context import Info
from graph.scalars import Json
from models import webhook_endpoint as webhook_endpoints
from models import webhook_message as webhook_messages
from models.page import Order
from models.webhook_message import WebhookMessage
from rules.access import Scope
from rules.webhooks import DeliveryStatus

from .node import Node, node_id, reads

ENDPOINTS: Listing[webhook_endpoints.WebhookEndpoint] = Listing(
    Order((col(webhook_endpoints.WebhookEndpoint.id),)), (UUID,), lambda row: (row.id,)
)
DELIVERIES: Listing[WebhookMessage] = Listing(
    Order((col(WebhookMessage.created_at), col(WebhookMessage.id)), descending=True),
    (datetime, UUID),
    lambda row: (row.created_at, row.id),
)


@strawberry.input(description="Which deliveries to list. All that is given must hold.")
class WebhookDeliveryFilter:
    statuses: list[DeliveryStatus] | None = strawberry.field(default=None, description="Any of these statuses.")


@strawberry.type(description="Something that a webhook endpoint is to be told, and what came of the attempts to.")
class WebhookDelivery(Node):
    event: str = strawberry.field(description="The payload's `type`: the subscription's field, or `test`.")
    status: DeliveryStatus = strawberry.field(description="What has become of it.")
    message_id: str = strawberry.field(description="The header `webhook-id`, the same in every attempt.")
    cursor: str | None = strawberry.field(description="Where the change stands in the log; null for a test.")
    payload: str = strawberry.field(description="The body that is sent.")
    created_at: datetime = strawberry.field(description="When it was written down.")
    attempts: int = strawberry.field(description="How many attempts have ended.")
    next_attempt_at: datetime | None = strawberry.field(
        description="When it is tried again, at the earliest; null when it is not, or waits for the endpoint."
    )
    last_attempt_at: datetime | None = strawberry.field(description="When the last attempt ended.")
    delivered_at: datetime | None = strawberry.field(description="When the endpoint took it.")
    response_status: int | None = strawberry.field(description="The HTTP status of the last answer.")
    response_body: str | None = strawberry.field(description="How the last answer began, 1,024 bytes at the most.")
    duration_milliseconds: int | None = strawberry.field(description="How long the last attempt took.")
    failure: str | None = strawberry.field(description="Why the last attempt failed, if it did.")
    row: strawberry.Private[WebhookMessage]

    @strawberry.field(description="The endpoint that is told.")
    async def webhook_endpoint(self, info: Info) -> "WebhookEndpoint":
        return shown_endpoint(await info.context.loaders.webhook_endpoints.load(self.row.endpoint_id))


@strawberry.type(description="Where a partner's system is told what a subscription of its own would be told.")
class WebhookEndpoint(Node):
    name: str = strawberry.field(description="What the business calls it.")
    url: str = strawberry.field(description="The address that is posted to.")
    document: str = strawberry.field(description="The subscription whose results are sent.")
    variables: Json = strawberry.field(description="The subscription's variables.")
    event: str = strawberry.field(description="The field it subscribes to: the `type` of what is sent.")
    scopes: list[str] = strawberry.field(description="What the payload may show, such as permissions:read.")
    enabled: bool = strawberry.field(description="Whether anything is sent to it.")
    disabled_at: datetime | None = strawberry.field(description="When it was switched off, while it is.")
    problem: str | None = strawberry.field(
        description="Why Maycall switched it off and what to do; null where it did not."
    )
    failing_since: datetime | None = strawberry.field(
        description="When the first attempt failed after which none has succeeded; null when all is well."
    )
    cursor: str = strawberry.field(description="Up to where in the log its deliveries have been written down.")
    former_secret_until: datetime | None = strawberry.field(
        description="Until when the secret before the present one signs beside it, where there was one."
    )
    created_by: str = strawberry.field(description="The name of the token that made it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When somebody last changed it.")
    row: strawberry.Private[webhook_endpoints.WebhookEndpoint]

    @strawberry.field(description="What it was told and is to be told, newest first.")
    async def deliveries(
        self,
        info: Info,
        filter: Annotated[WebhookDeliveryFilter | None, strawberry.argument(description="Which ones.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[WebhookDelivery]:
        own = webhook_messages.of_endpoint(info.context.workspace_with(Scope.ADMIN), self.row.id)
        if filter and filter.statuses is not None:
            own = own.where(col(WebhookMessage.status).in_(filter.statuses))
        return await connect(info.context, own, DELIVERIES, PageArguments(first, after, last, before), shown_delivery)


def shown_endpoint(row: webhook_endpoints.WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=node_id("WebhookEndpoint", row.id),
        name=row.name,
        url=row.url,
        document=row.document,
        variables=Json(row.variables),
        event=row.event,
        scopes=row.scopes,
        enabled=row.enabled,
        disabled_at=row.disabled_at,
        problem=row.problem,
        failing_since=row.failing_since,
        cursor=cursors.encode_log(row.workspace_id, row.position),
        former_secret_until=row.former_until,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        row=row,
    )


def shown_delivery(row: WebhookMessage) -> WebhookDelivery:
    return WebhookDelivery(
        id=node_id("WebhookDelivery", row.id),
        event=row.event,
        status=row.status,
        message_id=row.public_id,
        cursor=None if row.sequence is None else cursors.encode_log(row.workspace_id, row.sequence),
        payload=row.payload.decode(),
        created_at=row.created_at,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        last_attempt_at=row.last_attempt_at,
        delivered_at=row.delivered_at,
        response_status=row.response_status,
        response_body=row.response_body,
        duration_milliseconds=row.duration_ms,
        failure=row.failure,
        row=row,
    )


@reads("WebhookEndpoint")
async def _read_endpoint(info: Info, row_id: UUID) -> WebhookEndpoint | None:
    info.context.viewer_with(Scope.ADMIN)
    row = await info.context.loaders.webhook_endpoints.load(row_id)
    return shown_endpoint(row) if row else None


@reads("WebhookDelivery")
async def _read_delivery(info: Info, row_id: UUID) -> WebhookDelivery | None:
    info.context.viewer_with(Scope.ADMIN)
    row = await info.context.loaders.webhook_messages.load(row_id)
    return shown_delivery(row) if row else None
