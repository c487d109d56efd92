"""A business number may have an access token and an app secret of its own, sealed.

The version before this serves meanwhile: it goes on with the installation's.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.sealed

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = ("access_token", "app_secret")


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("business_number", sa.Column(column, models.sealed.SealedText(), nullable=True))


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_column("business_number", column)
