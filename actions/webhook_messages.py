"""What endpoints are told: written down in the order of the log, then sent by whoever comes first, until it arrives.

An endpoint is a listener whose place in the log is kept in the database. In one transaction what follows its place is
written down for it and the place moves on, so that nothing is left out and nothing written twice. To send is another
matter: what was sent and not noted before a crash is sent again, under the same id.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import orjson
from sqlalchemy import insert
from standardwebhooks import Webhook

from models import change as changes
from models import customer as customers
from models import webhook_endpoint as webhook_endpoints
from models import webhook_message as webhook_messages
from models import workspace as workspaces
from models.change import DELETED, Change
from models.database import Session
from models.webhook_endpoint import WebhookEndpoint
from models.webhook_message import WebhookMessage
from rules import webhooks
from rules.refusals import WebhookAddressRefused, WebhookEndpointDisabled
from rules.webhooks import Again, Answer, Delivered, DeliveryStatus, GivenUp

from . import rounds
from .access import Viewer
from .faults import NotFoundError
from .post import Posted, RefusedAddressError
from .resources import Resources
from .webhook_endpoints import switch_off

AT_ONCE = 100  # changes that are read for an endpoint
PRUNED_AT_ONCE = 1000
READING_LEASE = timedelta(seconds=30)  # to make messages of them; then whoever does is taken to be gone
SENDING_LEASE = timedelta(seconds=60)  # to send a message; longer than any attempt lasts

TEST = "test"

DEAD = "Nothing has arrived there for three days. Mend it, try it by testWebhookEndpoint, and switch it on again."
GONE = "It answered 410 Gone. If that is not so any more, switch it on again."
LOST = "The log no longer holds all that is to be told. Switch it on again with `after` the log's changeCursor."

Key = tuple[UUID, UUID]  # of an endpoint: its workspace, and its id


# --- From the log to messages ---


@dataclass(frozen=True, slots=True)
class Reading:
    """An endpoint whose turn it is, and what follows its place in the log."""

    endpoint: WebhookEndpoint
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Written:
    """What an endpoint is to be told of one change, as the bytes that are sent."""

    change: Change
    payload: bytes


async def next_reading(resources: Resources) -> datetime | None:
    """Give the moment at which an endpoint is next to be caught up with its log; None while none is behind."""
    async with resources.database.reading() as session:
        free, lease_ends = (await session.exec(webhook_endpoints.next_reading())).one()
    return resources.now() if free else lease_ends


async def behind(resources: Resources) -> Sequence[Key]:
    """Find the endpoints that are behind their logs and that no server reads for."""
    async with resources.database.reading() as session:
        return [
            (workspace_id, id_) for workspace_id, id_ in await session.exec(webhook_endpoints.behind(resources.now()))
        ]


async def read(resources: Resources, key: Key) -> Reading | None:
    """Take the turn of reading for an endpoint; None where another has it, or there is nothing to tell."""
    now = resources.now()
    async with resources.database.writing() as session:
        endpoint = (await session.exec(webhook_endpoints.locked(*key))).first()
        if endpoint is None or not endpoint.enabled:
            return None
        if endpoint.lease_until is not None and now < endpoint.lease_until:
            return None
        endpoint.lease_until = now + READING_LEASE
    async with resources.database.reading() as session:
        found = (await session.exec(changes.after(endpoint.workspace_id, endpoint.position, AT_ONCE))).all()
        pruned_to = (await session.exec(workspaces.pruned_to(endpoint.workspace_id))).one()  # as it was by then
    if endpoint.position < pruned_to:
        await give_up(resources, endpoint, LOST)
        return None
    return Reading(endpoint, found)


async def record(resources: Resources, reading: Reading, written: Sequence[Written]) -> int:
    """Write messages down and move the endpoint's place past what was read. Gives how many.

    Nothing is written where the endpoint is no longer as it was read: somebody else was quicker, or changed it.
    """
    now = resources.now()
    async with resources.database.writing() as session:
        endpoint = await _unchanged(session, reading.endpoint)
        if endpoint is None:
            return 0
        endpoint.position = reading.changes[-1].sequence if reading.changes else endpoint.position
        endpoint.lease_until = None
        kept = await _about_those_who_are_there(session, endpoint.workspace_id, written)
        if kept:
            made = [
                WebhookMessage(
                    workspace_id=endpoint.workspace_id,
                    endpoint_id=endpoint.id,
                    sequence=one.change.sequence,
                    customer_id=one.change.customer_id,
                    event=endpoint.event,
                    payload=one.payload,
                    created_at=now,
                    next_attempt_at=now,
                )
                for one in kept
            ]
            await session.exec(insert(WebhookMessage), params=[message.model_dump() for message in made])
    return len(kept)


async def _about_those_who_are_there(
    session: Session, workspace_id: UUID, written: Sequence[Written]
) -> Sequence[Written]:
    """Leave out what is about customers who were deleted after it was read, but for what tells of that."""
    about = {one.change.customer_id for one in written if one.change.customer_id is not None}
    if not about:
        return written
    there = {None, *(await session.exec(customers.held(workspace_id, about)))}
    return [one for one in written if one.change.customer_id in there or one.change.status == DELETED]


async def give_up(resources: Resources, read_as: WebhookEndpoint, problem: str) -> None:
    """Switch off an endpoint that cannot be told any more, unless it is no longer as it was read."""
    workspaces_told: set[UUID] = set()
    async with resources.database.writing() as session:
        endpoint = await _unchanged(session, read_as)
        if endpoint is not None:
            workspaces_told = await switch_off(session, endpoint, resources.now(), problem)
    await _announce(resources, workspaces_told)


async def _unchanged(session: Session, read_as: WebhookEndpoint) -> WebhookEndpoint | None:
    found = (await session.exec(webhook_endpoints.locked(read_as.workspace_id, read_as.id))).first()
    if found is None or not found.enabled:
        return None
    same = ("position", "document", "variables", "scopes")
    return found if all(getattr(found, name) == getattr(read_as, name) for name in same) else None


# --- From messages to their endpoints ---


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that this server sends, and nobody else until its lease ends."""

    message: WebhookMessage
    endpoint: WebhookEndpoint


