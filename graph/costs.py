"""What an operation costs in points, told by its document and variables alone: before anything of it runs.

An object costs one point, a scalar none, unless the field's metadata says otherwise (`priced`). What is in a list costs
as often as the list is long: a connection as long as its `first` or `last`, `nodes` as long as its `ids`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

from .limits import Limits, beyond

ASKS_WHATSAPP = 20  # points of what may have to wait for an answer of WhatsApp's
ASKS_A_PARTNER = 20  # points of what waits for an answer of a partner's server
COUNTS = 10  # points of what goes through all there is, however long the page
MUTATION = 5  # points of a mutation that says nothing else
ASSUMED = 10  # how long a list of nodes is that says nothing; any other is part of what it stands in
MOST_STEPS = 20_000  # in reading what an operation costs: fragments can make a short document a long way
MOST_TOLD = 10**9  # points: it fits into any client's numbers

_OF_THE_SCHEMA = {"__schema": 50, "__type": 10, "__typename": 0}


def priced(points: int = 1, *, each: str | None = None, untold: int = 1, inside: bool = True) -> Mapping[str, Any]:
    """Give the metadata of a field that costs this many points.

    `each` names the argument that says how often: a number, or a list; `input.customers` is a list in an input.
    Where it is not given, it is as often as `untold`. What is asked for `inside` comes as often, or else once.
    """
    return {"points": points, "each": each, "untold": untold, "inside": inside}


def cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation_name: str | None,
    variables: Mapping[str, Any] | None,
    limits: Limits,
) -> int:
    """Give what an operation of a document without mistakes costs. CodedError for one that nobody can reckon."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    for operation in operations:
        if operation_name is None or (operation.name and operation.name.value == operation_name):
            return _Reckoning(schema, document, operation, variables or {}, limits).total()
    return 0


class _Reckoning:
    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        limits: Limits,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._limits = limits
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        defaults = {node.variable.name.value: node.default_value for node in operation.variable_definitions or ()}
        self._variables: Mapping[str, Any] = {**defaults, **variables}
        self._known: dict[tuple[object, ...], int] = {}
        self._steps = 0

    def total(self) -> int:
        root = self._schema.get_root_type(self._operation.operation)
        return min(self._of([self._operation.selection_set], root, 1), MOST_TOLD) if root else 0

    def _of(self, selections: Sequence[SelectionSetNode], kind: Any, page: int) -> int:
        """Reckon what is selected of an object; `page` is how long it is, where it is a connection."""
        if is_abstract_type(kind):
            possible = self._schema.get_possible_types(kind)
            return max((self._of(selections, own, page) for own in possible), default=0)
        key = (kind.name, page, *map(id, selections))
        if key not in self._known:
            fields = self._collected(selections, kind)
            self._known[key] = sum(self._of_field(nodes, kind, page) for nodes in fields.values())
        return self._known[key]

    def _collected(self, selections: Iterable[SelectionSetNode], kind: GraphQLObjectType) -> dict[str, list[FieldNode]]:
        """Put together, as the execution does, what is asked for under the same name."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for node in self._fields(selections, kind, seen):
            found.setdefault((node.alias or node.name).value, []).append(node)
        return found

    def _fields(
        self, selections: Iterable[SelectionSetNode], kind: GraphQLObjectType, seen: set[str]
    ) -> Iterator[FieldNode]:
        for selection in selections:
            for node in selection.selections:
                self._step()
                if isinstance(node, FieldNode):
                    yield node
                    continue
                part: InlineFragmentNode | FragmentDefinitionNode | None = None
                if isinstance(node, InlineFragmentNode):
                    part = node
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                    seen.add(node.name.value)
                    part = self._fragments.get(node.name.value)
                if part is not None and self._fits(part, kind):
                    yield from self._fields([part.selection_set], kind, seen)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            message = "The operation's fragments make it too long to reckon what it costs. Ask for less."
            raise beyond("cost", message, self._limits.cost, self._limits.cost + 1)

    def _fits(self, part: InlineFragmentNode | FragmentDefinitionNode, kind: GraphQLObjectType) -> bool:
        if part.type_condition is None or part.type_condition.name.value == kind.name:
            return True
        condition = self._schema.get_type(part.type_condition.name.value)
        return is_abstract_type(condition) and self._schema.is_sub_type(condition, kind)

    def _of_field(self, nodes: Sequence[FieldNode], parent: GraphQLObjectType, page: int) -> int:
        name = nodes[0].name.value
        if name in _OF_THE_SCHEMA:
            return _OF_THE_SCHEMA[name]
        field = parent.fields[name]
        kind = get_named_type(field.type)
        known = field.extensions.get("strawberry-definition")
        price = getattr(known, "metadata", None) or {}
        points = price.get("points")
        if points is None:
            is_mutation = parent is self._schema.mutation_type
            points = MUTATION if is_mutation else int(is_composite_type(kind))
        times, inner_page = 1, 1
        of_page = kind.name.endswith("Connection")
        if of_page:
            inner_page = self._page(nodes[0], field)
        elif price.get("each"):
            times = self._times(nodes[0], field, price["each"], price["untold"])
        elif parent.name.endswith("Connection") and name in ("edges", "nodes"):
            times = page
        elif _is_list(field) and self._is_node(kind):
            times = ASSUMED
        selections = [node.selection_set for node in nodes if node.selection_set]
        inside = self._of(selections, kind, inner_page) if selections else 0
        return times * (points + inside) if price.get("inside", True) else times * points + inside

    def _is_node(self, kind: Any) -> bool:
        node = self._schema.get_type("Node")
        return kind is node or (is_abstract_type(node) and self._schema.is_sub_type(node, kind))

    def _page(self, node: FieldNode, field: GraphQLField) -> int:
        return max(self._times(node, field, "first", 0), self._times(node, field, "last", 0), 1)

    def _times(self, node: FieldNode, field: GraphQLField, path: str, without: int = 1) -> int:
        """Find how often something is asked for; what is over the largest page is refused where it is read."""
        name, *inside = path.split(".")
        given = next((argument.value for argument in node.arguments or () if argument.name.value == name), None)
        value: Any = given if given is not None else field.args[name].default_value if name in field.args else None
        for step in (*inside, None):
            if isinstance(value, VariableNode):
                value = self._variables.get(value.name.value)
            if step is not None:
                value = _inside(value, step)
        return min(_size(value, without), self._limits.page) if not inside else _size(value, without)


def _inside(value: object, name: str) -> object:
    if isinstance(value, ObjectValueNode):
        return next((field.value for field in value.fields if field.name.value == name), None)
    return value.get(name) if isinstance(value, Mapping) else None


def _size(value: object, without: int) -> int:
    match value:
        case bool():
            return without
        case int():
            return max(value, without)
        case list():
            return len(value)
        case IntValueNode(value=digits):
            return max(int(digits), without)
        case ListValueNode(values=values):
            return len(values)
        case _:
            return without


def _is_list(field: GraphQLField) -> bool:
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    return isinstance(kind, GraphQLList)
