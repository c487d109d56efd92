"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.columns

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", models.columns.Moment(), nullable=False),
        sa.Column("processed_at", models.columns.Moment(), nullable=True),
        sa.Column("retry_at", models.columns.Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("skipped", models.columns.Json, nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    op.create_index(op.f("ix_webhook_delivery_received_at"), "webhook_delivery", ["received_at"], unique=False)
    op.create_index(op.f("ix_webhook_delivery_retry_at"), "webhook_delivery", ["retry_at"], unique=False)
    op.create_table(
        "workspace",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", models.columns.Moment(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("scopes", models.columns.Json, nullable=False),
        sa.Column("created_at", models.columns.Moment(), nullable=False),
        sa.Column("expires_at", models.columns.Moment(), nullable=True),
        sa.Column("last_used_at", models.columns.Moment(), nullable=True),
        sa.Column("revoked_at", models.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index(op.f("ix_api_token_workspace_id"), "api_token", ["workspace_id"], unique=False)
    op.create_table(
        "business_number",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("phone_number_id", sa.String(), nullable=False),
        sa.Column("display_phone_number", sa.String(), nullable=False),
        sa.Column("waba_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "environment",
            sa.Enum("SANDBOX", "PRODUCTION", name="environment", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "policy",
            sa.Enum("PRODUCTION", "SANDBOX", name="policyname", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("calling_enabled", sa.Boolean(), nullable=False),
        sa.Column("settings_at", models.columns.Moment(), nullable=True),
        sa.Column("restricted_until", models.columns.Moment(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("created_at", models.columns.Moment(), nullable=False),
        sa.Column("updated_at", models.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("phone_number_id"),
    )
    op.create_index(op.f("ix_business_number_workspace_id"), "business_number", ["workspace_id"], unique=False)
    op.create_table(
        "change",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "CUSTOMER",
                "CALL_PERMISSION",
                "PERMISSION_REQUEST",
                "CALL",
                "BUSINESS_NUMBER",
                name="changekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "CREATED",
                "UPDATED",
                "REQUESTED",
                "MESSAGE_STATUS",
                "CUSTOMER_ANSWERED",
                "AUTOMATIC",
                "RAN_OUT",
                "SUPERSEDED",
                "CALL_PLACED",
                "CALL_EVENT",
                "HUNG_UP",
                "WHATSAPP",
                "INTERRUPTED",
                "VERIFIED",
                "OVERDUE",
                "IDENTITY",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("occurred_at", models.columns.Moment(), nullable=False),
        sa.Column("recorded_at", models.columns.Moment(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("business_number_id", sa.Uuid(), nullable=True),
        sa.Column("previous_status", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
        ),
        sa.PrimaryKeyConstraint("workspace_id", "sequence"),
    )
    op.create_index("change_of_customer", "change", ["customer_id", "sequence"], unique=False)
    op.create_index("change_of_kind", "change", ["workspace_id", "kind", "sequence"], unique=False)
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("whatsapp_user_id", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("tags", models.columns.Json, nullable=False),
        sa.Column("timezone", sa.String(), nullable=True),
        sa.Column("created_at", models.columns.Moment(), nullable=False),
        sa.Column("updated_at", models.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "external_id"),
        sa.UniqueConstraint("workspace_id", "phone"),
        sa.UniqueConstraint("workspace_id", "whatsapp_user_id"),
    )
    op.create_table(
        "call_permission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("business_number_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("granted_at", models.columns.Moment(), nullable=True),
        sa.Column("grant_expires_at", models.columns.Moment(), nullable=True),
        sa.Column(
            "grant_source",
            sa.Enum(
                "USER_ACTION",
                "AUTOMATIC",
                "WHATSAPP",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("rejected_at", models.columns.Moment(), nullable=True),
        sa.Column(
            "rejection_source",
            sa.Enum(
                "USER_ACTION",
                "AUTOMATIC",
                "WHATSAPP",
                name="rejection_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("denied_at", models.columns.Moment(), nullable=True),
        sa.Column("confirmed_at", models.columns.Moment(), nullable=True),
        sa.Column("confirmed_until", models.columns.Moment(), nullable=True),
        sa.Column("asked_at", models.columns.Moment(), nullable=True),
        sa.Column("ask_dies_at", models.columns.Moment(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "NOT_REQUESTED",
                "REQUESTED",
                "TEMPORARY",
                "PERMANENT",
                "DECLINED",
                "EXPIRED",
                "REVOKED",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "resting_status",
            sa.Enum(
                "NOT_REQUESTED",
                "REQUESTED",
                "TEMPORARY",
                "PERMANENT",
                "DECLINED",
                "EXPIRED",
                "REVOKED",
                name="resting_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", models.columns.Moment(), nullable=True),
        sa.Column("awaited_until", models.columns.Moment(), nullable=True),
        sa.Column("next_moment", models.columns.Moment(), nullable=True),
        sa.Column("requests_free_at", models.columns.Moment(), nullable=True),
        sa.Column("calls_free_at", models.columns.Moment(), nullable=True),
        sa.Column("requests_barred_until", models.columns.Moment(), nullable=True),
        sa.Column("calls_barred_until", models.columns.Moment(), nullable=True),
        sa.Column("call_in_progress", sa.Boolean(), nullable=False),
        sa.Column("latest_request_id", sa.Uuid(), nullable=True),
        sa.Column("unanswered_streak", sa.Integer(), nullable=False),
        sa.Column("last_contact_at", models.columns.Moment(), nullable=True),
        sa.Column("verified_at", models.columns.Moment(), nullable=True),
        sa.Column("verify_at", models.columns.Moment(), nullable=True),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("created_at", models.columns.Moment(), nullable=False),
        sa.Column("updated_at", models.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_number_id"],
            ["business_number.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("business_number_id", "customer_id"),
    )
    op.create_index(op.f("ix_call_permission_customer_id"), "call_permission", ["customer_id"], unique=False)
    op.create_index(op.f("ix_call_permission_next_moment"), "call_permission", ["next_moment"], unique=False)
    op.create_index(op.f("ix_call_permission_verify_at"), "call_permission", ["verify_at"], unique=False)
    op.create_index(op.f("ix_call_permission_workspace_id"), "call_permission", ["workspace_id"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("business_number_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("permission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "BUSINESS_INITIATED",
                "USER_INITIATED",
                name="direction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "QUEUED",
                "CONNECTING",
                "RINGING",
                "IN_PROGRESS",
                "COMPLETED",
                "NO_ANSWER",
                "REJECTED",
                "CANCELLED",
                "FAILED",
                name="callstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reserved_at", models.columns.Moment(), nullable=False),
        sa.Column("lease_until", models.columns.Moment(), nullable=True),
        sa.Column("taken_at", models.columns.Moment(), nullable=True),
        sa.Column("ringing_at", models.columns.Moment(), nullable=True),
        sa.Column("accepted_at", models.columns.Moment(), nullable=True),
        sa.Column("rejected_at", models.columns.Moment(), nullable=True),
        sa.Column("hung_up_at", models.columns.Moment(), nullable=True),
        sa.Column("terminated_at", models.columns.Moment(), nullable=True),
        sa.Column("lost_at", models.columns.Moment(), nullable=True),
        sa.Column("overdue_at", models.columns.Moment(), nullable=True),
        sa.Column("overdue_from", models.columns.Moment(), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("refused_code", sa.Integer(), nullable=True),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("sdp_answer", sa.String(), nullable=True),
        sa.Column("whatsapp_call_id", sa.String(), nullable=True),
        sa.Column("placed_by", sa.String(), nullable=True),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("input_hash", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["business_number_id"],
            ["business_number.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["call_permission.id"],
        ),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["api_token.id"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "idempotency_key"),
        sa.UniqueConstraint("workspace_id", "whatsapp_call_id"),
    )
    op.create_index("call_of_pair", "call", ["permission_id", "id"], unique=False)
    op.create_index(op.f("ix_call_customer_id"), "call", ["customer_id"], unique=False)
    op.create_index(op.f("ix_call_lease_until"), "call", ["lease_until"], unique=False)
    op.create_index(op.f("ix_call_overdue_from"), "call", ["overdue_from"], unique=False)
    op.create_table(
        "permission_reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("permission_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("context_id", sa.String(), nullable=True),
        sa.Column(
            "response",
            sa.Enum(
                "TEMPORARY",
                "PERMANENT",
                "DECLINED",
                name="response",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "USER_ACTION",
                "AUTOMATIC",
                "WHATSAPP",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("replied_at", models.columns.Moment(), nullable=False),
        sa.Column("expires_at", models.columns.Moment(), nullable=True),
        sa.Column("recorded_at", models.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["call_permission.id"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "message_id"),
    )
    op.create_index(op.f("ix_permission_reply_permission_id"), "permission_reply", ["permission_id"], unique=False)
    op.create_index("permission_reply_to", "permission_reply", ["workspace_id", "context_id"], unique=False)
    op.create_table(
        "permission_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("business_number_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("permission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("TEMPLATE", "FREE_FORM", name="requestkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("content", models.columns.Json, nullable=False),
        sa.Column("reserved_at", models.columns.Moment(), nullable=False),
        sa.Column("lease_until", models.columns.Moment(), nullable=True),
        sa.Column("sent_at", models.columns.Moment(), nullable=True),
        sa.Column("delivered_at", models.columns.Moment(), nullable=True),
        sa.Column("read_at", models.columns.Moment(), nullable=True),
        sa.Column("failed_at", models.columns.Moment(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("refused_code", sa.Integer(), nullable=True),
        sa.Column(
            "answer",
            sa.Enum(
                "TEMPORARY",
                "PERMANENT",
                "DECLINED",
                name="response",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("answered_at", models.columns.Moment(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "QUEUED",
                "SENT",
                "DELIVERED",
                "READ",
                "ANSWERED",
                "FAILED",
                "EXPIRED",
                "SUPERSEDED",
                name="requeststatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", models.columns.Moment(), nullable=True),
        sa.Column("next_moment", models.columns.Moment(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("input_hash", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["business_number_id"],
            ["business_number.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["call_permission.id"],
        ),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["api_token.id"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "idempotency_key"),
        sa.UniqueConstraint("workspace_id", "message_id"),
    )
    op.create_index(op.f("ix_permission_request_customer_id"), "permission_request", ["customer_id"], unique=False)
    op.create_index(op.f("ix_permission_request_lease_until"), "permission_request", ["lease_until"], unique=False)
    op.create_index(op.f("ix_permission_request_next_moment"), "permission_request", ["next_moment"], unique=False)
    op.create_index("permission_request_of_pair", "permission_request", ["permission_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("permission_request_of_pair", table_name="permission_request")
    op.drop_index(op.f("ix_permission_request_next_moment"), table_name="permission_request")
    op.drop_index(op.f("ix_permission_request_lease_until"), table_name="permission_request")
    op.drop_index(op.f("ix_permission_request_customer_id"), table_name="permission_request")
    op.drop_table("permission_request")
    op.drop_index("permission_reply_to", table_name="permission_reply")
    op.drop_index(op.f("ix_permission_reply_permission_id"), table_name="permission_reply")
    op.drop_table("permission_reply")
    op.drop_index(op.f("ix_call_overdue_from"), table_name="call")
    op.drop_index(op.f("ix_call_lease_until"), table_name="call")
    op.drop_index(op.f("ix_call_customer_id"), table_name="call")
    op.drop_index("call_of_pair", table_name="call")
    op.drop_table("call")
    op.drop_index(op.f("ix_call_permission_workspace_id"), table_name="call_permission")
    op.drop_index(op.f("ix_call_permission_verify_at"), table_name="call_permission")
    op.drop_index(op.f("ix_call_permission_next_moment"), table_name="call_permission")
    op.drop_index(op.f("ix_call_permission_customer_id"), table_name="call_permission")
    op.drop_table("call_permission")
    op.drop_table("customer")
    op.drop_index("change_of_kind", table_name="change")
    op.drop_index("change_of_customer", table_name="change")
    op.drop_table("change")
    op.drop_index(op.f("ix_business_number_workspace_id"), table_name="business_number")
    op.drop_table("business_number")
    op.drop_index(op.f("ix_api_token_workspace_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_table("workspace")
    op.drop_index(op.f("ix_webhook_delivery_retry_at"), table_name="webhook_delivery")
    op.drop_index(op.f("ix_webhook_delivery_received_at"), table_name="webhook_delivery")
    op.drop_table("webhook_delivery")
