"""What Meta sends: kept raw first, then recorded. A delivery may come twice, late, or out of order."""

import hashlib
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import stamina
import structlog
from sqlalchemy.exc import DBAPIError

from models import business_number as business_numbers
from models import webhook_delivery as webhook_deliveries
from models.business_number import BusinessNumber
from models.change import Change
from models.database import Session
from models.webhook_delivery import WebhookDelivery
from whatsapp.events import Delivery, News, parse
from whatsapp.leaving_out import without
from whatsapp.signature import INSTALLATION, Signer

from . import log
from .forgetting import names_of
from .inbox import Arrival
from .mentions import AboutPerson
from .news import Recording, Said
from .resources import Resources
from .signers import settled, signer_of

_log = structlog.get_logger()

RETRY_AFTER = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
LEASE = timedelta(minutes=2)  # to process a delivery again; then whoever does is taken to be gone


class NotGenuineError(Exception):
    """Nobody whom a delivery speaks of has signed it."""


async def receive(resources: Resources, body: bytes, signature: str | None) -> None:
    """Record what the delivery says and keep it; when this returns, it is committed and can be acknowledged.

    NotGenuineError where the signature was made with no secret of what it speaks of; then nothing is done with it.
    NotADeliveryError for a body that is none of Meta's, which is then not kept. A part that cannot be recorded now is
    kept and tried again: it never keeps Meta from delivering the rest.
    """
    signer = await signer_of(resources, body, signature)
    if signer is None:
        raise NotGenuineError("The signature does not fit this body and the app's secret.")
    arrival = Arrival(body, _name_of(body, signature, signer), parse(body), signer)
    await resources.inbox.have_recorded(arrival, partial(_settle, resources))


def _name_of(body: bytes, signature: str | None, signer: Signer) -> str:
    """Name a delivery: two apps may send the very same one, and each is heard only of its own numbers."""
    named = body if signer == INSTALLATION else (signature or "").encode() + body
    return hashlib.sha256(named).hexdigest()


async def next_retry(resources: Resources) -> datetime | None:
    """Give the moment at which the next delivery that is not processed is to be tried again."""
    async with resources.database.reading() as session:
        return (await session.exec(webhook_deliveries.next_retry())).one()


async def retry(resources: Resources) -> int:
    """Process what was kept and not processed: the server stopped in between, or it failed. Gives how many."""
    retried = 0
    while (delivery := await _claimed(resources)) is not None:
        await _process(resources, delivery.sha256, parse(delivery.body), Signer.of_kept(delivery.signed_for))
        retried += 1
    return retried


