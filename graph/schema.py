"""The roots made one schema."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import strawberry
from graphql import GraphQLError, OperationDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import ExecutionContext
from strawberry.types.execution import PreExecutionError

from models.workspace import Workspace

from . import enums, limits
from .charges import charge
from .context import Context
from .documents import KnownDocuments
from .faults import CodedError, CodedErrors, bad_input, unclear
from .mutations import Mutation
from .nodes import (
    ApiToken,
    BusinessNumber,
    Call,
    CallPermission,
    Customer,
    PermissionRequest,
    Person,
    WebhookDelivery,
    WebhookEndpoint,
)
from .nodes import Workspace as WorkspaceNode
from .observed import Observed
from .openness import Openness
from .queries import Query
from .scalars import CONFIG
from .subscriptions import Subscription


class TokenCheck(SchemaExtension):
    """Looks at the token again before each operation of a WebSocket: it came in with it, perhaps long ago."""

    async def on_execute(self) -> AsyncIterator[None]:
        context: Context = self.execution_context.context
        if context.lasting:
            await context.check_token()
        yield


class LogPosition(SchemaExtension):
    """Reads where the log stands before anything else of an operation that asks for it."""

    async def on_execute(self) -> AsyncIterator[None]:
        context: Context = self.execution_context.context
        if context.viewer is not None and "changeCursor" in (self.execution_context.query or ""):
            async with context.resources.database.reading() as session:
                workspace = await session.get_one(Workspace, context.viewer.workspace_id)
            context.log_stands_at = workspace.last_sequence
        yield


class OneOperation(SchemaExtension):
    """Refuses a document with several operations where none is named: the library would run the first of them."""

    def on_execute(self) -> Iterator[None]:
        context = self.execution_context
        definitions = context.graphql_document.definitions if context.graphql_document else ()
        operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) > 1 and context._provided_operation_name is None:  # noqa: SLF001 the other one is made up
            raise unclear(CannotGetOperationTypeError(None))
        yield


class NoZeroBytes(SchemaExtension):
    """Refuses texts with zero bytes in the document, as in variables: PostgreSQL keeps them in none."""

    def on_execute(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document if "\\u" in (context.query or "") else None
        if document and _has_zero_byte(document.to_dict()):
            raise bad_input("A text may not have a zero byte (U+0000) in it.")
        yield


def _has_zero_byte(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_has_zero_byte(inner) for inner in value.values())
    return isinstance(value, list) and any(_has_zero_byte(inner) for inner in value)


class Schema(strawberry.Schema):
    async def _prepare_operation_async(self, context: ExecutionContext, extensions_runner: Any) -> Any:
        """Refuse what is too large before it is read, and what costs too much before it runs.

        A private way in, because there is no other before the reading whose no is told at all doors.
        """
        own: Context = context.context
        try:
            limits.check(context.query or "", context.variables, own.limits)
            refused = await super()._prepare_operation_async(context, extensions_runner)
            if refused is None:
                context.extensions_results |= await charge(self._schema, own, context)
        except CodedError as error:
            context.pre_execution_errors = [error]
            return PreExecutionError(data=None, errors=[error])
        return refused

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here: `CodedErrors` logs what is ours, and a caller's mistakes are for the caller."""


schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[
        ApiToken,
        BusinessNumber,
        Customer,
        CallPermission,
        PermissionRequest,
        Person,
        Call,
        WebhookDelivery,
        WebhookEndpoint,
        WorkspaceNode,
    ],
    extensions=[
        Observed,
        Openness,
        CodedErrors,
        OneOperation,
        NoZeroBytes,
        TokenCheck,
        LogPosition,
        KnownDocuments,
    ],
    config=CONFIG,
)

__all__ = ["enums", "schema"]
