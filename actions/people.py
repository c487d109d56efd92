"""People: invited, signed in and out, given a role and the business numbers they may use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col

from models import api_token as api_tokens
from models import business_number as business_numbers
from models import person as people
from models import workspace as workspaces
from models.api_token import ApiToken
from models.columns import new_id
from models.database import Session
from models.person import Person
from rules.access import Admission, Role
from rules.refusals import LastAdmin, NotSignedIn, PersonAlreadyExists, RoleFromProvider

from .access import Made, Viewer
from .faults import BadInputError, NotFoundError
from .resources import Resources

LONGEST_EMAIL = 254
LONGEST_NAME = 100
MOST_SIGN_INS = 20  # of one person at the same time: one more ends the oldest


@dataclass(frozen=True, slots=True)
class Numbers:
    """The business numbers that a person is to be held to; None: all, also those to come."""

    ids: frozenset[UUID] | None = frozenset()


NO_NUMBERS = Numbers()


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider has seen: what it says of them is checked, and `email` is one that it has verified."""

    issuer: str
    subject: str
    email: str | None = None
    name: str | None = None
    role: Role | None = None  # what its claims say, where they say anything


@dataclass(frozen=True, slots=True)
class Welcome:
    """How people come in: whom nobody invited, with which numbers, and for how long."""

    admission: Admission
    numbers: Numbers
    lasting: timedelta


@dataclass(frozen=True, slots=True)
class Unwelcome:
    """Somebody has proved who they are, and may not come in: a sentence that says why."""

    reason: str


# --- Signing in and out ---


async def sign_in(resources: Resources, identity: Identity, welcome: Welcome) -> Made | Unwelcome:
    """Let somebody in whom the provider has seen, and give the token of this sign-in with its secret."""
    now, secret = resources.now(), api_tokens.new_secret()
    async with resources.database.writing() as session:
        workspace_id = await _workspace_of(session, identity)
        await session.exec(workspaces.locked(workspace_id))
        person = await _known(session, identity)
        role = _role(person, identity, welcome.admission)
        if isinstance(role, Unwelcome):
            if person is not None:
                await _end_sign_ins(session, person, now)
            return role
        if person is None:
            person = _new(workspace_id, role, now)
            person.business_number_ids = _kept(welcome.numbers)
        _remember(person, identity, role, now)
        session.add(person)
        await session.flush()
        working = [own for own in await _sign_ins(session, person) if own.works_at(now)]
        for oldest in working[MOST_SIGN_INS - 1 :]:
            oldest.revoked_at = now
        token = api_tokens.make(
            person.workspace_id,
            person.known_as,
            secret,
            [],
            resources.token_key,
            now,
            now + welcome.lasting,
            person.id,
        )
        session.add(token)
    return Made(token, secret)


async def sign_out(resources: Resources, viewer: Viewer, *, everywhere: bool = False) -> Person | NotSignedIn:
    """End the very sign-in that asks, or all of that person's."""
    now = resources.now()
    if viewer.person_id is None:
        return NotSignedIn()
    async with resources.database.writing() as session:
        person = await session.get_one(Person, (viewer.workspace_id, viewer.person_id))
        if everywhere:
            await _end_sign_ins(session, person, now)
        else:
            token = await session.get_one(ApiToken, (viewer.workspace_id, viewer.token_id))
            token.revoked_at = token.revoked_at or now
    return person


async def _workspace_of(session: Session, identity: Identity) -> UUID:
    """Find where somebody belongs: where they are known, else who invited them, else the installation's first."""
    home = (await session.exec(people.home(identity.issuer, identity.subject))).first()
    if home is None and identity.email is not None:
        home = (await session.exec(people.inviting(identity.email))).first()
    if home is not None:
        return home
    return (await session.exec(workspaces.first())).one().id


async def _known(session: Session, identity: Identity) -> Person | None:
    person = (await session.exec(people.by_identity(identity.issuer, identity.subject))).first()
    if person is None and identity.email is not None:
        person = (await session.exec(people.invited(identity.email))).first()
    return person


def _role(person: Person | None, identity: Identity, admission: Admission) -> Role | Unwelcome:
    if person is not None and person.disabled_at is not None:
        return Unwelcome("An admin has taken your access away. Ask them to invite you again.")
    if (person is None or person.invited_by is None) and not admission.admits(identity.email):
        return Unwelcome("Your e-mail address is not one of those that may come in. Ask an admin to invite you.")
    own = None if person is None or person.role_claimed else person.role
    role = identity.role or own or admission.default_role
    return role or Unwelcome("You have no role here. Ask an admin to invite you by your e-mail address.")


def _remember(person: Person, identity: Identity, role: Role, now: datetime) -> None:
    person.issuer, person.subject = identity.issuer, identity.subject
    person.email = identity.email or person.email
    person.name = identity.name[:LONGEST_NAME] if identity.name else person.name
    person.role, person.role_claimed = role, identity.role is not None
    person.last_signed_in_at = person.updated_at = now


