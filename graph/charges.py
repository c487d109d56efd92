"""What an operation is charged before it runs, and what its answer tells of that."""

from typing import Any

from graphql import DocumentNode, GraphQLSchema
from strawberry.types import ExecutionContext

from .context import Context
from .costs import cost
from .documents import sound
from .limits import Limits, beyond, check


async def charge(schema: GraphQLSchema, own: Context, operation: ExecutionContext) -> dict[str, Any]:
    """Reckon what a checked operation costs and give what is told of it. CodedError where that is too much.

    A stream is charged when somebody joins it, not where its one execution begins for all.
    """
    if own.log is not None or operation.graphql_document is None:
        return {}
    document, name = operation.graphql_document, operation.operation_name
    return {"cost": price(schema, own.limits, document, name, operation.variables)}


async def charge_stream(
    schema: GraphQLSchema, limits: Limits, text: str, operation_name: str | None, variables: dict[str, Any]
) -> dict[str, Any]:
    """Reckon what it costs to join a stream and give what is told of it. CodedError where that is too much."""
    check(text, variables, limits)
    document = sound(schema, text, limits)
    return {"cost": price(schema, limits, document, operation_name, variables)} if document else {}


def price(
    schema: GraphQLSchema, limits: Limits, document: DocumentNode, operation_name: str | None, variables: Any
) -> dict[str, Any]:
    """Give what is told of an operation's cost. CodedError where it is over the budget of one operation."""
    requested = cost(schema, document, operation_name, variables, limits)
    if requested > limits.cost:
        message = (
            f"The operation costs {requested:,} points, and {limits.cost:,} are the most."
            " Ask for smaller pages, or in several operations."
        )
        raise beyond("cost", message, limits.cost, requested)
    return {"requested": requested, "maximum": limits.cost}
