"""Put Meta's news into the rows, and draw the consequences.

All the pairs that the news speak of are found with a few statements and locked in one order, so that a batch of a
thousand is one transaction and two of them never wait for each other in a circle.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from models import business_number as business_numbers
from models import call_permission as call_permissions
from models.business_number import BusinessNumber
from models.call import Call
from models.change import Cause, Change
from models.columns import new_id
from models.customer import Customer
from models.database import Session
from models.permission_reply import PermissionReply
from models.permission_request import PermissionRequest
from rules import call as call_rules
from rules import pause as pause_rules
from rules import permission as permission_rules
from rules import request as request_rules
from rules.call import Accepted, CallStatus, Direction, Terminated
from rules.permission import Reply, Response, Source
from whatsapp.errors import ALARMING
from whatsapp.events import (
    AboutNumber,
    CallingRestricted,
    CallingSwitched,
    CallMoved,
    CustomerWrote,
    IdentityChanged,
    MessageMoved,
    News,
    PermissionReplied,
    TemplateChanged,
)
from whatsapp.signature import Signer

from . import permissions as asking
from .customers import change_of
from .forgetting import bar_again
from .identity import acquaintances, rename
from .mentions import NOT_SIGNED, AboutPerson, Mentions
from .pair import Pair, ensure, lock_permissions
from .reactions import change_of as number_change
from .resources import Resources

HEARD_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of news, and by whose secret the delivery that brought it is signed."""

    news: News
    signer: Signer


