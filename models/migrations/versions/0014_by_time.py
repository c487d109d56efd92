"""Requests are found by when they were sent, and calls by when they were placed.

The version before this serves meanwhile, but for writing requests and calls, which waits until the indexes are made.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("permission_request_by_time", "permission_request", ["workspace_id", "sent_at"])
    op.create_index("call_by_time", "call", ["workspace_id", "reserved_at"])


def downgrade() -> None:
    op.drop_index("call_by_time", "call")
    op.drop_index("permission_request_by_time", "permission_request")
