"""Asking many customers for permission: looked at together, then asked one by one by whichever server comes first.

A batch is written down with an entry for each customer, and only that: each entry is then asked as any single request
is, by a key of its own, so that whoever dies in between is followed by somebody who asks nobody twice.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from models import batch_entry as batch_entries
from models import call_permission as call_permissions
from models import permission_request as permission_requests
from models import request_batch as request_batches
from models.batch_entry import BatchEntry, EntryState
from models.business_number import BusinessNumber
from models.columns import new_id
from models.customer import Customer
from models.database import Session
from models.permission_request import PermissionRequest, RequestKind
from models.request_batch import RequestBatch
from rules import permission as permission_rules
from rules.eligibility import may_request
from rules.refusals import (
    IdempotencyKeyReused,
    PermissionAlreadyPermanent,
    Refusal,
    TemplateUnavailable,
    WhatsAppUnavailable,
)
from whatsapp.cloud_api import FreeForm, Template

from . import idempotency, permissions, rounds, templates
from .access import Viewer
from .faults import BadInputError, NotFoundError
from .pair import Pair, look
from .permissions import Asking
from .resources import Resources

MOST_CUSTOMERS = 1000
ASKED_AT_ONCE = 10
LEASE = timedelta(minutes=2)  # to ask one customer; then whoever does is taken to be gone
REST = timedelta(minutes=1)  # after WhatsApp could not be reached
STILL_WANTED = timedelta(hours=1)  # after that nobody expects the customers to be asked any more


@dataclass(frozen=True, slots=True)
class AskingMany:
    """Whom to ask, from which number, in which words; `said` is how the caller named them, which a key stands for."""

    customer_ids: Sequence[UUID]
    business_number_id: UUID
    content: Template | FreeForm
    said: Any
    idempotency_key: str | None = None

    @property
    def fingerprint(self) -> str:
        return idempotency.fingerprint(
            {"number": self.business_number_id, "content": asdict(self.content), "customers": self.said}
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """What is or would be done about one customer."""

    customer: Customer
    state: EntryState
    code: str | None = None
    message: str | None = None
    available_at: datetime | None = None
    request_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A batch, None where it was only tried; and an entry for each customer, in the order in which they were named."""

    batch: RequestBatch | None
    entries: tuple[Entry, ...]


async def plan(resources: Resources, viewer: Viewer, asking: AskingMany) -> Asked | TemplateUnavailable:
    """Tell who could be asked now, who later and when, who allows calls already, and why not the others.

    Nothing is changed. NotFoundError for a customer or number that the viewer's workspace does not have.
    """
    number = await _number(resources, viewer, asking)
    unavailable = await _check_template(resources, number, asking.content)
    if unavailable is not None:
        return unavailable
    async with resources.database.reading() as session:
        pairs = await _pairs(resources, session, viewer, asking)
    return Asked(None, tuple(_outlook(pair, asking.content) for pair in pairs))


async def ask(
    resources: Resources, viewer: Viewer, asking: AskingMany
) -> Asked | TemplateUnavailable | IdempotencyKeyReused:
    """Have those asked who may be asked now: they are queued, and asked by the clock under the limits as they are then.

    The same key with the same input gives the first batch again, as it stands. NotFoundError as above.
    """
    number = await _number(resources, viewer, asking)
    earlier = await _earlier(resources, viewer, asking)
    if earlier is not None:
        return await _told_again(resources, earlier, asking)
    unavailable = await _check_template(resources, number, asking.content)
    if unavailable is not None:
        return unavailable
    try:
        async with resources.database.writing() as session:
            if asking.idempotency_key is not None:  # free after a day: so before it is used again
                key = request_batches.by_idempotency_key(viewer.workspace_id, asking.idempotency_key)
                await idempotency.earlier(session, key, resources.now())
                await session.flush()
            pairs = await _pairs(resources, session, viewer, asking)
            entries = tuple(_outlook(pair, asking.content) for pair in pairs)
            batch = _batch(viewer, asking, resources.now())
            session.add(batch)
            await session.flush()
            session.add_all(_row(batch, entry) for entry in entries)
    except IntegrityError:  # the key was used in this very moment, or a customer deleted
        earlier = await _earlier(resources, viewer, asking)
        if earlier is None:
            raise _no_such_customer() from None
        return await _told_again(resources, earlier, asking)
    await resources.feed.announce(viewer.workspace_id)  # it wakes the clock
    return Asked(batch, entries)


