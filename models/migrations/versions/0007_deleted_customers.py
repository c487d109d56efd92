"""Customers can be deleted: what they were known by is kept as digests, and erased from what was kept raw."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.columns

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "forgotten_name",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("forgotten_at", models.columns.Moment(), nullable=False),
        sa.Column("requests_barred", models.columns.Json, nullable=False),
        sa.Column("calls_barred", models.columns.Json, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "digest"),
    )
    op.create_index("forgotten_name_by_age", "forgotten_name", ["workspace_id", "forgotten_at"])
    op.create_table(
        "erasure",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("names", models.columns.Json, nullable=False),
        sa.Column("upto", models.columns.Moment(), nullable=False),
        sa.Column("due_at", models.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "id"),
    )
    op.create_index("ix_erasure_due_at", "erasure", ["due_at"])


def downgrade() -> None:
    op.drop_table("erasure")
    op.drop_table("forgotten_name")
