"""Partners are told by webhooks what a subscription would tell them.

The version before this serves meanwhile, but for writing to the log, which waits while its lines are looked through: a
second for some millions. It cannot read a log that tells of webhook endpoints: make the first one when no server of
that version is left.
"""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.columns
import models.sealed

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The words that the log has from now on, by the check that knows them and its column.
WORDS = {("changekind", "kind"): ("WEBHOOK_ENDPOINT",), ("cause", "cause"): ("SWITCHED_OFF",)}
QUOTED = re.compile(r"'(\w+)'")


def upgrade() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("variables", models.columns.Json, nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("scopes", models.columns.Json, nullable=False),
        sa.Column("secret", models.sealed.SealedText(), nullable=True),
        sa.Column("former_secret", models.sealed.SealedText(), nullable=True),
        sa.Column("former_until", models.columns.Moment(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", models.columns.Moment(), nullable=False),
        sa.Column("updated_at", models.columns.Moment(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", models.columns.Moment(), nullable=True),
        sa.Column("failing_since", models.columns.Moment(), nullable=True),
        sa.Column("disabled_at", models.columns.Moment(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "id"),
    )
    op.create_table(
        "webhook_message",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "WAITING",
                "DELIVERED",
                "FAILED",
                name="webhook_message_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", models.columns.Moment(), nullable=False),
        sa.Column("next_attempt_at", models.columns.Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_attempt_at", models.columns.Moment(), nullable=True),
        sa.Column("delivered_at", models.columns.Moment(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("response_body", sa.String(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.ForeignKeyConstraint(
            ["workspace_id", "endpoint_id"], ["webhook_endpoint.workspace_id", "webhook_endpoint.id"]
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id"),
    )
    op.create_index(
        "webhook_message_of_endpoint", "webhook_message", ["workspace_id", "endpoint_id", "created_at", "id"]
    )
    op.create_index("webhook_message_of_customer", "webhook_message", ["workspace_id", "customer_id"])
    op.create_index(op.f("ix_webhook_message_next_attempt_at"), "webhook_message", ["next_attempt_at"])
    _reword(added=True)


def downgrade() -> None:
    # No line is taken out of the log, which has no gaps: what the version before has no words for, it is told vaguely.
    vaguely = "kind = 'BUSINESS_NUMBER', cause = 'UPDATED', previous_status = NULL, status = NULL"
    op.execute(f"UPDATE change SET {vaguely} WHERE kind = 'WEBHOOK_ENDPOINT'")  # noqa: S608 our own words
    _reword(added=False)
    op.drop_table("webhook_message")
    op.drop_table("webhook_endpoint")


def _reword(*, added: bool) -> None:
    """Let the checks of the log's words know the new ones, or know them no more."""
    found = {
        check["name"]: QUOTED.findall(check["sqltext"])
        for check in sa.inspect(op.get_bind()).get_check_constraints("change")
    }
    with op.batch_alter_table("change") as batch:
        for (name, column), own in WORDS.items():
            words = [word for word in found[name] if word not in own] + (list(own) if added else [])
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, f"{column} IN ({', '.join(map(repr, words))})")
