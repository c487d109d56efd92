"""Calls: placed and hung up. Reserved and committed first, then rung, then concluded; what follows comes by webhook."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from models import call as calls
from models import call_permission as call_permissions
from models.business_number import BusinessNumber
from models.call import Call
from models.change import Cause
from models.columns import new_id
from models.customer import Customer
from models.database import Session
from rules import call as rules
from rules import permission as permission_rules
from rules.call import Direction, HungUp, Lost, Overdue, Terminated
from rules.eligibility import may_call
from rules.permission import Denied
from rules.refusals import CallAlreadyEnded, IdempotencyKeyReused, Refusal, WhatsAppUnavailable
from whatsapp.cloud_api import Outcome, Refused, Taken, Unanswered, Unreached
from whatsapp.errors import Code, refusal

from . import idempotency, kept_no, log, reactions, rounds, verification
from .access import Viewer
from .again import after_deadlock
from .faults import NotFoundError
from .identity import recipient_of
from .pair import Pair, lock, lock_permissions
from .resources import Resources
from .verification import Verified

OPAQUE = "call:"  # before our id, in what WhatsApp echoes with every event of the call


@dataclass(frozen=True, slots=True)
class Placing:
    """Whom to ring, from which number, with which offer of the agent's browser."""

    customer_id: UUID
    business_number_id: UUID
    sdp_offer: str
    idempotency_key: str | None = None

    @property
    def fingerprint(self) -> str:
        return idempotency.fingerprint(asdict(self))


@dataclass(frozen=True, slots=True)
class Reserved:
    """A call that is ours to place, and what is needed to place it."""

    call: Call
    number: BusinessNumber
    customer: Customer


async def start(resources: Resources, viewer: Viewer, placing: Placing) -> Call | Refusal:
    """Ring the customer, unless the permission, a limit or a running call forbids it.

    The call comes back QUEUED when WhatsApp's answer was lost: it may be ringing, and what became of it will be found
    out. NotFoundError for a customer or number that the viewer's workspace does not have.
    """
    viewer.check_number(placing.business_number_id)
    unsure = await _verify_if_doubtful(resources, viewer, placing)
    if unsure is not None:
        return unsure
    try:
        reserved = await _reserve(resources, viewer, placing)
    except IntegrityError:  # the key was used in this very moment, for another customer
        return IdempotencyKeyReused()
    if not isinstance(reserved, Reserved):
        return reserved
    await resources.feed.announce(viewer.workspace_id)

    number, customer = reserved.number, reserved.customer
    outcome = await resources.whatsapp_of(number).start_call(
        number.phone_number_id,
        recipient_of(customer),
        placing.sdp_offer,
        f"{OPAQUE}{reserved.call.id}",
    )
    if isinstance(outcome, Refused):
        await reactions.react(resources, number, outcome.error)
    elif isinstance(outcome, Taken):
        await reactions.clear(resources, number)
    return await _conclude(resources, reserved.call, outcome)


async def _verify_if_doubtful(resources: Resources, viewer: Viewer, placing: Placing) -> Refusal | None:
    """Have WhatsApp confirm a permission that something has spoken against, before it is relied on."""
    async with resources.database.reading() as session:
        found = call_permissions.of_pair(viewer.workspace_id, placing.business_number_id, placing.customer_id)
        permission = (await session.exec(found)).first()
        earlier = await _earlier(session, viewer, placing, resources.now())
    if earlier is not None or permission is None or not permission.doubtful:
        return None
    verified = await verification.refresh(resources, viewer, placing.business_number_id, placing.customer_id)
    return None if isinstance(verified, Verified) else verified


@after_deadlock
async def _reserve(resources: Resources, viewer: Viewer, placing: Placing) -> Reserved | Call | Refusal:
    async with resources.database.writing() as session:
        pair = await lock(session, viewer.workspace_id, placing.business_number_id, placing.customer_id, resources.now)
        earlier = await _earlier(session, viewer, placing, pair.now)
        await session.flush()  # a key that has become free is so before it is used again
        if earlier is not None:
            return idempotency.clashes(earlier, placing.fingerprint) or _result_of(earlier, pair)
        eligibility = may_call(pair.situation(pair.now), pair.now)
        if not eligibility.allowed:
            await session.rollback()
            return eligibility.refusal

        ran_out = pair.catch_up()
        lease = 2 * resources.whatsapp_of(pair.number).patience
        placed = _row(placing, viewer, pair, lease)
        pair.calls.append(placed)
        session.add(placed)
        await session.flush()
        await log.append(session, ran_out + pair.settle(Cause.CALL_PLACED, actor=viewer.name))
        return Reserved(placed, pair.number, pair.customer)


