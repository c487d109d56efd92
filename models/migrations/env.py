"""What Alembic runs to migrate: always on a connection that models.database hands it."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from models.columns import Json, Moment


def _written(_kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write the house's own column types by their names in a new revision."""
    if item is Json:
        return "models.columns.Json"
    if isinstance(item, Moment):
        return "models.columns.Moment()"
    return "sa.String()" if isinstance(item, AutoString) else False


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_item=_written,
)
with context.begin_transaction():
    context.run_migrations()