async def _number(resources: Resources, viewer: Viewer, asking: AskingMany) -> BusinessNumber:
    viewer.check_number(asking.business_number_id)
    async with resources.database.reading() as session:
        number = await session.get(BusinessNumber, (viewer.workspace_id, asking.business_number_id))
    if number is None:
        raise NotFoundError("There is no such business number. Take an id from the query businessNumbers.")
    return number


async def _check_template(
    resources: Resources, number: BusinessNumber, content: Template | FreeForm
) -> TemplateUnavailable | None:
    if not isinstance(content, Template):
        return None
    listed = await resources.templates.of(resources.whatsapp_of(number), number, resources.now())
    return None if listed is None else templates.check(listed, content)


async def _pairs(resources: Resources, session: Session, viewer: Viewer, asking: AskingMany) -> list[Pair]:
    """Gather what is known of the customers, in the order in which they were named, each once."""
    wanted = list(dict.fromkeys(asking.customer_ids))
    ends = [(asking.business_number_id, customer_id) for customer_id in wanted]
    found = await look(session, call_permissions.of_pairs_or_by_ids(viewer.workspace_id, ends, []), resources.now())
    by_customer = {pair.customer.id: pair for pair in found}
    if len(by_customer) < len(wanted):
        raise _no_such_customer()
    return [by_customer[customer_id] for customer_id in wanted]


def _no_such_customer() -> NotFoundError:
    return NotFoundError("There is no such customer among them. Take ids from the query customers.")


def _outlook(pair: Pair, content: Template | FreeForm) -> Entry:
    """Tell what would become of it if the customer were asked now. Who allows calls is not asked for the same again."""
    if permission_rules.at(pair.permission.known, pair.now).allows_calls:
        return Entry(pair.customer, EntryState.ALREADY_ALLOWED)
    verdict = may_request(pair.situation(pair.now), pair.now, in_free_words=isinstance(content, FreeForm))
    if verdict.allowed:
        return Entry(pair.customer, EntryState.WAITING)
    state = EntryState.LATER if verdict.available_at is not None else EntryState.REFUSED
    refusal = verdict.refusal
    return Entry(pair.customer, state, refusal.code, refusal.message, verdict.available_at)


def _batch(viewer: Viewer, asking: AskingMany, now: datetime) -> RequestBatch:
    by_template = isinstance(asking.content, Template)
    return RequestBatch(
        id=new_id(),
        workspace_id=viewer.workspace_id,
        business_number_id=asking.business_number_id,
        kind=RequestKind.TEMPLATE if by_template else RequestKind.FREE_FORM,
        content=asdict(asking.content),
        created_at=now,
        requested_by=viewer.name,
        token_id=viewer.token_id,
        idempotency_key=asking.idempotency_key,
        input_hash=asking.fingerprint,
    )


def _row(batch: RequestBatch, entry: Entry) -> BatchEntry:
    return BatchEntry(
        id=new_id(),
        workspace_id=batch.workspace_id,
        batch_id=batch.id,
        customer_id=entry.customer.id,
        state=entry.state,
        due_at=batch.created_at if entry.state is EntryState.WAITING else None,
        code=entry.code,
        message=entry.message,
        available_at=entry.available_at,
        updated_at=batch.created_at,
    )


async def _earlier(resources: Resources, viewer: Viewer, asking: AskingMany) -> RequestBatch | None:
    if asking.idempotency_key is None:
        return None
    async with resources.database.reading() as session:
        found = request_batches.by_idempotency_key(viewer.workspace_id, asking.idempotency_key)
        return await idempotency.earlier(session, found, resources.now())


async def _told_again(resources: Resources, batch: RequestBatch, asking: AskingMany) -> Asked | IdempotencyKeyReused:
    clash = idempotency.clashes(batch, asking.fingerprint)
    if clash is not None:
        return clash
    async with resources.database.reading() as session:
        return Asked(batch, tuple(await entries_of(session, batch)))


async def entries_of(session: Session, batch: RequestBatch) -> list[Entry]:
    """Read a batch's entries as they stand, but for those of customers who were deleted."""
    rows = (await session.exec(batch_entries.with_customers(batch.workspace_id, batch.id))).all()
    return [shown(row, customer) for row, customer in rows]


