"""What webhook endpoints are told: their subscriptions, executed for what follows their places in the log.

A document runs through the schema as a live subscription's does, with its filters and the limits that hold for all, and
sees what the endpoint's scopes allow. What the stream would have pushed is what is sent.
"""

import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import fields
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode
from strawberry.schema import BaseSchema
from strawberry.types.execution import ExecutionResult, PreExecutionError

from actions import rounds, webhook_messages
from actions.access import Viewer
from actions.resources import Resources
from actions.webhook_endpoints import Listening
from actions.webhook_messages import Key, Reading, Written
from models.change import Change, ChangeKind
from models.webhook_endpoint import WebhookEndpoint
from rules.access import Scope
from rules.refusals import WebhookDocumentRefused

from .charges import charge_stream
from .context import Context
from .documents import Watched, parsed, watched
from .faults import Code, CodedError, is_ours
from .limits import Limits
from .loaders import Loaders

LONGEST_DOCUMENT = 16_384  # characters
LARGEST_PAYLOAD = 256 * 1024  # bytes
ENDPOINTS_AT_ONCE = 4
MOST_TRIES = 3  # at what cannot be told because something fails on our side

# A document that was accepted is not measured again, whatever an installation allows by then.
ACCEPTED = Limits(**dict.fromkeys((each.name for each in fields(Limits)), sys.maxsize))
NOBODY = UUID(int=0)  # holds no token: a webhook never shows what only one token's holder may see


class UnheardError(Exception):
    """A document that was a subscription is none any more: a sentence that says why."""


# --- Whether a document can be listened to ---


async def listening(
    schema: BaseSchema, asking: Context, document: str, variables: object, scopes: frozenset[Scope]
) -> Listening | WebhookDocumentRefused:
    """See whether a document is a subscription that can be listened to with these variables and scopes."""
    given = variables if isinstance(variables, dict) else {}
    if not isinstance(variables, dict | None):
        return WebhookDocumentRefused(("Its variables must be an object.",))
    seen = _seen(_described(schema), document, given, asking.limits)
    if isinstance(seen, str):
        return WebhookDocumentRefused((seen,))
    mistakes = await _mistakes(schema, asking, document, given, scopes)
    return WebhookDocumentRefused(mistakes) if mistakes else Listening(document, given, seen.field, scopes)


def _seen(described: GraphQLSchema, document: str, variables: Mapping[str, Any], limits: Limits) -> Watched | str:
    """Look at a document; give in a sentence why it is none to listen to, where that is seen without running it."""
    if len(document) > LONGEST_DOCUMENT:
        return f"It may have {LONGEST_DOCUMENT} characters."
    try:
        definitions = parsed(document, limits).definitions
    except (GraphQLError, RecursionError) as error:
        return getattr(error, "message", "It is nested too deeply.")
    operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
    seen = watched(described, document, None, limits)
    if len(operations) != 1 or seen is None:
        return "It must have one operation, and that must be a subscription."
    if seen.begin(variables).after is not None:
        return "Leave `after` out of it: the endpoint has a place in the log, which `after` beside the document sets."
    return seen


async def _mistakes(
    schema: BaseSchema, asking: Context, document: str, variables: dict[str, Any], scopes: frozenset[Scope]
) -> tuple[str, ...]:
    """Run it on a log in which nothing happens, and give what is said against it."""
    viewer = asking.viewer_with()
    try:
        await charge_stream(_described(schema), asking.resources, viewer, asking.limits, (document, None, variables))
    except CodedError as error:
        if (error.extensions or {}).get("code") == Code.THROTTLED.value:
            raise
        return (error.message,)
    context = _context(asking.resources, viewer.workspace_id, scopes, asking.limits, _Piece(()))
    results = await schema.subscribe(document, variable_values=variables, context_value=context)
    async with aclosing(results):
        async for result in results:
            return tuple(error.message for error in result.errors or ())
    return ()


def _described(schema: BaseSchema) -> GraphQLSchema:
    described: GraphQLSchema = schema._schema  # type: ignore[attr-defined] # noqa: SLF001 there is no other way in
    return described


