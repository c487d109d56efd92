"""Asking WhatsApp what it believes, and settling where we differ."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models import call_permission as call_permissions
from models.business_number import BusinessNumber
from models.call_permission import CallPermission
from models.change import Cause, Change
from models.customer import Customer
from rules import permission as rules
from rules.permission import Confirmed, Denied, Happening, Status
from rules.refusals import Refusal, WhatsAppUnavailable
from whatsapp.cloud_api import PermissionState, Refused, Use
from whatsapp.errors import refusal

from . import log, reactions
from .access import Viewer
from .faults import NotFoundError
from .identity import recipient_of
from .pair import Pair, lock, lock_permissions
from .resources import Resources

# Somebody is asking: until then nobody else does. Also the rest after WhatsApp could not be asked.
LEASE = timedelta(minutes=1)
REST_AFTER_REFUSAL = timedelta(hours=1)  # what WhatsApp does not want to tell must not keep others waiting


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
    viewer.check_number(business_number_id)
    async with resources.database.writing() as session:
        pair = await lock(session, viewer.workspace_id, business_number_id, customer_id, resources.now)
    return await _ask(resources, pair.permission.id, pair.number, pair.customer)


async def verify_most_urgent(resources: Resources, workspace_id: UUID, business_number_id: UUID) -> bool:
    """Ask about the permission of a number that most needs it. False when none does."""
    async with resources.database.writing() as session:
        now = resources.now()
        found = (await session.exec(call_permissions.unverified(workspace_id, business_number_id, now))).first()
        if found is None:
            return False
        found.verify_at = now + LEASE
        number = await session.get_one(BusinessNumber, (workspace_id, found.business_number_id))
        customer = await session.get_one(Customer, (workspace_id, found.customer_id))
    try:
        answer = await _ask(resources, found.id, number, customer)
    except NotFoundError:
        return True
    if not isinstance(answer, Verified | WhatsAppUnavailable):
        async with resources.database.writing() as session:
            refused = await session.get(CallPermission, (workspace_id, found.id), with_for_update=True)
            if refused is not None:
                refused.verify_at = resources.now() + REST_AFTER_REFUSAL
    return True


async def _ask(
    resources: Resources, permission_id: UUID, number: BusinessNumber, customer: Customer
) -> Verified | Refusal:
    asked_at = resources.now()
    recipient = recipient_of(customer)
    state = await resources.whatsapp_of(number).permission_state(number.phone_number_id, recipient)
    if isinstance(state, Refused):
        await reactions.react(resources, number, state.error)
        return refusal(state.error)
    if not isinstance(state, PermissionState):
        return WhatsAppUnavailable()

    async with resources.database.writing() as session:
        found = call_permissions.by_ids(number.workspace_id, [permission_id])
        pairs = await lock_permissions(session, found, resources.now)
        if not pairs:
            raise NotFoundError("The customer was deleted while WhatsApp was asked.")
        [pair] = pairs
        renamed = recipient_of(pair.customer) != recipient
        changes, differences = ([], ()) if renamed else _settle(pair, state, asked_at)
        await log.append(session, changes)
    if renamed:  # the answer was about a name that is nobody's now, or somebody else's
        return await _ask(resources, permission_id, pair.number, pair.customer)
    if changes:
        await resources.feed.announce(number.workspace_id)
    return Verified(pair.permission, differences)


def _settle(pair: Pair, state: PermissionState, asked_at: datetime) -> tuple[list[Change], tuple[Difference, ...]]:
    ran_out = pair.catch_up()
    differences = tuple(_differences(pair, state))
    take_over(pair, state, asked_at)
    return ran_out + pair.settle(Cause.VERIFIED), differences


def take_over(pair: Pair, state: PermissionState, asked_at: datetime) -> None:
    """Write down what WhatsApp said when it was asked at `asked_at`: the permission, and its own counts."""
    happening = _happening(pair, state, asked_at)
    if happening is not None:
        told = rules.after(pair.permission.known, happening, pair.policy.temporary_grant)
        pair.permission.remember(told, pair.now)
    pair.permission.verified_at = asked_at
    pair.permission.doubtful = _decides_nothing(pair, state, asked_at)
    pair.permission.requests_barred_until = _barred_until(state.requests)
    pair.permission.calls_barred_until = _barred_until(state.calls)


def _happening(pair: Pair, state: PermissionState, asked_at: datetime) -> Happening | None:
    """Say it in the words of the rules; None where it adds nothing.

    A temporary permission whose end WhatsApp does not tell ends as we know it to, else as late as it can.
    """
    if state.status is Status.PERMANENT:
        return Confirmed(asked_at, None)
    if state.status is not Status.TEMPORARY:
        return None if _ran_out_meanwhile(pair, asked_at) else Denied(asked_at)
    if state.expires_at is None and rules.at(pair.permission.known, pair.now) is Status.TEMPORARY:
        return None
    return Confirmed(asked_at, state.expires_at or asked_at + pair.policy.temporary_grant)


def _ran_out_meanwhile(pair: Pair, asked_at: datetime) -> bool:
    """Tell whether a permission came to its end while WhatsApp was asked: nobody has then taken it back."""
    grant = pair.permission.known.standing_grant
    return grant is not None and grant.expires_at is not None and asked_at < grant.expires_at <= pair.now


def _decides_nothing(pair: Pair, state: PermissionState, asked_at: datetime) -> bool:
    """Tell whether the answer may be older than a word against it, of the same second or later: then ask again."""
    known = pair.permission.known
    against = known.rejection if state.status.allows_calls else known.grant
    return against is not None and against.at >= asked_at.replace(microsecond=0)


def _barred_until(uses: tuple[Use, ...]) -> datetime | None:
    """Tell until when WhatsApp's own count takes nothing; ours tells it already where the two agree."""
    return max((use.resets_at for use in uses if use.resets_at is not None), default=None)


def _differences(pair: Pair, state: PermissionState) -> list[Difference]:
    believed = rules.at(pair.permission.known, pair.now)
    shown = state.status if state.status.allows_calls else None
    differences = []
    if (believed if believed.allows_calls else None) is not shown:
        differences.append(Difference("status", believed.value, shown.value if shown else "no permission"))
    elif state.expires_at is not None and pair.permission.expires_at != state.expires_at:
        differences.append(Difference("expiresAt", _text(pair.permission.expires_at), _text(state.expires_at)))
    return differences


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else "none"
