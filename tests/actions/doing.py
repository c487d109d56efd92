"""What tests do in a house, and how they look at what came of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from actions import calls, deliveries, permissions, verification
from actions.calls import Placing
from actions.pair import lock_permissions
from actions.permissions import Asking
from actions.resources import Resources
from actions.verification import Verified
from models import call_permission as call_permissions
from models import change as changes
from models.call import Call
from models.call_permission import CallPermission
from models.change import Change
from models.customer import Customer
from models.permission_request import PermissionRequest
from rules.permission import Status
from rules.refusals import Refusal
from tests.ground.house import APP_SECRET, OFFER, House, resources_on
from whatsapp.cloud_api import FreeForm, PermissionState, Template, Use
from whatsapp.fake import Said
from whatsapp.signature import sign

from . import meta

TEXT = FreeForm("May we call?")
TEMPLATE = Template("may_we_call", "en", {"first_name": "Meera", "topic": "your delivery"})
WEEK = timedelta(days=7)

Told = tuple[str, str | None, str | None, str]  # kind, previous status, status, cause

_reply_ids = count(1)


def asking(
    house: House, whom: Customer | None = None, *, key: str | None = None, content: Template | FreeForm = TEXT
) -> Asking:
    return Asking((whom or house.meera).id, house.number.id, content, key)


def placing(house: House, whom: Customer | None = None, *, key: str | None = None, offer: str = OFFER) -> Placing:
    return Placing((whom or house.meera).id, house.number.id, offer, key)


async def ask(
    house: House, whom: Customer | None = None, *, key: str | None = None, content: Template | FreeForm = TEXT
) -> PermissionRequest | Refusal:
    """Ask for permission, whatever comes of it."""
    return await permissions.request(house.resources, house.admin, asking(house, whom, key=key, content=content))


async def asked(
    house: House, whom: Customer | None = None, *, key: str | None = None, content: Template | FreeForm = TEXT
) -> PermissionRequest:
    """Ask for permission where nothing stands in the way."""
    made = await ask(house, whom, key=key, content=content)
    assert isinstance(made, PermissionRequest), made
    return made


async def ring(house: House, whom: Customer | None = None, *, key: str | None = None) -> Call | Refusal:
    """Start a call, whatever comes of it."""
    return await calls.start(house.resources, house.admin, placing(house, whom, key=key))


async def rung(house: House, whom: Customer | None = None, *, key: str | None = None) -> Call:
    """Start a call where nothing stands in the way."""
    made = await ring(house, whom, key=key)
    assert isinstance(made, Call), made
    return made


async def hear(resources: Resources, *told: meta.Change) -> None:
    """Let Meta deliver these together."""
    body = meta.delivery(*told)
    await deliveries.receive(resources, body, sign(body, APP_SECRET))


async def allow(house: House, whom: Customer | None = None, *, lasting: timedelta | None = WEEK) -> None:
    """Let the customer allow calls by themselves, from now on; None: for good."""
    now = house.clock.now
    expires_at = None if lasting is None else now + lasting
    phone = (whom or house.meera).phone or ""
    await hear(house.resources, meta.replied(f"wamid.yes{next(_reply_ids)}", now, expires_at=expires_at, phone=phone))


async def decline(house: House) -> None:
    """Let Meera say no to calls, by herself."""
    await hear(house.resources, meta.replied(f"wamid.no{next(_reply_ids)}", house.clock.now, yes=False))


def believing(requests: int = 0, *, status: Status = Status.NOT_REQUESTED) -> PermissionState:
    """Give WhatsApp's answer that it counts so many requests in the last day and week."""
    uses = (Use("PT24H", 1, requests, None), Use("P7D", 2, requests, None))
    return PermissionState(status, None, requests=uses, calls=())


async def refreshed(house: House, whom: Customer | None = None) -> Verified:
    """Have WhatsApp asked what it believes, where it tells."""
    made = await verification.refresh(house.resources, house.admin, house.number.id, (whom or house.meera).id)
    assert isinstance(made, Verified), made
    return made


