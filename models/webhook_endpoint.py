"""Where a partner wants to be told, and of what: a subscription that is listened to for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Update, and_, func, or_, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from rules.access import Scope

from .columns import Json, Moment, moment, new_id
from .sealed import Sealed, sealed
from .workspace import Workspace


class WebhookEndpoint(SQLModel, table=True):
    __tablename__ = "webhook_endpoint"

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    url: str
    document: str  # the subscription, and
    variables: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    event: str  # the field that it subscribes to
    scopes: list[str] = Field(sa_type=Json)  # what the payload may show
    secret: Sealed | None = sealed()  # that signs
    former_secret: Sealed | None = sealed()  # that signs too for a while, after another has taken its place
    former_until: datetime | None = moment()
    created_by: str  # the name of the token that made it
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)
    position: int = Field(sa_type=BigInteger)  # up to here in the log, all that is to be told is written down
    lease_until: datetime | None = moment()  # a server reads on from there until then
    failing_since: datetime | None = moment()  # the first failure after which nothing has arrived
    disabled_at: datetime | None = moment()  # while it is switched off
    problem: str | None = None  # why, if it was not by a person

    @property
    def enabled(self) -> bool:
        return self.disabled_at is None

    @property
    def held_scopes(self) -> frozenset[Scope]:
        return frozenset(map(Scope, self.scopes))


def of_workspace(workspace_id: UUID) -> SelectOfScalar[WebhookEndpoint]:
    return select(WebhookEndpoint).where(col(WebhookEndpoint.workspace_id) == workspace_id)


def locked(workspace_id: UUID, endpoint_id: UUID) -> SelectOfScalar[WebhookEndpoint]:
    """Find the endpoint and lock its row until the commit."""
    return of_workspace(workspace_id).where(col(WebhookEndpoint.id) == endpoint_id).with_for_update()


def everywhere() -> Select[UUID, UUID]:
    """List every endpoint there is: (workspace, id)."""
    return select(WebhookEndpoint.workspace_id, WebhookEndpoint.id)


def _behind() -> tuple[ColumnElement[bool], ...]:
    return col(WebhookEndpoint.disabled_at).is_(None), col(Workspace.last_sequence) > col(WebhookEndpoint.position)


def next_reading() -> Select[int, datetime | None]:
    """Count the endpoints that are behind their logs and nobody reads for; and when the first lease on others ends."""
    free = func.count().filter(col(WebhookEndpoint.lease_until).is_(None))
    behind = select(free, func.min(WebhookEndpoint.lease_until)).select_from(WebhookEndpoint)
    return behind.join(Workspace, _its_workspace()).where(*_behind())


def behind(now: datetime) -> Select[UUID, UUID]:
    """Find the endpoints that are behind their logs and nobody reads for: (workspace, id)."""
    free = or_(col(WebhookEndpoint.lease_until).is_(None), col(WebhookEndpoint.lease_until) <= now)
    return everywhere().join(Workspace, _its_workspace()).where(*_behind(), free)


def leased(endpoint: WebhookEndpoint, until: datetime | None) -> Update:
    """Note until when somebody reads the log for the endpoint."""
    own = and_(
        col(WebhookEndpoint.workspace_id) == endpoint.workspace_id,
        col(WebhookEndpoint.id) == endpoint.id,
    )
    return update(WebhookEndpoint).where(own).values(lease_until=until)


def _its_workspace() -> ColumnElement[bool]:
    return col(Workspace.id) == col(WebhookEndpoint.workspace_id)
