"""People who sign in: who the provider says they are, and what they may do in their workspace."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.sql.expression import SelectOfScalar

from rules.access import Role

from .columns import Json, Moment, moment, new_id, text_of


class Person(SQLModel, table=True):
    """Somebody who was invited, or has signed in: until then there is neither issuer nor subject."""

    # A sign-in comes from outside and asks whose it is: one identity is one person, in one workspace.
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    issuer: str | None = None  # the provider that knows them
    subject: str | None = None  # what it calls them, for ever
    email: str | None = None  # in lower case, and verified by the provider
    name: str | None = None
    role: Role = Field(sa_type=text_of(Role))
    role_claimed: bool = False  # the provider decides on the role, at each sign-in
    business_number_ids: list[str] | None = Field(default=None, sa_type=Json)  # None: all, also those to come
    invited_by: str | None = None
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)
    last_signed_in_at: datetime | None = moment()
    disabled_at: datetime | None = moment()

    @property
    def known_as(self) -> str:
        """What others know them by."""
        return self.name or self.email or self.subject or "somebody"

    @property
    def numbers(self) -> frozenset[UUID] | None:
        """The business numbers that they may use; None for all."""
        if self.role.has_all_numbers or self.business_number_ids is None:
            return None
        return frozenset(map(UUID, self.business_number_ids))


def of_workspace(workspace_id: UUID) -> SelectOfScalar[Person]:
    return select(Person).where(col(Person.workspace_id) == workspace_id)


def by_identity(issuer: str, subject: str) -> SelectOfScalar[Person]:
    return select(Person).where(*_identified(issuer, subject))


def invited(email: str) -> SelectOfScalar[Person]:
    """Find who was invited by this address, in any workspace, and has never signed in; who was first comes first."""
    return select(Person).where(*_awaited(email)).order_by(col(Person.id))


def home(issuer: str, subject: str) -> SelectOfScalar[UUID]:
    """Find the workspace of whoever has this identity."""
    return select(Person.workspace_id).where(*_identified(issuer, subject))


def inviting(email: str) -> SelectOfScalar[UUID]:
    """Find the workspaces that await whoever has this address, the one that invited them first at the top."""
    return select(Person.workspace_id).where(*_awaited(email)).order_by(col(Person.id))


def other_admins(workspace_id: UUID, person_id: UUID) -> SelectOfScalar[Person]:
    """Find the admins beside a person who may come in, and have done so."""
    return of_workspace(workspace_id).where(
        col(Person.id) != person_id,
        col(Person.role) == Role.ADMIN,
        col(Person.disabled_at).is_(None),
        col(Person.last_signed_in_at).is_not(None),
    )


def _identified(issuer: str, subject: str) -> tuple[ColumnElement[bool], ...]:
    return col(Person.issuer) == issuer, col(Person.subject) == subject


def _awaited(email: str) -> tuple[ColumnElement[bool], ...]:
    return col(Person.email) == email, col(Person.subject).is_(None), col(Person.disabled_at).is_(None)
