"""What SQL tells of statuses and of who may be asked and rung is what the rules tell, at any moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel, col, select

from actions.pair import Pair
from models import call_permission as call_permissions
from models import permission_request as permission_requests
from models.business_number import BusinessNumber, Environment
from models.call import Call
from models.call_permission import CallPermission
from models.change import Cause
from models.columns import new_id
from models.customer import Customer
from models.database import Database, Session
from models.permission_request import PermissionRequest, RequestKind
from models.workspace import Workspace
from rules import call as call_rules
from rules import permission as rules
from rules import request as request_rules
from rules.call import Accepted, Direction
from rules.eligibility import may_call, may_request
from rules.limits import POLICIES, PolicyName
from rules.permission import Happening, Response
from rules.request import Request, RequestStatus
from tests.rules.facts import (
    DAY,
    HOUR,
    MICROSECOND,
    NOON,
    SECOND,
    RequestFact,
    call_events,
    happenings,
    moments,
    request_facts,
)

WORKSPACE = Workspace(id=new_id(), name="Chai & Co", created_at=NOON)


@dataclass(frozen=True)
class Told:
    """All that was told of one pair, and when its consequences were last drawn."""

    policy: PolicyName
    happenings: list[Happening]
    requests: list[tuple[datetime, list[RequestFact]]]
    calls: list[tuple[Direction, datetime, list[call_rules.CallEvent]]]
    connected_calls: int
    calling_enabled: bool
    restricted_until: datetime | None
    settled_at: datetime

    def pair(self) -> Pair:
        number = BusinessNumber(
            workspace_id=WORKSPACE.id,
            phone_number_id=str(new_id()),
            display_phone_number="+918045550142",
            waba_id="1",
            name="Chai & Co",
            environment=Environment.PRODUCTION,
            policy=self.policy,
            calling_enabled=self.calling_enabled,
            restricted_until=self.restricted_until,
            created_at=NOON,
            updated_at=NOON,
        )
        customer = Customer(workspace_id=WORKSPACE.id, created_at=NOON, updated_at=NOON)
        permission = CallPermission(
            workspace_id=WORKSPACE.id,
            business_number_id=number.id,
            customer_id=customer.id,
            created_at=NOON,
            updated_at=NOON,
        )
        pair = Pair(number, customer, permission, self.settled_at)
        grant = pair.policy.temporary_grant
        known = reduce(lambda known, told: rules.after(known, told, grant), self.happenings, permission.known)
        permission.remember(known, self.settled_at)
        pair.requests += [request_row(pair, *told) for told in sorted(self.requests, key=lambda told: told[0])]
        pair.calls += [call_row(pair, *told) for told in sorted(self.calls, key=lambda told: told[1])]
        pair.calls += [
            call_row(pair, Direction.BUSINESS_INITIATED, NOON - HOUR, [Accepted(NOON - HOUR + number * SECOND)])
            for number in range(self.connected_calls)
        ]
        pair.settle(Cause.UPDATED)
        return pair


def request_row(pair: Pair, reserved_at: datetime, facts: Sequence[RequestFact]) -> PermissionRequest:
    known = Request(reserved_at)
    for what, at in facts:
        if isinstance(what, Response):
            known = request_rules.after_answer(known, what, at)
        else:
            known = request_rules.after_status(known, what, at)
    row = PermissionRequest(
        workspace_id=WORKSPACE.id,
        business_number_id=pair.number.id,
        customer_id=pair.customer.id,
        permission_id=pair.permission.id,
        kind=RequestKind.FREE_FORM,
        content={},
        reserved_at=reserved_at,
        requested_by="a test",
    )
    row.remember(known, [], pair.policy, reserved_at)
    return row


def call_row(pair: Pair, direction: Direction, reserved_at: datetime, events: Sequence[call_rules.CallEvent]) -> Call:
    row = Call(
        workspace_id=WORKSPACE.id,
        business_number_id=pair.number.id,
        customer_id=pair.customer.id,
        permission_id=pair.permission.id,
        direction=direction,
        reserved_at=reserved_at,
    )
    row.remember(reduce(call_rules.after, events, row.known))
    return row


tellings = st.builds(
    Told,
    policy=st.sampled_from(PolicyName),
    happenings=st.lists(happenings, max_size=3),
    requests=st.lists(st.tuples(moments, st.lists(request_facts, max_size=3)), max_size=3),
    calls=st.lists(st.tuples(st.sampled_from(Direction), moments, st.lists(call_events, max_size=3)), max_size=2),
    connected_calls=st.sampled_from((0, 0, 0, 0, 0, 99, 100)),
    calling_enabled=st.sampled_from((True, True, False)),
    restricted_until=st.none() | st.none() | moments,
    settled_at=moments,
)


def moments_that_matter(pair: Pair) -> list[datetime]:
    """List when something about the pair changes, and the moment before each."""
    row = pair.permission
    ends = [row.expires_at, row.awaited_until, row.requests_free_at, row.calls_free_at, pair.number.restricted_until]
    ends += [request.next_moment for request in pair.requests]
    known = [end for end in ends if end is not None and end > row.updated_at]
    return [row.updated_at, row.updated_at + DAY, *known, *(end - MICROSECOND for end in known)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(tellings, min_size=1, max_size=4), st.data())
async def test_sql_and_rules_tell_the_same(database: Database, told: list[Told], data: st.DataObject) -> None:
    pairs = [one.pair() for one in told]
    some = st.sampled_from([moment for pair in pairs for moment in moments_that_matter(pair)])
    async with database.reading() as session:  # which keeps nothing: the next example finds the database empty
        await put_in(session, [Workspace(**WORKSPACE.model_dump())])
        await put_in(session, [row for pair in pairs for row in (pair.number, pair.customer)])
        await put_in(session, [pair.permission for pair in pairs])
        await put_in(session, [row for pair in pairs for row in pair.requests])
        for now in data.draw(st.lists(some, min_size=1, max_size=5, unique=True)):
            # Rows are true from the moment on at which their consequences were drawn.
            current = [pair for pair in pairs if pair.permission.updated_at <= now]
            await compare_permissions(session, current, now)
            await compare_requests(session, current, now)


async def put_in(session: Session, rows: Sequence[SQLModel]) -> None:
    session.add_all(rows)
    await session.flush()


async def compare_permissions(session: Session, pairs: list[Pair], now: datetime) -> None:
    telling = (
        select(
            CallPermission.id,
            call_permissions.status_at(now),
            call_permissions.callable_at(now),
            call_permissions.requestable_at(now),
        )
        .join(BusinessNumber, call_permissions.its_number())
        .where(col(CallPermission.workspace_id) == WORKSPACE.id)
    )
    told = {
        row_id: (status, bool(may_ring), bool(may_ask))
        for row_id, status, may_ring, may_ask in await session.exec(telling)
    }
    for pair in pairs:
        status, may_ring, may_ask = told[pair.permission.id]
        situation = pair.situation(now)
        assert status == rules.at(pair.permission.known, now).value
        assert may_ring is may_call(situation, now).allowed
        # One that is still to be sent counts as of now, whenever that is: a row can tell it only for its own moment.
        if now == pair.permission.updated_at or all(row.status is not RequestStatus.QUEUED for row in pair.requests):
            assert may_ask is may_request(situation, now).allowed


async def compare_requests(session: Session, pairs: list[Pair], now: datetime) -> None:
    telling = select(PermissionRequest.id, permission_requests.status_at(now))
    told = dict((await session.exec(telling)).all())
    for pair in pairs:
        newer: list[Request] = []
        for row in reversed(pair.requests):
            expected = request_rules.at(row.known, newer, POLICIES[pair.number.policy], now)
            assert told[row.id] == expected.value
            assert row.status_at(now) is expected
            newer.append(row.known)
