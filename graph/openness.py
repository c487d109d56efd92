"""Whether the API describes itself to whoever may ask it."""

from collections.abc import Iterator
from typing import Any

from graphql import ASTValidationRule, FieldNode, GraphQLError
from strawberry.extensions import SchemaExtension

from .faults import Code, CodedError

_CLOSED = (
    "This server does not describe its schema: introspection is off here."
    " Its operator can give you schema.graphql, which says the same."
)


class NoIntrospection(ASTValidationRule):
    """Refuses fields that ask what the schema is."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value in ("__schema", "__type"):
            error = CodedError(Code.FORBIDDEN, _CLOSED)
            self.report_error(GraphQLError(_CLOSED, nodes=node, extensions=error.extensions))


class Openness(SchemaExtension):
    """Keeps to itself what there is, where the installation says so."""

    def on_operation(self) -> Iterator[None]:
        context = self.execution_context
        if not context.context.described:
            context.validation_rules = (*context.validation_rules, NoIntrospection)
        yield
