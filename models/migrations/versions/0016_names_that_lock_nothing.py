"""A customer's names are unique by indexes of those who have one, so that to learn a name locks nobody else out.

PostgreSQL locks a row as if it were deleted when a column changes that a foreign key could refer to, and whoever then
writes a request or call of that customer waits. A foreign key cannot refer to an index of some rows only:
https://www.postgresql.org/docs/current/explicit-locking.html, on row-level locks.

The version before this serves meanwhile, but for writing customers, which waits until the indexes are made.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# SQLite forgets what constraints are called, so there they are called what PostgreSQL calls them.
NAMES = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}

CONSTRAINTS = {
    "customer_by_phone": "phone",
    "customer_by_user_id": "whatsapp_user_id",
    "customer_by_external_id": "external_id",
}
PARENT = ("customer_by_parent_user_id", "whatsapp_parent_user_id")


def upgrade() -> None:
    op.drop_index(PARENT[0], "customer")
    for name, column in (*CONSTRAINTS.items(), PARENT):
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            name, "customer", ["workspace_id", column], unique=True, postgresql_where=given, sqlite_where=given
        )
    with op.batch_alter_table("customer", naming_convention=NAMES) as table:
        for column in CONSTRAINTS.values():
            table.drop_constraint(f"customer_workspace_id_{column}_key", type_="unique")


def downgrade() -> None:
    with op.batch_alter_table("customer", naming_convention=NAMES) as table:
        for column in CONSTRAINTS.values():
            table.create_unique_constraint(f"customer_workspace_id_{column}_key", ["workspace_id", column])
    for name in (*CONSTRAINTS, PARENT[0]):
        op.drop_index(name, "customer")
    op.create_index(PARENT[0], "customer", ["workspace_id", PARENT[1]], unique=True)
