"""How large a document is in each way that has a limit: measured once it is read, and before it is checked."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from .limits import MOST_REPEATS, Limits, beyond

# What asks about the schema itself goes deep by nature; graphql-core has a rule of its own for it.
_ABOUT_THE_SCHEMA = ("__schema", "__type")

MOST_COUNTED = 1_000_000  # of fields that fragments multiply: what is told of them fits into any client's numbers


@dataclass(frozen=True, slots=True)
class Extent:
    """How large an operation is with all its fragments."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0  # at its root
    repeats: int = 0  # of one name in one selection, at the most

    def beside(self, other: "Extent") -> "Extent":
        return Extent(
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, MOST_COUNTED),
            min(self.fields + other.fields, MOST_COUNTED),
            max(self.repeats, other.repeats),
        )


NOTHING = Extent()


def refusals(document: DocumentNode, limits: Limits) -> Iterator[GraphQLError]:
    """Name every limit that one of the document's operations goes over."""
    extents = _Extents(document)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            try:
                found = extents.of(node.selection_set)
            except RecursionError:
                message = f"The fragments lead into each other without end, and {limits.depth} fields deep is the most."
                yield beyond("depth", message, limits.depth, limits.depth + 1)
                return
            yield from _refusals(found, node.operation, limits)


def _refusals(found: Extent, operation: OperationType, limits: Limits) -> Iterator[GraphQLError]:
    if found.depth > limits.depth:
        message = f"The operation is {found.depth} fields deep, and {limits.depth} are the most."
        yield beyond("depth", message, limits.depth, found.depth)
    if found.aliases > limits.aliases:
        message = f"The operation has {found.aliases} aliases, and {limits.aliases} are the most."
        yield beyond("aliases", message, limits.aliases, found.aliases)
    if found.fields > limits.root_fields:
        message = f"The operation has {found.fields} fields at its root, and {limits.root_fields} are the most."
        yield beyond("rootFields", message, limits.root_fields, found.fields)
    if operation is OperationType.MUTATION and found.fields > limits.mutations:
        message = f"The operation has {found.fields} mutations, and {limits.mutations} are the most."
        yield beyond("mutations", message, limits.mutations, found.fields)
    if found.repeats > MOST_REPEATS:
        message = f"One field is asked for {found.repeats} times in one place, and {MOST_REPEATS} are the most."
        yield beyond("repeats", message, MOST_REPEATS, found.repeats)


class _Extents:
    """Each fragment is measured once, however often it is spread: as a tree, twenty of them can be a million fields."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Extent] = {}

    def of(self, selections: SelectionSetNode) -> Extent:
        extent = NOTHING
        for part in self._parts(selections):
            extent = extent.beside(part)
        names = Counter(_names(selections.selections))
        return extent.beside(Extent(repeats=max(names.values(), default=0)))

    def _parts(self, selections: SelectionSetNode) -> Iterator[Extent]:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield self._of_field(node)
            elif isinstance(node, FragmentSpreadNode):
                yield self._of_fragment(node.name.value)
            else:
                yield self.of(node.selection_set)  # type: ignore[attr-defined] # it is an inline fragment: there is no other

    def _of_field(self, node: FieldNode) -> Extent:
        inner = self.of(node.selection_set) if node.selection_set else NOTHING
        depth = 0 if node.name.value in _ABOUT_THE_SCHEMA else inner.depth
        return Extent(1 + depth, inner.aliases + (node.alias is not None), 1, inner.repeats)

    def _of_fragment(self, name: str) -> Extent:
        if name not in self._known:
            self._known[name] = NOTHING  # one within itself is told when the document is checked
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._known[name] = self.of(fragment.selection_set)
        return self._known[name]


def _names(selections: Iterable[object]) -> Iterator[str]:
    for node in selections:
        if isinstance(node, FieldNode):
            yield (node.alias or node.name).value