def _row(placing: Placing, viewer: Viewer, pair: Pair, lease: timedelta) -> Call:
    return Call(
        id=new_id(),
        workspace_id=viewer.workspace_id,
        business_number_id=pair.number.id,
        customer_id=pair.customer.id,
        permission_id=pair.permission.id,
        direction=Direction.BUSINESS_INITIATED,
        reserved_at=pair.now,
        lease_until=pair.now + lease,
        placed_by=viewer.name,
        token_id=viewer.token_id,
        idempotency_key=placing.idempotency_key,
        input_hash=placing.fingerprint,
    )


@after_deadlock
async def _conclude(resources: Resources, placed: Call, outcome: Outcome) -> Call | Refusal:
    if isinstance(outcome, Unanswered):
        return placed  # its events will come in, or its lease runs out and it is given up
    async with resources.database.writing() as session:
        pair, placed = await _pair_of(resources, session, placed)
        ran_out = pair.catch_up()
        believed = permission_rules.at(pair.permission.known, pair.now)
        _apply(pair, placed, outcome)
        await log.append(session, ran_out + pair.settle(_CAUSES[type(outcome)], actor=placed.placed_by))
    await resources.feed.announce(placed.workspace_id)
    return _result_of(placed, pair, believed)


_CAUSES = {Taken: Cause.CALL_PLACED, Refused: Cause.WHATSAPP, Unreached: Cause.WHATSAPP}


def _apply(pair: Pair, placed: Call, outcome: Taken | Refused | Unreached) -> None:
    now = pair.now
    match outcome:
        case Taken(id=whatsapp_call_id):
            placed.whatsapp_call_id = whatsapp_call_id
            placed.remember(rules.after(placed.known, rules.Taken(now)))
        case Refused(error=error):
            placed.refused_code, placed.refused_until = error.code, kept_no.until(error.code, pair)
            placed.remember(rules.after(placed.known, Terminated(now, failed=True, failure=str(error))))
            if error.code == Code.NO_PERMISSION:
                denied = Denied(placed.reserved_at)
                told = permission_rules.after(pair.permission.known, denied, pair.policy.temporary_grant)
                pair.permission.remember(told, now)
            elif error.code in (Code.CALLS_USED_UP, Code.CALL_RUNNING):
                pair.doubt()  # WhatsApp counts otherwise than we do
        case Unreached(reason=reason):
            failure = f"WhatsApp was not reached: {reason}"
            placed.remember(rules.after(placed.known, Terminated(now, failed=True, failure=failure)))
    if not isinstance(outcome, Taken) and isinstance(_result_of(placed, pair), WhatsAppUnavailable):
        placed.idempotency_key = None  # nothing happened: the same key may try again


def _result_of(placed: Call, pair: Pair, believed: permission_rules.Status | None = None) -> Call | Refusal:
    """Give the call, or the refusal it ended with before anybody was rung."""
    if not placed.failed or placed.whatsapp_call_id is not None:
        return placed
    if placed.refused_code is None:
        return WhatsAppUnavailable()
    status = believed or pair.permission.status
    return kept_no.told_again(placed.refused_code, placed.failure, placed.refused_until, status)


async def end(resources: Resources, viewer: Viewer, call_id: UUID) -> Call | Refusal:
    """Hang up. The call has ended once WhatsApp has taken that; its report of the end fills in the rest.

    NotFoundError for a call that the viewer's workspace does not have.
    """
    async with resources.database.reading() as session:
        call = await session.get(Call, (viewer.workspace_id, call_id))
        number = await session.get(BusinessNumber, (viewer.workspace_id, call.business_number_id)) if call else None
    if call is None or number is None or not viewer.may_use(number.id):
        raise NotFoundError("There is no such call. Take an id from the query calls.")
    if call.status.ended:
        return CallAlreadyEnded()
    if call.whatsapp_call_id is None:
        return WhatsAppUnavailable()

    outcome = await resources.whatsapp_of(number).end_call(number.phone_number_id, call.whatsapp_call_id)
    match outcome:
        case Taken():
            return await _hang_up(resources, viewer, call)
        case Refused(error=error):
            await reactions.react(resources, number, error)
            return refusal(error)
        case Unreached() | Unanswered():
            return WhatsAppUnavailable()


