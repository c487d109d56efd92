"""A customer of a business: known by phone, by WhatsApp's business-scoped user id, or both."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.sql.expression import SelectOfScalar

from .columns import Json, Moment, new_id


class Customer(SQLModel, table=True):
    __table_args__ = (
        UniqueConstraint("workspace_id", "phone"),
        UniqueConstraint("workspace_id", "whatsapp_user_id"),
        UniqueConstraint("workspace_id", "external_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    workspace_id: UUID = Field(foreign_key="workspace.id")
    name: str | None = None
    phone: str | None = None  # E.164
    whatsapp_user_id: str | None = None
    external_id: str | None = None
    tags: list[str] = Field(default_factory=list, sa_type=Json)
    timezone: str | None = None  # an IANA name
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)


def of_workspace(workspace_id: UUID) -> SelectOfScalar[Customer]:
    return select(Customer).where(col(Customer.workspace_id) == workspace_id)


def by_any_name(workspace_id: UUID, phones: list[str], user_ids: list[str]) -> SelectOfScalar[Customer]:
    """Find the customers that are known by any of these phones (E.164) or business-scoped user ids."""
    return of_workspace(workspace_id).where(
        or_(col(Customer.phone).in_(phones), col(Customer.whatsapp_user_id).in_(user_ids))
    )