async def _claimed(resources: Resources) -> WebhookDelivery | None:
    """Claim the delivery that has waited longest: until its lease runs out, no other server processes it."""
    async with resources.database.writing() as session:
        now = resources.now()
        delivery = (await session.exec(webhook_deliveries.unprocessed(now))).first()
        if delivery is not None:
            delivery.retry_at = now + LEASE
    return delivery


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a stored delivery says today: the changes it makes (or would make), and what is not understood."""

    received_at: datetime
    changes: tuple[Change, ...]
    skipped: tuple[str, ...]


async def replay(resources: Resources, since: datetime, *, dry_run: bool) -> AsyncIterator[Replayed]:
    """Run the deliveries stored since a moment through today's rules, oldest first; a dry run changes nothing.

    Each is looked at by itself: what a delivery changes in a dry run is what it alone would change.
    """
    position: tuple[datetime, UUID] | None = None
    while True:
        async with resources.database.reading() as session:
            batch = (await session.exec(webhook_deliveries.stored(since, position))).all()
        for delivery in batch:
            position = delivery.received_at, delivery.id
            yield await _replay_if_possible(resources, delivery, dry_run=dry_run)
        if not batch:
            return


async def _replay_if_possible(resources: Resources, delivery: WebhookDelivery, *, dry_run: bool) -> Replayed:
    try:
        return await _replay_one(resources, delivery, dry_run=dry_run)
    except Exception as error:  # noqa: BLE001 one that cannot be recorded must not keep the others from it
        _log.exception("delivery_not_replayed", delivery=str(delivery.id))
        return Replayed(delivery.received_at, (), (str(error) or type(error).__name__,))


async def _replay_one(resources: Resources, delivery: WebhookDelivery, *, dry_run: bool) -> Replayed:
    read = parse(delivery.body)
    async with resources.database.writing() as session:
        recording = Recording(session, resources)
        await recording.record(_said(read.news, Signer.of_kept(delivery.signed_for)))
        if dry_run:
            await session.rollback()
        else:
            await log.append(session, recording.changes)
    if not dry_run:
        for workspace_id in {change.workspace_id for change in recording.changes}:
            await resources.feed.announce(workspace_id)
    return Replayed(delivery.received_at, tuple(recording.changes), tuple(_skipped(read, recording)))


async def _settle(resources: Resources, arrivals: Sequence[Arrival]) -> None:
    """Record them in one transaction; where that fails, each half by itself: a bad one keeps no other from it."""
    try:
        for unprocessed in await _record_new(resources, arrivals):
            await _process(resources, unprocessed.sha256, unprocessed.read, unprocessed.signer)
    except Exception as error:  # noqa: BLE001 whatever it is: those who wait are told, or it is not about them
        if _is_out_of_reach(error):
            for arrival in arrivals:
                arrival.fault = error
        elif len(arrivals) > 1:
            middle = len(arrivals) // 2
            await _settle(resources, arrivals[:middle])
            await _settle(resources, arrivals[middle:])
        else:
            [arrival] = arrivals
            arrival.fault = await _keep_and_process(resources, arrival)
    for arrival in arrivals:
        arrival.settled = True


def _is_out_of_reach(error: Exception) -> bool:
    """Tell whether it is the database that is missing, for which no delivery is to blame."""
    return isinstance(error, OSError) or (isinstance(error, DBAPIError) and error.connection_invalidated)


@stamina.retry(on=DBAPIError, attempts=3, wait_initial=0.05)
async def _record_new(resources: Resources, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Record and keep those that never came before; give those that did and are still not processed."""
    origins = [arrival.trace for arrival in arrivals if arrival.trace is not None]
    with resources.observer.step("record", origins):
        return await _record_together(resources, arrivals)


async def _record_together(resources: Resources, arrivals: Sequence[Arrival]) -> list[Arrival]:
    arrived = {arrival.sha256: arrival for arrival in arrivals}
    async with resources.database.writing() as session:
        known = dict((await session.exec(webhook_deliveries.known(arrived))).all())
        new = [arrival for sha256, arrival in arrived.items() if sha256 not in known]
        recording = Recording(session, resources)
        await recording.record([said for arrival in new for said in _said(arrival.read.news, arrival.signer)])
        now = resources.now()
        await _keep(
            session,
            [
                WebhookDelivery(
                    sha256=arrival.sha256,
                    body=_to_keep(arrival, recording),
                    received_at=now,
                    processed_at=now,
                    attempts=1,
                    skipped=_skipped(arrival.read, recording),
                    signed_for=arrival.signer.kept,
                )
                for arrival in new
            ],
        )
        workspaces = await log.append(session, recording.changes)
    for arrival in new:
        resources.observer.recorded(arrival.read, now)
    await _announce(resources, workspaces, recording)
    return [arrived[sha256] for sha256, processed_at in known.items() if processed_at is None]


def _to_keep(arrival: Arrival, recording: Recording) -> bytes:
    """Give the delivery's body, without what came too late of customers who were deleted."""
    late = [item for item in arrival.read.news if isinstance(item, AboutPerson) and item in recording.too_late]
    if not late:
        return arrival.body
    names = {name for item in late for name in names_of(item.person).as_written}
    return without(arrival.body, {item.phone_number_id for item in late}, names)


