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
from models.person import Person
from rules import access
from rules.access import Role, Scope
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
    name: str  # the person's where it is a person's sign-in, else the token's
    scopes: frozenset[Scope]
    expires_at: datetime | None = None
    person_id: UUID | None = None
    role: Role | None = None
    numbers: frozenset[UUID] | None = None  # the business numbers they are held to; None: all

    def may(self, scope: Scope) -> bool:
        return access.allows(self.scopes, scope)

    def may_use(self, business_number_id: UUID) -> bool:
        return self.numbers is None or business_number_id in self.numbers

    def check_number(self, business_number_id: UUID) -> None:
        """See to it that they may use this number. NotFoundError otherwise: to them it is not there."""
        if not self.may_use(business_number_id):
            raise NotFoundError(
                "There is no such business number among those that you may use. Take an id from the query"
                " businessNumbers."
            )


@dataclass(frozen=True, slots=True)
class Made:
    """A token with its secret, which is kept nowhere and can never be shown again."""

    token: ApiToken
    secret: str


async def recognise(resources: Resources, secret: str) -> Viewer | None:
    """Give the holder of this token, or None when it is unknown, expired or revoked."""
    async with resources.database.reading() as session:
        token = (await session.exec(api_tokens.by_hash(api_tokens.hash_of(secret, resources.token_key)))).first()
        person = await _person_of(session, token) if token else None
    now = resources.now()
    viewer = _viewer(token, person, now) if token else None
    if token and viewer and (token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY):
        async with resources.database.writing() as session:
            await session.exec(api_tokens.used(token, now))
    return viewer


async def renewed(resources: Resources, viewer: Viewer) -> Viewer | None:
    """Give the viewer with what they may do by now; None when their token no longer works."""
    return (await current(resources, [viewer])).get(viewer.token_id)


async def current(resources: Resources, viewers: Iterable[Viewer]) -> dict[UUID, Viewer]:
    """Give these viewers as they are by now, by their tokens: those whose tokens no longer work are left out."""
    given = list(viewers)
    tokens = {(viewer.workspace_id, viewer.token_id) for viewer in given}
    people = {(viewer.workspace_id, viewer.person_id) for viewer in given if viewer.person_id}
    async with resources.database.reading() as session:
        asked = select(ApiToken).where(tuple_(col(ApiToken.workspace_id), col(ApiToken.id)).in_(tokens))
        found = (await session.exec(asked)).all()
        known: dict[UUID | None, Person] = {}
        if people:
            theirs = select(Person).where(tuple_(col(Person.workspace_id), col(Person.id)).in_(people))
            known = {person.id: person for person in await session.exec(theirs)}
    now = resources.now()
    each = (_viewer(token, known.get(token.person_id), now) for token in found)
    return {viewer.token_id: viewer for viewer in each if viewer is not None}


async def _person_of(session: Session, token: ApiToken) -> Person | None:
    return await session.get(Person, (token.workspace_id, token.person_id)) if token.person_id else None


def _viewer(token: ApiToken, person: Person | None, now: datetime) -> Viewer | None:
    """Give the token's holder. Of a person's sign-in the person says what they may do, at any moment anew."""
    if not token.works_at(now):
        return None
    if token.person_id is None:
        return Viewer(token.workspace_id, token.id, token.name, token.held_scopes, token.expires_at)
    if person is None or person.disabled_at is not None:
        return None
    return Viewer(
        token.workspace_id,
        token.id,
        person.known_as,
        person.role.scopes,
        token.expires_at,
        person.id,
        person.role,
        person.numbers,
    )


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
    return list(await session.exec(api_tokens.working(workspace_id, now)))
