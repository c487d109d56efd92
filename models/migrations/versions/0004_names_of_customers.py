"""Customers are known by a parent user id too, and it is remembered what they were called before."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.columns

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BY = {
    "former_name_of": "customer_id",
    "former_name_by_phone": "phone",
    "former_name_by_user_id": "user_id",
    "former_name_by_parent_user_id": "parent_user_id",
}


def upgrade() -> None:
    op.add_column("customer", sa.Column("whatsapp_parent_user_id", sa.String(), nullable=True))
    op.create_index("customer_by_parent_user_id", "customer", ["workspace_id", "whatsapp_parent_user_id"], unique=True)
    op.create_table(
        "former_name",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("parent_user_id", sa.String(), nullable=True),
        sa.Column("until", models.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.ForeignKeyConstraint(["workspace_id", "customer_id"], ["customer.workspace_id", "customer.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "id"),
    )
    for name, column in BY.items():
        op.create_index(name, "former_name", ["workspace_id", column])


def downgrade() -> None:
    op.drop_table("former_name")
    op.drop_index("customer_by_parent_user_id", "customer")
    op.drop_column("customer", "whatsapp_parent_user_id")
