"""Endpoints in a house, and servers that write down and send what these are told."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from actions import customers, webhook_endpoints
from actions.resources import Resources
from actions.webhook_endpoints import Listening, Secretive, Wishes
from graph import payloads
from graph.schema import schema
from models.columns import new_id
from models.webhook_endpoint import WebhookEndpoint
from models.webhook_message import WebhookMessage
from rules.access import Scope
from server.postman import Postman
from tests.ground.house import Business, House
from tests.ground.receiver import Receiver

ALL = "subscription { changes { cursor kind } }"
PERMISSIONS = """subscription ($statuses: [CallPermissionStatus!]) { callPermissionChanged(statuses: $statuses) {
    cursor occurredAt cause previousStatus status callPermission { id status customer { name phone } } } }"""


async def listen(
    business: Business, receiver: Receiver, document: str = ALL, event: str = "changes", **variables: Any
) -> Secretive:
    """Make an endpoint that is told what the document subscribes to from now on."""
    listening = Listening(document, variables, event, frozenset({Scope.ADMIN}))
    made = await webhook_endpoints.create(business.resources, business.admin, "CRM", receiver.url, listening)
    assert isinstance(made, Secretive), made
    return made


async def write(resources: Resources) -> int:
    """Write down what endpoints are to be told, as a server does that is woken once."""
    return await payloads.write(schema, lambda: None, resources)


async def post(resources: Resources) -> None:
    """Send what is due, as a server does that is woken once."""
    async with asyncio.TaskGroup() as errands:
        await Postman(asyncio.Event(), errands).set_out(resources)


async def deliver(resources: Resources) -> None:
    await write(resources)
    await post(resources)


async def happen(house: House, how_many: int = 1) -> None:
    """Let something change that an endpoint which listens to all changes is told of."""
    for _ in range(how_many):
        await customers.update(house.resources, house.admin, house.meera.id, {"name": f"Meera {new_id()}"})


async def messages(resources: Resources) -> Sequence[WebhookMessage]:
    """Give all that was written down, in the order of the log."""
    async with resources.database.reading() as session:
        return (await session.exec(select(WebhookMessage).order_by(col(WebhookMessage.sequence)))).all()


async def message(resources: Resources) -> WebhookMessage:
    """Give the only message there is."""
    [only] = await messages(resources)
    return only


async def endpoint(resources: Resources, receiver: Receiver | None = None) -> WebhookEndpoint:
    """Give the only endpoint there is, or the one at a receiver."""
    found = select(WebhookEndpoint)
    if receiver is not None:
        found = found.where(col(WebhookEndpoint.url) == receiver.url)
    async with resources.database.reading() as session:
        return (await session.exec(found)).one()


async def switch_on(house: House, receiver: Receiver | None = None) -> None:
    own = await endpoint(house.resources, receiver)
    on = await webhook_endpoints.update(house.resources, house.admin, own.id, Wishes(enabled=True))
    assert isinstance(on, WebhookEndpoint), on
