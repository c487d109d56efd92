"""Customers: created and updated, each known by names that no other customer of the workspace has."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import phonenumbers
from sqlalchemy.exc import IntegrityError

from models import business_number as business_numbers
from models import customer as customers
from models.change import Cause, Change, ChangeKind
from models.columns import new_id
from models.customer import Customer
from models.database import Session
from rules.refusals import CustomerAlreadyExists

from . import log
from .access import Viewer
from .faults import BadInputError, NotFoundError
from .forgetting import bar_again
from .pair import ensure
from .resources import Resources

LONGEST_TEXT = 200
MOST_TAGS = 50

_NAMES = {"phone": "phone", "whatsapp_user_id": "whatsappUserId", "external_id": "externalId"}


async def create(resources: Resources, viewer: Viewer, values: Mapping[str, Any]) -> Customer | CustomerAlreadyExists:
    """Make a customer of `values`, fields of the table. BadInputError for what cannot be meant."""
    own = checked(values)
    now = resources.now()
    customer = Customer(id=new_id(), workspace_id=viewer.workspace_id, created_at=now, updated_at=now, **own)
    _reachable(customer)
    return await _save(resources, viewer, customer, Cause.CREATED)


async def update(
    resources: Resources, viewer: Viewer, customer_id: UUID, values: Mapping[str, Any]
) -> Customer | CustomerAlreadyExists:
    """Give a customer these `values`; what is not named stays, None clears. BadInputError for what cannot be meant."""
    own = checked(values)
    async with resources.database.reading() as session:
        customer = await session.get(Customer, (viewer.workspace_id, customer_id))
    if customer is None:
        raise _no_such_customer()
    changed = Customer(**customer.model_dump() | own | {"updated_at": resources.now()})
    _reachable(changed)
    return await _save(resources, viewer, changed, Cause.UPDATED)


def _no_such_customer() -> NotFoundError:
    return NotFoundError("There is no such customer. Take an id from the query customers.")


async def _save(
    resources: Resources, viewer: Viewer, customer: Customer, cause: Cause
) -> Customer | CustomerAlreadyExists:
    try:
        async with resources.database.writing() as session:
            if cause is Cause.UPDATED and not (await session.exec(customers.locked(*_key(customer)))).first():
                raise _no_such_customer()  # deleted in this very moment: never to be made again by this
            taken = await _taken_name(session, customer)
            if taken is None:
                customer = await session.merge(customer)
                await session.flush()
                numbers = await session.exec(business_numbers.of_workspace(viewer.workspace_id))
                await ensure(session, [(number, customer) for number in numbers], customer.updated_at)
                await bar_again(session, viewer.workspace_id, [customer], resources.token_key)
                await log.append(session, [change_of(customer, cause, viewer.name)])
    except IntegrityError:  # somebody took one of the names in this very moment
        async with resources.database.reading() as session:
            taken = await _taken_name(session, customer)
        if taken is None:
            raise
    if taken is not None:
        return CustomerAlreadyExists(taken)
    await resources.feed.announce(viewer.workspace_id)
    return customer


def _key(customer: Customer) -> tuple[UUID, UUID]:
    return customer.workspace_id, customer.id


async def _taken_name(session: Session, customer: Customer) -> str | None:
    """Tell which of the customer's names another customer has, or None."""
    found = await session.exec(customers.others_with_a_name_of(customer))
    for other in found:
        for field, name in _NAMES.items():
            if getattr(customer, field) is not None and getattr(other, field) == getattr(customer, field):
                return name
    return None


def change_of(customer: Customer, cause: Cause, actor: str | None) -> Change:
    return Change(
        workspace_id=customer.workspace_id,
        kind=ChangeKind.CUSTOMER,
        cause=cause,
        actor=actor,
        occurred_at=customer.updated_at,
        recorded_at=customer.updated_at,
        subject_id=customer.id,
        customer_id=customer.id,
    )


def is_reachable(customer: Customer) -> bool:
    """Tell whether WhatsApp can reach the customer by any name."""
    names = (customer.phone, customer.whatsapp_user_id, customer.whatsapp_parent_user_id)
    return any(name is not None for name in names)


def _reachable(customer: Customer) -> None:
    if not is_reachable(customer):
        raise BadInputError("A customer needs a phone or a whatsappUserId, so that WhatsApp can reach them.")


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give values of the table's fields as they are kept. BadInputError for what cannot be meant."""
    return {name: _CHECKS[name](value) for name, value in values.items()}


def phone(value: str | None, region: str | None = None) -> str | None:
    """Read a phone number and give it as E.164. BadInputError when it is none that can be rung.

    One without its country is of `region`, as in IN.
    """
    if value is None:
        return None
    try:
        parsed = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException as error:
        raise BadInputError(f"{value[:40]!r} is not a phone number. Write it as E.164, like +919812300457.") from error
    # Not is_valid_number: that refuses the numbers that providers give out for tests.
    if not phonenumbers.is_possible_number(parsed):
        raise BadInputError(f"{value[:40]!r} cannot be a phone number. Write it as E.164, like +919812300457.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _text(value: str | None) -> str | None:
    if value is None:
        return None
    cleaned = value.strip()
    if not cleaned or len(cleaned) > LONGEST_TEXT or "\x00" in cleaned:
        raise BadInputError(f"A name or id has 1 to {LONGEST_TEXT} characters; leave it out or give null for none.")
    return cleaned


def _tags(value: list[str] | None) -> list[str]:
    tags = [_text(tag) for tag in value or []]
    if len(tags) > MOST_TAGS:
        raise BadInputError(f"A customer has {MOST_TAGS} tags at the most.")
    return sorted({tag for tag in tags if tag is not None})


_timezones = cache(available_timezones)  # it walks through a folder of hundreds of files each time


def timezone_of(value: str) -> str:
    """Give the name of a time zone. BadInputError where there is none."""
    if value not in _timezones():
        raise BadInputError(f"{value[:40]!r} is not a time zone. Write it as in Asia/Kolkata.")
    return value


def _timezone(value: str | None) -> str | None:
    return None if value is None else timezone_of(value)


_CHECKS: dict[str, Any] = {
    "name": _text,
    "phone": phone,
    "whatsapp_user_id": _text,
    "external_id": _text,
    "tags": _tags,
    "timezone": _timezone,
}