async def _keep_and_process(resources: Resources, arrival: Arrival) -> Exception | None:
    """Keep it first, as it cannot be recorded as it is; give what kept it even from being kept."""
    now = resources.now()
    kept = WebhookDelivery(sha256=arrival.sha256, body=arrival.body, received_at=now, retry_at=now + RETRY_AFTER)
    try:
        async with resources.database.writing() as session:
            # Whoever is given a secret of their own before it is tried again must not lose what it says of them.
            signer = await settled(resources, session, arrival.signer, arrival.body)
            kept.signed_for = signer.kept
            await _keep(session, [kept])
        await _process(resources, arrival.sha256, arrival.read, signer)
    except Exception as error:  # noqa: BLE001 it is raised to whoever waits
        return error
    return None


async def _keep(session: Session, deliveries: Sequence[WebhookDelivery]) -> None:
    """Write them down, but for those that came before."""
    if deliveries:
        insert = webhook_deliveries.insert_once(session.get_bind().dialect.name)
        await session.exec(insert, params=[delivery.model_dump() for delivery in deliveries])


async def _process(resources: Resources, sha256: str, read: Delivery, signer: Signer) -> None:
    """Record what a kept delivery says, each piece of news by itself where not all of it can be recorded."""
    skipped, failures = list(read.skipped), []
    try:
        skipped += await _record(resources, read.news, signer)
    except Exception:  # noqa: BLE001 one thing that cannot be recorded must not keep the others from it
        for news in read.news:
            try:
                skipped += await _record(resources, [news], signer)
            except Exception as error:  # noqa: BLE001 the same
                resources.observer.not_recorded()
                _log.exception("news_not_recorded", delivery=sha256, news=type(news).__name__)
                failures.append(f"{type(news).__name__}: {type(error).__name__}")
    await _conclude(resources, sha256, skipped, failures)


@stamina.retry(on=DBAPIError, attempts=3, wait_initial=0.05)
async def _record(resources: Resources, news: Sequence[News], signer: Signer) -> list[str]:
    """Record in one transaction; two that make the same customer at once, or wait for each other, are tried again."""
    async with resources.database.writing() as session:
        recording = Recording(session, resources)
        await recording.record(_said(news, signer))
        workspaces = await log.append(session, recording.changes)
    await _announce(resources, workspaces, recording)
    return [recording.skipped[item] for item in news if item in recording.skipped]


def _said(news: Sequence[News], signer: Signer) -> list[Said]:
    return [Said(item, signer) for item in news]


def _skipped(read: Delivery, recording: Recording) -> list[str]:
    """List what was not understood of a delivery, and what was and does not concern anything here."""
    return [*read.skipped, *(recording.skipped[news] for news in read.news if news in recording.skipped)]


async def _announce(resources: Resources, workspaces: Collection[UUID], recording: Recording) -> None:
    for workspace_id in workspaces:
        await resources.feed.announce(workspace_id)
    for waba_id in recording.templates_changed:
        resources.templates.forget(waba_id)
    for number in recording.heard:
        await _note_heard(resources, number)


async def _note_heard(resources: Resources, number: BusinessNumber) -> None:
    """Write down that a number was heard of: by itself, so that no other work waits for the number's row."""
    try:
        async with resources.database.writing() as session:
            await session.exec(business_numbers.heard(number.workspace_id, number.id, resources.now()))
    except DBAPIError:  # what was heard is recorded, and the next delivery will be noted
        _log.warning("hearing_not_noted", business_number=str(number.id))


async def _conclude(resources: Resources, sha256: str, skipped: list[str], failures: list[str]) -> None:
    async with resources.database.writing() as session:
        kept = await session.get_one(WebhookDelivery, sha256)
        kept.attempts += 1
        kept.skipped = skipped
        kept.failure = "; ".join(failures)[:1000] or None
        now = resources.now()
        if failures:
            kept.retry_at = now + min(RETRY_AFTER * 2**kept.attempts, LONGEST_RETRY)
        else:
            kept.processed_at, kept.retry_at = now, None
