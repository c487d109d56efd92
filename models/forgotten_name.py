"""By what deleted customers were known, as keyed digests: so that what comes late makes nothing of them again."""

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Delete, delete
from sqlmodel import Field, Index, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from .columns import Json, Moment


class ForgottenName(SQLModel, table=True):
    __tablename__ = "forgotten_name"
    __table_args__ = (Index("forgotten_name_by_age", "workspace_id", "forgotten_at"),)

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    digest: str = Field(primary_key=True)
    forgotten_at: datetime = Field(sa_type=Moment)
    # What of WhatsApp's limits was used: by business number, until when nothing may go out to whoever has the name.
    requests_barred: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    calls_barred: dict[str, str] = Field(default_factory=dict, sa_type=Json)


def digest_of(kind: str, name: str, key: str) -> str:
    """Give a name (a phone, a user id, a call's id) as what nobody can read back who has not the installation's key."""
    return hmac.new(key.encode(), f"forgotten {kind}:{name}".encode(), hashlib.sha256).hexdigest()


def of_any(workspace_id: UUID, digests: Collection[str]) -> SelectOfScalar[ForgottenName]:
    return select(ForgottenName).where(
        col(ForgottenName.workspace_id) == workspace_id, col(ForgottenName.digest).in_(digests)
    )


def remembered(workspace_id: UUID, digests: Collection[str]) -> Delete:
    """Throw away these names."""
    own = col(ForgottenName.workspace_id) == workspace_id
    return delete(ForgottenName).where(own, col(ForgottenName.digest).in_(digests))


def before(workspace_id: UUID, moment: datetime) -> Delete:
    """Throw away the names that were forgotten before a moment."""
    return delete(ForgottenName).where(
        col(ForgottenName.workspace_id) == workspace_id, col(ForgottenName.forgotten_at) < moment
    )
