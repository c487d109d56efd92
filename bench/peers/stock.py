"""Strawberry as it comes: its own GraphQL app with the part of the schema that is asked for, all in memory."""

import asyncio
import base64
import uuid
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Annotated

import strawberry
import typer
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from models.change import Cause
from rules.permission import Source, Status

strawberry.enum(Status, name="CallPermissionStatus")
strawberry.enum(Cause, name="ChangeCause")
strawberry.enum(Source, name="PermissionSource")


def _id(kind: str) -> strawberry.ID:
    return strawberry.ID(base64.urlsafe_b64encode(f"{kind}:{uuid.uuid4()}".encode()).decode())


@strawberry.type
class Customer:
    id: strawberry.ID
    name: str | None
    phone: str | None
    tags: list[str]


@strawberry.type
class BusinessNumber:
    id: strawberry.ID
    display_phone_number: str
    name: str


NUMBER = BusinessNumber(id=_id("BusinessNumber"), display_phone_number="+918045550142", name="Benchmark")
CUSTOMERS = [Customer(id=_id("Customer"), name="A customer", phone=f"+9198{place:08}", tags=[]) for place in range(100)]
PERMISSION_IDS = [_id("CallPermission") for _ in CUSTOMERS]
NUMBERS = {NUMBER.id: NUMBER}
PEOPLE = {customer.id: customer for customer in CUSTOMERS}


@strawberry.type
class CallPermission:
    id: strawberry.ID
    status: Status
    granted_at: datetime | None
    expires_at: datetime | None
    responded_at: datetime | None
    source: Source | None
    customer_id: strawberry.Private[strawberry.ID]
    business_number_id: strawberry.Private[strawberry.ID]

    @strawberry.field
    async def customer(self) -> Customer:
        return PEOPLE[self.customer_id]

    @strawberry.field
    async def business_number(self) -> BusinessNumber:
        return NUMBERS[self.business_number_id]


@strawberry.type
class CallPermissionChange:
    cursor: str
    occurred_at: datetime
    cause: Cause
    previous_status: Status
    status: Status
    call_permission: CallPermission


class Listeners:
    """Hands every change to the queue of each listener."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[CallPermissionChange]] = set()
        self._told = 0

    async def changes(self) -> AsyncGenerator[CallPermissionChange, None]:
        queue: asyncio.Queue[CallPermissionChange] = asyncio.Queue()
        self._queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.discard(queue)

    def tell(self) -> None:
        """Let the next customer say yes."""
        change = self._next()
        for queue in self._queues:
            queue.put_nowait(change)

    def _next(self) -> CallPermissionChange:
        now, place = datetime.now(UTC), self._told % len(CUSTOMERS)
        self._told += 1
        return CallPermissionChange(
            cursor=base64.urlsafe_b64encode(f"log:{NUMBER.id}:{self._told}".encode()).decode(),
            occurred_at=now,
            cause=Cause.CUSTOMER_ANSWERED,
            previous_status=Status.REQUESTED,
            status=Status.TEMPORARY,
            call_permission=CallPermission(
                id=PERMISSION_IDS[place],
                status=Status.TEMPORARY,
                granted_at=now,
                expires_at=now + timedelta(days=7),
                responded_at=now,
                source=Source.USER_ACTION,
                customer_id=CUSTOMERS[place].id,
                business_number_id=NUMBER.id,
            ),
        )


LISTENERS = Listeners()


@strawberry.type
class Query:
    said: str = "nothing"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def call_permission_changed(self) -> AsyncGenerator[CallPermissionChange, None]:
        async for change in LISTENERS.changes():
            yield change


async def _tell(request: Request) -> JSONResponse:
    for _ in range(request.path_params["count"]):
        LISTENERS.tell()
    return JSONResponse({"status": "told"})


async def _live(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "live"})


def serve(port: Annotated[int, typer.Option()]) -> None:
    graphql = GraphQL(
        strawberry.Schema(query=Query, subscription=Subscription),
        subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
    )
    routes = [
        Route("/health/live", _live),
        Route("/changes/{count:int}", _tell, methods=["POST"]),
        WebSocketRoute("/graphql", graphql),
    ]
    # As Maycall runs it: uvloop, and the implementation of WebSockets that delivers the most.
    uvicorn.run(Starlette(routes=routes), port=port, ws="websockets-sansio", loop="uvloop", log_config=None)


if __name__ == "__main__":
    typer.run(serve)