async def next_attempt(resources: Resources, but_for: Collection[UUID] = ()) -> datetime | None:
    """Give the moment at which something is next to be sent, but for some endpoints."""
    async with resources.database.reading() as session:
        return (await session.exec(webhook_messages.next_attempt(but_for))).one()


async def due(resources: Resources, but_for: Collection[UUID] = ()) -> Sequence[Key]:
    """Find the endpoints that something is to be sent to, but for some."""
    async with resources.database.reading() as session:
        found = await session.exec(webhook_messages.due(resources.now(), but_for))
        return [(workspace_id, endpoint_id) for workspace_id, endpoint_id in found]


async def claim(resources: Resources, key: Key, most: int, on_the_way: int = 0) -> Sequence[Sending]:
    """Claim what is due to an endpoint, in order, so that this server sends so many at once there.

    While nothing arrives there, it is one at a time.
    """
    now = resources.now()
    async with resources.database.writing() as session:
        endpoint = (await session.exec(webhook_endpoints.locked(*key))).first()
        if endpoint is None:
            return []
        if not endpoint.enabled:
            await session.exec(webhook_messages.put_off(endpoint))
            return []
        room = (most if endpoint.failing_since is None else 1) - on_the_way
        if room <= 0:
            return []
        found = (await session.exec(webhook_messages.due_of(endpoint, now, room))).all()
        for message in found:
            message.next_attempt_at = now + SENDING_LEASE
    return [Sending(message, endpoint) for message in found]


async def attempt(resources: Resources, sending: Sending) -> WebhookMessage | None:
    """Send a message that was claimed and note what came of it; None where its endpoint was deleted meanwhile."""
    message, now = sending.message, resources.now()
    headers = {"Content-Type": "application/json", **signed(resources, sending.endpoint, message, now)}
    if headers["webhook-signature"]:
        posted = await resources.post.send(sending.endpoint.url, message.payload, headers, now)
    else:
        posted = Posted(
            Answer(None), timedelta(), failure="There is no secret to sign with. Make one by rotateWebhookSecret."
        )
    return await _conclude(resources, message, posted)


def signed(resources: Resources, endpoint: WebhookEndpoint, message: WebhookMessage, now: datetime) -> dict[str, str]:
    """Give the headers by which a receiver knows who sent this, when, and whether it came before."""
    columns = ["secret"]
    if endpoint.former_until is not None and now < endpoint.former_until:
        columns.append("former_secret")
    own, body = message.public_id, message.payload.decode()
    secrets = [secret for column in columns if (secret := resources.seal.read(endpoint, column)) is not None]
    return {
        "webhook-id": own,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(own, now, body) for secret in secrets),
    }


async def _conclude(resources: Resources, sent: WebhookMessage, posted: Posted) -> WebhookMessage | None:
    now, told = resources.now(), set[UUID]()
    async with resources.database.writing() as session:
        endpoint = (await session.exec(webhook_endpoints.locked(sent.workspace_id, sent.endpoint_id))).first()
        message = await session.get(WebhookMessage, (sent.workspace_id, sent.id))
        if endpoint is None or message is None:
            return None
        if message.status is not DeliveryStatus.WAITING:  # its lease had ended, and another was quicker
            return message

        _note(message, posted, now)
        if message.event == TEST:
            _settle(message, Delivered() if posted.answer.accepted else GivenUp(), now)
            return message
        accepted = posted.answer.accepted
        endpoint.failing_since = None if accepted else endpoint.failing_since or now
        off = endpoint.enabled and (posted.answer.gone or webhooks.is_dead(endpoint.failing_since, now))
        if accepted or (endpoint.enabled and not off):
            _settle(message, webhooks.after(posted.answer, message.failures, now, random.random()), now)  # noqa: S311 no secret
        else:
            message.next_attempt_at = None  # it waits for the endpoint to be switched on
        if off:
            told = await switch_off(session, endpoint, now, GONE if posted.answer.gone else DEAD)
    await _announce(resources, told)
    return message