# --- Looking ---


async def permission_of(resources: Resources, whom: Customer) -> CallPermission:
    async with resources.database.reading() as session:
        found = select(CallPermission).where(col(CallPermission.customer_id) == whom.id)
        return (await session.exec(found)).one()


async def requests_of(resources: Resources) -> Sequence[PermissionRequest]:
    """Give all requests, oldest first."""
    async with resources.database.reading() as session:
        return (await session.exec(select(PermissionRequest).order_by(col(PermissionRequest.id)))).all()


async def the_request(resources: Resources) -> PermissionRequest:
    [made] = await requests_of(resources)
    return made


async def calls_of(resources: Resources) -> Sequence[Call]:
    """Give all calls, oldest first."""
    async with resources.database.reading() as session:
        return (await session.exec(select(Call).order_by(col(Call.id)))).all()


async def the_call(resources: Resources) -> Call:
    [made] = await calls_of(resources)
    return made


async def log_of(house: House, after: int = 0) -> Sequence[Change]:
    """Give the workspace's log after a number, in order; it has no gap."""
    async with house.resources.database.reading() as session:
        found = (await session.exec(changes.after(house.business.workspace.id, after, 10_000))).all()
    assert [change.sequence for change in found] == list(range(after + 1, after + len(found) + 1))
    return found


async def log_stands_at(house: House) -> int:
    return len(await log_of(house))


async def told(house: House, after: int = 0) -> list[Told]:
    """Give the log in short."""
    return [in_short(change) for change in await log_of(house, after)]


def in_short(change: Change) -> Told:
    return change.kind.value, change.previous_status, change.status, change.cause.value


async def everything_of(resources: Resources) -> list[dict[str, object]]:
    """Give all permissions, requests and calls as they stand, without when somebody last wrote them down."""
    rows: list[CallPermission | PermissionRequest | Call] = []
    async with resources.database.reading() as session:
        rows += (await session.exec(select(CallPermission).order_by(col(CallPermission.id)))).all()
    rows += [*await requests_of(resources), *await calls_of(resources)]
    return [row.model_dump(exclude={"updated_at", "status_at"}) for row in rows]


@asynccontextmanager
async def nothing_written_or_sent(house: House) -> AsyncIterator[None]:
    """See to it that what is done in the block changes nothing, and says nothing to WhatsApp."""
    before = await everything_of(house.resources), await log_stands_at(house), list(house.whatsapp.said)
    yield
    after = await everything_of(house.resources), await log_stands_at(house), list(house.whatsapp.said)
    assert after == before


# --- Servers that end, and others ---


class Killed(BaseException):
    """The server's process is gone: nothing in it can catch this and go on."""


@asynccontextmanager
async def restarted(house: House) -> AsyncIterator[House]:
    """Give the same house with another server in it, on the same database."""
    url = house.resources.database.url.render_as_string(hide_password=False)
    async with resources_on(url, house.whatsapp, house.clock) as resources:
        yield replace(house, resources=resources)


def only_for(kind: type, happens: Callable[[], Awaitable[None]]) -> Callable[[Said], Awaitable[None]]:
    """Make what happens meanwhile happen only while WhatsApp is told something of this kind."""

    async def meanwhile(said: Said) -> None:
        if isinstance(said, kind):
            await happens()

    return meanwhile


@asynccontextmanager
async def holding(resources: Resources, whom: Customer, business_number_id: UUID) -> AsyncIterator[None]:
    """Hold the lock of the pair, as another server that is busy with it does."""
    async with resources.database.writing() as session:
        found = call_permissions.of_pair(whom.workspace_id, business_number_id, whom.id)
        await lock_permissions(session, found, resources.now)
        yield


async def until_waiting_for_a_lock(resources: Resources, how_many: int) -> None:
    """Wait until so many of PostgreSQL's sessions wait for each other."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(60), resources.database.engine.connect() as connection:
        while (await connection.execute(waiting)).scalar_one() < how_many:
            await connection.rollback()  # the statistics stand still within a transaction
            await asyncio.sleep(0.005)
