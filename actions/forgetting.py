"""Whom we have forgotten: what comes late about them makes nothing of them again, and their limits go on counting."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models import call_permission as call_permissions
from models import forgotten_name as forgotten_names
from models.call_permission import CallPermission
from models.customer import Customer
from models.database import Session
from models.forgotten_name import ForgottenName, digest_of
from rules.limits import Limit
from whatsapp.events import Person

from .pair import HORIZON, Pair

AT_ONCE = 500  # names looked for in one statement


@dataclass(frozen=True, slots=True)
class Names:
    """All the names of somebody, and the ids of the calls with them, whose news names them too."""

    phones: frozenset[str] = frozenset()
    user_ids: frozenset[str] = frozenset()
    parent_user_ids: frozenset[str] = frozenset()
    call_ids: frozenset[str] = frozenset()

    def digests(self, key: str) -> set[str]:
        named = (
            ("phone", self.phones),
            ("user id", self.user_ids),
            ("parent user id", self.parent_user_ids),
            ("call", self.call_ids),
        )
        return {digest_of(kind, name, key) for kind, names in named for name in names}

    @property
    def as_written(self) -> list[str]:
        """List them as Meta writes them: a phone in digits only."""
        phones = {phone.removeprefix("+") for phone in self.phones}
        return sorted(phones | self.user_ids | self.parent_user_ids | self.call_ids)


def names_of(somebody: Customer | Person) -> Names:
    """Give the names that somebody has now."""
    match somebody:
        case Customer():
            user_id, parent_user_id = somebody.whatsapp_user_id, somebody.whatsapp_parent_user_id
        case Person():
            user_id, parent_user_id = somebody.user_id, somebody.parent_user_id
    return Names(_some(somebody.phone), _some(user_id), _some(parent_user_id))


def _some(name: str | None) -> frozenset[str]:
    return frozenset() if name is None else frozenset({name})


async def forget(
    session: Session, workspace_id: UUID, digests: Collection[str], pairs: Sequence[Pair], now: datetime
) -> None:
    """Remember only as digests who is forgotten, and what of their limits is used.

    Those of whom nothing can still come are then no longer kept either.
    """
    await session.exec(forgotten_names.before(workspace_id, now - HORIZON))
    requests: dict[str, str] = {}
    calls: dict[str, str] = {}
    for pair in pairs:
        own, situation = pair.permission, pair.situation(now)
        since = situation.last_connected_at
        asked = [moment for moment in situation.requested if since is None or moment >= since]
        requests |= _barred(pair, own.requests_barred_until, asked, pair.policy.requests, now)
        calls |= _barred(pair, own.calls_barred_until, situation.connected_out, pair.policy.connected_calls, now)
    await session.exec(forgotten_names.remembered(workspace_id, digests))  # to be forgotten anew, from now on
    session.add_all(
        ForgottenName(
            workspace_id=workspace_id, digest=digest, forgotten_at=now, requests_barred=requests, calls_barred=calls
        )
        for digest in sorted(digests)
    )


def _barred(
    pair: Pair, barred_until: datetime | None, uses: Sequence[datetime], limits: Sequence[Limit], now: datetime
) -> dict[str, str]:
    """Tell until when the number may not: each use is then over, for how many there were is not kept."""
    ends = [max(uses) + max(limit.period for limit in limits)] if uses else []
    ends += [barred_until] if barred_until is not None else []
    until = max(ends, default=now)
    return {str(pair.number.id): until.isoformat()} if until > now else {}


async def forgotten(session: Session, workspace_id: UUID, digests: Iterable[str]) -> dict[str, ForgottenName]:
    """Find which of these were forgotten, by digest."""
    found: dict[str, ForgottenName] = {}
    wanted = sorted(digests)
    for begin in range(0, len(wanted), AT_ONCE):
        some = wanted[begin : begin + AT_ONCE]
        found |= {name.digest: name for name in await session.exec(forgotten_names.of_any(workspace_id, some))}
    return found


async def bar_again(session: Session, workspace_id: UUID, made: Sequence[Customer], key: str) -> None:
    """Let the limits of those who were forgotten count for the customers they have become again."""
    digests = {customer.id: names_of(customer).digests(key) for customer in made}
    known = await forgotten(session, workspace_id, set().union(*digests.values()))
    again = {customer_id: [known[own] for own in names if own in known] for customer_id, names in digests.items()}
    ids = [customer_id for customer_id, names in again.items() if names]
    if not ids:
        return
    for permission in await session.exec(call_permissions.of_customers(workspace_id, ids)):
        for name in again[permission.customer_id]:
            _bar(permission, name)


def _bar(permission: CallPermission, name: ForgottenName) -> None:
    number = str(permission.business_number_id)
    requests, calls = name.requests_barred.get(number), name.calls_barred.get(number)
    permission.requests_barred_until = _later(permission.requests_barred_until, requests)
    permission.calls_barred_until = _later(permission.calls_barred_until, calls)


def _later(known: datetime | None, told: str | None) -> datetime | None:
    moments = [moment for moment in (known, told and datetime.fromisoformat(told)) if moment]
    return max(moments, default=None)
