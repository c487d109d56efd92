"""Who a customer was to WhatsApp until it told of other names: so that what comes late still finds them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Delete, delete
from sqlmodel import Field, Index, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from .columns import Moment, any_within, new_id, of_same_workspace


class FormerName(SQLModel, table=True):
    __tablename__ = "former_name"
    __table_args__ = (
        of_same_workspace("customer_id", "customer"),
        Index("former_name_of", "workspace_id", "customer_id"),
        Index("former_name_by_phone", "workspace_id", "phone"),
        Index("former_name_by_user_id", "workspace_id", "user_id"),
        Index("former_name_by_parent_user_id", "workspace_id", "parent_user_id"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    customer_id: UUID
    phone: str | None = None  # E.164; somebody else may have it by now, a user id nobody
    user_id: str | None = None
    parent_user_id: str | None = None
    until: datetime = Field(sa_type=Moment)


def of_any(
    workspace_id: UUID,
    customer_ids: Collection[UUID],
    phones: Collection[str],
    user_ids: Collection[str],
    parent_user_ids: Collection[str],
) -> SelectOfScalar[FormerName]:
    """Find what these customers, and whoever had any of these names, were called before."""
    return select(FormerName).where(
        any_within(
            FormerName,
            workspace_id,
            col(FormerName.customer_id).in_(customer_ids),
            col(FormerName.phone).in_(phones),
            col(FormerName.user_id).in_(user_ids),
            col(FormerName.parent_user_id).in_(parent_user_ids),
        ),
    )


def gone_with(workspace_id: UUID, customer_id: UUID) -> Delete:
    """Throw away all of a customer's."""
    return delete(FormerName).where(
        col(FormerName.workspace_id) == workspace_id, col(FormerName.customer_id) == customer_id
    )
