"""The API as its callers meet it: over HTTP, and what Meta would have said meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
from sqlmodel import SQLModel, func, select
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from actions import deliveries
from graph import ids
from models.business_number import BusinessNumber
from models.call import Call
from models.change import Change
from models.customer import Customer
from models.permission_request import PermissionRequest
from server.body_limit import BodyLimit
from server.graphql_door import LARGEST_BODY, GraphQLDoor
from tests.ground.house import APP_SECRET, House
from whatsapp.fake import Said
from whatsapp.signature import sign

Answer = dict[str, Any]


def app(door: GraphQLDoor) -> Starlette:
    """Give the API's door, as the server opens it."""
    limited = BodyLimit(door, LARGEST_BODY)
    return Starlette(routes=[Route("/graphql", limited), WebSocketRoute("/graphql", limited)])


@dataclass(frozen=True)
class Api:
    """Ask as the admin of the house's business, or as the holder of any other token."""

    house: House
    client: httpx.AsyncClient

    async def post(self, content: Any, secret: str | None = None, **headers: str) -> httpx.Response:
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        given = {"Authorization": f"Bearer {secret or self.house.business.secret}", "Content-Type": "application/json"}
        return await self.client.post("/graphql", content=body, headers=given | headers)

    async def answer(self, query: str, secret: str | None = None, **variables: Any) -> Answer:
        """Ask, and give the whole answer."""
        response = await self.post({"query": query, "variables": variables}, secret)
        answer: Answer = response.json()
        return answer

    async def ask(self, query: str, secret: str | None = None, **variables: Any) -> Any:
        """Ask what must be answered, and give the answer to its only field."""
        answer = await self.answer(query, secret, **variables)
        assert "errors" not in answer, answer["errors"]
        [data] = answer["data"].values()
        return data

    async def fault(self, query: str, secret: str | None = None, **variables: Any) -> tuple[str, str]:
        """Ask what must not be answered, and give the error's code and message."""
        answer = await self.answer(query, secret, **variables)
        [error] = answer["errors"]
        assert not any((answer.get("data") or {}).values())
        return error["extensions"]["code"], error["message"]


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[Api]:
    transport = httpx.ASGITransport(app(GraphQLDoor(house.resources, [])))
    async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as client:
        yield Api(house, client)


def id_of(row: SQLModel) -> str:
    """Give the global id of a row."""
    own: UUID = row.id  # type: ignore[attr-defined] # every node's row has one
    return ids.encode(type(row).__name__, own)


# --- What Meta says meanwhile ---


async def replies(
    house: House,
    customer: Customer,
    response: str = "temporary",
    *,
    at: datetime | None = None,
    lasting: timedelta = timedelta(days=7),
    number: BusinessNumber | None = None,
    context_id: str | None = None,
) -> None:
    """Let the customer answer: temporary, permanent or decline."""
    at = at or house.clock.now
    answer: Answer = {"response": "reject" if response == "decline" else "accept", "response_source": "user_action"}
    if response == "temporary":
        answer |= {"is_permanent": False, "expiration_timestamp": str(int((at + lasting).timestamp()))}
    if response == "permanent":
        answer |= {"is_permanent": True}
    message = {
        "id": f"wamid.reply.{customer.id}.{response}.{at.timestamp()}",
        "from": (customer.phone or "").removeprefix("+"),
        "from_user_id": customer.whatsapp_user_id,
        "timestamp": str(int(at.timestamp())),
        "type": "interactive",
        "interactive": {"type": "call_permission_reply", "call_permission_reply": answer},
        "context": {"id": context_id} if context_id else None,
    }
    await tell(house, number or house.number, "messages", messages=[message])


async def message_moved(house: House, message_id: str, status: str) -> None:
    """Let Meta report how far a message has come."""
    moved = {"id": message_id, "status": status, "timestamp": str(int(house.clock.now.timestamp()))}
    await tell(house, house.number, "messages", statuses=[moved])


async def call_event(house: House, customer: Customer, call_id: str, event: str, **more: Any) -> None:
    """Let Meta report of a call: connect or terminate."""
    call = {
        "id": call_id,
        "from": house.number.display_phone_number.removeprefix("+"),
        "to": (customer.phone or "").removeprefix("+"),
        "event": event,
        "timestamp": str(int(house.clock.now.timestamp())),
        "direction": "BUSINESS_INITIATED",
    }
    await tell(house, house.number, "calls", calls=[call | more])


async def call_status(house: House, customer: Customer, call_id: str, status: str) -> None:
    """Let Meta report of a call: RINGING, ACCEPTED or REJECTED."""
    moved = {
        "id": call_id,
        "type": "call",
        "status": status,
        "timestamp": str(int(house.clock.now.timestamp())),
        "recipient_id": (customer.phone or "").removeprefix("+"),
    }
    await tell(house, house.number, "calls", statuses=[moved])


async def tell(house: House, number: BusinessNumber, field: str, **items: Any) -> None:
    metadata = {
        "phone_number_id": number.phone_number_id,
        "display_phone_number": number.display_phone_number.removeprefix("+"),
    }
    change = {"field": field, "value": {"metadata": metadata} | items}
    body = orjson.dumps({"entry": [{"changes": [change]}]})
    await deliveries.receive(house.resources, body, sign(body, APP_SECRET))


# --- What has been done ---


async def done(house: House) -> tuple[list[Said], dict[str, int]]:
    """Tell what was said to WhatsApp and how many rows there are: to see that nothing has been done."""
    counts = {}
    async with house.resources.database.reading() as session:
        for table in (Customer, PermissionRequest, Call, Change):
            counts[table.__name__] = (await session.exec(select(func.count()).select_from(table))).one()
    return list(house.whatsapp.said), counts
