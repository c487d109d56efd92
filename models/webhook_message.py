"""What an endpoint is to be told, as the bytes that are sent, and what came of the attempts to."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Delete, Update, and_, delete, func, update
from sqlmodel import Field, Index, SQLModel, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from rules.webhooks import DeliveryStatus

from .columns import Moment, moment, new_id, of_same_workspace, text_of
from .webhook_endpoint import WebhookEndpoint


class WebhookMessage(SQLModel, table=True):
    __tablename__ = "webhook_message"

    __table_args__ = (
        of_same_workspace("endpoint_id", "webhook_endpoint"),
        Index("webhook_message_of_endpoint", "workspace_id", "endpoint_id", "created_at", "id"),
        Index("webhook_message_of_customer", "workspace_id", "customer_id"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    endpoint_id: UUID
    sequence: int | None = Field(default=None, sa_type=BigInteger)  # of the change; None for a test
    customer_id: UUID | None = None  # whom it is about, if anybody
    event: str
    payload: bytes
    status: DeliveryStatus = Field(
        default=DeliveryStatus.WAITING, sa_type=text_of(DeliveryStatus, "webhook_message_status")
    )
    created_at: datetime = Field(sa_type=Moment)
    # When it is to be tried; while somebody tries it, when they are taken to be gone. None: not by itself.
    next_attempt_at: datetime | None = moment(index=True)
    attempts: int = 0  # that have ended
    failures: int = 0  # since it was begun with, or begun with again
    last_attempt_at: datetime | None = moment()
    delivered_at: datetime | None = moment()
    duration_ms: int | None = None  # of the last attempt, as what follows
    response_status: int | None = None
    response_body: str | None = None
    failure: str | None = None

    @property
    def public_id(self) -> str:
        """The id that receivers know it by, in every attempt."""
        return f"msg_{self.id.hex}"


def of_endpoint(workspace_id: UUID, endpoint_id: UUID) -> SelectOfScalar[WebhookMessage]:
    return select(WebhookMessage).where(
        col(WebhookMessage.workspace_id) == workspace_id, col(WebhookMessage.endpoint_id) == endpoint_id
    )


def due(now: datetime, but_for: Collection[UUID]) -> Select[UUID, UUID]:
    """Find the endpoints that something is to be sent to, but for some: (workspace, id)."""
    return (
        select(WebhookMessage.workspace_id, WebhookMessage.endpoint_id)
        .where(col(WebhookMessage.next_attempt_at) <= now, col(WebhookMessage.endpoint_id).not_in(but_for))
        .distinct()
    )


def next_attempt(but_for: Collection[UUID]) -> SelectOfScalar[datetime | None]:
    """Find when something is next to be sent, but for some endpoints."""
    return select(func.min(WebhookMessage.next_attempt_at)).where(col(WebhookMessage.endpoint_id).not_in(but_for))


def due_of(endpoint: WebhookEndpoint, now: datetime, limit: int) -> SelectOfScalar[WebhookMessage]:
    """Find what is to be sent to an endpoint, longest due first and then as in the log, locked."""
    return (
        of_endpoint(endpoint.workspace_id, endpoint.id)
        .where(col(WebhookMessage.next_attempt_at) <= now)
        .order_by(col(WebhookMessage.next_attempt_at), col(WebhookMessage.sequence), col(WebhookMessage.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def waiting(workspace_id: UUID, endpoint_id: UUID) -> SelectOfScalar[int]:
    """Count what an endpoint has not taken yet."""
    own = and_(
        col(WebhookMessage.workspace_id) == workspace_id,
        col(WebhookMessage.endpoint_id) == endpoint_id,
        col(WebhookMessage.status) == DeliveryStatus.WAITING,
    )
    return select(func.count()).select_from(WebhookMessage).where(own)


def put_off(endpoint: WebhookEndpoint) -> Update:
    """Let nothing more be sent to the endpoint by itself."""
    return _waiting_for(endpoint).values(next_attempt_at=None)


def put_on(endpoint: WebhookEndpoint, now: datetime) -> Update:
    """Let all that waits for the endpoint be sent now, with patience as in the beginning."""
    return _waiting_for(endpoint).values(next_attempt_at=now, failures=0)


def _waiting_for(endpoint: WebhookEndpoint) -> Update:
    own = and_(
        col(WebhookMessage.workspace_id) == endpoint.workspace_id,
        col(WebhookMessage.endpoint_id) == endpoint.id,
        col(WebhookMessage.status) == DeliveryStatus.WAITING,
    )
    return update(WebhookMessage).where(own)


def thrown_away(workspace_id: UUID, endpoint_id: UUID) -> Delete:
    """Throw away all that an endpoint was told or was to be told."""
    own = and_(col(WebhookMessage.workspace_id) == workspace_id, col(WebhookMessage.endpoint_id) == endpoint_id)
    return delete(WebhookMessage).where(own)


def gone_with(workspace_id: UUID, customer_id: UUID) -> Delete:
    """Throw away all that endpoints were told or were to be told about a customer."""
    own = and_(col(WebhookMessage.workspace_id) == workspace_id, col(WebhookMessage.customer_id) == customer_id)
    return delete(WebhookMessage).where(own)


def pruned(workspace_id: UUID, endpoint_id: UUID, before: datetime, limit: int) -> Delete:
    """Throw away some of what an endpoint was told before a moment, and what was given up; what waits is kept."""
    old = (
        select(WebhookMessage.id)
        .where(
            col(WebhookMessage.workspace_id) == workspace_id,
            col(WebhookMessage.endpoint_id) == endpoint_id,
            col(WebhookMessage.created_at) < before,
            col(WebhookMessage.status) != DeliveryStatus.WAITING,
        )
        .limit(limit)
    )
    return delete(WebhookMessage).where(
        col(WebhookMessage.workspace_id) == workspace_id, col(WebhookMessage.id).in_(old)
    )