async def _sign_ins(session: Session, person: Person) -> Sequence[ApiToken]:
    return (await session.exec(api_tokens.of_person(person.workspace_id, person.id))).all()


async def _end_sign_ins(session: Session, person: Person, now: datetime) -> None:
    for token in await _sign_ins(session, person):
        token.revoked_at = now


# --- Managing people ---


async def invite(
    resources: Resources, workspace_id: UUID, email: str, role: Role, numbers: Numbers = NO_NUMBERS, *, by: str
) -> Person | PersonAlreadyExists:
    """Let whoever has this e-mail address come in. Somebody who was removed starts anew, with this role.

    BadInputError for what is no address, or numbers that the workspace does not have or that bind no admin.
    """
    address, now = _email(email), resources.now()
    async with resources.database.writing() as session:
        await session.exec(workspaces.locked(workspace_id))
        await _check_numbers(session, workspace_id, role, numbers)
        found = people.of_workspace(workspace_id).where(col(Person.email) == address).order_by(col(Person.id))
        known = (await session.exec(found)).all()
        if any(person.disabled_at is None for person in known):
            return PersonAlreadyExists()
        person = known[-1] if known else _new(workspace_id, role, now)
        person.email = address
        person.issuer = person.subject = person.disabled_at = person.last_signed_in_at = None
        person.role, person.role_claimed, person.invited_by = role, False, by
        person.business_number_ids, person.updated_at = _kept(numbers), now
        session.add(person)
    return person


async def update(
    resources: Resources, viewer: Viewer, person_id: UUID, role: Role | None = None, numbers: Numbers | None = None
) -> Person | LastAdmin | RoleFromProvider:
    """Give a person another role or other numbers; None leaves them. It holds at once, also where they are signed in.

    BadInputError for numbers that the workspace does not have or that bind no admin.
    """
    async with resources.database.writing() as session:
        person, is_last = await _looked_up(session, viewer.workspace_id, person_id)
        new_role = role or person.role
        await _check_numbers(session, viewer.workspace_id, new_role, numbers)
        if new_role is not person.role and person.role_claimed:
            return RoleFromProvider()
        if new_role is not Role.ADMIN and is_last:
            return LastAdmin()
        person.role, person.updated_at = new_role, resources.now()
        if numbers is not None:
            person.business_number_ids = _kept(numbers)
    return person


async def remove(resources: Resources, viewer: Viewer, person_id: UUID) -> Person | LastAdmin:
    """Let a person in no longer, and end their sign-ins. What they did still bears their name."""
    now = resources.now()
    async with resources.database.writing() as session:
        person, is_last = await _looked_up(session, viewer.workspace_id, person_id)
        if is_last:
            return LastAdmin()
        person.disabled_at = person.disabled_at or now
        person.updated_at = now
        await _end_sign_ins(session, person, now)
    return person


async def _looked_up(session: Session, workspace_id: UUID, person_id: UUID) -> tuple[Person, bool]:
    """Give a person, and whether they are the last admin. Nobody else changes people until this is over."""
    await session.exec(workspaces.locked(workspace_id))
    person = await session.get(Person, (workspace_id, person_id))
    if person is None:
        raise NotFoundError("There is no such person. Take an id from the query people.")
    is_admin = person.role is Role.ADMIN and person.disabled_at is None and person.last_signed_in_at is not None
    others = await session.exec(people.other_admins(workspace_id, person_id))
    return person, is_admin and others.first() is None


async def _check_numbers(session: Session, workspace_id: UUID, role: Role, numbers: Numbers | None) -> None:
    if numbers is None or not numbers.ids:
        return
    if role.has_all_numbers:
        raise BadInputError("An admin may use every business number. Choose numbers for agents and viewers only.")
    there = (await session.exec(business_numbers.by_ids(workspace_id, numbers.ids))).all()
    if len(there) < len(numbers.ids):
        raise NotFoundError("There is no such business number. Take an id from the query businessNumbers.")


def _new(workspace_id: UUID, role: Role, now: datetime) -> Person:
    return Person(id=new_id(), workspace_id=workspace_id, role=role, created_at=now, updated_at=now)


def _kept(numbers: Numbers) -> list[str] | None:
    return None if numbers.ids is None else sorted(map(str, numbers.ids))


def _email(text: str) -> str:
    address = text.strip().lower()
    name, _, domain = address.partition("@")
    fits = len(address) <= LONGEST_EMAIL and address.isprintable() and not any(map(str.isspace, address))
    if not fits or not name or not domain or "@" in domain:
        raise BadInputError(f"{text[:80]!r} is not an e-mail address. Write it as in asha@example.com.")
    return address
