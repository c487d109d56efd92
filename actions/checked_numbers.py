"""Business numbers as an admin adds and changes them: first checked against Meta, and only then written down.

What is checked is what will be used: the number's own credentials, or the installation's where it has none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from models import business_number as business_numbers
from models import workspace as workspaces
from models.business_number import BusinessNumber, Environment
from models.change import Cause
from models.database import Session
from rules.limits import PolicyName
from rules.refusals import (
    BusinessNumberElsewhere,
    BusinessNumberExists,
    BusinessNumberUnusable,
    CredentialsMissing,
    EncryptionKeyMissing,
    NumberUnchecked,
    Reason,
)
from whatsapp.cloud_api import WhatsApp
from whatsapp.inspection import Inspection, OutOfReach, Subject, inspect

from . import log
from .business_numbers import change_of, write_down
from .faults import BadInputError, NotFoundError
from .resources import Resources

LONGEST_NAME = 100

Refused = (
    EncryptionKeyMissing
    | CredentialsMissing
    | BusinessNumberExists
    | BusinessNumberElsewhere
    | BusinessNumberUnusable
    | NumberUnchecked
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a number has of its own: the token it is spoken for with, and the secret its deliveries are signed with."""

    access_token: str | None = field(default=None, repr=False)
    app_secret: str | None = field(default=None, repr=False)

    def checked(self) -> "Credentials":
        """Give them as they are. BadInputError, which shows none of them, for what can be neither."""
        for name, secret in (("accessToken", self.access_token), ("appSecret", self.app_secret)):
            if secret is not None and not _SECRET.fullmatch(secret):
                raise BadInputError(f"The {name} is none: it has letters, digits and signs only, without spaces.")
        return self


_SECRET = re.compile(r"[\x21-\x7e]{1,1000}")
_META_ID = re.compile(r"[0-9]{1,32}")


@dataclass(frozen=True, slots=True)
class New:
    """A number to be added."""

    phone_number_id: str
    environment: Environment
    waba_id: str | None = None
    name: str | None = None  # None: the name that WhatsApp has verified
    policy: PolicyName = PolicyName.PRODUCTION
    own: Credentials = Credentials()


async def create(
    resources: Resources, workspace_id: UUID, new: New, *, actor: str | None = None
) -> BusinessNumber | Refused:
    """Check a number against Meta and add it. BadInputError for what cannot be meant."""
    _meta_id(new.phone_number_id, "phoneNumberId")
    if new.waba_id is not None:
        _meta_id(new.waba_id, "wabaId")
    name = None if new.name is None else _name(new.name)
    own = new.own.checked()
    if new.environment is Environment.SANDBOX and not resources.has_sandbox:
        raise BadInputError("There is no sandbox here. Add the number to PRODUCTION, or start Maycall with a sandbox.")
    async with resources.database.reading() as session:
        if await _is_here(session, workspace_id, new.phone_number_id):
            return BusinessNumberExists()
        refusal = await _may_have(resources, session, workspace_id, new.environment, own)
    if refusal is not None:
        return refusal

    checked = await _check(resources, new.environment, new.phone_number_id, new.waba_id, own)
    if not isinstance(checked, Inspection):
        return checked
    draft = BusinessNumber(
        workspace_id=workspace_id,
        phone_number_id=new.phone_number_id,
        display_phone_number=checked.display_phone_number or "",
        waba_id=checked.waba_id or "",
        name=name or checked.verified_name or checked.display_phone_number or "",
        environment=new.environment,
        policy=new.policy,
        calling_enabled=checked.calling_enabled,
        settings_at=resources.now(),
        created_at=resources.now(),
        updated_at=resources.now(),
    )
    _keep(resources, draft, own)
    try:
        return await write_down(resources, draft, actor=actor)
    except IntegrityError:  # it is known already: perhaps here since a moment, else in another workspace
        async with resources.database.reading() as session:
            here = await _is_here(session, workspace_id, new.phone_number_id)
        return BusinessNumberExists() if here else BusinessNumberElsewhere()


