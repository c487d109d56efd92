"""A customer of a business: known by phone, by WhatsApp's business-scoped user id, by its parent, or by several."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, delete, or_, text
from sqlmodel import Field, Index, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from .columns import Json, Moment, any_within, new_id


def _unique(name: str, column: str) -> Index:
    """Index a name that no two customers of a workspace have.

    Of those who have one only: PostgreSQL lets a foreign key refer to any other unique index, and so locks a customer
    who is given a name as if they were deleted, until when nobody could write a request or call of theirs.
    """
    given = text(f"{column} IS NOT NULL")
    return Index(name, "workspace_id", column, unique=True, postgresql_where=given, sqlite_where=given)


class Customer(SQLModel, table=True):
    __table_args__ = (
        _unique("customer_by_phone", "phone"),
        _unique("customer_by_user_id", "whatsapp_user_id"),
        _unique("customer_by_external_id", "external_id"),
        _unique("customer_by_parent_user_id", "whatsapp_parent_user_id"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str | None = None
    phone: str | None = None  # E.164
    whatsapp_user_id: str | None = None
    whatsapp_parent_user_id: str | None = None  # one for all portfolios of an enterprise that has enrolled
    external_id: str | None = None
    tags: list[str] = Field(default_factory=list, sa_type=Json)
    timezone: str | None = None  # an IANA name
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)


def of_workspace(workspace_id: UUID) -> SelectOfScalar[Customer]:
    return select(Customer).where(col(Customer.workspace_id) == workspace_id)


def by_ids(workspace_id: UUID, ids: Collection[UUID]) -> SelectOfScalar[Customer]:
    return of_workspace(workspace_id).where(col(Customer.id).in_(ids))


def found_by(words: str) -> ColumnElement[bool]:
    """Condition that these words are part of the customer's name or phone."""
    return or_(
        col(Customer.name).icontains(words, autoescape=True), col(Customer.phone).contains(words, autoescape=True)
    )


def by_any_name(
    workspace_id: UUID,
    phones: Collection[str],
    user_ids: Collection[str],
    parent_user_ids: Collection[str],
    ids: Collection[UUID] = (),
) -> SelectOfScalar[Customer]:
    """Find the customers that are known by any of these phones (E.164), user ids or parent user ids, or our own ids."""
    return select(Customer).where(
        any_within(
            Customer,
            workspace_id,
            col(Customer.phone).in_(phones),
            col(Customer.whatsapp_user_id).in_(user_ids),
            col(Customer.whatsapp_parent_user_id).in_(parent_user_ids),
            col(Customer.id).in_(ids),
        )
    )


def others_with_a_name_of(customer: Customer) -> SelectOfScalar[Customer]:
    """Find the other customers of the workspace that have this one's phone, user id or external id."""
    own = (
        (col(Customer.phone), customer.phone),
        (col(Customer.whatsapp_user_id), customer.whatsapp_user_id),
        (col(Customer.external_id), customer.external_id),
    )
    same = [column == name for column, name in own if name is not None]
    found = any_within(Customer, customer.workspace_id, *same)
    return select(Customer).where(col(Customer.id) != customer.id, found)


def locked(workspace_id: UUID, customer_id: UUID) -> SelectOfScalar[Customer]:
    """Find the customer and lock the row until the commit."""
    return by_ids(workspace_id, [customer_id]).with_for_update()


def gone(workspace_id: UUID, customer_id: UUID) -> Delete:
    return delete(Customer).where(col(Customer.workspace_id) == workspace_id, col(Customer.id) == customer_id)


def by_own_names(
    workspace_id: UUID, phones: Collection[str], external_ids: Collection[str], user_ids: Collection[str]
) -> SelectOfScalar[Customer]:
    """Find the customers that have any of these phones (E.164), external ids or user ids, in one order."""
    named = any_within(
        Customer,
        workspace_id,
        col(Customer.phone).in_(phones),
        col(Customer.external_id).in_(external_ids),
        col(Customer.whatsapp_user_id).in_(user_ids),
    )
    return select(Customer).where(named).order_by(col(Customer.id))


def held(workspace_id: UUID, ids: Collection[UUID]) -> SelectOfScalar[UUID]:
    """Find which of these customers are there, and let none of them be deleted until the commit."""
    found = select(Customer.id).where(col(Customer.workspace_id) == workspace_id, col(Customer.id).in_(ids))
    return found.with_for_update(read=True, key_share=True)
