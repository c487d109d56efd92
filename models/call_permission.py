"""A customer's permission to be called from one business number: what is known, and what follows from it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, Insert, and_, case, delete, func, literal, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlmodel import Field, Index, UniqueConstraint, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from rules import permission as rules
from rules.permission import Grant, OpenRequest, Permission, Rejection, Source, Status

from .business_number import BusinessNumber
from .columns import Moment, any_within, moment, new_id, of_same_workspace, text_of
from .row import Row


class CallPermission(Row, table=True):
    __tablename__ = "call_permission"
    __table_args__ = (
        of_same_workspace("business_number_id", "business_number"),
        of_same_workspace("customer_id", "customer"),
        UniqueConstraint("workspace_id", "business_number_id", "customer_id"),
        Index("call_permission_of_customer", "workspace_id", "customer_id"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    business_number_id: UUID
    customer_id: UUID

    # What is known: the registers of rules.permission.Permission.
    granted_at: datetime | None = moment()
    grant_expires_at: datetime | None = moment()
    grant_source: Source | None = Field(default=None, sa_type=text_of(Source))
    rejected_at: datetime | None = moment()
    rejection_source: Source | None = Field(default=None, sa_type=text_of(Source, "rejection_source"))
    denied_at: datetime | None = moment()
    confirmed_at: datetime | None = moment()
    confirmed_until: datetime | None = moment()
    asked_at: datetime | None = moment()
    ask_dies_at: datetime | None = moment()

    # What follows, so that SQL can tell the status at any moment: see `status_at`.
    status: Status = Field(default=Status.NOT_REQUESTED, sa_type=text_of(Status))
    resting_status: Status = Field(default=Status.NOT_REQUESTED, sa_type=text_of(Status, "resting_status"))
    expires_at: datetime | None = moment()  # of the temporary grant that stands
    awaited_until: datetime | None = moment()  # of the request that awaits its first answer
    next_moment: datetime | None = moment(index=True)  # when `status` will be out of date

    # What the limits say: until when nothing (more) may go out, None where they do not stand in the way.
    requests_free_at: datetime | None = moment()
    calls_free_at: datetime | None = moment()
    # What WhatsApp said of its own counts: until when it takes nothing (more), None where it takes some.
    requests_barred_until: datetime | None = moment()
    calls_barred_until: datetime | None = moment()
    call_in_progress: bool = False

    latest_request_id: UUID | None = None
    unanswered_streak: int = 0
    last_contact_at: datetime | None = moment()  # when the customer last wrote, called, or picked up
    verified_at: datetime | None = moment()  # when WhatsApp last said what it believes
    verify_at: datetime | None = moment(index=True)  # when it should be asked again
    doubtful: bool = False  # something spoke against what is known: ask before relying on it
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)

    @property
    def runs_out_at(self) -> datetime:
        """Tell what `RUNS_OUT_AT` tells."""
        return self.expires_at if self.status is Status.TEMPORARY and self.expires_at is not None else FOR_EVER

    @property
    def known(self) -> Permission:
        """What is known, in the words of the rules."""
        grant = self.granted_at and Grant(self.granted_at, self.grant_expires_at, self.grant_source or Source.WHATSAPP)
        rejection = self.rejected_at and Rejection(self.rejected_at, self.rejection_source or Source.WHATSAPP)
        asked = self.asked_at and self.ask_dies_at and OpenRequest(self.asked_at, self.ask_dies_at)
        confirmed = self.confirmed_at and Grant(self.confirmed_at, self.confirmed_until, Source.WHATSAPP)
        return Permission(grant or None, rejection or None, self.denied_at, confirmed or None, asked or None)

    def remember(self, known: Permission, now: datetime) -> None:
        """Write down what is known, and everything that follows from it as of `now`."""
        grant, rejection, asked = known.grant, known.rejection, known.open_request
        self.granted_at, self.grant_expires_at, self.grant_source = (
            (grant.at, grant.expires_at, grant.source) if grant else (None, None, None)
        )
        self.rejected_at, self.rejection_source = (rejection.at, rejection.source) if rejection else (None, None)
        self.denied_at, confirmed = known.denied_at, known.confirmation
        self.confirmed_at, self.confirmed_until = (confirmed.at, confirmed.expires_at) if confirmed else (None, None)
        self.asked_at, self.ask_dies_at = (asked.asked_at, asked.dies_at) if asked else (None, None)
        self.status, self.resting_status = rules.at(known, now), rules.at_rest(known)
        self.expires_at = known.standing_grant.expires_at if known.standing_grant else None
        self.awaited_until = rules.awaited_until(known)
        self.next_moment = rules.next_moment(known, now)
        self.updated_at = now


def status_at(now: datetime) -> ColumnElement[str]:
    """Tell in SQL what `rules.permission.at` tells: the status at `now`, whatever the clock has or has not marked."""
    return case(
        (col(CallPermission.resting_status) == Status.PERMANENT, literal(Status.PERMANENT.value)),
        (col(CallPermission.expires_at) > now, literal(Status.TEMPORARY.value)),
        (col(CallPermission.awaited_until) > now, literal(Status.REQUESTED.value)),
        else_=func.coalesce(col(CallPermission.resting_status), literal(Status.NOT_REQUESTED.value)),
    )


def callable_at(now: datetime) -> ColumnElement[bool]:
    """Tell in SQL what `rules.eligibility.may_call` tells; joined with the business number."""
    return and_(
        now < RUNS_OUT_AT,  # follows from the next, and can be searched by index
        status_at(now).in_([status.value for status in Status if status.allows_calls]),
        col(CallPermission.call_in_progress).is_(False),
        _free(CallPermission.calls_free_at, now),
        _free(CallPermission.calls_barred_until, now),
        _number_works(now),
    )


def requestable_at(now: datetime) -> ColumnElement[bool]:
    """Tell in SQL what `rules.eligibility.may_request` tells; joined with the business number."""
    return and_(
        status_at(now) != Status.PERMANENT.value,
        _free(CallPermission.requests_free_at, now),
        _free(CallPermission.requests_barred_until, now),
        _number_works(now),
    )


def _free(moment_column: Any, now: datetime) -> ColumnElement[bool]:
    return or_(col(moment_column).is_(None), col(moment_column) <= now)


def _number_works(now: datetime) -> ColumnElement[bool]:
    return and_(col(BusinessNumber.calling_enabled).is_(True), _free(BusinessNumber.restricted_until, now))


class RunsOutAt(FunctionElement[datetime]):
    """When a permission will end; for one that will not, or has ended, after all that will (`FOR_EVER`).

    By the status that is written down: for the second until the clock has marked an end, that end is the first.
    Written the same in the index and in every question, or the index would not be found.
    """

    inherit_cache = True
    type = Moment()


FOR_EVER = datetime.fromisoformat("9999-12-31T00:00:00+00:00")
RUNS_OUT_AT = RunsOutAt(col(CallPermission.status), col(CallPermission.expires_at))
BY_END = Index("call_permission_by_end_to_come", col(CallPermission.workspace_id), RUNS_OUT_AT, col(CallPermission.id))


@compiles(RunsOutAt, "sqlite")
def _runs_out_at_on_sqlite(element: RunsOutAt, compiler: SQLCompiler, **options: Any) -> str:
    status, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CASE WHEN {status} = 'TEMPORARY' THEN {end} ELSE '9999-12-31 00:00:00.000000' END)"


@compiles(RunsOutAt, "postgresql")
def _runs_out_at_on_postgresql(element: RunsOutAt, compiler: SQLCompiler, **options: Any) -> str:
    status, end = (compiler.process(clause, **options) for clause in element.clauses)
    # To the line as PostgreSQL itself writes it down, so that it can be compared with what a database has.
    return f"""(
CASE
    WHEN {status}::text = 'TEMPORARY'::text THEN {end}
    ELSE '9999-12-31 00:00:00+00'::timestamp with time zone
END)"""


def its_number() -> ColumnElement[bool]:
    """Join the permission's business number."""
    return and_(
        col(BusinessNumber.workspace_id) == col(CallPermission.workspace_id),
        col(BusinessNumber.id) == col(CallPermission.business_number_id),
    )