async def change(
    resources: Resources, workspace_id: UUID, number_id: UUID, changes: Mapping[str, Any], *, actor: str | None = None
) -> BusinessNumber | Refused:
    """Change a number's `name`, `policy`, `access_token` or `app_secret`; None for one of these two clears it.

    New credentials are checked against Meta with all that they go with. NotFoundError when there is no such number.
    """
    given = dict(changes)
    if "name" in given:
        given["name"] = _name(given["name"])
    secrets = {name: given.pop(name) for name in ("access_token", "app_secret") if name in given}
    Credentials(**secrets).checked()
    async with resources.database.reading() as session:
        number = await _find(session, workspace_id, number_id)
        own = replace(credentials_of(resources, number), **secrets)
        refusal = await _may_have(resources, session, workspace_id, number.environment, own) if secrets else None
    if refusal is not None:
        return refusal
    checked: Inspection | None = None
    if secrets:
        found = await _check(resources, number.environment, number.phone_number_id, number.waba_id, own)
        if not isinstance(found, Inspection):
            return found
        checked = found

    async with resources.database.writing() as session:
        number = await _find(session, workspace_id, number_id, locked=True)
        for name, value in given.items():
            setattr(number, name, value)
        for name, secret in secrets.items():
            resources.seal.put(number, name, secret)
        if checked is not None:
            number.calling_enabled, number.settings_at = checked.calling_enabled, resources.now()
            number.problem, number.problem_at = None, resources.now()
        number.updated_at = resources.now()
        await log.append(session, [change_of(number, Cause.UPDATED, actor)])
    await resources.feed.announce(workspace_id)
    return number


async def look(resources: Resources, number: BusinessNumber) -> Inspection | OutOfReach:
    """Ask Meta how things stand with a number of ours."""
    own = credentials_of(resources, number)
    return await _inspect(resources, number.environment, number.phone_number_id, number.waba_id, own)


def credentials_of(resources: Resources, number: BusinessNumber) -> Credentials:
    return Credentials(resources.seal.read(number, "access_token"), resources.seal.read(number, "app_secret"))


async def _may_have(
    resources: Resources, session: Session, workspace_id: UUID, environment: Environment, own: Credentials
) -> EncryptionKeyMissing | CredentialsMissing | None:
    """Tell why the number cannot have these credentials, or None.

    The installation's own are those of whoever runs it, and of the first workspace: to lend the token to others would
    let them use every number that it reaches. The sandbox's are nobody's.
    """
    if (own.access_token is not None or own.app_secret is not None) and not resources.seal.has_key:
        return EncryptionKeyMissing()
    first = (await session.exec(workspaces.first())).first()
    is_first = first is not None and first.id == workspace_id
    lacks_token = own.access_token is None and environment is Environment.PRODUCTION and not is_first
    return CredentialsMissing() if lacks_token else None


async def _check(
    resources: Resources, environment: Environment, phone_number_id: str, waba_id: str | None, own: Credentials
) -> Inspection | BusinessNumberUnusable | NumberUnchecked:
    found = await _inspect(resources, environment, phone_number_id, waba_id, own)
    if isinstance(found, OutOfReach):
        return NumberUnchecked(found.reason)
    failures = found.failures
    if not failures:
        return found
    return BusinessNumberUnusable(
        tuple(Reason(each.aspect, each.found, each.message, each.particulars) for each in failures)
    )


async def _inspect(
    resources: Resources, environment: Environment, phone_number_id: str, waba_id: str | None, own: Credentials
) -> Inspection | OutOfReach:
    whatsapp: WhatsApp = resources.whatsapp[environment]
    if own.access_token is not None:
        whatsapp = whatsapp.speaking_as(own.access_token)
    door = resources.webhook_url if environment is Environment.PRODUCTION else None
    subject = Subject(phone_number_id, waba_id, own.app_secret or resources.app_secret, door)
    return await inspect(whatsapp, subject, resources.now())


def _keep(resources: Resources, number: BusinessNumber, own: Credentials) -> None:
    for column, secret in (("access_token", own.access_token), ("app_secret", own.app_secret)):
        if secret is not None:
            resources.seal.put(number, column, secret)


async def _is_here(session: Session, workspace_id: UUID, phone_number_id: str) -> bool:
    found = (await session.exec(business_numbers.by_phone_number_ids([phone_number_id]))).first()
    return found is not None and found.workspace_id == workspace_id


async def _find(session: Session, workspace_id: UUID, number_id: UUID, *, locked: bool = False) -> BusinessNumber:
    wanted = business_numbers.by_ids(workspace_id, [number_id])
    number = (await session.exec(wanted.with_for_update() if locked else wanted)).first()
    if number is None:
        raise NotFoundError("There is no such business number. Take an id from the list of business numbers.")
    return number


def _meta_id(value: str, name: str) -> None:
    if not _META_ID.fullmatch(value):
        raise BadInputError(f"The {name} is none of Meta's: those have digits only, as WhatsApp Manager shows them.")


def _name(value: str | None) -> str:
    cleaned = (value or "").strip()
    if not 1 <= len(cleaned) <= LONGEST_NAME or "\x00" in cleaned:
        raise BadInputError(f"Give the number a name of 1 to {LONGEST_NAME} characters.")
    return cleaned
