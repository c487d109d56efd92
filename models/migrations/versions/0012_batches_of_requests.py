"""Many customers can be asked for permission together."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.columns
from models.batch_entry import EntryState
from models.permission_request import RequestKind

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "request_batch",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_number_id", sa.Uuid(), nullable=False),
        sa.Column("kind", models.columns.text_of(RequestKind), nullable=False),
        sa.Column("content", models.columns.Json, nullable=False),
        sa.Column("created_at", models.columns.Moment(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("input_hash", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        _to("business_number_id", "business_number"),
        _to("token_id", "api_token"),
        sa.PrimaryKeyConstraint("workspace_id", "id"),
        sa.UniqueConstraint("workspace_id", "idempotency_key"),
    )
    op.create_table(
        "batch_entry",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", models.columns.text_of(EntryState), nullable=False),
        sa.Column("due_at", models.columns.Moment(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("available_at", models.columns.Moment(), nullable=True),
        sa.Column("updated_at", models.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        _to("batch_id", "request_batch"),
        _to("customer_id", "customer"),
        sa.PrimaryKeyConstraint("workspace_id", "id"),
    )
    op.create_index("batch_entry_of_batch", "batch_entry", ["workspace_id", "batch_id", "id"])
    op.create_index("batch_entry_of_customer", "batch_entry", ["workspace_id", "customer_id"])
    op.create_index("ix_batch_entry_due_at", "batch_entry", ["due_at"])


def downgrade() -> None:
    op.drop_table("batch_entry")
    op.drop_table("request_batch")


def _to(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"])
