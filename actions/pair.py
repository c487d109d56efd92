"""One business number and one customer: everything known between them, locked, and what follows from it.

Whatever happens, the way is the same: lock the pair, put the news into its rows, settle. Settling recomputes every
consequence from the facts and lists what visibly changed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from models import business_number as business_numbers
from models import call as calls
from models import call_permission as call_permissions
from models import customer as customers
from models import permission_request as permission_requests
from models.business_number import BusinessNumber
from models.call import Call
from models.call_permission import CallPermission
from models.change import Cause, Change, ChangeKind
from models.customer import Customer
from models.database import Session
from models.permission_request import PermissionRequest
from rules import call as call_rules
from rules import request as request_rules
from rules import verification
from rules.call import Direction
from rules.eligibility import Situation, may_call, may_request
from rules.limits import POLICIES, LimitUsage, Policy
from rules.permission import OpenRequest
from rules.request import Request, RequestStatus

from .faults import NotFoundError

# Nothing older can still matter: a request lives 30 + 7 days at the most, and every limit's window is shorter.
HORIZON = timedelta(days=45)


@dataclass(slots=True)
class Pair:
    """`now` is when it was locked (or looked at), and never before anything that was written down of it."""

    number: BusinessNumber
    customer: Customer
    permission: CallPermission
    now: datetime
    requests: list[PermissionRequest] = field(default_factory=list)  # oldest first
    calls: list[Call] = field(default_factory=list)  # oldest first
    _seen: dict[UUID, tuple[object, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._seen = {subject.id: _visible(subject) for subject in self._subjects()}

    @property
    def policy(self) -> Policy:
        return POLICIES[self.number.policy]

    def situation(self, now: datetime) -> Situation:
        """Say what is known, as of `now`, in the words of the rules."""
        counted = [_counted_at(request, now) for request in self.requests]
        known_calls = [call.known for call in self.calls]
        outgoing = [call for call in known_calls if call.direction is Direction.BUSINESS_INITIATED]
        return Situation(
            policy=self.policy,
            permission=self.permission.known,
            requested=tuple(moment for moment in counted if moment is not None),
            connected_out=tuple(call.connected_at for call in outgoing if call.connected_at is not None),
            last_connected_at=_last_connected_at(self.calls),
            call_in_progress=any(not call_rules.at(call).ended for call in known_calls),
            unanswered_streak=call_rules.unanswered_streak(known_calls),
            last_contact_at=self.permission.last_contact_at,
            requests_barred_until=self.permission.requests_barred_until,
            calls_barred_until=self.permission.calls_barred_until,
            calling_enabled=self.number.calling_enabled,
            restricted_until=self.number.restricted_until,
        )

    def doubt(self) -> None:
        """Have WhatsApp asked, before all others, what it believes: something spoke against what is known."""
        self.permission.doubtful = True
        self.permission.verify_at = self.now

    def settle(self, cause: Cause, *, actor: str | None = None, occurred_at: datetime | None = None) -> list[Change]:
        """Draw every consequence of what is known and list what visibly changed since this was last asked."""
        self._draw_consequences(self.now)
        return self._changed(cause, actor, occurred_at)

    def catch_up(self) -> list[Change]:
        """List what has run out since the clock last looked, so that it is told before anything newer.

        Step by step, each with its own moment: at one moment a permission, days later the request that gave it.
        """
        changes: list[Change] = []
        while (due := self._first_due()) is not None:
            self._draw_consequences(due)
            changes += self._changed(Cause.RAN_OUT, None, due)
        return changes

    def _first_due(self) -> datetime | None:
        moments = [self.permission.next_moment, *(request.next_moment for request in self.requests)]
        return min((moment for moment in moments if moment is not None and moment <= self.now), default=None)

    def _draw_consequences(self, as_of: datetime) -> None:
        for call in self.calls:
            call.remember(call.known)
        self._settle_requests(as_of)
        self._settle_permission(as_of)
        self.permission.updated_at = self.now

    def _changed(self, cause: Cause, actor: str | None, occurred_at: datetime | None) -> list[Change]:
        return [
            self._change(subject, cause, actor, occurred_at)
            for subject in self._subjects()
            if self._seen.get(subject.id) != _visible(subject)
        ]

    def _settle_requests(self, now: datetime) -> None:
        newer: list[Request] = []
        for request in reversed(self.requests):
            known = request.known
            request.remember(known, newer, self.policy, now)
            newer.append(known)

    def _settle_permission(self, now: datetime) -> None:
        permission, known = self.permission, self.permission.known
        asked = self._open_request(now)
        if self.requests:
            permission.latest_request_id = self.requests[-1].id
        permission.remember(replace(known, open_request=asked), now)
        self._let_in_again()
        situation = self.situation(now)
        permission.requests_free_at = _free_at(may_request(situation, now).limits)
        permission.calls_free_at = _free_at(may_call(situation, now).limits)
        permission.call_in_progress = situation.call_in_progress
        permission.unanswered_streak = situation.unanswered_streak
        permission.verify_at = verification.due_at(self._believed(), now)

    def _let_in_again(self) -> None:
        """A call that is picked up frees the requests, also from what WhatsApp said of its own count before."""
        permission, connected_at = self.permission, _last_connected_at(self.calls)
        if connected_at is not None and permission.verified_at is not None and connected_at >= permission.verified_at:
            permission.requests_barred_until = None

    def _believed(self) -> verification.Known:
        permission = self.permission
        heard = (permission.granted_at, permission.confirmed_at, permission.verified_at)
        return verification.Known(
            doubtful=permission.doubtful,
            callable=permission.status.allows_calls,
            heard_at=max((moment for moment in heard if moment is not None), default=None),
            expires_at=permission.expires_at,
            asked_at=permission.verified_at,
        )

    def _open_request(self, now: datetime) -> OpenRequest | None:
        newer: list[Request] = []
        for request in reversed(self.requests):
            found = request_rules.open_request(request.known, newer, self.policy, now)
            if found is not None:
                return found
            newer.append(request.known)
        return None

    def _subjects(self) -> Iterable["Subject"]:
        return (*self.requests, *self.calls, self.permission)

    def _change(self, subject: "Subject", cause: Cause, actor: str | None, occurred_at: datetime | None) -> Change:
        before = self._seen.get(subject.id)
        self._seen[subject.id] = _visible(subject)
        return Change(
            workspace_id=self.number.workspace_id,
            kind=_KINDS[type(subject)],
            cause=_cause_for(subject, cause),
            actor=actor,
            occurred_at=occurred_at or self.now,
            recorded_at=self.now,
            subject_id=subject.id,
            customer_id=self.customer.id,
            business_number_id=self.number.id,
            previous_status=str(before[0]) if before else None,
            status=str(subject.status.value),
        )


Subject = CallPermission | PermissionRequest | Call

_KINDS: dict[type, ChangeKind] = {
    CallPermission: ChangeKind.CALL_PERMISSION,
    PermissionRequest: ChangeKind.PERMISSION_REQUEST,
    Call: ChangeKind.CALL,
}


def _visible(subject: Subject) -> tuple[object, ...]:
    """List what others see of it, its status first: only when this differs has it changed."""
    match subject:
        case CallPermission():
            return subject.status.value, subject.granted_at, subject.expires_at
        case PermissionRequest():
            return subject.status.value, subject.answer, subject.answered_at, subject.message_id
        case Call():
            return subject.status.value, subject.sdp_answer, subject.accepted_at, subject.duration_seconds


def _counted_at(request: PermissionRequest, now: datetime) -> datetime | None:
    """Tell from when a request counts; one still to be sent may go out at any moment, so it counts as of now."""
    return now if request.status is RequestStatus.QUEUED else request.known.counted_at


def _last_connected_at(calls: Iterable[Call]) -> datetime | None:
    """Tell when a call was last picked up.

    One that was placed after a request was also picked up after it, whatever Meta's whole seconds say.
    """
    connected = [(call.accepted_at, call.reserved_at) for call in calls]
    return max((max(picked_up, placed) for picked_up, placed in connected if picked_up is not None), default=None)


def _free_at(limits: Iterable[LimitUsage]) -> datetime | None:
    return max((limit.resets_at for limit in limits if limit.resets_at is not None), default=None)


def _cause_for(subject: Subject, cause: Cause) -> Cause:
    """Name a request's end by what ended it, whatever the news was that brought it to light."""
    if isinstance(subject, PermissionRequest) and subject.status is RequestStatus.SUPERSEDED:
        return Cause.SUPERSEDED
    return cause