def of_workspace(workspace_id: UUID) -> SelectOfScalar[CallPermission]:
    return select(CallPermission).where(col(CallPermission.workspace_id) == workspace_id)


def by_ids(workspace_id: UUID, ids: Collection[UUID]) -> SelectOfScalar[CallPermission]:
    return of_workspace(workspace_id).where(col(CallPermission.id).in_(ids))


def of_pair(workspace_id: UUID, business_number_id: UUID, customer_id: UUID) -> SelectOfScalar[CallPermission]:
    return of_workspace(workspace_id).where(
        col(CallPermission.business_number_id) == business_number_id, col(CallPermission.customer_id) == customer_id
    )


def of_pairs_or_by_ids(
    workspace_id: UUID, pairs: Iterable[tuple[UUID, UUID]], ids: Collection[UUID]
) -> SelectOfScalar[CallPermission]:
    """Find some pairs' permissions, each of a business number and a customer, and those with these ids."""
    wanted = (*_between(pairs), col(CallPermission.id).in_(ids))
    return select(CallPermission).where(any_within(CallPermission, workspace_id, *wanted))


def ends_of_pairs(workspace_id: UUID, pairs: Iterable[tuple[UUID, UUID]]) -> Select[UUID, UUID]:
    """Find those of some pairs that have a permission: (number id, customer id)."""
    own = select(CallPermission.business_number_id, CallPermission.customer_id)
    return own.where(any_within(CallPermission, workspace_id, *_between(pairs)))