class Recording:
    """One transaction's worth of news: `changes` to log and what was `skipped`, once `record` is done."""

    def __init__(self, session: Session, resources: Resources) -> None:
        self._session = session
        self._resources = resources
        self._now = resources.now()
        self._signers: dict[News, set[Signer]] = defaultdict(set)  # the same may be said with different signatures
        self._named = Mentions(session, resources, self._signers)
        self._pairs: dict[UUID, Pair] = {}  # by permission id
        self._between: dict[tuple[UUID, UUID], Pair] = {}  # by the ids of number and customer
        self.changes: list[Change] = []
        self.templates_changed: set[str] = set()  # the accounts whose templates have to be read again
        self.heard: list[BusinessNumber] = []  # numbers of which nothing was heard for a while before

    @property
    def skipped(self) -> dict[News, str]:
        return self._named.skipped

    @property
    def too_late(self) -> set[AboutPerson]:
        return self._named.too_late

    async def record(self, said: Sequence[Said]) -> None:
        """Write down all of the news that concern a business number of ours, and that its own app has signed."""
        for item in said:
            self._signers[item.news].add(item.signer)
        news = [item.news for item in said]
        await self._named.find_numbers(news)
        ours = [item for item in news if self._named.is_ours(item)]
        self._hear(ours)
        for chapter in _chapters(ours):
            await self._record(chapter)

    async def _record(self, ours: Sequence[News]) -> None:
        """Write down news between which nobody's names change."""
        ours = await self._named.find(ours)
        for newcomers in self._named.newcomers.values():
            self.changes += [change_of(customer, Cause.CREATED, None) for customer in newcomers]
        await self._lock_pairs(ours)
        for item in ours:
            await self._apply(item)

    def _hear(self, ours: Sequence[News]) -> None:
        """Find the numbers of which that is to be written down: not each time, for which their rows are too busy."""
        told = {item.phone_number_id for item in ours if isinstance(item, AboutNumber)}
        numbers = [self._named.numbers[phone_number_id] for phone_number_id in sorted(told)]
        before = self._now - HEARD_NOTED_EVERY
        self.heard = [number for number in numbers if number.heard_at is None or number.heard_at <= before]

    # --- Lock ---

    async def _lock_pairs(self, news: Sequence[News]) -> None:
        mentions = self._named
        both = [mentions.ends(item) for item in news if isinstance(item, AboutPerson) and mentions.has_customer(item)]
        wanted = {(number.id, customer.id): (number, customer) for number, customer in both}
        await self._ensure_for_newcomers()
        await ensure(self._session, wanted.values(), self._now)
        ends: dict[UUID, list[tuple[UUID, UUID]]] = defaultdict(list)  # by workspace, as the next
        for (number_id, customer_id), (number, _) in wanted.items():
            ends[number.workspace_id].append((number_id, customer_id))
        named: dict[UUID, set[UUID]] = defaultdict(set)
        subjects: list[PermissionRequest | Call] = [*mentions.requests.values(), *mentions.calls.values()]
        for subject in subjects:
            named[subject.workspace_id].add(subject.permission_id)
        self._pairs = {}
        for workspace_id in sorted(ends.keys() | named.keys()):
            found = call_permissions.of_pairs_or_by_ids(workspace_id, ends[workspace_id], named[workspace_id])
            pairs = await lock_permissions(self._session, found, self._resources.now)
            self._pairs |= {pair.permission.id: pair for pair in pairs}
        self._between = {(pair.number.id, pair.customer.id): pair for pair in self._pairs.values()}
        for pair in self._pairs.values():
            self.changes += pair.catch_up()

    async def _ensure_for_newcomers(self) -> None:
        """Give each customer made here a permission with every number of the business, as every customer has."""
        for workspace_id, newcomers in self._named.newcomers.items():
            numbers = (await self._session.exec(business_numbers.of_workspace(workspace_id))).all()
            await ensure(self._session, [(number, new) for number in numbers for new in newcomers], self._now)
            await bar_again(self._session, workspace_id, newcomers, self._resources.token_key)

    def _pair_of(self, item: AboutPerson) -> Pair:
        number, customer = self._named.ends(item)
        return self._between[number.id, customer.id]

    # --- Apply ---

    async def _apply(self, item: News) -> None:
        match item:
            case PermissionReplied():
                await self._replied(item)
            case MessageMoved():
                await self._message_moved(item)
            case CallMoved():
                await self._call_moved(item)
            case CallingSwitched():
                await self._calling_switched(item)
            case CallingRestricted():
                await self._calling_restricted(item)
            case CustomerWrote():
                self._in_contact(self._pair_of(item), item.at)
            case IdentityChanged():
                await self._identity_changed(item)
            case TemplateChanged():
                if any(signer.may_speak_of_account(item.waba_id) for signer in self._signers[item]):
                    self.templates_changed.add(item.waba_id)
            case _:
                assert_never(item)

    async def _replied(self, item: PermissionReplied) -> None:
        pair, reply = self._pair_of(item), item.reply
        if (pair.number.workspace_id, item.message_id) in self._named.known_replies:
            return
        self._named.known_replies.add((pair.number.workspace_id, item.message_id))
        self._session.add(
            PermissionReply(
                id=new_id(),
                workspace_id=pair.number.workspace_id,
                permission_id=pair.permission.id,
                message_id=item.message_id,
                context_id=item.context_id,
                response=reply.response,
                source=reply.source,
                replied_at=reply.at,
                expires_at=reply.expires_at,
                recorded_at=pair.now,
            )
        )
        if _only_whatsapp_knows(pair, reply) or item in self._named.at_odds:
            pair.doubt()
        told = permission_rules.after(pair.permission.known, reply, pair.policy.temporary_grant)
        pair.permission.remember(told, pair.now)
        if reply.source is Source.USER_ACTION:
            self._in_contact(pair, reply.at)
        answered = _request_of(pair, item.context_id)
        if answered is not None:
            asking.answer(answered, reply.response, reply.at)
        cause = Cause.AUTOMATIC if reply.source is Source.AUTOMATIC else Cause.CUSTOMER_ANSWERED
        self.changes += pair.settle(cause, occurred_at=reply.at)

    async def _message_moved(self, item: MessageMoved) -> None:
        named = self._named.request(item)
        pair = self._pairs.get(named.permission_id) if named else None
        request = next((own for own in pair.requests if named and own.id == named.id), None) if pair else None
        if pair is None or request is None:
            self.skipped[item] = f"MessageMoved: no request of ours is the message {item.message_id}"
            return
        is_new = request.failed_at is None
        moved = request_rules.after_status(request.known, item.status, item.at)
        # Whatever it was that happened to the message, by then it had been sent.
        request.sent_at, request.delivered_at = min(moved.sent_at or item.at, item.at), moved.delivered_at
        request.read_at, request.failed_at = moved.read_at, moved.failed_at
        request.failure = request.failure or item.failure
        if request.message_id is None:
            request.message_id = item.message_id
            await asking.take_up_answers(self._session, [request])
        self.changes += pair.settle(Cause.MESSAGE_STATUS, occurred_at=item.at)
        if is_new and item.code in ALARMING:
            await self._needs_attention(item, item.failure, item.at)

    async def _needs_attention(self, item: MessageMoved | CallMoved, failure: str | None, at: datetime) -> None:
        """Note what a person has to mend, unless something newer is known of it."""
        number = await self._lock_number(item)
        if number.problem_at is None or at >= number.problem_at:
            changed, number.problem, number.problem_at = number.problem != failure, failure, at
            self._number_changed(number, at, changed=changed)

    async def _call_moved(self, item: CallMoved) -> None:
        named = self._named.call(item)
        pair = self._pairs[named.permission_id] if named else self._pair_of(item)
        own = next((own for own in pair.calls if named and own.id == named.id), named)  # too old to be gathered
        call = own or _being_placed(pair, item) or self._new_call(pair, item)
        call.whatsapp_call_id = call.whatsapp_call_id or item.call_id
        self._named.calls[item.call_id] = call
        is_new = not call.failed
        call.remember(call_rules.after(call.known, item.event))
        called_or_picked_up_at = _contact_of(item)
        if called_or_picked_up_at is not None:
            self._in_contact(pair, called_or_picked_up_at)
        if call.token_id is None:  # it began when it was first heard of, whichever of its news came in first
            call.reserved_at = min(call.reserved_at, item.event.at)
            call.taken_at = min(call.taken_at or item.event.at, item.event.at)
        self.changes += pair.settle(Cause.CALL_EVENT, occurred_at=item.event.at)
        if is_new and item.code in ALARMING:
            await self._needs_attention(item, call.failure, item.event.at)

    def _new_call(self, pair: Pair, item: CallMoved) -> Call:
        """Make the row of a call that was not placed here: by the customer, or by another system of the business."""
        call = Call(
            id=new_id(),
            workspace_id=pair.number.workspace_id,
            business_number_id=pair.number.id,
            customer_id=pair.customer.id,
            permission_id=pair.permission.id,
            direction=item.direction,
            reserved_at=item.event.at,
            taken_at=item.event.at,
        )
        pair.calls.append(call)
        self._session.add(call)
        return call

    def _in_contact(self, pair: Pair, at: datetime) -> None:
        """Note that the customer wrote, called or picked up: for a day WhatsApp takes free words to them (§6.6)."""
        pair.permission.last_contact_at = max(pair.permission.last_contact_at or at, at)

    async def _identity_changed(self, item: IdentityChanged) -> None:
        """Know the customer by the new names; whether the old permissions hold, WhatsApp has to say (§4).

        A phone and a user id go together: a new one of the one makes the old one of the other void.
        """
        _, customer = self._named.ends(item)
        known = await acquaintances(self._session, customer.workspace_id, [item.now_known_as], {customer.id})
        strangers = known.others_with_a_name_of(customer, item.now_known_as)
        if strangers:
            self.skipped[item] = "IdentityChanged: another customer is known by the new name; nothing was merged"
        else:
            self._session.add(rename(customer, item.now_known_as, item.at))
            customer.updated_at = self._now
            self.changes.append(change_of(customer, Cause.IDENTITY, None))
        await self._session.flush()
        named_so = call_permissions.of_customers(customer.workspace_id, [customer.id, *map(_id, strangers)])
        for permission in await self._session.exec(named_so):
            permission.doubtful, permission.verify_at = True, self._now

    async def _calling_switched(self, item: CallingSwitched) -> None:
        number = await self._lock_number(item)
        if number.settings_at is None or item.at >= number.settings_at:
            changed = number.calling_enabled is not item.enabled
            number.calling_enabled, number.settings_at = item.enabled, item.at
            self._number_changed(number, item.at, changed=changed)

    async def _lock_number(self, item: AboutNumber) -> BusinessNumber:
        known = self._named.numbers[item.phone_number_id]
        return (await self._session.exec(business_numbers.locked(known.workspace_id, known.id))).one()

    async def _calling_restricted(self, item: CallingRestricted) -> None:
        found = (await self._session.exec(business_numbers.by_display_phone_number(item.display_phone_number))).all()
        numbers = [number for number in found if self._named.is_signed_for(item, number)]
        if not numbers:
            reason = NOT_SIGNED if found else f"no business number is {item.display_phone_number}"
            self.skipped[item] = f"CallingRestricted: {reason}"
        for number in numbers:
            before = number.restricted_until
            number.remember(pause_rules.told(number.pause, item.at, item.until))
            self._number_changed(number, item.at, changed=number.restricted_until != before)

    def _number_changed(self, number: BusinessNumber, at: datetime, *, changed: bool) -> None:
        if not changed:
            return
        number.updated_at = self._now
        self.changes.append(number_change(number, Cause.WHATSAPP, at))


