"""Many customers asked for permission together: from which number, in which words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.sql.expression import SelectOfScalar

from .columns import Json, Moment, new_id, of_same_workspace, text_of
from .permission_request import RequestKind


class RequestBatch(SQLModel, table=True):
    __tablename__ = "request_batch"
    __table_args__ = (
        of_same_workspace("business_number_id", "business_number"),
        of_same_workspace("token_id", "api_token"),
        UniqueConstraint("workspace_id", "idempotency_key"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    business_number_id: UUID
    kind: RequestKind = Field(sa_type=text_of(RequestKind))
    content: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=Moment)
    requested_by: str
    token_id: UUID | None = None
    idempotency_key: str | None = None
    input_hash: str | None = None

    @property
    def reserved_at(self) -> datetime:
        """When it came, as requests and calls have it."""
        return self.created_at


def by_idempotency_key(workspace_id: UUID, key: str) -> SelectOfScalar[RequestBatch]:
    own = select(RequestBatch).where(col(RequestBatch.workspace_id) == workspace_id)
    return own.where(col(RequestBatch.idempotency_key) == key)
