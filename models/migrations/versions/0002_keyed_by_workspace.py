"""Every table is keyed by its workspace first, so that a distributed PostgreSQL can spread the workspaces.

Stop the servers for this one. It makes the keys anew under locks that nobody writes beside, about a minute for ten
million rows, and the version before it finds rows by keys that are gone afterwards. The revisions after this one run
while the version before them serves.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What PostgreSQL calls a constraint that was given no name; SQLite forgets them, so there they are called the same.
NAMES = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
}

# Each table's key before, and now.
KEYS = {
    "api_token": (["id"], ["workspace_id", "id"]),
    "business_number": (["id"], ["workspace_id", "id"]),
    "customer": (["id"], ["workspace_id", "id"]),
    "call_permission": (["id"], ["workspace_id", "id"]),
    "permission_request": (["id"], ["workspace_id", "id"]),
    "permission_reply": (["id"], ["workspace_id", "id"]),
    "call": (["id"], ["workspace_id", "id"]),
    "webhook_delivery": (["id"], ["sha256"]),
    "change": (["workspace_id", "sequence"], ["workspace_id", "sequence"]),
}

ENDS = {"business_number_id": "business_number", "customer_id": "customer"}
PAIR = ENDS | {"permission_id": "call_permission", "token_id": "api_token"}
REFERENCES = {
    "call_permission": ENDS,
    "permission_request": PAIR,
    "permission_reply": {"permission_id": "call_permission"},
    "call": PAIR,
}

UNIQUE = {
    "call_permission": (
        [["business_number_id", "customer_id"]],
        [["workspace_id", "business_number_id", "customer_id"]],
    ),
    "webhook_delivery": ([["sha256"]], []),
}

INDEXES = {
    "api_token": ({"ix_api_token_workspace_id": ["workspace_id"]}, {}),
    "business_number": ({"ix_business_number_workspace_id": ["workspace_id"]}, {}),
    "call_permission": (
        {"ix_call_permission_customer_id": ["customer_id"], "ix_call_permission_workspace_id": ["workspace_id"]},
        {"call_permission_of_customer": ["workspace_id", "customer_id"]},
    ),
    "permission_request": (
        {
            "ix_permission_request_customer_id": ["customer_id"],
            "permission_request_of_pair": ["permission_id", "id"],
        },
        {
            "permission_request_of_customer": ["workspace_id", "customer_id", "id"],
            "permission_request_of_pair": ["workspace_id", "permission_id", "id"],
        },
    ),
    "permission_reply": (
        {"ix_permission_reply_permission_id": ["permission_id"]},
        {"permission_reply_of": ["workspace_id", "permission_id"]},
    ),
    "call": (
        {"ix_call_customer_id": ["customer_id"], "call_of_pair": ["permission_id", "id"]},
        {
            "call_of_customer": ["workspace_id", "customer_id", "id"],
            "call_of_pair": ["workspace_id", "permission_id", "id"],
        },
    ),
    "webhook_delivery": (
        {"ix_webhook_delivery_received_at": ["received_at"]},
        {"webhook_delivery_in_order": ["received_at", "id"]},
    ),
    "change": (
        {"change_of_customer": ["customer_id", "sequence"]},
        {"change_of_customer": ["workspace_id", "customer_id", "sequence"]},
    ),
}

Step = Callable[[BatchOperations, str], None]


def upgrade() -> None:
    op.add_column("workspace", sa.Column("pruned_to", sa.BigInteger(), server_default="0", nullable=False))
    _in_order(_untie_ids, _to_new_keys, _tie_within_workspaces)


def downgrade() -> None:
    _in_order(_untie_within_workspaces, _to_old_keys, _tie_ids)
    op.drop_column("workspace", "pruned_to")


def _in_order(*steps: Step) -> None:
    """Take each step with every table; on SQLite, which copies a table to change it, all steps with one at a time."""
    rounds = [steps] if op.get_bind().dialect.name == "sqlite" else [(step,) for step in steps]
    for together in rounds:
        for table in KEYS:
            with _altering(table) as batch:
                for step in together:
                    step(batch, table)


def _altering(table: str) -> AbstractContextManager[BatchOperations]:
    if op.get_bind().dialect.name != "sqlite":
        return op.batch_alter_table(table)
    # The checks are not among what is copied of a table by itself.
    checks = tuple(
        sa.CheckConstraint(check["sqltext"], name=check["name"])
        for check in sa.inspect(op.get_bind()).get_check_constraints(table)
    )
    return op.batch_alter_table(table, table_args=checks, naming_convention=NAMES)


def _untie_ids(batch: BatchOperations, table: str) -> None:
    for column in REFERENCES.get(table, {}):
        batch.drop_constraint(f"{table}_{column}_fkey", type_="foreignkey")


def _tie_ids(batch: BatchOperations, table: str) -> None:
    for column, target in REFERENCES.get(table, {}).items():
        batch.create_foreign_key(f"{table}_{column}_fkey", target, [column], ["id"])


def _untie_within_workspaces(batch: BatchOperations, table: str) -> None:
    for column in REFERENCES.get(table, {}):
        batch.drop_constraint(f"{table}_workspace_id_{column}_fkey", type_="foreignkey")


def _tie_within_workspaces(batch: BatchOperations, table: str) -> None:
    for column, target in REFERENCES.get(table, {}).items():
        name = f"{table}_workspace_id_{column}_fkey"
        batch.create_foreign_key(name, target, ["workspace_id", column], ["workspace_id", "id"])


def _to_new_keys(batch: BatchOperations, table: str) -> None:
    _rekey(batch, table, before=0, after=1)


def _to_old_keys(batch: BatchOperations, table: str) -> None:
    _rekey(batch, table, before=1, after=0)


def _rekey(batch: BatchOperations, table: str, *, before: int, after: int) -> None:
    indexes, unique, key = INDEXES.get(table, ({}, {})), UNIQUE.get(table, ([], [])), KEYS[table]
    for name in indexes[before]:
        batch.drop_index(name)
    for columns in unique[before]:
        batch.drop_constraint(f"{table}_{'_'.join(columns)}_key", type_="unique")
    if key[before] != key[after]:
        batch.drop_constraint(f"{table}_pkey", type_="primary")
        batch.create_primary_key(f"{table}_pkey", key[after])
    for columns in unique[after]:
        batch.create_unique_constraint(f"{table}_{'_'.join(columns)}_key", columns)
    for name, columns in indexes[after].items():
        batch.create_index(name, columns)