def shown(row: BatchEntry, customer: Customer) -> Entry:
    return Entry(customer, row.state, row.code, row.message, row.available_at, row.request_id)


# --- What the clock does ---


async def next_due(resources: Resources) -> datetime | None:
    """Give the next moment at which a customer of a batch is to be asked."""
    async with resources.database.reading() as session:
        return (await session.exec(batch_entries.next_due())).one()


async def go_on(resources: Resources) -> int:
    """Ask customers who wait to be. Gives how many were asked, or found not to be asked any more."""
    async with resources.database.reading() as session:
        waiting = (await session.exec(batch_entries.due(resources.now(), rounds.MOST))).all()
    return await rounds.each(partial(_ask_one, resources), waiting, ASKED_AT_ONCE)


async def _ask_one(resources: Resources, entry: BatchEntry) -> int:
    batch = await _claim(resources, entry)
    if batch is None:
        return 0
    now = resources.now()
    if now >= batch.created_at + STILL_WANTED:
        await _conclude(resources, entry, WhatsAppUnavailable(), still_wanted=False)
        return 1
    content = Template(**batch.content) if batch.kind is RequestKind.TEMPLATE else FreeForm(**batch.content)
    # Nobody outside is told an entry's id, so nobody can use its key.
    asking = Asking(entry.customer_id, batch.business_number_id, content, f"{idempotency.OWN}{batch.id}:{entry.id}")
    result: PermissionRequest | Refusal
    try:
        if await _allows_meanwhile(resources, batch, asking):
            result = PermissionAlreadyPermanent()
        else:
            result = await permissions.request(resources, _viewer(batch), asking)
    except NotFoundError:
        return 1  # the customer was deleted meanwhile, and the entry with them
    except BadInputError:  # the template was changed, and has other parameters now
        result = TemplateUnavailable("The template has other parameters now than when this was asked for.")
    await _conclude(resources, entry, result, still_wanted=True)
    return 1


async def _allows_meanwhile(resources: Resources, batch: RequestBatch, asking: Asking) -> bool:
    """Tell whether the customer has come to allow calls without having been asked by this very entry."""
    async with resources.database.reading() as session:
        own = permission_requests.by_idempotency_key(batch.workspace_id, asking.idempotency_key or "")
        if (await session.exec(own)).first() is not None:
            return False
        found = call_permissions.of_pair(batch.workspace_id, asking.business_number_id, asking.customer_id)
        permission = (await session.exec(found)).first()
    return permission is not None and permission_rules.at(permission.known, resources.now()).allows_calls


def _viewer(batch: RequestBatch) -> Viewer:
    """Give whoever asked for the batch; what they may do was looked at then."""
    return Viewer(batch.workspace_id, batch.token_id, batch.requested_by, frozenset())  # type: ignore[arg-type] # kept


async def _claim(resources: Resources, entry: BatchEntry) -> RequestBatch | None:
    """Claim an entry, so that of several servers only one asks; None where another has."""
    async with resources.database.writing() as session:
        own = (await session.exec(batch_entries.free(entry.workspace_id, entry.id))).first()
        now = resources.now()
        if own is None or own.due_at is None or own.due_at > now:
            return None
        own.due_at = now + LEASE
        return await session.get(RequestBatch, (own.workspace_id, own.batch_id))


async def _conclude(
    resources: Resources, entry: BatchEntry, result: PermissionRequest | Refusal, *, still_wanted: bool
) -> None:
    async with resources.database.writing() as session:
        own = (await session.exec(batch_entries.locked(entry.workspace_id, entry.id))).first()
        if own is None or own.due_at is None:
            return
        own.updated_at = resources.now()
        if isinstance(result, WhatsAppUnavailable) and still_wanted:
            own.due_at = own.updated_at + REST
            return
        own.due_at = None
        match result:
            case PermissionRequest():
                own.state, own.request_id = EntryState.REQUESTED, result.id
            case PermissionAlreadyPermanent():
                own.state = EntryState.ALREADY_ALLOWED
            case refusal:
                own.state = EntryState.LATER if refusal.available_at is not None else EntryState.REFUSED
                own.code, own.message, own.available_at = refusal.code, refusal.message, refusal.available_at
