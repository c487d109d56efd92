"""Kinds of columns that every table shares: ids that sort by time, aware moments, enums as checked text."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    ForeignKeyConstraint,
    TypeDecorator,
    and_,
    false,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlmodel import Field
from uuid_utils import compat as uuid7s

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def new_id() -> UUID:
    """Make an id that sorts by the time it was made (UUID version 7)."""
    return uuid7s.uuid7()


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite forgets time zones: there it is stored without and comes back with one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone. Give every moment one.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def text_of(kind: type[StrEnum], check: str | None = None) -> Enum:
    """Make a column type for `kind`: its values as text, checked by the database.

    `check` names the check where a table has two columns of one kind.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        name=check or kind.__name__.lower(),
    )


def of_same_workspace(column: str, table: str) -> ForeignKeyConstraint:
    """Have `column` hold the id of a row of `table`, and of one in the same workspace."""
    return ForeignKeyConstraint(["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"])


def any_within(model: Any, workspace_id: UUID, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Condition that a row of the workspace is one of those of which any of these holds, each found by its own index.

    Put together with OR, SQLite would read through everything the workspace has rather than use several indexes.
    """
    own = model.workspace_id == workspace_id
    found = [select(model.id).where(own, condition).correlate(None) for condition in conditions]
    return and_(own, model.id.in_(union_all(*found)) if found else false())


def moment(*, index: bool = False) -> Any:
    return Field(default=None, sa_type=Moment, index=index)


class HasAnyOf(FunctionElement[bool]):
    """Whether a JSON array of texts holds any of some texts."""

    inherit_cache = True
    type = Boolean()


def has_any_of(array: Any, texts: Sequence[str]) -> ColumnElement[bool]:
    """Build the condition that the JSON array column `array` holds at least one of `texts`."""
    return HasAnyOf(array, type_coerce(list(texts), JSON()))


@compiles(HasAnyOf, "sqlite")
def _has_any_of_on_sqlite(element: HasAnyOf, compiler: SQLCompiler, **options: Any) -> str:
    array, texts = (compiler.process(clause, **options) for clause in element.clauses)
    own, wanted = f"json_each({array}) AS own", f"json_each({texts}) AS wanted"
    return f"EXISTS (SELECT 1 FROM {own} JOIN {wanted} ON own.value = wanted.value)"  # noqa: S608 compiled clauses


@compiles(HasAnyOf, "postgresql")
def _has_any_of_on_postgresql(element: HasAnyOf, compiler: SQLCompiler, **options: Any) -> str:
    array, texts = (compiler.process(clause, **options) for clause in element.clauses)
    return f"jsonb_exists_any({array}, ARRAY(SELECT jsonb_array_elements_text(CAST({texts} AS jsonb))))"


class HasBytes(FunctionElement[bool]):
    """Whether bytes are found in others."""

    inherit_cache = True
    type = Boolean()


@compiles(HasBytes, "sqlite")
def _has_bytes_on_sqlite(element: HasBytes, compiler: SQLCompiler, **options: Any) -> str:
    whole, part = (compiler.process(clause, **options) for clause in element.clauses)
    return f"instr({whole}, {part}) > 0"


@compiles(HasBytes, "postgresql")
def _has_bytes_on_postgresql(element: HasBytes, compiler: SQLCompiler, **options: Any) -> str:
    whole, part = (compiler.process(clause, **options) for clause in element.clauses)
    return f"position({part} in {whole}) > 0"
