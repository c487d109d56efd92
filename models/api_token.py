"""Tokens of partners' systems and of people's sign-ins: shown once, kept only as a keyed hash."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Update, and_, or_, update
from sqlmodel import Field, Index, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from rules.access import Scope

from .columns import Json, Moment, moment, new_id, of_same_workspace


class ApiToken(SQLModel, table=True):
    __tablename__ = "api_token"
    __table_args__ = (
        of_same_workspace("person_id", "person"),
        Index("api_token_of_person", "workspace_id", "person_id"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    prefix: str  # its first characters, by which a person tells tokens apart
    hash: str = Field(unique=True)
    scopes: list[str] = Field(sa_type=Json)  # none on a person's: their role says what they may do
    person_id: UUID | None = None  # whose sign-in it is; None: it was made by itself, for whoever holds it
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime | None = moment()
    last_used_at: datetime | None = moment()
    revoked_at: datetime | None = moment()

    def works_at(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def held_scopes(self) -> frozenset[Scope]:
        return frozenset(Scope(scope) for scope in self.scopes)


def new_secret() -> str:
    """Make a token's secret: 256 random bits behind a mark that scanners for leaked secrets can know."""
    return f"mc_{secrets.token_urlsafe(32)}"


def make(
    workspace_id: UUID,
    name: str,
    secret: str,
    scopes: Iterable[Scope],
    key: str,
    now: datetime,
    expires_at: datetime | None = None,
    person_id: UUID | None = None,
) -> ApiToken:
    """Make the row for a token; `key` is the installation's own, so that a stolen table cannot be searched."""
    return ApiToken(
        workspace_id=workspace_id,
        name=name,
        prefix=secret[:7],
        hash=hash_of(secret, key),
        scopes=sorted(scope.value for scope in scopes),
        created_at=now,
        expires_at=expires_at,
        person_id=person_id,
    )


def hash_of(secret: str, key: str) -> str:
    return hmac.new(key.encode(), secret.encode(), hashlib.sha256).hexdigest()


def by_hash(token_hash: str) -> SelectOfScalar[ApiToken]:
    return select(ApiToken).where(col(ApiToken.hash) == token_hash)


def of_workspace(workspace_id: UUID) -> SelectOfScalar[ApiToken]:
    """Find the workspace's tokens, but for those that are people's sign-ins."""
    return select(ApiToken).where(col(ApiToken.workspace_id) == workspace_id, col(ApiToken.person_id).is_(None))


def working(workspace_id: UUID, now: datetime) -> SelectOfScalar[ApiToken]:
    """Find those of them that work: not revoked, and not run out."""
    lasts = or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > now)
    return of_workspace(workspace_id).where(col(ApiToken.revoked_at).is_(None), lasts)


def of_person(workspace_id: UUID, person_id: UUID) -> SelectOfScalar[ApiToken]:
    """Find the sign-ins of a person that nobody has ended, newest first."""
    own = select(ApiToken).where(col(ApiToken.workspace_id) == workspace_id, col(ApiToken.person_id) == person_id)
    return own.where(col(ApiToken.revoked_at).is_(None)).order_by(col(ApiToken.id).desc())


def used(token: ApiToken, now: datetime) -> Update:
    """Note that the token was used at `now`."""
    own = and_(col(ApiToken.workspace_id) == token.workspace_id, col(ApiToken.id) == token.id)
    return update(ApiToken).where(own).values(last_used_at=now)
