"""A small business to do things in: real database, fake WhatsApp, a feed that runs, and a clock that can be moved."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from actions import access, business_numbers, customers
from actions.access import Viewer
from actions.feed import Feed
from actions.post import Post
from actions.resources import Resources
from actions.wires import Wire
from models.business_number import BusinessNumber, Environment
from models.columns import new_id
from models.customer import Customer
from models.database import Database
from models.sealed import Seal
from models.workspace import Workspace
from rules.access import Scope
from rules.limits import PolicyName
from whatsapp.fake import FakeWhatsApp

# The business number, its account and the first customer are those of Meta's deliveries in tests/whatsapp/samples.
PHONE_NUMBER_ID = "529183746501122"
DISPLAY_PHONE_NUMBER = "+918045550142"
MEERA = {"name": "Meera Kulkarni", "phone": "+919812300457", "tags": ["delivery"], "timezone": "Asia/Kolkata"}
CAIO = {"name": "Caio Prado", "phone": "+5511987650321", "tags": ["renewal"], "timezone": "America/Sao_Paulo"}

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

APP_SECRET = "demo-app-secret"

# All that Maycall looks for in an agent's offer, and nothing else.
OFFER = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=setup:actpass\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 00:11:22:33\r\n"
)


@dataclass(slots=True)
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOON

    def wait(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time


@dataclass(frozen=True, slots=True)
class Business:
    """A workspace with one number, its admin and the secret of the admin's token."""

    resources: Resources
    workspace: Workspace
    number: BusinessNumber
    admin: Viewer
    secret: str

    async def customer(self, **values: Any) -> Customer:
        """Make a customer; without values, one with nothing but a user id of their own."""
        made = await customers.create(self.resources, self.admin, values or {"whatsapp_user_id": f"IN.{new_id().int}"})
        assert isinstance(made, Customer)
        return made

    async def viewer(self, *scopes: Scope, expires_at: datetime | None = None) -> tuple[Viewer, str]:
        """Make a token with these scopes, and give its holder and its secret."""
        return await _holder(self.resources, self.workspace, "agent", scopes, expires_at)


@dataclass(frozen=True, slots=True)
class House:
    """What a test of actions, graph or server stands in."""

    resources: Resources
    whatsapp: FakeWhatsApp
    clock: Clock
    business: Business
    meera: Customer = field(repr=False)
    caio: Customer = field(repr=False)

    @property
    def number(self) -> BusinessNumber:
        return self.business.number

    @property
    def admin(self) -> Viewer:
        return self.business.admin


@asynccontextmanager
async def open_house(database_url: str, wire: Wire | None = None) -> AsyncIterator[House]:
    """Make a business in an empty database that is up to date, and let its feed run until the block ends."""
    clock, whatsapp = Clock(), FakeWhatsApp()
    async with resources_on(database_url, whatsapp, clock, wire) as resources:
        business = await open_business(resources)
        meera, caio = await business.customer(**MEERA), await business.customer(**CAIO)
        yield House(resources, whatsapp, clock, business, meera, caio)


@dataclass(frozen=True, slots=True)
class Deed:
    """What there is to know of a business that was opened in a database, to enter a copy of that database with."""

    workspace_id: UUID
    number_id: UUID
    meera_id: UUID
    caio_id: UUID
    admin: Viewer
    secret: str


async def furnish(database_url: str) -> Deed:
    """Make a business in an empty database that is up to date, and leave it to be copied."""
    async with open_house(database_url) as house:
        business = house.business
        return Deed(
            business.workspace.id, business.number.id, house.meera.id, house.caio.id, business.admin, business.secret
        )


@asynccontextmanager
async def entered(database_url: str, deed: Deed) -> AsyncIterator[House]:
    """Open the house of which this database is a copy: as `open_house` does, in a third of the time."""
    clock, whatsapp = Clock(), FakeWhatsApp()
    async with resources_on(database_url, whatsapp, clock) as resources:
        async with resources.database.reading() as session:
            workspace = await session.get_one(Workspace, deed.workspace_id)
            number = await session.get_one(BusinessNumber, (deed.workspace_id, deed.number_id))
            meera = await session.get_one(Customer, (deed.workspace_id, deed.meera_id))
            caio = await session.get_one(Customer, (deed.workspace_id, deed.caio_id))
        business = Business(resources, workspace, number, deed.admin, deed.secret)
        yield House(resources, whatsapp, clock, business, meera, caio)


@asynccontextmanager
async def resources_on(
    database_url: str, whatsapp: FakeWhatsApp, clock: Clock, wire: Wire | None = None
) -> AsyncIterator[Resources]:
    """Give one server's resources; several on one database are a fleet, and hear each other if there is a wire."""
    resources = Resources(
        database=Database(database_url),
        whatsapp=dict.fromkeys(Environment, whatsapp),
        feed=Feed(wire),
        token_key="of these tests",
        now=lambda: clock.now,
        app_secret=APP_SECRET,
        post=Post(open=True),  # to the tests' own receivers, which are on this machine
        seal=Seal([b"of these tests, 32 bytes of them."[:32]]),
    )
    try:
        async with resources.feed.running():
            yield resources
    finally:
        await resources.post.close()
        await resources.database.close()


async def open_business(
    resources: Resources,
    name: str = "Chai & Co",
    *,
    phone_number_id: str = PHONE_NUMBER_ID,
    display_phone_number: str = DISPLAY_PHONE_NUMBER,
    policy: PolicyName = PolicyName.PRODUCTION,
) -> Business:
    """Make a workspace with a business number and an admin."""
    workspace = Workspace(id=new_id(), name=name, created_at=resources.now())
    async with resources.database.writing() as session:
        session.add(workspace)
    number = await business_numbers.add(
        resources,
        workspace.id,
        phone_number_id=phone_number_id,
        display_phone_number=display_phone_number,
        waba_id="318840017724905",
        name=name,
        environment=Environment.PRODUCTION,
        policy=policy,
    )
    admin, secret = await _holder(resources, workspace, "admin", [Scope.ADMIN])
    return Business(resources, workspace, number, admin, secret)


async def _holder(
    resources: Resources,
    workspace: Workspace,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime | None = None,
) -> tuple[Viewer, str]:
    made = await access.create_token(resources, workspace.id, name, scopes, expires_at=expires_at)
    assert isinstance(made, access.Made)
    token = made.token
    return Viewer(workspace.id, token.id, token.name, token.held_scopes, token.expires_at), made.secret
