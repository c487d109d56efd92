"""What was promised to partners: the schema of each release, and what of it may go away.

A field, argument or enum value may go once a release has carried it as @deprecated for as long as it said it would:
``@deprecated(reason: "Use `customer` instead. Goes away after 2027-05-01.")``. A type goes with the last field that
leads to it. Everything else that was released stays, and takes no more than it took.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from graphql import (
    REMOVE,
    DirectiveNode,
    DocumentNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    NamedTypeNode,
    Node,
    StringValueNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    VisitorAction,
    build_ast_schema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
    get_named_type,
    parse,
    visit,
)
from graphql.language.visitor import Visitor

from actions.faults import BadInputError

FOLDER = Path(__file__).parents[1] / "docs" / "releases"
VERSION = re.compile(r"\d+\.\d+\.\d+")
ANNOUNCED = re.compile(r"Use `[^`]+`.* (?P<until>\d{4}-\d\d-\d\d)\.$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Release:
    """A version, and the schema that came with it."""

    version: str
    schema: str


def released() -> list[Release]:
    """List the releases, oldest first; none where the documentation is not at hand."""
    paths = sorted(FOLDER.glob("*.graphql"), key=lambda path: _ordered(path.stem))
    return [Release(path.stem, path.read_text()) for path in paths]


def freeze(version: str, schema: str) -> Path:
    """Keep a schema as the promise of a version. BadInputError for what is no version, or older than the last."""
    if not VERSION.fullmatch(version):
        raise BadInputError(f"{version!r} is no version: give three numbers, such as 0.2.0.")
    last = released()[-1:]
    if any(_ordered(version) < _ordered(release.version) for release in last):
        raise BadInputError(f"{version} is older than {last[0].version}, which is released.")
    path = FOLDER / f"{version}.graphql"
    path.write_text(schema)
    return path


def broken(promised: str, served: str, today: date) -> list[str]:
    """Say what of a released schema the served one no longer keeps, although it was not announced in time."""
    still = build_ast_schema(_without_what_may_go(parse(promised), today), assume_valid=True)
    return [change.description for change in find_breaking_changes(still, build_schema(served))]


def surprising(promised: str, served: str) -> list[str]:
    """Say what a partner's program that was written for a released schema may not be ready for."""
    return [change.description for change in find_dangerous_changes(build_schema(promised), build_schema(served))]


def unannounced(schema: str) -> list[str]:
    """List what is deprecated without saying what to use instead, and until when it is there."""
    return [
        place for place, reason in _deprecated(build_schema(schema)) if reason and not ANNOUNCED.search(reason.strip())
    ]


def _ordered(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def _deprecated(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    for name, kind in schema.type_map.items():
        for inner, element in _elements(kind).items():
            yield f"{name}.{inner}", element.deprecation_reason
            if isinstance(element, GraphQLField):
                yield from (
                    (f"{name}.{inner}({argument})", found.deprecation_reason)
                    for argument, found in element.args.items()
                )


def _elements(kind: GraphQLNamedType) -> dict[str, Any]:
    match kind:
        case GraphQLObjectType() | GraphQLInterfaceType() | GraphQLInputObjectType():
            return dict(kind.fields)
        case GraphQLEnumType():
            return dict(kind.values)
    return {}


def _without_what_may_go(document: DocumentNode, today: date) -> DocumentNode:
    kept: DocumentNode = visit(document, Gone(today))
    reached = _reached(build_ast_schema(kept, assume_valid=True))
    led_to: DocumentNode = visit(kept, Unreachable(reached))
    return led_to


def _reached(schema: GraphQLSchema) -> set[str]:
    """Find the types that something with fields leads to, from the roots on."""
    roots = [schema.query_type, schema.mutation_type, schema.subscription_type]
    waiting: list[GraphQLNamedType] = [root for root in roots if root is not None]
    found: set[str] = set()
    while waiting:
        kind = waiting.pop()
        if kind.name in found or (isinstance(kind, GraphQLObjectType) and not kind.fields):
            continue
        found.add(kind.name)
        waiting += [get_named_type(element.type) for element in _elements(kind).values() if hasattr(element, "type")]
        match kind:
            case GraphQLObjectType() | GraphQLInterfaceType():
                waiting += [
                    get_named_type(found.type) for field in kind.fields.values() for found in field.args.values()
                ]
                waiting += kind.interfaces
                if isinstance(kind, GraphQLInterfaceType):
                    waiting += schema.get_possible_types(kind)
            case GraphQLUnionType():
                waiting += kind.types
    return found


class Gone(Visitor):
    """Takes out what was deprecated for as long as it said it would be."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today

    def enter(self, node: Node, *_: Any) -> VisitorAction:
        for directive in getattr(node, "directives", None) or ():
            if directive.name.value == "deprecated" and self._is_over(directive):
                return REMOVE
        return None

    def _is_over(self, directive: DirectiveNode) -> bool:
        reasons = [given.value.value for given in directive.arguments or () if isinstance(given.value, StringValueNode)]
        announced = [ANNOUNCED.search(reason.strip()) for reason in reasons]
        return any(found and date.fromisoformat(found["until"]) < self._today for found in announced)


class Unreachable(Visitor):
    """Takes out the types that nothing leads to."""

    def __init__(self, reached: set[str]) -> None:
        super().__init__()
        self._reached = reached

    def enter(self, node: Node, _key: object, _parent: object, _path: object, ancestors: list[Any]) -> VisitorAction:
        is_type = isinstance(node, TypeDefinitionNode)
        is_member = isinstance(node, NamedTypeNode) and isinstance(ancestors[-1], UnionTypeDefinitionNode)
        if (is_type or is_member) and node.name.value not in self._reached:  # type: ignore[attr-defined] # both have one
            return REMOVE
        return None


def told(changes: Sequence[str]) -> str:
    """Write a list of changes, one a line."""
    return "\n".join(f"  {change}" for change in changes)
