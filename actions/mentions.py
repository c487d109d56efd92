"""Whom and what the news speak of: the numbers, customers, requests, calls and replies that they name."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from models import business_number as business_numbers
from models import call as calls
from models import permission_reply as permission_replies
from models import permission_request as permission_requests
from models.business_number import BusinessNumber
from models.call import Call
from models.columns import new_id
from models.customer import Customer
from models.database import Session
from models.permission_request import PermissionRequest
from whatsapp.events import (
    AboutNumber,
    CallMoved,
    CustomerWrote,
    IdentityChanged,
    MessageMoved,
    News,
    PermissionReplied,
    Person,
)
from whatsapp.signature import Signer

from . import calls as placing
from . import permissions as asking
from .forgetting import Names, forgotten, names_of
from .identity import Acquaintances, acquaintances
from .resources import Resources
from .signers import may_speak_of

NOT_SIGNED = "it is not signed with the secret of this business number's app"

AboutPerson = PermissionReplied | CallMoved | CustomerWrote | IdentityChanged


class Mentions:
    """What one transaction's worth of news names, each kind found with a few statements for all of them.

    What concerns nothing here is `skipped`, with the reason.
    """

    def __init__(self, session: Session, resources: Resources, signers: Mapping[News, Collection[Signer]]) -> None:
        self._session = session
        self._resources = resources
        self._now = resources.now()
        self._signers = signers
        self.skipped: dict[News, str] = {}  # and why
        self.too_late: set[AboutPerson] = set()  # told of customers from before they were deleted
        self.numbers: dict[str, BusinessNumber] = {}  # by Meta's id
        self.customers: dict[AboutPerson, Customer] = {}
        self.newcomers: dict[UUID, list[Customer]] = {}  # made of the news looked at last, by workspace
        self.at_odds: set[AboutPerson] = set()  # those that name somebody else than whom they answer
        self.requests: dict[str, PermissionRequest] = {}  # by message id and by our opaque id
        self.calls: dict[str, Call] = {}  # by wacid and by our opaque id
        self.known_replies: set[tuple[UUID, str]] = set()
        self._told: set[IdentityChanged] = set()  # those that are known of

    async def find_numbers(self, news: Sequence[News]) -> None:
        """Find the business numbers that the news are about: first of all, for the rest is looked for in theirs."""
        ids = {item.phone_number_id for item in news if isinstance(item, AboutNumber)}
        found = await self._session.exec(business_numbers.by_phone_number_ids(ids))
        self.numbers = {number.phone_number_id: number for number in found}

    def is_ours(self, item: News) -> bool:
        """Tell whether it is about a business number of ours, and signed with the secret of that number's app."""
        if not isinstance(item, AboutNumber):
            return True
        number = self.numbers.get(item.phone_number_id)
        if number is None:
            self.skipped[item] = f"{type(item).__name__}: no business number has the id {item.phone_number_id}"
        elif not self.is_signed_for(item, number):
            self.skipped[item] = f"{type(item).__name__}: {NOT_SIGNED}"
        return item not in self.skipped

    def is_signed_for(self, item: News, number: BusinessNumber) -> bool:
        return any(may_speak_of(self._resources, signer, number) for signer in self._signers[item])

    async def find(self, news: Sequence[News]) -> list[News]:
        """Find what the news name, between which nobody's names change; give those of which something can be said."""
        self.customers.clear()
        self.newcomers = defaultdict(list)
        await self._find_what_they_name(news)
        await self._find_customers(news)
        return [item for item in news if not isinstance(item, AboutPerson) or self._is_known(item)]

    def has_customer(self, item: AboutPerson) -> bool:
        return item in self.customers

    def ends(self, item: AboutPerson) -> tuple[BusinessNumber, Customer]:
        """Give between whom it happened; only where it `has_customer`."""
        return self.numbers[item.phone_number_id], self.customers[item]

    def request(self, item: MessageMoved) -> PermissionRequest | None:
        return self.requests.get(item.message_id) or self.requests.get(item.opaque or "")

    def call(self, item: CallMoved) -> Call | None:
        return self.calls.get(item.call_id) or self.calls.get(item.opaque or "")

    async def _find_what_they_name(self, news: Sequence[News]) -> None:
        """Find the requests, calls and replies that are known already, workspace by workspace."""
        for workspace_id, own in self._by_workspace(news).items():
            answered = [item.context_id for item in own if isinstance(item, PermissionReplied) and item.context_id]
            await self._find_requests(workspace_id, [item for item in own if isinstance(item, MessageMoved)], answered)
            await self._find_calls(workspace_id, [item for item in own if isinstance(item, CallMoved)], answered)
            replies = [item.message_id for item in own if isinstance(item, PermissionReplied)]
            found = await self._session.exec(permission_replies.by_message_ids(workspace_id, replies))
            self.known_replies |= {(workspace_id, reply.message_id) for reply in found}

    async def _find_requests(self, workspace_id: UUID, moved: Sequence[MessageMoved], answered: Sequence[str]) -> None:
        own_ids = [own_id for item in moved if (own_id := _own_id(item.opaque, asking.OPAQUE))]
        message_ids = [*(item.message_id for item in moved), *answered]
        named = permission_requests.by_names(workspace_id, message_ids, own_ids)
        for request in await self._session.exec(named):
            self.requests[f"{asking.OPAQUE}{request.id}"] = request
            if request.message_id is not None:
                self.requests[request.message_id] = request

    async def _find_calls(self, workspace_id: UUID, moved: Sequence[CallMoved], answered: Sequence[str]) -> None:
        own_ids = [own_id for item in moved if (own_id := _own_id(item.opaque, placing.OPAQUE))]
        call_ids = [*(item.call_id for item in moved), *answered]
        for call in await self._session.exec(calls.by_names(workspace_id, call_ids, own_ids)):
            self.calls[f"{placing.OPAQUE}{call.id}"] = call
            if call.whatsapp_call_id is not None:
                self.calls[call.whatsapp_call_id] = call

    async def _find_customers(self, news: Sequence[News]) -> None:
        """Find the customer whom each item is about.

        A person nobody knows becomes a new customer by answering or calling, not by merely writing.
        """
        for workspace_id, own in self._by_workspace(news).items():
            named = [item for item in own if isinstance(item, AboutPerson)]
            moved = [(item, self.request(item)) for item in own if isinstance(item, MessageMoved)]
            sent = [(item, request) for item, request in moved if request is not None]
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
                self.at_odds.add(item)
        else:
            customer = known.meant(item.person, _said_at(item))
        if customer is None and self._makes_known(item):
            customer = self._new_customer(self.numbers[item.phone_number_id].workspace_id, item.person, known)
        if customer is None:
            return
        if not isinstance(item, IdentityChanged):  # which says who somebody was
            known.learn(customer, item.person, _said_at(item))
        self.customers[item] = customer

    def _spoken_to(self, item: AboutPerson) -> UUID | None:
        """Tell whom the request or call was with that the item answers or tells of: by whatever name, it is they."""
        if isinstance(item, CallMoved):
            call = self.call(item)
            return call.customer_id if call is not None else None
        if not isinstance(item, PermissionReplied) or item.context_id is None:
            return None
        subject = self.requests.get(item.context_id) or self.calls.get(item.context_id)
        number = self.numbers[item.phone_number_id]
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
                number = self.numbers[item.phone_number_id]
                return (number.workspace_id, item.message_id) not in self.known_replies
            case CallMoved():
                return self.call(item) is None
            case _:
                return False

    def _is_known(self, item: AboutPerson) -> bool:
        known = self.has_customer(item)
        if not known and isinstance(item, IdentityChanged) and item not in self._told | self.too_late:
            self.skipped[item] = "IdentityChanged: no customer was known by the old name"
        return known or (isinstance(item, CallMoved) and self.call(item) is not None)

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
        self.newcomers[workspace_id].append(customer)
        self._session.add(customer)
        return customer

    def _by_workspace(self, news: Sequence[News]) -> dict[UUID, list[News]]:
        sorted_out: dict[UUID, list[News]] = defaultdict(list)
        for item in news:
            if isinstance(item, AboutNumber):
                sorted_out[self.numbers[item.phone_number_id].workspace_id].append(item)
        return sorted_out


def _said_at(item: AboutPerson) -> datetime:
    match item:
        case PermissionReplied():
            return item.reply.at
        case CallMoved():
            return item.event.at
        case CustomerWrote() | IdentityChanged():
            return item.at


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