def _between(pairs: Iterable[tuple[UUID, UUID]]) -> list[ColumnElement[bool]]:
    """Conditions of which one holds between the ends of each of these pairs, one for each number: they are few."""
    customers: dict[UUID, list[UUID]] = defaultdict(list)
    for number_id, customer_id in pairs:
        customers[number_id].append(customer_id)
    return [
        and_(col(CallPermission.business_number_id) == number_id, col(CallPermission.customer_id).in_(own))
        for number_id, own in customers.items()
    ]


def of_customers(workspace_id: UUID, customer_ids: Collection[UUID]) -> SelectOfScalar[CallPermission]:
    return of_workspace(workspace_id).where(col(CallPermission.customer_id).in_(customer_ids))


def insert_missing(dialect: str) -> Insert:
    """Insert permissions whose pair has none yet, and leave those that have."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(CallPermission).on_conflict_do_nothing(
        index_elements=["workspace_id", "business_number_id", "customer_id"]
    )


def workspaces_with_due(now: datetime) -> SelectOfScalar[UUID]:
    """Find the workspaces in which a permission's status is out of date at `now`."""
    return select(CallPermission.workspace_id).where(col(CallPermission.next_moment) <= now).distinct()


def due(workspace_id: UUID, now: datetime, limit: int) -> SelectOfScalar[CallPermission]:
    """Find permissions whose status is out of date at `now`, locked, leaving those that another server works on."""
    return (
        of_workspace(workspace_id)
        .where(col(CallPermission.next_moment) <= now)
        .order_by(col(CallPermission.next_moment))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def unverified(workspace_id: UUID, business_number_id: UUID, now: datetime) -> SelectOfScalar[CallPermission]:
    """Find the permission of a number that WhatsApp should most urgently be asked about: doubtful ones first."""
    return (
        of_workspace(workspace_id)
        .where(col(CallPermission.business_number_id) == business_number_id, col(CallPermission.verify_at) <= now)
        .order_by(col(CallPermission.doubtful).desc(), col(CallPermission.verify_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def numbers_to_verify(now: datetime) -> Select[UUID, UUID]:
    """Find the business numbers that have permissions to be verified: (workspace id, number id)."""
    number = select(CallPermission.workspace_id, CallPermission.business_number_id)
    return number.where(col(CallPermission.verify_at) <= now).distinct()


def next_verification() -> SelectOfScalar[datetime | None]:
    return select(func.min(CallPermission.verify_at))


def next_due() -> SelectOfScalar[datetime | None]:
    return select(func.min(CallPermission.next_moment))


def gone_with(workspace_id: UUID, customer_id: UUID) -> Delete:
    """Throw away all of a customer's."""
    return delete(CallPermission).where(
        col(CallPermission.workspace_id) == workspace_id, col(CallPermission.customer_id) == customer_id
    )
