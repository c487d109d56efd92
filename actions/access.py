"""Who is asking: tokens made, recognised and revoked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select, tuple_

from models import api_token as api_tokens
from models import workspace as workspaces
from models.api_token import ApiToken
from models.database import Session
from rules import access
from rules.access import Scope
from rules.refusals import LastAdminToken, TooManyApiTokens

from .faults import BadInputError, NotFoundError
from .resources import Resources

LONGEST_NAME = 100
MOST_TOKENS = 1000  # that work at the same time, in one workspace
USE_NOTED_EVERY = timedelta(minutes=1)  # a busy token must not mean a write with every question


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever holds a token that works: their workspace, and what they may do in it."""

    workspace_id: UUID
    token_id: UUID
    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None = None

    def may(self, scope: Scope) -> bool:
        return access.allows(self.scopes, scope)


@dataclass(frozen=True, slots=True)
class Made:
    """A token with its secret, which is kept nowhere and can never be shown again."""

    token: ApiToken
    secret: str


async def recognise(resources: Resources, secret: str) -> Viewer | None:
    """Give the holder of this token, or None when it is unknown, expired or revoked."""
    async with resources.database.reading() as session:
        token = (await session.exec(api_tokens.by_hash(api_tokens.hash_of(secret, resources.token_key)))).first()
    now = resources.now()
    if token is None or not token.works_at(now):
        return None
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        async with resources.database.writing() as session:
            await session.exec(api_tokens.used(token, now))
    return Viewer(token.workspace_id, token.id, token.name, token.held_scopes, token.expires_at)


async def still_works(resources: Resources, viewer: Viewer) -> bool:
    """Tell whether the viewer's token still works: streams ask this again and again."""
    async with resources.database.reading() as session:
        token = await session.get(ApiToken, (viewer.workspace_id, viewer.token_id))
    return token is not None and token.works_at(resources.now())


async def working(resources: Resources, viewers: Iterable[Viewer]) -> set[UUID]:
    """Tell which of these viewers' tokens still work, all in one statement."""
    keys = {(viewer.workspace_id, viewer.token_id) for viewer in viewers}
    asked = select(ApiToken).where(tuple_(col(ApiToken.workspace_id), col(ApiToken.id)).in_(keys))
    async with resources.database.reading() as session:
        found = (await session.exec(asked)).all()
    return {token.id for token in found if token.works_at(resources.now())}


async def create_token(
    resources: Resources,
    workspace_id: UUID,
    name: str,
    scopes: Collection[Scope],
    *,
    expires_at: datetime | None = None,
    secret: str | None = None,
) -> Made | TooManyApiTokens:
    """Make a token and give it with its secret.

    BadInputError for one without a name or a scope, or that would have run out already.
    """
    now, secret = resources.now(), secret or api_tokens.new_secret()
    if not 1 <= len(name.strip()) <= LONGEST_NAME or "\x00" in name:
        raise BadInputError(f"Give the token a name of 1 to {LONGEST_NAME} characters, so that people know it again.")
    if not scopes:
        raise BadInputError("Give the token a scope at least: without one it can do nothing.")
    if expires_at is not None and expires_at <= now:
        raise BadInputError("The token would have run out already. Choose a moment that is still to come.")
    token = api_tokens.make(workspace_id, name.strip(), secret, scopes, resources.token_key, now, expires_at)
    async with resources.database.writing() as session:
        if len(await _working(session, workspace_id, now)) >= MOST_TOKENS:
            return TooManyApiTokens(MOST_TOKENS)
        session.add(token)
    return Made(token, secret)


async def ensure_token(resources: Resources, workspace_id: UUID, name: str, secret: str) -> None:
    """See to it that an admin token with exactly this secret exists and works."""
    async with resources.database.writing() as session:
        known = await session.exec(api_tokens.by_hash(api_tokens.hash_of(secret, resources.token_key)))
        token = known.first()
        if token is None:
            now = resources.now()
            session.add(api_tokens.make(workspace_id, name, secret, [Scope.ADMIN], resources.token_key, now))
        else:
            token.revoked_at = token.expires_at = None


async def revoke_token(resources: Resources, workspace_id: UUID, token_id: UUID) -> ApiToken | LastAdminToken:
    """Make a token useless from now on. NotFoundError when the workspace has no such token."""
    now = resources.now()
    async with resources.database.writing() as session:
        working = await _working(session, workspace_id, now)
        token = await session.get(ApiToken, (workspace_id, token_id))
        if token is None:
            raise NotFoundError("There is no such token. Take an id from the list of tokens.")
        if [own.id for own in working if Scope.ADMIN in own.held_scopes] == [token.id]:
            return LastAdminToken()
        token.revoked_at = token.revoked_at or now
        return token


async def _working(session: Session, workspace_id: UUID, now: datetime) -> list[ApiToken]:
    """List the workspace's tokens that work, and let nobody else count them until this is over."""
    await session.exec(workspaces.locked(workspace_id))
    return [token for token in await session.exec(api_tokens.of_workspace(workspace_id)) if token.works_at(now)]
