"""Asking a customer for permission to call: reserved and committed first, then sent, then concluded.

No transaction is open while we speak to WhatsApp. Whoever dies in between leaves a reservation behind whose lease runs
out; then `pick_up` finds out whether WhatsApp has the message, and only sends it if it has not.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from models import call_permission as call_permissions
from models import permission_reply as permission_replies
from models import permission_request as permission_requests
from models.business_number import BusinessNumber
from models.change import Cause
from models.columns import new_id
from models.customer import Customer
from models.database import Session
from models.permission_request import PermissionRequest, RequestKind
from rules import permission as rules
from rules import request as request_rules
from rules.eligibility import may_request
from rules.limits import DAY, WEEK, LimitUsage
from rules.permission import Confirmed, Response
from rules.refusals import IdempotencyKeyReused, Refusal, TemplateUnavailable, WhatsAppUnavailable
from rules.request import RequestStatus
from whatsapp.cloud_api import (
    FreeForm,
    Outcome,
    PermissionState,
    Refused,
    Taken,
    Template,
    Unanswered,
    Unreached,
    Use,
)
from whatsapp.errors import Code

from . import idempotency, kept_no, log, reactions, rounds, templates, verification
from .access import Viewer
from .again import after_deadlock
from .faults import NotFoundError
from .identity import recipient_of
from .pair import Pair, lock, lock_permissions
from .resources import Resources

OPAQUE = "cpr:"  # before our id, in what WhatsApp echoes with every status of the message

# A request whose sender is gone is still sent this long after it was made; after that nobody expects it any more.
STILL_WANTED = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, from which number, in which words."""

    customer_id: UUID
    business_number_id: UUID
    content: Template | FreeForm
    idempotency_key: str | None = None

    @property
    def fingerprint(self) -> str:
        return idempotency.fingerprint(asdict(self))


@dataclass(frozen=True, slots=True)
class Reserved:
    """A request that is ours to send, and what is needed to send it."""

    request: PermissionRequest
    number: BusinessNumber
    customer: Customer


async def request(resources: Resources, viewer: Viewer, asking: Asking) -> PermissionRequest | Refusal:
    """Ask the customer, unless the permission or a limit forbids it.

    The request comes back QUEUED when WhatsApp's answer was lost: it may have been sent, and what became of it will
    be found out. NotFoundError for a customer or number that the viewer's workspace does not have.
    """
    viewer.check_number(asking.business_number_id)
    unavailable = await _check_template(resources, viewer, asking)
    if unavailable is not None:
        return unavailable
    try:
        reserved = await _reserve(resources, viewer, asking)
    except IntegrityError:  # the key was used in this very moment, for another customer
        return IdempotencyKeyReused()
    if not isinstance(reserved, Reserved):
        return reserved
    await resources.feed.announce(viewer.workspace_id)
    return await _send(resources, reserved)


async def _check_template(resources: Resources, viewer: Viewer, asking: Asking) -> TemplateUnavailable | None:
    """Check the template before anything is reserved; where WhatsApp cannot be asked, it will judge for itself."""
    if not isinstance(asking.content, Template):
        return None
    async with resources.database.reading() as session:
        number = await session.get(BusinessNumber, (viewer.workspace_id, asking.business_number_id))
        earlier = await _earlier(session, viewer, asking, resources.now())
    if number is None or earlier is not None:
        return None  # told by `lock`, or told before
    listed = await resources.templates.of(resources.whatsapp_of(number), number, resources.now())
    return None if listed is None else templates.check(listed, asking.content)


@after_deadlock
async def _reserve(resources: Resources, viewer: Viewer, asking: Asking) -> Reserved | PermissionRequest | Refusal:
    async with resources.database.writing() as session:
        pair = await lock(session, viewer.workspace_id, asking.business_number_id, asking.customer_id, resources.now)
        now = pair.now
        earlier = await _earlier(session, viewer, asking, pair.now)
        await session.flush()  # a key that has become free is so before it is used again
        if earlier is not None:
            return idempotency.clashes(earlier, asking.fingerprint) or _result_of(earlier, pair)
        in_free_words = isinstance(asking.content, FreeForm)
        eligibility = may_request(pair.situation(now), now, in_free_words=in_free_words)
        if not eligibility.allowed:
            await session.rollback()
            return eligibility.refusal

        ran_out = pair.catch_up()
        made = _row(asking, viewer, pair, now, now + _lease(resources, pair.number))
        pair.requests.append(made)
        session.add(made)
        await session.flush()
        await log.append(session, ran_out + pair.settle(Cause.REQUESTED, actor=viewer.name))
        return Reserved(made, pair.number, pair.customer)


def _row(asking: Asking, viewer: Viewer, pair: Pair, now: datetime, lease_until: datetime) -> PermissionRequest:
    by_template = isinstance(asking.content, Template)
    return PermissionRequest(
        id=new_id(),
        workspace_id=viewer.workspace_id,
        business_number_id=pair.number.id,
        customer_id=pair.customer.id,
        permission_id=pair.permission.id,
        kind=RequestKind.TEMPLATE if by_template else RequestKind.FREE_FORM,
        content=asdict(asking.content),
        reserved_at=now,
        lease_until=lease_until,
        requested_by=viewer.name,
        token_id=viewer.token_id,
        idempotency_key=asking.idempotency_key,
        input_hash=asking.fingerprint,
    )


