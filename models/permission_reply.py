"""What a customer said about being called, once each: the evidence of consent, never changed and never pruned.

It goes with the customer, and with nothing else.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Delete, delete
from sqlmodel import Field, Index, SQLModel, UniqueConstraint, col, select
from sqlmodel.sql.expression import SelectOfScalar

from rules.permission import Response, Source

from .columns import Moment, moment, new_id, of_same_workspace, text_of


class PermissionReply(SQLModel, table=True):
    __tablename__ = "permission_reply"
    __table_args__ = (
        of_same_workspace("permission_id", "call_permission"),
        UniqueConstraint("workspace_id", "message_id"),
        Index("permission_reply_of", "workspace_id", "permission_id"),
        Index("permission_reply_to", "workspace_id", "context_id"),
    )

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    permission_id: UUID
    message_id: str  # Meta's id of the reply
    context_id: str | None = None  # of the request (wamid) or call (wacid) that it answers
    response: Response = Field(sa_type=text_of(Response))
    source: Source = Field(sa_type=text_of(Source))
    replied_at: datetime = Field(sa_type=Moment)
    expires_at: datetime | None = moment()
    recorded_at: datetime = Field(sa_type=Moment)


def by_message_ids(workspace_id: UUID, message_ids: list[str]) -> SelectOfScalar[PermissionReply]:
    return select(PermissionReply).where(
        col(PermissionReply.workspace_id) == workspace_id, col(PermissionReply.message_id).in_(message_ids)
    )


def to_messages(workspace_id: UUID, context_ids: list[str]) -> SelectOfScalar[PermissionReply]:
    """Find the replies to these messages of ours."""
    return select(PermissionReply).where(
        col(PermissionReply.workspace_id) == workspace_id, col(PermissionReply.context_id).in_(context_ids)
    )


def gone_with(workspace_id: UUID, permission_ids: Collection[UUID]) -> Delete:
    """Throw away all that was said about these permissions."""
    return delete(PermissionReply).where(
        col(PermissionReply.workspace_id) == workspace_id, col(PermissionReply.permission_id).in_(permission_ids)
    )
