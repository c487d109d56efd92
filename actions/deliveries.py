"""What Meta sends: kept raw first, then recorded. A delivery may come twice, late, or out of order."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import stamina
import structlog
from sqlalchemy.exc import DBAPIError

from models import webhook_delivery as webhook_deliveries
from models.change import Change
from models.webhook_delivery import WebhookDelivery
from whatsapp.events import News, parse

from . import log
from .news import Recording
from .resources import Resources

_log = structlog.get_logger()

RETRY_AFTER = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)


async def receive(resources: Resources, body: bytes) -> None:
    """Keep the delivery and record what it says; when this returns, it is committed and can be acknowledged.

    NotADeliveryError for a body that is none of Meta's, which is then not kept. A part that cannot be recorded now is
    kept and tried again: it never keeps Meta from delivering the rest.
    """
    parse(body)
    now = resources.now()
    delivery = WebhookDelivery(
        sha256=hashlib.sha256(body).hexdigest(), body=body, received_at=now, retry_at=now + RETRY_AFTER
    )
    async with resources.database.writing() as session:
        dialect = session.get_bind().dialect.name
        await session.exec(webhook_deliveries.insert_once(delivery, dialect))
        kept = (await session.exec(webhook_deliveries.by_sha256(delivery.sha256))).one()
    if kept.processed_at is None:
        await _process(resources, kept)


async def next_retry(resources: Resources) -> datetime | None:
    """Give the moment at which the next delivery that is not processed is to be tried again."""
    async with resources.database.reading() as session:
        return (await session.exec(webhook_deliveries.next_retry())).one()


async def retry(resources: Resources) -> int:
    """Process what was kept and not processed: the server stopped in between, or it failed. Gives how many."""
    async with resources.database.reading() as session:
        waiting = (await session.exec(webhook_deliveries.unprocessed(resources.now()))).all()
    for delivery in waiting:
        await _process(resources, delivery)
    return len(waiting)


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
        recording = Recording(session, resources.now)
        await recording.record(read.news)
        if dry_run:
            await session.rollback()
        else:
            await log.append(session, recording.changes)
    if not dry_run:
        for workspace_id in {change.workspace_id for change in recording.changes}:
            await resources.feed.announce(workspace_id)
    return Replayed(delivery.received_at, tuple(recording.changes), (*read.skipped, *recording.skipped))


async def _process(resources: Resources, delivery: WebhookDelivery) -> None:
    read = parse(delivery.body)
    skipped, failures = list(read.skipped), []
    try:
        skipped += await _record(resources, read.news)
    except Exception:  # noqa: BLE001 one thing that cannot be recorded must not keep the others from it
        for news in read.news:
            try:
                skipped += await _record(resources, [news])
            except Exception as error:  # noqa: BLE001 the same
                _log.exception("news_not_recorded", delivery=str(delivery.id), news=type(news).__name__)
                failures.append(f"{type(news).__name__}: {type(error).__name__}")
    await _conclude(resources, delivery.sha256, skipped, failures)


@stamina.retry(on=DBAPIError, attempts=3, wait_initial=0.05)
async def _record(resources: Resources, news: Sequence[News]) -> list[str]:
    """Record in one transaction; two that make the same customer at once, or wait for each other, are tried again."""
    async with resources.database.writing() as session:
        recording = Recording(session, resources.now)
        await recording.record(news)
        workspaces = await log.append(session, recording.changes)
    for workspace_id in workspaces:
        await resources.feed.announce(workspace_id)
    for waba_id in recording.templates_changed:
        resources.templates.forget(waba_id)
    return recording.skipped


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