def _lease(resources: Resources, number: BusinessNumber) -> timedelta:
    """Give a sender twice as long as WhatsApp may take to answer, retries included."""
    return 2 * resources.whatsapp_of(number).patience


async def _send(resources: Resources, reserved: Reserved) -> PermissionRequest | Refusal:
    made, number, customer = reserved.request, reserved.number, reserved.customer
    whatsapp, recipient = resources.whatsapp_of(number), recipient_of(customer)
    outcome = await whatsapp.request_permission(
        number.phone_number_id, recipient, _content_of(made), f"{OPAQUE}{made.id}"
    )
    state, asked_at = None, resources.now()
    if isinstance(outcome, Refused):
        await reactions.react(resources, number, outcome.error)
        if outcome.error.code == Code.REQUESTS_USED_UP:
            asked_at = resources.now()
            state = await whatsapp.permission_state(number.phone_number_id, recipient)
    elif isinstance(outcome, Taken):
        await reactions.clear(resources, number)
    return await _conclude(resources, made, outcome, state, asked_at)


@after_deadlock
async def _conclude(
    resources: Resources, made: PermissionRequest, outcome: Outcome, state: object, asked_at: datetime
) -> PermissionRequest | Refusal:
    if isinstance(outcome, Unanswered):
        return made  # its lease runs on; then it is picked up
    async with resources.database.writing() as session:
        pair = await _pair_of(resources, session, made)
        if pair is None:
            raise NotFoundError("The customer was deleted while the request was on its way to WhatsApp.")
        now = pair.now
        made = next(own for own in pair.requests if own.id == made.id)
        ran_out = pair.catch_up()
        await _apply(session, pair, made, outcome, now)
        if isinstance(state, PermissionState):
            verification.take_over(pair, state, asked_at)
        if made.refused_code is not None:
            made.refused_until = kept_no.until(made.refused_code, pair)
        await log.append(session, ran_out + pair.settle(_CAUSES[type(outcome)], actor=made.requested_by))
        result = _result_of(made, pair)
    await resources.feed.announce(made.workspace_id)
    return result


_CAUSES = {Taken: Cause.REQUESTED, Refused: Cause.WHATSAPP, Unreached: Cause.WHATSAPP}


async def _apply(
    session: Session, pair: Pair, made: PermissionRequest, outcome: Taken | Refused | Unreached, now: datetime
) -> None:
    match outcome:
        case Taken(id=message_id):
            made.message_id = message_id
            made.sent_at = made.sent_at or now
            await take_up_answers(session, [made])
        case Refused(error=error):
            made.failed_at, made.failure, made.refused_code = now, str(error), error.code
            if error.code == Code.ALREADY_PERMANENT:
                told = rules.after(pair.permission.known, Confirmed(now, None), pair.policy.temporary_grant)
                pair.permission.remember(told, now)
        case Unreached(reason=reason):
            made.failed_at, made.failure = now, f"WhatsApp was not reached: {reason}"
    if made.failed_at is not None and isinstance(_result_of(made, pair), WhatsAppUnavailable):
        made.idempotency_key = None  # nothing happened: the same key may try again


async def take_up_answers(session: Session, made: Sequence[PermissionRequest]) -> None:
    """Give requests whose message id has just become known the replies that came in before it."""
    by_message = {own.message_id: own for own in made if own.message_id is not None}
    if not by_message:
        return
    [workspace_id] = {own.workspace_id for own in made}
    for reply in await session.exec(permission_replies.to_messages(workspace_id, list(by_message))):
        if reply.context_id is not None:
            answer(by_message[reply.context_id], reply.response, reply.replied_at)


def answer(made: PermissionRequest, response: Response, at: datetime) -> None:
    """Write the customer's answer into the request, unless it has a later one."""
    answered = request_rules.after_answer(made.known, response, at)
    made.answer, made.answered_at = answered.answer, answered.answered_at


def _result_of(made: PermissionRequest, pair: Pair) -> PermissionRequest | Refusal:
    """Give the request, or the refusal it ended with before anything was sent."""
    if made.failed_at is None or made.sent_at is not None:
        return made
    if made.refused_code is None:
        return WhatsAppUnavailable()
    return kept_no.told_again(made.refused_code, made.failure, made.refused_until, pair.permission.status)


def _content_of(made: PermissionRequest) -> Template | FreeForm:
    return Template(**made.content) if made.kind is RequestKind.TEMPLATE else FreeForm(**made.content)


async def _earlier(session: Session, viewer: Viewer, asking: Asking, now: datetime) -> PermissionRequest | None:
    if asking.idempotency_key is None:
        return None
    with_key = permission_requests.by_idempotency_key(viewer.workspace_id, asking.idempotency_key)
    return await idempotency.earlier(session, with_key, now)


