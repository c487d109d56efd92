"""Customers brought in by the hundred: each row creates a customer, changes one, changes nothing, or is refused.

A row means the customer who has its phone, external id or WhatsApp user id. The same rows once more change nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import stamina
from sqlalchemy.exc import IntegrityError

from models import business_number as business_numbers
from models import customer as customers
from models.change import Cause
from models.columns import new_id
from models.customer import Customer
from models.database import Session, is_deadlock

from . import log
from .customers import change_of, checked, is_reachable
from .faults import BadInputError
from .forgetting import bar_again
from .pair import ensure
from .resources import Resources

MOST_ROWS = 1000  # at once: a transaction of about a second


class Outcome(StrEnum):
    """What came of a row."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


class Problem(StrEnum):
    """Why a row was refused."""

    INVALID = "INVALID"
    UNREACHABLE = "UNREACHABLE"
    SAME_CUSTOMER_TWICE = "SAME_CUSTOMER_TWICE"
    SEVERAL_CUSTOMERS = "SEVERAL_CUSTOMERS"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, by which it is told of, and fields of the table; what is left out stays, None clears."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one row: the customer, but for one who would only be created, or what is wrong with it."""

    number: int
    outcome: Outcome
    customer: Customer | None = None
    problem: Problem | None = None
    message: str | None = None


# How a row names whom it means, and what that is called.
_NAMES = {"phone": "phone", "external_id": "external id", "whatsapp_user_id": "WhatsApp user id"}


class _RefusedError(Exception):
    """A row is refused; this never leaves the file."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


@dataclass(slots=True)
class _Read:
    """A row that can be meant."""

    row: Row
    values: dict[str, Any]
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {name: self.values.get(name) for name in _NAMES}
        self.names = {(name, value): f"{_NAMES[name]} {value}" for name, value in named.items() if value is not None}


def _passes(error: Exception) -> bool:
    """Whether another import, a webhook or a person made one of these customers at this very moment: then once more."""
    return isinstance(error, IntegrityError) or is_deadlock(error)


class Import:
    """One import, batch by batch: it remembers whom earlier rows meant."""

    def __init__(self, resources: Resources, workspace_id: UUID, actor: str, *, dry_run: bool = False) -> None:
        self.totals: Counter[Outcome] = Counter()
        self._resources = resources
        self._workspace_id = workspace_id
        self._actor = actor
        self._dry_run = dry_run
        self._rows_of_names: dict[int, int] = {}  # by the hash of a name: a file may have millions
        self._rows_of_customers: dict[UUID, int] = {}

    async def take(self, rows: Sequence[Row]) -> list[Imported]:
        """Bring in some rows together; at most MOST_ROWS. Gives what came of each, in the same order."""
        told: dict[int, Imported] = {}
        reads: list[_Read] = []
        for row in rows:
            try:
                reads.append(self._read(row))
            except _RefusedError as refusal:
                told[row.number] = _refused(row, refusal)
        for imported in await self._save(reads):
            told[imported.number] = imported
        done = [told[row.number] for row in rows]
        self.totals.update(imported.outcome for imported in done)
        if any(imported.outcome in (Outcome.CREATED, Outcome.UPDATED) for imported in done) and not self._dry_run:
            await self._resources.feed.announce(self._workspace_id)
        return done

    def _read(self, row: Row) -> _Read:
        try:
            read = _Read(row, checked(row.values))
        except BadInputError as error:
            raise _RefusedError(Problem.INVALID, str(error)) from error
        if not read.names:
            raise _RefusedError(Problem.INVALID, "It says nobody: give a phone, an external id or a WhatsApp user id.")
        for name, written in read.names.items():
            earlier = self._rows_of_names.setdefault(hash(name), row.number)
            if earlier != row.number:
                raise _RefusedError(
                    Problem.SAME_CUSTOMER_TWICE, f"Row {earlier} has the {written} too. Keep one row for a customer."
                )
        return read

    @stamina.retry(on=_passes, attempts=5, wait_initial=0.05)
    async def _save(self, reads: Sequence[_Read]) -> list[Imported]:
        told: list[Imported] = []
        meant = dict(self._rows_of_customers)
        created: list[Customer] = []
        updated: list[Customer] = []
        async with self._resources.database.writing() as session:
            now = self._resources.now()
            by_name = await self._known(session, reads)
            for read in reads:
                try:
                    known = _meant(read, by_name, meant)
                    customer = known or _new(self._workspace_id, read)
                except _RefusedError as refusal:
                    told.append(_refused(read.row, refusal))
                    continue
                changes = {name: value for name, value in read.values.items() if getattr(customer, name) != value}
                if known is not None and not changes:
                    told.append(Imported(read.row.number, Outcome.UNCHANGED, known))
                    continue
                for name, value in (changes | {"updated_at": now}).items():
                    setattr(customer, name, value)
                if known is None:
                    customer.created_at = now
                (created if known is None else updated).append(customer)
                outcome = Outcome.CREATED if known is None else Outcome.UPDATED
                told.append(Imported(read.row.number, outcome, None if self._dry_run and known is None else customer))
            if self._dry_run:
                session.expunge_all()
                await session.rollback()
            else:
                await self._write(session, created, updated)
        self._rows_of_customers = meant
        return told

    async def _known(self, session: Session, reads: Sequence[_Read]) -> dict[tuple[str, str], Customer]:
        """Find, locked in one order, the customers who have any of the rows' names; by name."""
        wanted = {name: [value for read in reads if (value := read.values.get(name)) is not None] for name in _NAMES}
        found = customers.by_own_names(
            self._workspace_id, wanted["phone"], wanted["external_id"], wanted["whatsapp_user_id"]
        )
        known = await session.exec(found if self._dry_run else found.with_for_update())
        return {
            (name, value): customer
            for customer in known
            for name in _NAMES
            if (value := getattr(customer, name)) is not None
        }

    async def _write(self, session: Session, created: Sequence[Customer], updated: Sequence[Customer]) -> None:
        # In one order, whatever the rows': two imports that make the same customers wait for each other, and not both.
        session.add_all(sorted(created, key=lambda customer: [getattr(customer, name) or "" for name in _NAMES]))
        await session.flush()
        numbers = (await session.exec(business_numbers.of_workspace(self._workspace_id))).all()
        changed = [*created, *updated]
        if created:
            now = created[0].created_at
            await ensure(session, [(number, customer) for number in numbers for customer in created], now)
        if changed:
            await bar_again(session, self._workspace_id, changed, self._resources.token_key)
        causes = [*(Cause.CREATED for _ in created), *(Cause.UPDATED for _ in updated)]
        told = zip(changed, causes, strict=True)
        await log.append(session, [change_of(customer, cause, self._actor) for customer, cause in told])


