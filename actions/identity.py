"""Who is meant: people as WhatsApp names them, and the customers they are. Source: docs/reference §4.

A customer may be reached by a phone, a user id and a parent user id, each theirs alone. What certainly speaks of a
customer is taken before what probably does, and where nothing does, nobody is guessed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from models import customer as customers
from models import former_name as former_names
from models.columns import new_id
from models.customer import Customer
from models.database import Session
from models.former_name import FormerName
from whatsapp.cloud_api import Recipient
from whatsapp.events import Person


def recipient_of(customer: Customer) -> Recipient:
    """Say how WhatsApp reaches the customer: by phone, else by user id, else by that of the parent."""
    return Recipient(customer.phone, customer.whatsapp_user_id or customer.whatsapp_parent_user_id)


class Acquaintances:
    """The customers of one workspace that some names may mean, and what they were called before.

    Found by their names and not by looking at one after the other: a delivery may speak of a thousand.
    """

    def __init__(self, customers: Iterable[Customer], former: Sequence[FormerName]) -> None:
        self._by_id: dict[UUID, Customer] = {}
        self._by_phone: dict[str, Customer] = {}
        self._by_user_id: dict[str, Customer] = {}
        self._by_parent: dict[str, Customer] = {}
        self._former = former
        self._former_of: dict[UUID, list[FormerName]] = defaultdict(list)
        for customer in customers:
            self.add(customer)
        for name in former:
            self._former_of[name.customer_id].append(name)

    def add(self, customer: Customer) -> None:
        """Know the customer, by all the names they have by now."""
        self._by_id[customer.id] = customer
        if customer.phone is not None:
            self._by_phone.setdefault(customer.phone, customer)
        if customer.whatsapp_user_id is not None:
            self._by_user_id.setdefault(customer.whatsapp_user_id, customer)
        if customer.whatsapp_parent_user_id is not None:
            self._by_parent.setdefault(customer.whatsapp_parent_user_id, customer)

    def meant(self, person: Person, at: datetime) -> Customer | None:
        """Find who had these names at a moment.

        A user id is never another's, whenever it was said. A phone may have changed hands: it is whose it was then.
        """
        return (
            self.now(Person(None, person.user_id, parent_user_id=person.parent_user_id))
            or self._by_former(person, at)
            or self.now(person)
        )

    def now(self, person: Person) -> Customer | None:
        """Find who has these names now."""
        certain = self._by_user_id.get(person.user_id or "") or self._by_parent.get(person.parent_user_id or "")
        probable = self._by_phone.get(person.phone or "")
        if certain is not None or probable is None:
            return certain
        # A phone whose known user id is another's has changed hands: that is somebody else now.
        strangers = None not in (person.user_id, probable.whatsapp_user_id)
        return None if strangers else probable

    def before(self, person: Person, at: datetime) -> Customer | None:
        """Find who had these names at a moment and has them no more."""
        present = self.now(Person(None, person.user_id, parent_user_id=person.parent_user_id))
        return self._by_former(person, at) if present is None else None

    def others_with_a_name_of(self, customer: Customer, person: Person) -> list[Customer]:
        """List the other customers that have any of these names."""
        named = (
            self._by_phone.get(person.phone or ""),
            self._by_user_id.get(person.user_id or ""),
            self._by_parent.get(person.parent_user_id or ""),
        )
        return list({own.id: own for own in named if own is not None and own is not customer}.values())

    def complete(self, customer: Customer, person: Person) -> None:
        """Fill in what is missing of the customer's names since the last change, unless others have it."""
        if not self.others_with_a_name_of(customer, person):
            customer.phone = customer.phone or person.phone
            customer.whatsapp_user_id = customer.whatsapp_user_id or person.user_id
            customer.whatsapp_parent_user_id = customer.whatsapp_parent_user_id or person.parent_user_id
            self.add(customer)

    def by_id(self, customer_id: UUID) -> Customer | None:
        return self._by_id.get(customer_id)

    def renamed_at(self, customer: Customer) -> datetime | None:
        """Tell when WhatsApp last told of other names of the customer."""
        return max((name.until for name in self._former_of.get(customer.id, ())), default=None)

    def learn(self, customer: Customer, person: Person, at: datetime) -> None:
        """Fill in what WhatsApp knows of the customer and we do not.

        Nothing is overwritten, no name is taken that is another customer's, nor one that the customer had before.
        """
        if customer.name is None:
            customer.name = person.name
        renamed_at = self.renamed_at(customer)
        if renamed_at is not None and at <= renamed_at:
            return
        before = self._former_of.get(customer.id, ())
        if customer.phone is None and _is_free(person.phone, self._by_phone, (own.phone for own in before)):
            customer.phone = person.phone
        user_ids, parents = (own.user_id for own in before), (own.parent_user_id for own in before)
        if customer.whatsapp_user_id is None and _is_free(person.user_id, self._by_user_id, user_ids):
            customer.whatsapp_user_id = person.user_id
        if customer.whatsapp_parent_user_id is None and _is_free(person.parent_user_id, self._by_parent, parents):
            customer.whatsapp_parent_user_id = person.parent_user_id
        self.add(customer)

    def _by_former(self, person: Person, at: datetime) -> Customer | None:
        for own in self._former:
            parents = None not in (person.parent_user_id, own.parent_user_id)
            if (person.user_id is not None and own.user_id == person.user_id) or (
                parents and own.parent_user_id == person.parent_user_id
            ):
                return self.by_id(own.customer_id)
        held = [
            own
            for own in self._former
            if person.phone is not None
            and own.phone == person.phone
            and at <= own.until
            and None in (person.user_id, own.user_id)
        ]
        holder = min(held, key=lambda own: own.until, default=None)
        return self.by_id(holder.customer_id) if holder is not None else None


def _is_free(name: str | None, held: Mapping[str, Customer], before: Iterable[str | None]) -> bool:
    return name not in held and name not in before


async def acquaintances(
    session: Session, workspace_id: UUID, people: Iterable[Person], customer_ids: Collection[UUID]
) -> Acquaintances:
    """Find all whom these names may mean, and these customers."""
    named = list(people)
    phones = {person.phone for person in named if person.phone}
    user_ids = {person.user_id for person in named if person.user_id}
    parents = {person.parent_user_id for person in named if person.parent_user_id}
    found = customers.by_any_name(workspace_id, phones, user_ids, parents, customer_ids)
    known = list((await session.exec(found)).all())
    own_ids = {own.id for own in known}
    former = list((await session.exec(former_names.of_any(workspace_id, own_ids, phones, user_ids, parents))).all())
    missing = {own.customer_id for own in former} - own_ids
    if missing:
        known += (await session.exec(customers.by_ids(workspace_id, missing))).all()
    return Acquaintances(known, former)


def rename(customer: Customer, person: Person, at: datetime) -> FormerName:
    """Know the customer by these names and no others from now on; gives what they were called before."""
    former = FormerName(
        id=new_id(),
        workspace_id=customer.workspace_id,
        customer_id=customer.id,
        phone=customer.phone,
        user_id=customer.whatsapp_user_id,
        parent_user_id=customer.whatsapp_parent_user_id,
        until=at,
    )
    customer.phone, customer.whatsapp_user_id = person.phone, person.user_id
    customer.whatsapp_parent_user_id = person.parent_user_id
    return former
