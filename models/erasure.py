"""A deleted customer's names, until they are also gone from the deliveries that were kept raw."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from .columns import Json, Moment


class Erasure(SQLModel, table=True):
    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(primary_key=True)  # what the customer's was
    names: list[str] = Field(sa_type=Json)  # as Meta writes them: a phone in digits only
    upto: datetime = Field(sa_type=Moment)  # only deliveries that were received by then
    due_at: datetime = Field(sa_type=Moment, index=True)  # when somebody is to go on with it


def next_due() -> SelectOfScalar[datetime | None]:
    return select(func.min(Erasure.due_at))


def due(now: datetime) -> SelectOfScalar[Erasure]:
    """Find the erasure that has waited longest, locked, leaving those that another server claims."""
    own = select(Erasure).where(col(Erasure.due_at) <= now).order_by(col(Erasure.due_at)).limit(1)
    return own.with_for_update(skip_locked=True)
