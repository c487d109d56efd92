"""Of each number it is kept when WhatsApp last told anything of it.

The version before this serves meanwhile, and does not write it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.columns

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("business_number", sa.Column("heard_at", models.columns.Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("business_number", "heard_at")