async def _pair_of(resources: Resources, session: Session, made: PermissionRequest) -> Pair | None:
    """Lock the request's pair; None where the customer was deleted meanwhile."""
    found = call_permissions.by_ids(made.workspace_id, [made.permission_id])
    pairs = await lock_permissions(session, found, resources.now)
    return next(iter(pairs), None)


# --- Requests whose sender is gone ---

PICKED_UP_AT_ONCE = 10

_PERIODS = {"PT24H": DAY, "P7D": WEEK}


async def next_pick_up(resources: Resources) -> datetime | None:
    """Give the moment at which the next request is to be picked up, if its sender is not heard of before."""
    async with resources.database.reading() as session:
        return (await session.exec(permission_requests.next_abandoned())).one()


async def pick_up(resources: Resources) -> int:
    """Bring to an end the requests whose sender died while sending. Gives how many were taken over here.

    Several at once: each waits for WhatsApp, and one that WhatsApp is slow about must not keep the others.
    """
    async with resources.database.reading() as session:
        abandoned = (await session.exec(permission_requests.abandoned(resources.now(), rounds.MOST))).all()
    return await rounds.each(partial(_pick_up, resources), abandoned, PICKED_UP_AT_ONCE)


async def _pick_up(resources: Resources, made: PermissionRequest) -> int:
    reserved = await _take_over(resources, made)
    if reserved is None:
        return 0
    with suppress(NotFoundError):  # the customer was deleted meanwhile, and with them what there was to finish
        await _finish(resources, reserved)
    return 1


async def _take_over(resources: Resources, made: PermissionRequest) -> Reserved | None:
    """Take the lease, so that of several servers only one goes on with the request; None when another has it."""
    async with resources.database.writing() as session:
        found = call_permissions.by_ids(made.workspace_id, [made.permission_id])
        pairs = await lock_permissions(session, found, resources.now, waiting=False)
        if not pairs:
            return None  # somebody is at work on the pair; the request is due again in a moment
        [pair] = pairs
        now = pair.now
        own = next((own for own in pair.requests if own.id == made.id), None)
        if own is None or own.status is not RequestStatus.QUEUED or own.lease_until is None or own.lease_until > now:
            return None
        own.lease_until = now + _lease(resources, pair.number)
        return Reserved(own, pair.number, pair.customer)


async def _finish(resources: Resources, reserved: Reserved) -> None:
    """Ask WhatsApp's own count whether it has the message. Then conclude, or send it after all."""
    customer = reserved.customer
    state = await resources.whatsapp_of(reserved.number).permission_state(
        reserved.number.phone_number_id, recipient_of(customer)
    )
    if not isinstance(state, PermissionState) or not state.requests:
        return  # it cannot be told now; the lease runs out again and it is tried again
    if await _go_on(resources, reserved.request, state):
        await _send(resources, reserved)


async def _go_on(resources: Resources, made: PermissionRequest, state: PermissionState) -> bool:
    """Write down what WhatsApp's count says of the request. True: it does not have it, and it may still be sent."""
    async with resources.database.writing() as session:
        pair = await _pair_of(resources, session, made)
        if pair is None:
            return False  # the customer was deleted
        now = pair.now
        own = next(own for own in pair.requests if own.id == made.id)
        if own.status is not RequestStatus.QUEUED:
            return False  # its statuses have come in meanwhile
        ran_out = pair.catch_up()
        pair.requests.remove(own)
        without = may_request(pair.situation(now), now)
        pair.requests.append(own)
        pair.requests.sort(key=lambda each: each.id)
        was_sent, still_to_send = _was_sent(state.requests, without.limits), False
        if was_sent:
            own.sent_at = own.reserved_at
        elif without.allowed and now < own.reserved_at + STILL_WANTED:
            still_to_send = was_sent is False  # else its statuses may tell, or the others' that are in doubt
            own.lease_until = now + _lease(resources, pair.number)  # the asking may have used up the first one
        elif was_sent is None:
            own.failed_at, own.failure = now, "Whether WhatsApp took it could not be found out; it is not sent again."
        else:
            own.failed_at, own.failure = now, "The server stopped before sending it, and it may not be sent any more."
        workspaces = await log.append(session, ran_out + pair.settle(Cause.INTERRUPTED))
    for workspace_id in workspaces:
        await resources.feed.announce(workspace_id)
    return still_to_send


def _was_sent(theirs: Sequence[Use], ours: Sequence[LimitUsage]) -> bool | None:
    """Tell by WhatsApp's count, and ours without it, whether a request was sent; None where they leave it open.

    It was where WhatsApp counts more than we do in any one period, each by itself: in a week we may count an
    undelivered request that WhatsApp does not, and it the one in doubt. It was not where WhatsApp counts none.
    Otherwise what it counts may be this one, and what it does not count another that is in doubt as well.
    """
    known = {limit.period: limit.used for limit in ours}
    if any(use.used > known.get(_PERIODS.get(use.period, WEEK), 0) for use in theirs):
        return True
    return False if any(use.used == 0 for use in theirs) else None