def _id(customer: Customer) -> UUID:
    return customer.id


def _contact_of(item: CallMoved) -> datetime | None:
    """Tell when the customer called or picked up, as far as this news of a call tells it; its end is neither."""
    match item.event:
        case Accepted(at=at):
            return at
        case Terminated(started_at=started_at) if started_at is not None:
            return started_at
        case event:
            return event.at if item.direction is Direction.USER_INITIATED else None


def _chapters(news: Sequence[News]) -> list[list[News]]:
    """Cut the news where somebody's names change: what follows is of who they are then."""
    chapters: list[list[News]] = [[]]
    for item in news:
        if isinstance(item, IdentityChanged):
            chapters += [[item], []]
        else:
            chapters[-1].append(item)
    return [chapter for chapter in chapters if chapter]


def _only_whatsapp_knows(pair: Pair, reply: Reply) -> bool:
    """Tell whether WhatsApp has to be asked what the reply comes to (§5.2).

    That is when two different answers carry one second, when a "yes" for a while does not say how long, and when it
    takes the place of a "yes" for good.
    """
    known = pair.permission.known
    if reply.response is Response.DECLINED:
        return known.grant is not None and known.grant.at == reply.at
    if known.rejection is not None and known.rejection.at == reply.at:
        return True
    if reply.response is Response.TEMPORARY and reply.expires_at is None:
        return True
    for_good = reply.response is Response.PERMANENT
    if known.grant is not None and known.grant.at == reply.at:
        return (known.grant.expires_at is None) is not for_good
    stands = known.standing_grant
    return not for_good and stands is not None and stands.expires_at is None and stands.at < reply.at


def _being_placed(pair: Pair, item: CallMoved) -> Call | None:
    """Find the call that is just being placed, where its event has overtaken its id and does not bring our own."""
    if item.opaque is not None or item.direction is not Direction.BUSINESS_INITIATED:
        return None
    return next((own for own in pair.calls if own.whatsapp_call_id is None and own.status is CallStatus.QUEUED), None)


def _request_of(pair: Pair, context_id: str | None) -> PermissionRequest | None:
    """Find the request that a reply answers, also one whose message id was lost when a server died."""
    if context_id is None:
        return None
    for request in pair.requests:
        if request.message_id == context_id:
            return request
    nameless = [own for own in pair.requests if own.message_id is None and own.sent_at is not None]
    if len(nameless) == 1 and context_id.startswith("wamid."):
        nameless[0].message_id = context_id
        return nameless[0]
    return None
