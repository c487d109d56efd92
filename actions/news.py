"""Put Meta's news into the rows, and draw the consequences.

All the pairs that the news speak of are found with a few statements and locked in one order, so that a batch of a
thousand is one transaction and two of them never wait for each other in a circle.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from models import business_number as business_numbers
from models import call as calls
from models import call_permission as call_permissions
from models import permission_reply as permission_replies
from models import permission_request as permission_requests
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
    Person,
    TemplateChanged,
)
from whatsapp.signature import Signer

from . import calls as placing
from . import permissions as asking
from .customers import change_of
from .forgetting import Names, bar_again, forgotten, names_of
from .identity import Acquaintances, acquaintances, rename
from .pair import Pair, ensure, lock_permissions
from .reactions import change_of as number_change
from .resources import Resources
from .signers import may_speak_of

NOT_SIGNED = "it is not signed with the secret of this business number's app"

HEARD_NOTED_EVERY = timedelta(minutes=1)

AboutPerson = PermissionReplied | CallMoved | CustomerWrote | IdentityChanged


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
        self.changes: list[Change] = []
        self.skipped: dict[News, str] = {}  # and why
        self.too_late: set[AboutPerson] = set()  # told of customers from before they were deleted
        self.templates_changed: set[str] = set()  # the accounts whose templates have to be read again
        self.heard: list[BusinessNumber] = []  # numbers of which nothing was heard for a while before
        self._signers: dict[News, set[Signer]] = defaultdict(set)  # the same may be said with different signatures
        self._numbers: dict[str, BusinessNumber] = {}
        self._customers: dict[AboutPerson, Customer] = {}
        self._told: set[IdentityChanged] = set()  # those that are known of
        self._at_odds: set[AboutPerson] = set()  # those that name somebody else than whom they answer
        self._requests: dict[str, PermissionRequest] = {}  # by message id and by our opaque id
        self._calls: dict[str, Call] = {}  # by wacid and by our opaque id
        self._pairs: dict[UUID, Pair] = {}  # by permission id
        self._between: dict[tuple[UUID, UUID], Pair] = {}  # by the ids of number and customer
        self._known_replies: set[tuple[UUID, str]] = set()
        self._newcomers: dict[UUID, list[Customer]] = defaultdict(list)

    async def record(self, said: Sequence[Said]) -> None:
        """Write down all of the news that concern a business number of ours, and that its own app has signed."""
        for item in said:
            self._signers[item.news].add(item.signer)
        news = [item.news for item in said]
        await self._find_numbers(news)
        ours = [item for item in news if self._is_ours(item)]
        self._hear(ours)
        for chapter in _chapters(ours):
            await self._record(chapter)

    async def _record(self, ours: Sequence[News]) -> None:
        """Write down news between which nobody's names change."""
        self._customers.clear()
        await self._find_what_they_name(ours)
        await self._find_customers(ours)
        ours = [item for item in ours if not isinstance(item, AboutPerson) or self._is_known(item)]
        await self._lock_pairs(ours)
        for item in ours:
            await self._apply(item)

    # --- Find ---

    async def _find_numbers(self, news: Sequence[News]) -> None:
        ids = {item.phone_number_id for item in news if isinstance(item, AboutNumber)}
        found = await self._session.exec(business_numbers.by_phone_number_ids(ids))
        self._numbers = {number.phone_number_id: number for number in found}

    def _is_ours(self, item: News) -> bool:
        if not isinstance(item, AboutNumber):
            return True
        number = self._numbers.get(item.phone_number_id)
        if number is None:
            self.skipped[item] = f"{type(item).__name__}: no business number has the id {item.phone_number_id}"
        elif not self._is_signed_for(item, number):
            self.skipped[item] = f"{type(item).__name__}: {NOT_SIGNED}"
        return item not in self.skipped

    def _is_signed_for(self, item: News, number: BusinessNumber) -> bool:
        return any(may_speak_of(self._resources, signer, number) for signer in self._signers[item])

    def _hear(self, ours: Sequence[News]) -> None:
        """Find the numbers of which that is to be written down: not each time, for which their rows are too busy."""
        told = {
            item.phone_number_id: self._numbers[item.phone_number_id] for item in ours if isinstance(item, AboutNumber)
        }
        before = self._now - HEARD_NOTED_EVERY
        self.heard = [number for number in told.values() if number.heard_at is None or number.heard_at <= before]

    async def _find_what_they_name(self, news: Sequence[News]) -> None:
        """Find the requests, calls and replies that are known already, workspace by workspace."""
        for workspace_id, own in self._by_workspace(news).items():
            answered = [item.context_id for item in own if isinstance(item, PermissionReplied) and item.context_id]
            await self._find_requests(workspace_id, [item for item in own if isinstance(item, MessageMoved)], answered)
            await self._find_calls(workspace_id, [item for item in own if isinstance(item, CallMoved)], answered)
            replies = [item.message_id for item in own if isinstance(item, PermissionReplied)]
            found = await self._session.exec(permission_replies.by_message_ids(workspace_id, replies))
            self._known_replies |= {(workspace_id, reply.message_id) for reply in found}

    async def _find_requests(self, workspace_id: UUID, moved: Sequence[MessageMoved], answered: Sequence[str]) -> None:
        own_ids = [own_id for item in moved if (own_id := _own_id(item.opaque, asking.OPAQUE))]
        message_ids = [*(item.message_id for item in moved), *answered]
        named = permission_requests.by_names(workspace_id, message_ids, own_ids)
        for request in await self._session.exec(named):
            self._requests[f"{asking.OPAQUE}{request.id}"] = request
            if request.message_id is not None:
                self._requests[request.message_id] = request

    async def _find_calls(self, workspace_id: UUID, moved: Sequence[CallMoved], answered: Sequence[str]) -> None:
        own_ids = [own_id for item in moved if (own_id := _own_id(item.opaque, placing.OPAQUE))]
        call_ids = [*(item.call_id for item in moved), *answered]
        for call in await self._session.exec(calls.by_names(workspace_id, call_ids, own_ids)):
            self._calls[f"{placing.OPAQUE}{call.id}"] = call
            if call.whatsapp_call_id is not None:
                self._calls[call.whatsapp_call_id] = call

    async def _find_customers(self, news: Sequence[News]) -> None:
        """Find the customer whom each item is about.

        A person nobody knows becomes a new customer by answering or calling, not by merely writing.
        """
        for workspace_id, own in self._by_workspace(news).items():
            named = [item for item in own if isinstance(item, AboutPerson)]
            sent = [(item, request) for item in own if isinstance(item, MessageMoved) for request in self._of(item)]
            people = [item.person for item in named] + [item.person for item, _ in sent if item.person is not None]
            spoken_to = [self._spoken_to(item) for item in named] + [request.customer_id for _, request in sent]
            ids = {customer_id for customer_id in spoken_to if customer_id is not None}
            known = await acquaintances(self._session, workspace_id, people, ids)
            named = await self._still_to_be_heard(workspace_id, named)
            for item in sorted(named, key=self._makes_known, reverse=True):
                self._find_customer(item, known)
            for message, request in sent:
                customer = known.by_id(request.customer_id)
                if message.person is not None and customer is not None:
                    known.learn(customer, message.person, message.at)
        await self._session.flush()

    async def _still_to_be_heard(self, workspace_id: UUID, named: Sequence[AboutPerson]) -> list[AboutPerson]:
        """Leave out what is told of customers from before they were deleted: nothing comes of it any more."""
        digests = {
            item: _names_in(item).digests(self._resources.token_key) for item in named if self._spoken_to(item) is None
        }
        known = await forgotten(self._session, workspace_id, set().union(*digests.values()))
        for item, own in digests.items():
            calls_of_theirs = names_of(item.person).digests(self._resources.token_key) ^ own
            found = [known[digest] for digest in own if digest in known]
            if any(name.digest in calls_of_theirs or _said_at(item) <= name.forgotten_at for name in found):
                self.too_late.add(item)
                self.skipped[item] = f"{type(item).__name__}: the customer it tells of was deleted since"
        return [item for item in named if item not in self.too_late]

    def _find_customer(self, item: AboutPerson, known: Acquaintances) -> None:
        spoken_to = self._spoken_to(item)
        if isinstance(item, IdentityChanged):
            customer = None if self._is_told(item, known) else known.now(item.person)
        elif spoken_to is not None:
            customer = known.by_id(spoken_to)
            if known.now(item.person) not in (None, customer):
                self._at_odds.add(item)
        else:
            customer = known.meant(item.person, _said_at(item))
        if customer is None and self._makes_known(item):
            customer = self._new_customer(self._numbers[item.phone_number_id].workspace_id, item.person, known)
        if customer is None:
            return
        if not isinstance(item, IdentityChanged):  # which says who somebody was
            known.learn(customer, item.person, _said_at(item))
        self._customers[item] = customer

    def _of(self, item: MessageMoved) -> list[PermissionRequest]:
        found = self._requests.get(item.message_id) or self._requests.get(item.opaque or "")
        return [] if found is None else [found]

    def _spoken_to(self, item: AboutPerson) -> UUID | None:
        """Tell whom the request or call was with that the item answers or tells of: by whatever name, it is they."""
        if isinstance(item, CallMoved):
            call = self._named_call(item)
            return call.customer_id if call is not None else None
        if not isinstance(item, PermissionReplied) or item.context_id is None:
            return None
        subject = self._requests.get(item.context_id) or self._calls.get(item.context_id)
        number = self._numbers[item.phone_number_id]
        return subject.customer_id if subject is not None and subject.business_number_id == number.id else None

    def _is_told(self, item: IdentityChanged, known: Acquaintances) -> bool:
        """Tell whether the change is known of; one that is told in two parts is completed."""
        renamed = known.before(item.person, item.at)
        if renamed is None:
            return False
        self._told.add(item)
        if known.renamed_at(renamed) == item.at:
            known.complete(renamed, item.now_known_as)
        return True

    def _makes_known(self, item: AboutPerson) -> bool:
        """Tell whether the person becomes a customer by this; not by what was recorded under a name they had before."""
        match item:
            case PermissionReplied():
                number = self._numbers[item.phone_number_id]
                return (number.workspace_id, item.message_id) not in self._known_replies
            case CallMoved():
                return self._named_call(item) is None
            case _:
                return False

    def _named_call(self, item: CallMoved) -> Call | None:
        return self._calls.get(item.call_id) or self._calls.get(item.opaque or "")

    def _has_customer(self, item: AboutPerson) -> bool:
        return item in self._customers

    def _is_known(self, item: AboutPerson) -> bool:
        known = self._has_customer(item)
        if not known and isinstance(item, IdentityChanged) and item not in self._told | self.too_late:
            self.skipped[item] = "IdentityChanged: no customer was known by the old name"
        return known or (isinstance(item, CallMoved) and self._named_call(item) is not None)

    def _new_customer(self, workspace_id: UUID, person: Person, known: Acquaintances) -> Customer:
        customer = Customer(
            id=new_id(),
            workspace_id=workspace_id,
            whatsapp_user_id=person.user_id,
            whatsapp_parent_user_id=person.parent_user_id,
            created_at=self._now,
            updated_at=self._now,
        )
        known.add(customer)
        self._newcomers[workspace_id].append(customer)
        self._session.add(customer)
        self.changes.append(change_of(customer, Cause.CREATED, None))
        return customer

    # --- Lock ---

    async def _lock_pairs(self, news: Sequence[News]) -> None:
        wanted = {
            (number.id, customer.id): (number, customer)
            for number, customer in (
                self._ends(item) for item in news if isinstance(item, AboutPerson) and self._has_customer(item)
            )
        }
        await self._ensure_for_newcomers()
        await ensure(self._session, wanted.values(), self._now)
        ends: dict[UUID, list[tuple[UUID, UUID]]] = defaultdict(list)  # by workspace, as the next
        for (number_id, customer_id), (number, _) in wanted.items():
            ends[number.workspace_id].append((number_id, customer_id))
        named: dict[UUID, set[UUID]] = defaultdict(set)
        subjects: list[PermissionRequest | Call] = [*self._requests.values(), *self._calls.values()]
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
        for workspace_id, newcomers in self._newcomers.items():
            numbers = (await self._session.exec(business_numbers.of_workspace(workspace_id))).all()
            await ensure(self._session, [(number, new) for number in numbers for new in newcomers], self._now)
            await bar_again(self._session, workspace_id, newcomers, self._resources.token_key)

    def _ends(self, item: AboutPerson) -> tuple[BusinessNumber, Customer]:
        return self._numbers[item.phone_number_id], self._customers[item]

    def _pair_of(self, item: AboutPerson) -> Pair:
        number, customer = self._ends(item)
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
        if (pair.number.workspace_id, item.message_id) in self._known_replies:
            return
        self._known_replies.add((pair.number.workspace_id, item.message_id))
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
        if _only_whatsapp_knows(pair, reply) or item in self._at_odds:
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
        named = self._requests.get(item.message_id) or self._requests.get(item.opaque or "")
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
        named = self._named_call(item)
        pair = self._pairs[named.permission_id] if named else self._pair_of(item)
        own = next((own for own in pair.calls if named and own.id == named.id), named)  # too old to be gathered
        call = own or _being_placed(pair, item) or self._new_call(pair, item)
        call.whatsapp_call_id = call.whatsapp_call_id or item.call_id
        self._calls[item.call_id] = call
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
        _, customer = self._ends(item)
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
        known = self._numbers[item.phone_number_id]
        return (await self._session.exec(business_numbers.locked(known.workspace_id, known.id))).one()

    async def _calling_restricted(self, item: CallingRestricted) -> None:
        found = (await self._session.exec(business_numbers.by_display_phone_number(item.display_phone_number))).all()
        numbers = [number for number in found if self._is_signed_for(item, number)]
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

    def _by_workspace(self, news: Sequence[News]) -> dict[UUID, list[News]]:
        sorted_out: dict[UUID, list[News]] = defaultdict(list)
        for item in news:
            if isinstance(item, AboutNumber):
                sorted_out[self._numbers[item.phone_number_id].workspace_id].append(item)
        return sorted_out


def _names_in(item: AboutPerson) -> Names:
    own = names_of(item.person)
    return replace(own, call_ids=frozenset({item.call_id})) if isinstance(item, CallMoved) else own


def _own_id(opaque: str | None, mark: str) -> UUID | None:
    """Read our own id out of what Meta echoes; None for what another system put there."""
    if opaque is None or not opaque.startswith(mark):
        return None
    try:
        return UUID(opaque.removeprefix(mark))
    except ValueError:
        return None


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


def _said_at(item: AboutPerson) -> datetime:
    match item:
        case PermissionReplied():
            return item.reply.at
        case CallMoved():
            return item.event.at
        case CustomerWrote() | IdentityChanged():
            return item.at


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