async def lock(
    session: Session, workspace_id: UUID, business_number_id: UUID, customer_id: UUID, clock: Callable[[], datetime]
) -> Pair:
    """Lock the pair of these two, making its (empty) permission where there is none. NotFoundError if either is not."""
    number = await session.get(BusinessNumber, (workspace_id, business_number_id))
    customer = await session.get(Customer, (workspace_id, customer_id))
    if number is None:
        raise NotFoundError("There is no such business number. Take an id from the query businessNumbers.")
    if customer is None:
        raise NotFoundError("There is no such customer. Take an id from the query customers.")
    await ensure(session, [(number, customer)], clock())
    [pair] = await lock_permissions(session, call_permissions.of_pair(workspace_id, number.id, customer.id), clock)
    return pair


async def ensure(session: Session, wanted: Iterable[tuple[BusinessNumber, Customer]], now: datetime) -> None:
    """Give each of these pairs an (empty) permission where it has none yet."""
    missing: dict[UUID, set[tuple[UUID, UUID]]] = defaultdict(set)  # by workspace
    for number, customer in wanted:
        missing[number.workspace_id].add((number.id, customer.id))
    for workspace_id, pairs in missing.items():
        pairs.difference_update((await session.exec(call_permissions.ends_of_pairs(workspace_id, pairs))).all())
    rows = [
        {
            "workspace_id": workspace_id,
            "business_number_id": number_id,
            "customer_id": customer_id,
            "created_at": now,
            "updated_at": now,
        }
        for workspace_id, pairs in sorted(missing.items())
        for number_id, customer_id in sorted(pairs)
    ]
    if rows:
        await session.exec(call_permissions.insert_missing(session.get_bind().dialect.name), params=rows)


