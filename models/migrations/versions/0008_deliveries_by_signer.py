"""A delivery is kept with whom its signature lets it speak of.

The version before this serves meanwhile: what it keeps is signed by the installation's app.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.columns

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("webhook_delivery", sa.Column("signed_for", models.columns.Json, nullable=True))


def downgrade() -> None:
    # What another secret signed is nothing that the version before this may take for the installation's.
    op.execute("UPDATE webhook_delivery SET retry_at = NULL WHERE signed_for IS NOT NULL AND processed_at IS NULL")
    op.drop_column("webhook_delivery", "signed_for")
