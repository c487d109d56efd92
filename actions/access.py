"""Who is asking: tokens made, recognised and revoked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models import api_token as api_tokens
from models.api_token import ApiToken
from rules import access
from rules.access import Scope

from .resources import Resources


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


async def recognise(resources: Resources, secret: str) -> Viewer | None:
    """Give the holder of this token, or None when it is unknown, expired or revoked."""
    async with resources.database.reading() as session:
        token = (await session.exec(api_tokens.by_hash(api_tokens.hash_of(secret, resources.token_key)))).first()
    if token is None or not token.works_at(resources.now()):
        return None
    return Viewer(token.workspace_id, token.id, token.name, token.held_scopes, token.expires_at)


async def still_works(resources: Resources, viewer: Viewer) -> bool:
    """Tell whether the viewer's token still works: streams ask this again and again."""
    async with resources.database.reading() as session:
        token = await session.get(ApiToken, viewer.token_id)
    return token is not None and token.works_at(resources.now())


async def create_token(
    resources: Resources,
    workspace_id: UUID,
    name: str,
    scopes: Collection[Scope],
    *,
    expires_at: datetime | None = None,
    secret: str | None = None,
) -> tuple[ApiToken, str]:
    """Make a token and give it with its secret, which is kept nowhere and can never be shown again."""
    secret = secret or api_tokens.new_secret()
    token = api_tokens.make(workspace_id, name, secret, scopes, resources.token_key, resources.now(), expires_at)
    async with resources.database.writing() as session:
        session.add(token)
    return token, secret


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


async def revoke_token(resources: Resources, workspace_id: UUID, token_id: UUID) -> ApiToken | None:
    """Make a token useless from now on; None when the workspace has no such token."""
    async with resources.database.writing() as session:
        token = await session.get(ApiToken, token_id)
        if token is None or token.workspace_id != workspace_id:
            return None
        token.revoked_at = token.revoked_at or resources.now()
        return token
