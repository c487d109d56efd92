"""Documents that come again and again: read and checked once, and what a subscription's says before it runs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    separate_operations,
    specified_rules,
    visit,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from .extent import refusals
from .limits import Limits

KEPT = 256
LONGEST_KEPT = 16_384  # characters: what is longer is read each time, so that the memory has a bound

# What a field's metadata says where the answer depends on which token asks, and not only on its scopes.
PERSONAL = {"personal": True}


@lru_cache(KEPT)
def parsed(text: str, limits: Limits) -> DocumentNode:
    """Read a document. GraphQLError where it is none, or too long."""
    return parse(text, max_tokens=limits.tokens)


@lru_cache(KEPT)
def _mistakes(
    schema: GraphQLSchema, text: str, rules: tuple[type[ASTValidationRule], ...], limits: Limits
) -> list[GraphQLError]:
    return mistakes(schema, parsed(text, limits), rules, limits)


def mistakes(
    schema: GraphQLSchema, document: DocumentNode, rules: tuple[type[ASTValidationRule], ...], limits: Limits
) -> list[GraphQLError]:
    """List what keeps a document from being run: what is too large is not looked at any closer."""
    return [*refusals(document, limits)] or validate_document(schema, document, rules)


def sound(schema: GraphQLSchema, text: str, limits: Limits) -> DocumentNode | None:
    """Read a document that can be run; None for any other, which is told where it is run."""
    known, read = (_mistakes, parsed) if len(text) <= LONGEST_KEPT else (_mistakes.__wrapped__, parsed.__wrapped__)
    return None if known(schema, text, tuple(specified_rules), limits) else read(text, limits)


class KnownDocuments(SchemaExtension):
    """Reads and checks a document only when it comes for the first time."""

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = self.execution_context.context.limits.tokens
        yield

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if context.query and len(context.query) <= LONGEST_KEPT:
            with suppress(GraphQLError):  # it is told where the library reads the document itself
                context.graphql_document = parsed(context.query, context.context.limits)
        yield

    def on_validate(self) -> Iterator[None]:
        context, limits = self.execution_context, self.execution_context.context.limits
        schema = context.schema._schema  # noqa: SLF001 there is no other way in
        if context.query and len(context.query) <= LONGEST_KEPT:
            context.pre_execution_errors = [*_mistakes(schema, context.query, context.validation_rules, limits)]
        elif context.graphql_document is not None:
            context.pre_execution_errors = mistakes(schema, context.graphql_document, context.validation_rules, limits)
        yield


@dataclass(frozen=True, slots=True)
class Watched:
    """What a subscription's document says before it runs."""

    field: str  # what it subscribes to
    personal: bool  # it asks for what depends on which token asks
    after: str | None  # where to begin, where the document itself says so
    variable: str | None  # the variable that says where to begin
    begins_only: bool  # the variable is used for nothing else
    needs_value: bool  # the variable may not be null

    def begin(self, variables: Mapping[str, Any]) -> "Begin":
        """Part where to begin, in which listeners of one stream may differ, from the variables that they share."""
        if self.variable is None:
            return Begin(self.after, None, variables)
        after = variables.get(self.variable, self.after)
        if not self.begins_only or not isinstance(after, str | None) or (after is None and self.needs_value):
            return Begin(after, None, variables)
        return Begin(after, self.variable, {name: variables[name] for name in variables if name != self.variable})


@dataclass(frozen=True, slots=True)
class Begin:
    """Where one listener begins, and what it shares with those who begin elsewhere."""

    after: Any
    variable: str | None  # what `after` came in, where it is none of those that are shared
    shared: Mapping[str, Any]


def watched(schema: GraphQLSchema, text: str, operation_name: str | None, limits: Limits) -> Watched | None:
    """Look at a document; None where it is no subscription, or nothing that can be read."""
    if len(text) > limits.document:
        return None
    look = _look if len(text) <= LONGEST_KEPT else _look.__wrapped__
    try:
        return look(schema, text, operation_name, limits)
    except (GraphQLError, RecursionError):
        return None


@lru_cache(KEPT)
def _look(schema: GraphQLSchema, text: str, operation_name: str | None, limits: Limits) -> Watched | None:
    document = parsed(text, limits)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    names = [node.name.value if node.name else "" for node in operations]
    name = operation_name if operation_name is not None else next(iter(names), "")
    if name not in names or operations[names.index(name)].operation is not OperationType.SUBSCRIPTION:
        return None
    types = TypeInfo(schema)
    reader = _Reader(types)
    visit(separate_operations(document)[name], TypeInfoVisitor(types, reader))
    return reader.found()


class _Reader(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self._personal = False
        self._field = ""
        self._begin: Any = None
        self._uses: Counter[str] = Counter()
        self._definitions: dict[str, VariableDefinitionNode] = {}

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        definition = self._types.get_field_def()
        known = definition.extensions.get("strawberry-definition") if definition else None
        self._personal |= bool(known and known.metadata.get("personal"))
        if self._types.get_parent_type() is self._types._schema.subscription_type:  # noqa: SLF001 it was given to it
            self._field = node.name.value
            self._begin = next(
                (given.value for given in node.arguments or () if given.name.value == "after"), self._begin
            )

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        self._definitions[node.variable.name.value] = node

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self._uses[node.name.value] += 1

    def found(self) -> Watched:
        if not isinstance(self._begin, VariableNode):
            return Watched(self._field, self._personal, _text(self._begin), None, begins_only=False, needs_value=False)
        name = self._begin.name.value
        definition = self._definitions.get(name)
        return Watched(
            self._field,
            self._personal,
            _text(definition.default_value) if definition else None,
            name,
            begins_only=self._uses[name] == 2,  # noqa: PLR2004 where it is defined, and there
            needs_value=definition is not None and isinstance(definition.type, NonNullTypeNode),
        )


def _text(value: object) -> str | None:
    return value.value if isinstance(value, StringValueNode) else None
