"""What Alembic runs to migrate: always on a connection that models.database hands it."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

from models.columns import Json

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_item=lambda _kind, item, _context: "models.columns.Json" if item is Json else False,
)
with context.begin_transaction():
    context.run_migrations()