async def lock_permissions(
    session: Session, found: SelectOfScalar[CallPermission], clock: Callable[[], datetime], *, waiting: bool = True
) -> list[Pair]:
    """Lock the pairs of one workspace's permissions that `found` selects, in the order of their ids, and gather them.

    Without `waiting`, those that somebody else holds are left out. The clock is read once they are locked: to wait for
    somebody else takes time, in which a permission may run out.
    """
    locked = found.order_by(col(CallPermission.id)).with_for_update(skip_locked=not waiting)
    permissions = (await session.exec(locked, execution_options={"populate_existing": True})).all()
    return await gather(session, permissions, clock())


async def look(session: Session, found: SelectOfScalar[CallPermission], now: datetime) -> list[Pair]:
    """Gather the pairs of the permissions that `found` selects, without locking them."""
    return await gather(session, (await session.exec(found)).all(), now)


async def gather(session: Session, permissions: Sequence[CallPermission], now: datetime) -> list[Pair]:
    """Gather all that is known between the ends of these permissions, all of one workspace."""
    if not permissions:
        return []
    [workspace_id] = {permission.workspace_id for permission in permissions}
    ids = [permission.id for permission in permissions]
    requests: dict[UUID, list[PermissionRequest]] = defaultdict(list)
    # What the session found before it had the locks may be out of date by now.
    afresh = {"populate_existing": True}
    of_requests = permission_requests.of_permissions(workspace_id, ids, now - HORIZON)
    for request in await session.exec(of_requests, execution_options=afresh):
        requests[request.permission_id].append(request)
    rung: dict[UUID, list[Call]] = defaultdict(list)
    of_calls = calls.of_permissions(workspace_id, ids, now - HORIZON)
    found = await session.exec(of_calls, execution_options=afresh)
    for call in sorted(found, key=lambda call: (call.reserved_at, call.id)):
        rung[call.permission_id].append(call)
    own_numbers = business_numbers.by_ids(workspace_id, {row.business_number_id for row in permissions})
    numbers = await session.exec(own_numbers, execution_options=afresh)
    own_people = customers.by_ids(workspace_id, {row.customer_id for row in permissions})
    people = await session.exec(own_people)
    number_of, customer_of = {row.id: row for row in numbers}, {row.id: row for row in people}
    return [
        Pair(
            number_of[permission.business_number_id],
            customer_of[permission.customer_id],
            permission,
            max(now, permission.updated_at),  # another server's clock may be ahead: what it told stays told
            requests[permission.id],
            rung[permission.id],
        )
        for permission in permissions
        if permission.customer_id in customer_of  # else it was not locked, and the customer deleted in between
    ]
