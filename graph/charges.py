"""What an operation is charged before it runs, and what its answer tells of that."""

from math import ceil
from typing import Any

from graphql import DocumentNode, GraphQLSchema
from strawberry.types import ExecutionContext

from actions.access import Viewer
from actions.resources import Resources

from .context import Context
from .costs import cost
from .documents import sound
from .faults import Code, CodedError
from .limits import Limits, beyond, check
from .scalars import written


async def charge(schema: GraphQLSchema, own: Context, operation: ExecutionContext) -> dict[str, Any]:
    """Charge a checked operation and give what is told of it. CodedError where it costs too much.

    A stream is charged when somebody joins it, not where its one execution begins for all.
    """
    if own.log is not None or own.viewer is None or operation.graphql_document is None:
        return {}
    points = _price(schema, own.limits, operation.graphql_document, operation.operation_name, operation.variables)
    return await _charged(own.resources, own.viewer, own.limits, points)


async def charge_stream(
    schema: GraphQLSchema,
    resources: Resources,
    viewer: Viewer,
    limits: Limits,
    asked: tuple[str, str | None, dict[str, Any]],
) -> dict[str, Any]:
    """Charge whoever joins a stream and give what is told of it. CodedError where it costs too much."""
    text, operation_name, variables = asked
    check(text, variables, limits)
    document = sound(schema, text, limits)
    if document is None:
        return {}
    return await _charged(resources, viewer, limits, _price(schema, limits, document, operation_name, variables))


def _price(
    schema: GraphQLSchema, limits: Limits, document: DocumentNode, operation_name: str | None, variables: Any
) -> int:
    """Give what an operation costs: a point at least. CodedError where it is over the budget of one operation."""
    requested = max(cost(schema, document, operation_name, variables, limits), 1)
    if requested > limits.cost:
        message = (
            f"The operation costs {requested:,} points, and {limits.cost:,} are the most."
            " Ask for smaller pages, or in several operations."
        )
        raise beyond("cost", message, limits.cost, requested)
    return requested


async def _charged(resources: Resources, viewer: Viewer, limits: Limits, requested: int) -> dict[str, Any]:
    told: dict[str, Any] = {"requested": requested, "maximum": limits.cost}
    if not limits.points:
        return {"cost": told}
    now = resources.now()
    reading = await resources.meter.take(str(viewer.token_id), requested, limits.points, now)
    told |= {"limit": reading.limit, "remaining": reading.remaining, "resetsAt": written(reading.resets_at)}
    if not reading.granted:
        seconds = max(ceil((reading.resets_at - now).total_seconds()), 1)
        message = (
            f"The operation costs {requested:,} points, and of the {limits.points:,} of this minute your token has"
            f" {reading.remaining:,} left. Try again in {seconds} s."
        )
        error = CodedError(Code.THROTTLED, message)
        error.extensions = {**(error.extensions or {}), "retryAfter": seconds, "cost": told}
        raise error
    return {"cost": told}