def _note(message: WebhookMessage, posted: Posted, now: datetime) -> None:
    message.attempts += 1
    message.last_attempt_at = now
    message.duration_ms = round(posted.took.total_seconds() * 1000)
    message.response_status, message.response_body = posted.answer.status, posted.body
    message.failure = posted.failure
    if posted.failure is None and not posted.answer.accepted:
        message.failure = f"The endpoint answered {posted.answer.status}."


def _settle(message: WebhookMessage, verdict: webhooks.Verdict, now: datetime) -> None:
    match verdict:
        case Delivered():
            message.status, message.delivered_at, message.next_attempt_at = DeliveryStatus.DELIVERED, now, None
        case Again(at):
            message.failures += 1
            message.next_attempt_at = at
        case GivenUp():
            message.failures += 1
            message.status, message.next_attempt_at = DeliveryStatus.FAILED, None


async def _announce(resources: Resources, workspaces_told: Collection[UUID]) -> None:
    for workspace_id in workspaces_told:
        await resources.feed.announce(workspace_id)


# --- At a person's word ---


async def retry(resources: Resources, viewer: Viewer, message_id: UUID) -> WebhookMessage | WebhookEndpointDisabled:
    """Have a message sent now, also one that was given up or has arrived before.

    NotFoundError when the workspace has no such message.
    """
    found = await _message(resources, viewer, message_id)
    async with resources.database.writing() as session:
        endpoint = (await session.exec(webhook_endpoints.locked(viewer.workspace_id, found.endpoint_id))).first()
        message = await session.get(WebhookMessage, (viewer.workspace_id, message_id))
        if endpoint is None or message is None:
            raise _no_message()
        if not endpoint.enabled:
            return WebhookEndpointDisabled()
        message.status, message.failures = DeliveryStatus.WAITING, 0
        message.next_attempt_at, message.delivered_at = resources.now(), None
    await resources.feed.announce(viewer.workspace_id)
    return message


async def test(resources: Resources, viewer: Viewer, endpoint_id: UUID) -> WebhookMessage | WebhookAddressRefused:
    """Send an endpoint a message that means nothing, once, and give what came of it, also while it is switched off.

    NotFoundError when the workspace has no such endpoint.
    """
    now = resources.now()
    async with resources.database.reading() as session:
        endpoint = await session.get(WebhookEndpoint, (viewer.workspace_id, endpoint_id))
    if endpoint is None:
        raise NotFoundError("There is no such webhook endpoint. Take an id from the query webhookEndpoints.")
    try:
        await resources.post.check(endpoint.url)
    except RefusedAddressError as error:
        return WebhookAddressRefused(str(error))

    body = {"type": TEST, "timestamp": now, "data": {"webhookEndpoint": {"name": endpoint.name}}}
    message = WebhookMessage(
        workspace_id=endpoint.workspace_id,
        endpoint_id=endpoint.id,
        event=TEST,
        payload=orjson.dumps(body, option=orjson.OPT_UTC_Z),
        created_at=now,
    )
    async with resources.database.writing() as session:
        if (await session.exec(webhook_endpoints.locked(viewer.workspace_id, endpoint_id))).first() is None:
            raise NotFoundError("There is no such webhook endpoint. Take an id from the query webhookEndpoints.")
        session.add(message)
    return await attempt(resources, Sending(message, endpoint)) or message


async def _message(resources: Resources, viewer: Viewer, message_id: UUID) -> WebhookMessage:
    async with resources.database.reading() as session:
        found = await session.get(WebhookMessage, (viewer.workspace_id, message_id))
    if found is None:
        raise _no_message()
    return found


def _no_message() -> NotFoundError:
    return NotFoundError("There is no such webhook delivery. Take an id from the deliveries of a webhook endpoint.")


# --- What was told long ago ---


async def prune(resources: Resources) -> int:
    """Throw away, batch by batch, what was told or given up long enough ago. Gives how many messages that were."""
    before = resources.now() - resources.messages_kept
    async with resources.database.reading() as session:
        found = (await session.exec(webhook_endpoints.everywhere())).all()
    return await rounds.each(partial(_prune, resources, before), [(key[0], key[1]) for key in found])


async def _prune(resources: Resources, before: datetime, key: Key) -> int:
    pruned, gone = 0, PRUNED_AT_ONCE
    while gone == PRUNED_AT_ONCE:
        async with resources.database.writing() as session:
            gone = (await session.exec(webhook_messages.pruned(*key, before, PRUNED_AT_ONCE))).rowcount
        pruned += gone
    return pruned
