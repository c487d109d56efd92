"""Deleting a customer: what is known of them goes at once, what was kept raw soon after; that they were there stays.

The log keeps its numbers, and in it the customer is an id that leads nowhere: docs/decisions/deleting-a-customer.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import stamina
from sqlalchemy.exc import DBAPIError

from models import batch_entry as batch_entries
from models import business_number as business_numbers
from models import call as calls
from models import call_permission as call_permissions
from models import change as changes
from models import customer as customers
from models import erasure as erasures
from models import former_name as former_names
from models import permission_reply as permission_replies
from models import permission_request as permission_requests
from models import webhook_delivery as webhook_deliveries
from models import webhook_message as webhook_messages
from models.change import DELETED, Cause, Change, ChangeKind
from models.customer import Customer
from models.database import Session
from models.erasure import Erasure
from rules.refusals import CallInProgress
from whatsapp.leaving_out import without

from . import log
from .access import Viewer
from .faults import NotFoundError
from .forgetting import Names, forget, names_of
from .pair import HORIZON, lock_permissions
from .resources import Resources

LEASE = timedelta(minutes=2)  # to go through the deliveries; then whoever does is taken to be gone


@dataclass(frozen=True, slots=True)
class Deleted:
    """Who was deleted, and when."""

    customer_id: UUID
    at: datetime


# Whoever is recording what this very customer just said holds what is wanted here, and may go first.
@stamina.retry(on=DBAPIError, attempts=3, wait_initial=0.05)
async def delete(resources: Resources, viewer: Viewer, customer_id: UUID) -> Deleted | CallInProgress:
    """Delete a customer with all that is known of them; deleted once more, it tells of the first time.

    What was still to be sent to them is not sent. NotFoundError for one that the viewer's workspace never had.
    """
    workspace_id = viewer.workspace_id
    async with resources.database.writing() as session:
        of_customer = call_permissions.of_customers(workspace_id, [customer_id])
        pairs = await lock_permissions(session, of_customer, resources.now)
        customer = (await session.exec(customers.locked(workspace_id, customer_id))).first()
        if customer is None:
            await session.rollback()
            return await _deleted_before(session, workspace_id, customer_id)
        with_them = (await session.exec(calls.of_customer(workspace_id, customer_id))).all()
        if any(not call.status.ended for call in with_them):
            await session.rollback()
            return CallInProgress()

        now = max([resources.now(), *(pair.now for pair in pairs)])
        recent = (call.whatsapp_call_id for call in with_them if call.reserved_at > now - HORIZON)
        names = await _all_names(session, customer, frozenset(call_id for call_id in recent if call_id is not None))
        await forget(session, workspace_id, names.digests(resources.token_key), pairs, now)
        session.add(Erasure(workspace_id=workspace_id, id=customer_id, names=names.as_written, upto=now, due_at=now))
        await session.flush()
        session.expunge_all()  # what is deleted below is not to be written
        for gone in (
            batch_entries.gone_with(workspace_id, customer_id),
            permission_replies.gone_with(workspace_id, [pair.permission.id for pair in pairs]),
            permission_requests.gone_with(workspace_id, customer_id),
            calls.gone_with(workspace_id, customer_id),
            call_permissions.gone_with(workspace_id, customer_id),
            former_names.gone_with(workspace_id, customer_id),
            webhook_messages.gone_with(workspace_id, customer_id),
            customers.gone(workspace_id, customer_id),
        ):
            await session.exec(gone)
        await log.append(session, [_change(workspace_id, customer_id, viewer.name, now)])
    await resources.feed.announce(workspace_id)
    return Deleted(customer_id, now)


async def _deleted_before(session: Session, workspace_id: UUID, customer_id: UUID) -> Deleted:
    told = (await session.exec(changes.deletion_of(workspace_id, customer_id))).first()
    if told is None:
        raise NotFoundError("There is no such customer. Take an id from the query customers.")
    return Deleted(customer_id, told.occurred_at)


async def _all_names(session: Session, customer: Customer, call_ids: frozenset[str]) -> Names:
    """Give what the customer is called and was, but for a phone that is another's by now."""
    own = names_of(customer)
    former = (await session.exec(former_names.of_any(customer.workspace_id, [customer.id], [], [], []))).all()
    phones = {name.phone for name in former if name.phone is not None}
    others = (await session.exec(customers.by_any_name(customer.workspace_id, phones, [], []))).all()
    phones -= {other.phone for other in others if other.id != customer.id and other.phone is not None}
    return Names(
        own.phones | phones,
        own.user_ids | {name.user_id for name in former if name.user_id is not None},
        own.parent_user_ids | {name.parent_user_id for name in former if name.parent_user_id is not None},
        call_ids,
    )


def _change(workspace_id: UUID, customer_id: UUID, actor: str, now: datetime) -> Change:
    return Change(
        workspace_id=workspace_id,
        kind=ChangeKind.CUSTOMER,
        cause=Cause.UPDATED,
        actor=actor,
        occurred_at=now,
        recorded_at=now,
        subject_id=customer_id,
        customer_id=customer_id,
        status=DELETED,
    )


# --- What was kept raw ---


async def next_erasure(resources: Resources) -> datetime | None:
    """Give the next moment at which somebody's names are to be erased from what was kept raw."""
    async with resources.database.reading() as session:
        return (await session.exec(erasures.next_due())).one()


async def erase(resources: Resources) -> int:
    """Erase what deliveries that were kept raw say of deleted customers. Gives how many customers were done with.

    A delivery is rewritten in a transaction of its own: whoever stops in between leaves the rest to the next.
    """
    erased = 0
    while (erasure := await _claimed(resources)) is not None:
        async with resources.database.reading() as session:
            own = (await session.exec(business_numbers.of_workspace(erasure.workspace_id))).all()
            naming = (await session.exec(webhook_deliveries.naming(erasure.names, erasure.upto))).all()
        numbers = {number.phone_number_id for number in own}
        for sha256 in naming:
            await _erase_from(resources, sha256, numbers, erasure.names)
        async with resources.database.writing() as session:
            done = await session.get(Erasure, (erasure.workspace_id, erasure.id))
            if done is not None:
                await session.delete(done)
        erased += 1
    return erased


async def _claimed(resources: Resources) -> Erasure | None:
    async with resources.database.writing() as session:
        now = resources.now()
        erasure = (await session.exec(erasures.due(now))).first()
        if erasure is not None:
            erasure.due_at = now + LEASE
    return erasure


async def _erase_from(resources: Resources, sha256: str, numbers: set[str], names: list[str]) -> None:
    """Rewrite a delivery; it is known by the digest of what came, so that the same bytes are still known again."""
    async with resources.database.writing() as session:
        kept = (await session.exec(webhook_deliveries.locked(sha256))).first()
        if kept is None:
            return
        body = without(kept.body, numbers, names)
        if body != kept.body:
            kept.body, kept.skipped, kept.failure = body, [], None
