"""Meta's door as the server opens it, in a house: real database and HTTP, a clock that stands still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import SQLModel, col, select
from starlette.applications import Starlette
from starlette.routing import Route

from actions.resources import Resources
from models.business_number import BusinessNumber
from models.call import Call
from models.call_permission import CallPermission
from models.change import Change
from models.customer import Customer
from models.permission_reply import PermissionReply
from models.permission_request import PermissionRequest
from models.webhook_delivery import WebhookDelivery
from server.app import WEBHOOK_PATH
from server.body_limit import BodyLimit
from server.webhook import LARGEST_BODY, WebhookDoor
from tests.ground.house import APP_SECRET, Business
from whatsapp.signature import sign

VERIFY_TOKEN = "a word that only Meta knows"

Row = dict[str, Any]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True)
class Door:
    """Knock on it as Meta does, and look what has become of it."""

    resources: Resources
    client: httpx.AsyncClient

    async def knock(self, body: bytes, signature: str | None = None, *, signed: bool = True) -> httpx.Response:
        """Deliver the body, signed rightly unless told otherwise."""
        headers = {"Content-Type": "application/json"}
        if signed:
            headers["X-Hub-Signature-256"] = sign(body, APP_SECRET) if signature is None else signature
        return await self.client.post(WEBHOOK_PATH, content=body, headers=headers)

    async def deliver(self, body: bytes) -> None:
        """Deliver what must be taken."""
        answer = await self.knock(body)
        assert (answer.status_code, answer.text) == (200, "Recorded.")

    async def rows(self, table: type[SQLModel], workspace_id: UUID | None = None) -> list[Any]:
        """Read a table, in the order in which the rows were made."""
        order = (table.sequence if table is Change else table.id,)  # type: ignore[attr-defined] # each has the one or the other
        reading = select(table).order_by(*(col(column) for column in order))
        if workspace_id is not None:
            reading = reading.where(col(table.workspace_id) == workspace_id)  # type: ignore[attr-defined] # all but deliveries
        async with self.resources.database.reading() as session:
            return list(await session.exec(reading))

    async def deliveries(self) -> list[WebhookDelivery]:
        return await self.rows(WebhookDelivery)

    async def state(self, business: Business) -> dict[str, list[Row]]:
        """Tell all that is known of a business's customers, without the ids that we made up ourselves."""
        own = business.workspace.id
        people = {row.id: row.phone or row.whatsapp_user_id for row in await self.rows(Customer, own)}
        requests = {row.id: row.message_id for row in await self.rows(PermissionRequest, own)}
        tables: tuple[type[SQLModel], ...] = (
            BusinessNumber,
            Customer,
            CallPermission,
            PermissionRequest,
            PermissionReply,
            Call,
        )
        told = {}
        for table in tables:
            rows = [_shown(row, people, requests) for row in await self.rows(table, own)]
            told[table.__name__] = sorted(rows, key=repr)
        return told


_OURS = {"id", "workspace_id", "business_number_id", "permission_id", "token_id", "input_hash", "phone_number_id"}
# When WhatsApp is to be asked what it believes is no fact, and is settled by asking.
_FOR_NOW = {"doubtful", "verify_at"}
_OF_THE_BUSINESS = {"display_phone_number", "name"}


def _shown(row: SQLModel, people: dict[UUID, str], requests: dict[UUID, str]) -> Row:
    shown = row.model_dump(exclude=_OURS | _FOR_NOW | (_OF_THE_BUSINESS if isinstance(row, BusinessNumber) else set()))
    if "customer_id" in shown:
        shown["customer_id"] = people[shown["customer_id"]]
    if shown.get("latest_request_id"):
        shown["latest_request_id"] = requests[shown["latest_request_id"]]
    return shown


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Door]:
    """Open Meta's door on these resources."""
    door = BodyLimit(WebhookDoor(resources, VERIFY_TOKEN), LARGEST_BODY)
    transport = httpx.ASGITransport(Starlette(routes=[Route(WEBHOOK_PATH, door)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as client:
        yield Door(resources, client)
