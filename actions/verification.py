"""Asking WhatsApp what it believes, and settling where we differ."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from models import call_permission as call_permissions
from models.business_number import BusinessNumber
from models.call_permission import CallPermission
from models.change import Cause
from models.customer import Customer
from rules import permission as rules
from rules.permission import Confirmed, Denied, Happening, Status
from rules.refusals import Refusal, WhatsAppUnavailable
from whatsapp.cloud_api import PermissionState, Recipient, Refused, Use
from whatsapp.errors import refusal

from . import log
from .access import Viewer
from .pair import Pair, lock, lock_permissions
from .resources import Resources

# Somebody is asking: until then nobody else does. Also the rest after WhatsApp could not be asked.
LEASE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """What was believed here, and what WhatsApp said instead."""

    about: str
    believed: str
    whatsapp: str


@dataclass(frozen=True, slots=True)
class Verified:
    permission: CallPermission
    differences: tuple[Difference, ...]


async def refresh(
    resources: Resources, viewer: Viewer, business_number_id: UUID, customer_id: UUID
) -> Verified | Refusal:
    """Ask WhatsApp what it believes and take it over. A refusal when WhatsApp does not tell; then nothing changes.

    NotFoundError for a customer or number that the viewer's workspace does not have.
    """
    async with resources.database.writing() as session:
        pair = await lock(session, viewer.workspace_id, business_number_id, customer_id, resources.now)
    return await _ask(resources, pair.permission.id, pair.number, pair.customer)


async def verify_most_urgent(resources: Resources, business_number_id: UUID) -> bool:
    """Ask about the permission of a number that most needs it. False when none does."""
    async with resources.database.writing() as session:
        now = resources.now()
        found = (await session.exec(call_permissions.unverified(business_number_id, now))).first()
        if found is None:
            return False
        found.verify_at = now + LEASE
        number = await session.get_one(BusinessNumber, found.business_number_id)
        customer = await session.get_one(Customer, found.customer_id)
    await _ask(resources, found.id, number, customer)
    return True


async def _ask(
    resources: Resources, permission_id: UUID, number: BusinessNumber, customer: Customer
) -> Verified | Refusal:
    asked_at = resources.now()
    recipient = Recipient(customer.phone, customer.whatsapp_user_id)
    state = await resources.whatsapp_of(number).permission_state(number.phone_number_id, recipient)
    if isinstance(state, Refused):
        return refusal(state.error)
    if not isinstance(state, PermissionState):
        return WhatsAppUnavailable()

    async with resources.database.writing() as session:
        found = select(CallPermission).where(col(CallPermission.id) == permission_id)
        [pair] = await lock_permissions(session, found, resources.now)
        changes = pair.catch_up()
        differences = tuple(_differences(pair, state))
        take_over(pair, state, asked_at)
        changes += pair.settle(Cause.VERIFIED)
        await log.append(session, changes)
    if changes:
        await resources.feed.announce(number.workspace_id)
    return Verified(pair.permission, differences)


def take_over(pair: Pair, state: PermissionState, asked_at: datetime) -> None:
    """Write down what WhatsApp said when it was asked at `asked_at`: the permission, and its own counts."""
    happening = _happening(state, asked_at)
    if happening is not None:
        told = rules.after(pair.permission.known, happening, pair.policy.temporary_grant)
        pair.permission.remember(told, pair.now)
    pair.permission.verified_at, pair.permission.doubtful = pair.now, False
    pair.permission.requests_barred_until = _barred_until(state.requests)
    pair.permission.calls_barred_until = _barred_until(state.calls)


def _happening(state: PermissionState, asked_at: datetime) -> Happening | None:
    """Say it in the words of the rules; None for a temporary permission whose end WhatsApp does not tell."""
    if state.status is Status.PERMANENT:
        return Confirmed(asked_at, None)
    if state.status is Status.TEMPORARY:
        return Confirmed(asked_at, state.expires_at) if state.expires_at is not None else None
    return Denied(asked_at)


def _barred_until(uses: tuple[Use, ...]) -> datetime | None:
    """Tell until when WhatsApp's own count takes nothing; ours tells it already where the two agree."""
    return max((use.resets_at for use in uses if use.resets_at is not None), default=None)


def _differences(pair: Pair, state: PermissionState) -> list[Difference]:
    believed = rules.at(pair.permission.known, pair.now)
    shown = state.status if state.status.allows_calls else None
    differences = []
    if (believed if believed.allows_calls else None) is not shown:
        differences.append(Difference("status", believed.value, shown.value if shown else "no permission"))
    elif shown is Status.TEMPORARY and pair.permission.expires_at != state.expires_at:
        differences.append(Difference("expiresAt", _text(pair.permission.expires_at), _text(state.expires_at)))
    return differences


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else "none"
