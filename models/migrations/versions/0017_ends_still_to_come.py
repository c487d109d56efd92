"""Permissions are listed by when they will end: those whose end is over come with those that have none.

The version before this serves meanwhile, but for writing permissions, which waits until the index is made: about two
seconds for a million. It finds ends without an index from then on, and so more slowly.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BEFORE, NOW, TABLE = "call_permission_by_end", "call_permission_by_end_to_come", "call_permission"
FOR_EVER = {
    "sqlite": "'9999-12-31 00:00:00.000000'",
    "postgresql": "'9999-12-31 00:00:00+00'::timestamp with time zone",
}


def upgrade() -> None:
    for_ever = FOR_EVER[op.get_context().dialect.name]
    ends = sa.text(f"(CASE WHEN status = 'TEMPORARY' THEN expires_at ELSE {for_ever} END)")
    op.create_index(NOW, TABLE, ["workspace_id", ends, "id"])
    op.drop_index(BEFORE, TABLE)


def downgrade() -> None:
    ends = sa.text(f"coalesce(expires_at, {FOR_EVER[op.get_context().dialect.name]})")
    op.create_index(BEFORE, TABLE, ["workspace_id", ends, "id"])
    op.drop_index(NOW, TABLE)