@after_deadlock
async def _hang_up(resources: Resources, viewer: Viewer, call: Call) -> Call:
    async with resources.database.writing() as session:
        pair, call = await _pair_of(resources, session, call)
        ran_out = pair.catch_up()
        call.remember(rules.after(call.known, HungUp(pair.now)))
        await log.append(session, ran_out + pair.settle(Cause.HUNG_UP, actor=viewer.name))
    await resources.feed.announce(viewer.workspace_id)
    return call


async def next_give_up(resources: Resources) -> datetime | None:
    """Give the moment at which the next call is to be given up, if it is not heard of before."""
    async with resources.database.reading() as session:
        return (await session.exec(calls.next_abandoned())).one()


async def give_up(resources: Resources) -> int:
    """Close the calls whose placer died before WhatsApp was heard of it; they are never rung again. Gives how many."""
    async with resources.database.reading() as session:
        abandoned = (await session.exec(calls.abandoned(resources.now(), rounds.MOST))).all()
    return await rounds.each(partial(_give_up, resources), abandoned)


async def _give_up(resources: Resources, placed: Call) -> int:
    async with resources.database.writing() as session:
        pair, call = await _free_pair_of(resources, session, placed)
        if pair is None or call is None or call.lease_until is None or call.lease_until > pair.now:
            return 0  # somebody is at work on it, or it has been heard of
        ran_out = pair.catch_up()
        call.remember(rules.after(call.known, Lost(pair.now)))
        await log.append(session, ran_out + pair.settle(Cause.INTERRUPTED))
    await resources.feed.announce(placed.workspace_id)
    return 1


async def next_overdue(resources: Resources) -> datetime | None:
    """Give the next moment at which a call should long have ended."""
    async with resources.database.reading() as session:
        return (await session.exec(calls.next_overdue())).one()


async def close_overdue(resources: Resources) -> int:
    """Close the calls whose end was never reported, and have WhatsApp asked what it made of them. Gives how many."""
    async with resources.database.reading() as session:
        overdue = (await session.exec(calls.overdue(resources.now(), rounds.MOST))).all()
    return await rounds.each(partial(_close, resources), overdue)


async def _close(resources: Resources, known: Call) -> int:
    async with resources.database.writing() as session:
        pair, call = await _free_pair_of(resources, session, known)
        if pair is None or call is None or call.overdue_from is None or call.overdue_from > pair.now:
            return 0
        ran_out = pair.catch_up()
        call.remember(rules.after(call.known, Overdue(pair.now)))
        pair.doubt()
        await log.append(session, ran_out + pair.settle(Cause.OVERDUE))
    await resources.feed.announce(known.workspace_id)
    return 1


async def _earlier(session: Session, viewer: Viewer, placing: Placing, now: datetime) -> Call | None:
    if placing.idempotency_key is None:
        return None
    with_key = calls.by_idempotency_key(viewer.workspace_id, placing.idempotency_key)
    return await idempotency.earlier(session, with_key, now)


async def _pair_of(resources: Resources, session: Session, call: Call) -> tuple[Pair, Call]:
    found = call_permissions.by_ids(call.workspace_id, [call.permission_id])
    pairs = await lock_permissions(session, found, resources.now)
    for pair in pairs:
        return pair, next(own for own in pair.calls if own.id == call.id)
    raise NotFoundError("The customer was deleted meanwhile, and the call with them.")


async def _free_pair_of(resources: Resources, session: Session, call: Call) -> tuple[Pair, Call] | tuple[None, None]:
    """Lock the call's pair unless somebody else holds it: then whatever is due is done the next time."""
    found = call_permissions.by_ids(call.workspace_id, [call.permission_id])
    for pair in await lock_permissions(session, found, resources.now, waiting=False):
        return pair, next(own for own in pair.calls if own.id == call.id)
    return None, None
