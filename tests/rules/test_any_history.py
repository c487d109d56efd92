"""Random lives of one customer and one business number, walked step by step beside a model too simple to be wrong."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rules import call as calls
from rules import permission as permissions
from rules import request as requests
from rules.call import Accepted, Call, CallStatus, Direction, HungUp, Lost, Rejected, Terminated
from rules.eligibility import Situation, may_call, may_request
from rules.limits import Limit, Policy
from rules.permission import Denied, Happening, OpenRequest, Permission, Reply, Response, Source, Status
from rules.refusals import PermissionMissing
from rules.request import MessageStatus, Request, RequestStatus

from .facts import DAY, HOUR, MICROSECOND, MINUTE, NOON, PRODUCTION, SANDBOX, SECOND
from .last_word import last_word_is_yes

# Sandbox with numbers small enough to be used up in one short life; three calls a day, for the same reason.
FEW_CALLS = (Limit(DAY, 3),)
POLICIES = (
    replace(PRODUCTION, connected_calls=FEW_CALLS),
    replace(SANDBOX, requests=(Limit(DAY, 2), Limit(7 * DAY, 3)), connected_calls=FEW_CALLS),
)
WAITS = (MICROSECOND, SECOND, MINUTE, HOUR, 6 * HOUR, DAY - MICROSECOND, DAY, 3 * DAY, 7 * DAY - MICROSECOND, 7 * DAY)
DELAYS = st.sampled_from((0 * SECOND, SECOND, MINUTE, DAY, 8 * DAY))


class Life(RuleBasedStateMachine):
    @initialize(policy=st.sampled_from(POLICIES))
    def begin(self, policy: Policy) -> None:
        self.policy: Policy = policy
        self.now = NOON
        self.permission = Permission()
        self.requests: list[Request] = []
        self.calls: list[Call] = []
        # The model: what was heard; when each request really left, and when a call had last connected before that.
        self.heard: list[Happening] = []
        self.left: list[tuple[datetime, datetime | None]] = []
        self.connected: list[datetime] = []
        self.called: list[datetime] = []

    # Time

    @rule(wait=st.sampled_from(WAITS))
    def time_passes(self, wait: timedelta) -> None:
        self.now += wait

    @rule()
    def time_passes_until_a_request_is_available(self) -> None:
        available_at = may_request(self.situation, self.now).available_at
        if available_at is not None and not self.queued:
            self.now = available_at - MICROSECOND
            assert not may_request(self.situation, self.now).allowed
            self.now = available_at
            assert may_request(self.situation, self.now).allowed

    @rule()
    def time_passes_until_a_call_is_available(self) -> None:
        available_at = may_call(self.situation, self.now).available_at
        if available_at is not None:
            self.now = available_at - MICROSECOND
            assert not may_call(self.situation, self.now).allowed
            self.now = available_at
            assert may_call(self.situation, self.now).allowed

    @rule()
    def time_passes_until_the_status_changes(self) -> None:
        permission = self.situation.permission
        moment = permissions.next_moment(permission, self.now)
        if moment is not None:
            assert permissions.at(permission, moment - MICROSECOND) is permissions.at(permission, self.now)
            assert permissions.at(permission, moment) is not permissions.at(permission, self.now)
            self.now = moment

    # Requests

    @rule()
    def the_business_asks(self) -> None:
        if may_request(self.situation, self.now).allowed:
            self.requests.append(Request(self.now))

    @precondition(lambda self: self.queued)
    @rule()
    def whatsapp_takes_the_request(self) -> None:
        self._report(MessageStatus.SENT, self.queued[0])
        self.left.append((self.now, max(self.connected, default=None)))

    @precondition(lambda self: self.queued)
    @rule()
    def whatsapp_refuses_the_request(self) -> None:
        self._report(MessageStatus.FAILED, self.queued[0])

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), status=st.sampled_from((MessageStatus.DELIVERED, MessageStatus.READ, MessageStatus.FAILED)))
    def whatsapp_reports_a_status(self, data: st.DataObject, status: MessageStatus) -> None:
        self._report(status, data.draw(st.sampled_from(self.sent)))

    # What the customer and WhatsApp say

    @rule(
        response=st.sampled_from(Response),
        source=st.sampled_from(Source),
        delay=DELAYS,
        life=st.none() | st.sampled_from((HOUR, 16 * DAY)),
    )
    def a_reply_arrives(self, response: Response, source: Source, delay: timedelta, life: timedelta | None) -> None:
        said_at = self.now.replace(microsecond=0) - delay
        self._hear(Reply(said_at, response, source, said_at + life if life else None))
        if self.sent and source is Source.USER_ACTION:
            newest = self.sent[-1]
            self.requests[newest] = requests.after_answer(self.requests[newest], response, said_at)

    @rule(delay=DELAYS)
    def whatsapp_denies(self, delay: timedelta) -> None:
        self._hear(Denied(self.now - delay))

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def old_news_arrives_again(self, data: st.DataObject) -> None:
        before = self.permission
        news = data.draw(st.sampled_from(self.heard))
        assert permissions.after(before, news, self.policy.temporary_grant) == before

    # Calls

    @rule()
    def the_business_calls(self) -> None:
        if may_call(self.situation, self.now).allowed:
            assert last_word_is_yes(self.heard, self.now)
            assert not self.rings
            self.calls.append(Call(Direction.BUSINESS_INITIATED, self.now))

    @precondition(lambda self: self.rings)
    @rule()
    def the_customer_picks_up(self) -> None:
        if self.calls[-1].connected_at is None:
            self.calls[-1] = calls.after(self.calls[-1], Accepted(self.now))
            self.connected.append(self.now)
            self.called.append(self.now)

    @precondition(lambda self: self.rings)
    @rule(ends=st.sampled_from(((Terminated,), (Rejected, Terminated), (HungUp,), (HungUp, Terminated))))
    def the_call_ends(self, ends: tuple[type[Terminated | Rejected | HungUp], ...]) -> None:
        for end in ends:
            self.calls[-1] = calls.after(self.calls[-1], end(self.now))
            assert not self.rings

    @precondition(lambda self: self.rings and calls.at(self.calls[-1]) is CallStatus.QUEUED)
    @rule()
    def the_call_is_lost(self) -> None:
        self.calls[-1] = calls.after(self.calls[-1], Lost(self.now))
        assert not self.rings

    @precondition(lambda self: not self.rings)
    @rule()
    def the_customer_calls_and_is_answered(self) -> None:
        call = Call(Direction.USER_INITIATED, self.now)
        self.calls.append(calls.after(calls.after(call, Accepted(self.now)), Terminated(self.now)))
        self.connected.append(self.now)

    # What must always hold

    @invariant()
    def no_call_is_ever_allowed_without_a_live_permission(self) -> None:
        answer = may_call(self.situation, self.now)
        said_yes = last_word_is_yes(self.heard, self.now)

        assert said_yes or not answer.allowed
        assert any(isinstance(blocker, PermissionMissing) for blocker in answer.blockers) is not said_yes

    @invariant()
    def requests_never_exceed_a_limit_in_any_rolling_window(self) -> None:
        for limit in self.policy.requests:
            for end, connected_at in self.left:
                counting = [
                    moment
                    for moment, _ in self.left
                    if end - limit.period < moment <= end and (connected_at is None or moment > connected_at)
                ]
                assert len(counting) <= limit.maximum

    @invariant()
    def connected_calls_never_exceed_a_limit_in_any_rolling_window(self) -> None:
        for limit in self.policy.connected_calls:
            for end in self.called:
                assert sum(end - limit.period < moment <= end for moment in self.called) <= limit.maximum

    @invariant()
    def a_long_silence_frees_the_next_request(self) -> None:
        silent = all(moment <= self.now - 7 * DAY for moment, _ in self.left) and not self.queued
        permanent = permissions.at(self.permission, self.now) is Status.PERMANENT

        assert may_request(self.situation, self.now).allowed or permanent or not silent

    @invariant()
    def requested_means_that_a_request_awaits_its_answer(self) -> None:
        if permissions.at(self.situation.permission, self.now) is Status.REQUESTED:
            assert self.sent
            assert self._status(self.sent[-1]).awaits_answer

    # The hands: what a server does around the rules

    @property
    def situation(self) -> Situation:
        # A queued request may leave at any moment, so it counts as if it left now.
        queued = self.queued
        counted = [self.now if place in queued else known.counted_at for place, known in enumerate(self.requests)]
        connected = [call.connected_at for call in self.calls if call.connected_at is not None]
        out = (call for call in self.calls if call.direction is Direction.BUSINESS_INITIATED)
        return Situation(
            self.policy,
            permission=replace(self.permission, open_request=self._open_request),
            requested=tuple(moment for moment in counted if moment is not None),
            connected_out=tuple(call.connected_at for call in out if call.connected_at is not None),
            last_connected_at=max(connected, default=None),
            call_in_progress=self.rings,
        )

    @property
    def queued(self) -> list[int]:
        """The places of the requests that have not left yet, the oldest first."""
        return [place for place in range(len(self.requests)) if self._status(place) is RequestStatus.QUEUED]

    @property
    def sent(self) -> list[int]:
        """The places of the requests that have left, the oldest first."""
        return [place for place, known in enumerate(self.requests) if known.sent_at is not None]

    @property
    def rings(self) -> bool:
        """Whether the newest call is under way; there is never more than one."""
        return bool(self.calls) and not calls.at(self.calls[-1]).ended

    @property
    def _open_request(self) -> OpenRequest | None:
        if not self.sent:
            return None
        newest = self.sent[-1]
        return requests.open_request(self.requests[newest], self.requests[newest + 1 :], self.policy, self.now)

    def _status(self, place: int) -> RequestStatus:
        return requests.at(self.requests[place], self.requests[place + 1 :], self.policy, self.now)

    def _report(self, status: MessageStatus, place: int) -> None:
        self.requests[place] = requests.after_status(self.requests[place], status, self.now)

    def _hear(self, news: Happening) -> None:
        self.heard.append(news)
        self.permission = permissions.after(self.permission, news, self.policy.temporary_grant)


TestAnyHistory = Life.TestCase
