"""What WhatsApp says of a number keeps its date, a refusal its end; a number's questions share one pace."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.columns

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENTS = {
    "business_number": ("pause_told_at", "pause_told_until", "pause_met_at", "problem_at", "queries_free_at"),
    "permission_request": ("refused_until",),
    "call": ("refused_until",),
}


def upgrade() -> None:
    for table, columns in MOMENTS.items():
        for column in columns:
            op.add_column(table, sa.Column(column, models.columns.Moment(), nullable=True))
    # When the pauses that are known were told was not kept; the number was changed no earlier.
    op.execute(
        "UPDATE business_number SET pause_told_at = updated_at, pause_told_until = restricted_until"
        " WHERE restricted_until IS NOT NULL"
    )


def downgrade() -> None:
    for table, columns in MOMENTS.items():
        for column in columns:
            op.drop_column(table, column)