def _meant(read: _Read, by_name: Mapping[tuple[str, str], Customer], meant: dict[UUID, int]) -> Customer | None:
    """Find the customer that the row means, whom no other row may mean; None for a new one."""
    found = {customer.id: customer for name in read.names if (customer := by_name.get(name)) is not None}
    if len(found) > 1:
        named = " and ".join(written for name, written in read.names.items() if name in by_name)
        raise _RefusedError(Problem.SEVERAL_CUSTOMERS, f"Its {named} are different customers'. Correct one of them.")
    for customer_id, customer in found.items():
        earlier = meant.setdefault(customer_id, read.row.number)
        if earlier != read.row.number:
            raise _RefusedError(
                Problem.SAME_CUSTOMER_TWICE, f"Row {earlier} means the same customer. Keep one row for a customer."
            )
        if not is_reachable(Customer(**customer.model_dump() | read.values)):
            raise _RefusedError(Problem.UNREACHABLE, "Without a phone or a WhatsApp user id nobody could reach them.")
        return customer
    return None


def _new(workspace_id: UUID, read: _Read) -> Customer:
    customer = Customer(id=new_id(), workspace_id=workspace_id, **{"tags": []} | read.values)
    if not is_reachable(customer):
        raise _RefusedError(Problem.UNREACHABLE, "A new customer needs a phone or a WhatsApp user id.")
    return customer


def _refused(row: Row, refusal: _RefusedError) -> Imported:
    return Imported(row.number, Outcome.REFUSED, problem=refusal.problem, message=str(refusal))
