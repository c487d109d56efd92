"""What Meta sent us: once each, raw, before anything is made of it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Insert, LargeBinary, and_, func, literal, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Index, SQLModel, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from .columns import HasBytes, Json, Moment, moment, new_id


class WebhookDelivery(SQLModel, table=True):
    __tablename__ = "webhook_delivery"

    __table_args__ = (Index("webhook_delivery_in_order", "received_at", "id"),)

    sha256: str = Field(primary_key=True)  # of the body; before it the signature, where a number's own secret made it
    id: UUID = Field(default_factory=new_id)  # sorts those that were received in one moment
    body: bytes
    received_at: datetime = Field(sa_type=Moment)
    processed_at: datetime | None = moment()
    retry_at: datetime | None = moment(index=True)  # set until it is processed: when to try (again)
    attempts: int = 0
    skipped: list[str] = Field(default_factory=list, sa_type=Json)
    failure: str | None = None
    # The business numbers (by Meta's ids) of which it may speak, by its signature; None: signed by the installation's
    # app, so of all that have no app secret of their own.
    signed_for: list[str] | None = Field(default=None, sa_type=Json)


def insert_once(dialect: str) -> Insert:
    """Insert deliveries, each unless the very same bytes came before."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(WebhookDelivery).on_conflict_do_nothing(index_elements=["sha256"])


def known(sha256s: Collection[str]) -> Select[str, datetime | None]:
    """Find which of these came before, and when each was processed, where it was."""
    return select(WebhookDelivery.sha256, WebhookDelivery.processed_at).where(col(WebhookDelivery.sha256).in_(sha256s))


def next_retry() -> SelectOfScalar[datetime | None]:
    return select(func.min(WebhookDelivery.retry_at))


def unprocessed(now: datetime) -> SelectOfScalar[WebhookDelivery]:
    """Find the delivery to try again that has waited longest, locked, leaving those that another server claims."""
    return (
        select(WebhookDelivery)
        .where(col(WebhookDelivery.retry_at) <= now)
        .order_by(col(WebhookDelivery.retry_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def stored(since: datetime, after: tuple[datetime, UUID] | None) -> SelectOfScalar[WebhookDelivery]:
    """Find deliveries received since a moment, in order and a hundred at a time, after the last of those before."""
    own = select(WebhookDelivery).where(col(WebhookDelivery.received_at) >= since)
    if after is not None:
        own = own.where(
            or_(
                col(WebhookDelivery.received_at) > after[0],
                and_(col(WebhookDelivery.received_at) == after[0], col(WebhookDelivery.id) > after[1]),
            )
        )
    return own.order_by(col(WebhookDelivery.received_at), col(WebhookDelivery.id)).limit(100)


def naming(names: Collection[str], upto: datetime) -> SelectOfScalar[str]:
    """Find which deliveries received by a moment have any of these names in them: the digests, for each to be locked.

    It reads every delivery there is: nothing is known of what is in them.
    """
    named = (HasBytes(col(WebhookDelivery.body), literal(name.encode(), LargeBinary)) for name in names)
    return select(WebhookDelivery.sha256).where(col(WebhookDelivery.received_at) <= upto, or_(*named))


def locked(sha256: str) -> SelectOfScalar[WebhookDelivery]:
    return select(WebhookDelivery).where(col(WebhookDelivery.sha256) == sha256).with_for_update()
