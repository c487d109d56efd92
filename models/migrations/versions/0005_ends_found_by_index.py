"""Permissions are listed by when they end, however many there are.

The version before this serves meanwhile, but for writing permissions, which waits until the index is made: about two
seconds for a million.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME, TABLE = "call_permission_by_end", "call_permission"
FOR_EVER = {
    "sqlite": "'9999-12-31 00:00:00.000000'",
    "postgresql": "'9999-12-31 00:00:00+00'::timestamp with time zone",
}


def upgrade() -> None:
    ends = sa.text(f"coalesce(expires_at, {FOR_EVER[op.get_context().dialect.name]})")
    op.create_index(NAME, TABLE, ["workspace_id", ends, "id"])


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
