"""People sign in, with a role; a token may be one's sign-in."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.columns
from rules.access import Role

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("role", models.columns.text_of(Role), nullable=False),
        sa.Column("role_claimed", sa.Boolean(), nullable=False),
        sa.Column("business_number_ids", models.columns.Json, nullable=True),
        sa.Column("invited_by", sa.String(), nullable=True),
        sa.Column("created_at", models.columns.Moment(), nullable=False),
        sa.Column("updated_at", models.columns.Moment(), nullable=False),
        sa.Column("last_signed_in_at", models.columns.Moment(), nullable=True),
        sa.Column("disabled_at", models.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "id"),
        sa.UniqueConstraint("issuer", "subject"),
    )
    with op.batch_alter_table("api_token") as table:
        table.add_column(sa.Column("person_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            "api_token_of_a_person", "person", ["workspace_id", "person_id"], ["workspace_id", "id"]
        )
    op.create_index("api_token_of_person", "api_token", ["workspace_id", "person_id"])


def downgrade() -> None:
    """Sign-ins end, and are kept as tokens that have run out: requests and calls refer to them."""
    now = "CURRENT_TIMESTAMP"
    op.execute(sa.text(f"UPDATE api_token SET revoked_at = coalesce(revoked_at, {now}) WHERE person_id IS NOT NULL"))  # noqa: S608 no more than a word of SQL
    op.drop_index("api_token_of_person", "api_token")
    with op.batch_alter_table("api_token") as table:
        table.drop_constraint("api_token_of_a_person", type_="foreignkey")
        table.drop_column("person_id")
    op.drop_table("person")