def _context(
    resources: Resources, workspace_id: UUID, scopes: frozenset[Scope], limits: Limits, log: "_Piece"
) -> Context:
    viewer = Viewer(workspace_id, NOBODY, "", scopes)
    return Context(resources, viewer, Loaders(resources, viewer), limits, log=log)


class _Piece:
    """A piece of the log, as a stream's resolver reads it: it ends where the piece does."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.at: Change | None = None  # what is being told; None before anything is
        self._changes = changes

    async def changes(self, kinds: Collection[ChangeKind]) -> AsyncIterator[Change]:
        for change in self._changes:
            if change.kind in kinds:
                self.at = change
                yield change


# --- From the log to messages ---


async def write(schema: BaseSchema, written: Callable[[], None], resources: Resources) -> int:
    """Write down what the endpoints that are behind their logs are to be told. Gives how many messages.

    `written` is called as soon as there are some.
    """
    endpoints = await webhook_messages.behind(resources)
    return await rounds.each(partial(_write, schema, written, resources), endpoints, at_once=ENDPOINTS_AT_ONCE)


async def _write(schema: BaseSchema, written: Callable[[], None], resources: Resources, key: Key) -> int:
    reading = await webhook_messages.read(resources, key)
    if reading is None:
        return 0
    try:
        told = await _told(schema, resources, reading)
    except UnheardError as error:
        await webhook_messages.give_up(resources, reading.endpoint, str(error))
        return 0
    count = await webhook_messages.record(resources, reading, told)
    if count:
        written()
    return count


async def _told(schema: BaseSchema, resources: Resources, reading: Reading) -> list[Written]:
    """Execute the subscription for each change that it is about. UnheardError where it cannot be executed any more."""
    told: list[Written] = []
    rest, tries = reading.changes, 1
    while rest:
        failed_at = await _execute(schema, resources, reading.endpoint, rest, told, last_try=tries == MOST_TRIES)
        rest = [change for change in rest if failed_at is not None and change.sequence >= failed_at.sequence]
        tries += 1
    return told


async def _execute(
    schema: BaseSchema,
    resources: Resources,
    endpoint: WebhookEndpoint,
    changes: Sequence[Change],
    told: list[Written],
    *,
    last_try: bool,
) -> Change | None:
    """Add what is told of the changes; give the one at which something failed on our side, to be tried again."""
    log = _Piece(changes)
    context = _context(resources, endpoint.workspace_id, endpoint.held_scopes, ACCEPTED, log)
    context.loaders.expect(changes)
    results = await schema.subscribe(endpoint.document, variable_values=endpoint.variables, context_value=context)
    async with aclosing(results):
        async for result in results:
            if log.at is None:
                said = " ".join(error.message for error in result.errors or ())
                if is_ours(result.errors):
                    raise RuntimeError(said)
                raise UnheardError(f"Its document cannot be subscribed with any more: {said}"[:1000])
            if result.data is None and not last_try and is_ours(result.errors):
                return log.at
            told.append(Written(log.at, _payload(endpoint, log.at, result)))
    return None


def _payload(endpoint: WebhookEndpoint, change: Change, result: ExecutionResult | PreExecutionError) -> bytes:
    """Put what a stream would have pushed into the envelope of Standard Webhooks."""
    envelope: dict[str, Any] = {"type": endpoint.event, "timestamp": change.occurred_at}
    pushed: dict[str, Any] = {"data": result.data}
    if result.errors:
        pushed["errors"] = [error.formatted for error in result.errors]
    payload = orjson.dumps(envelope | pushed, option=orjson.OPT_UTC_Z)
    if len(payload) <= LARGEST_PAYLOAD:
        return payload
    too_large = {
        "message": f"The payload has {len(payload)} bytes, and {LARGEST_PAYLOAD} at the most are sent. Ask for less,"
        " and read the rest by a query.",
        "extensions": {"code": Code.BAD_USER_INPUT.value},
    }
    return orjson.dumps(envelope | {"data": None, "errors": [too_large]}, option=orjson.OPT_UTC_Z)
