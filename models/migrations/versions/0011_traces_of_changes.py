"""Each change may remember the trace it came of, for whoever is told of it on another server.

An addition that the version before this need not know: it writes changes without one.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("change", sa.Column("traceparent", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("change", "traceparent")
