"""What callers do wrong and what goes wrong here: GraphQL errors with a code. Refusals are none: they are data."""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any
from uuid import uuid4

import structlog
from graphql import FieldNode, GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.execution import StreamExecutionResult
from structlog.contextvars import get_contextvars

from actions.faults import BadInputError

MOST_TOLD = 20  # mistakes of one document: whoever mends these sees the next
LONGEST_MESSAGE = 500  # characters: some of them repeat what was sent

_GUESS = re.compile(r" ?Did you mean .*", re.DOTALL)

_log = structlog.get_logger()


class Code(StrEnum):
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    THROTTLED = "THROTTLED"
    DOCUMENT_NOT_FOUND = "DOCUMENT_NOT_FOUND"
    DOCUMENT_NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"  # as Apollo's clients know it: they send the document
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"  # as Apollo's clients know it: they send it always
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


class Reason(StrEnum):
    """Why a cursor of the log leads nowhere: in each case the way out is to read afresh."""

    CURSOR_FORGED = "CURSOR_FORGED"
    CURSOR_FOREIGN = "CURSOR_FOREIGN"
    CURSOR_AHEAD = "CURSOR_AHEAD"
    CURSOR_TOO_OLD = "CURSOR_TOO_OLD"


class CodedError(GraphQLError):
    """An error that is told as it is, with its code."""

    def __init__(self, code: Code, message: str, reason: Reason | None = None) -> None:
        super().__init__(message, extensions={"code": code.value} | ({"reason": reason.value} if reason else {}))


def bad_input(message: str, reason: Reason | None = None) -> CodedError:
    return CodedError(Code.BAD_USER_INPUT, message, reason)


class CodedErrors(SchemaExtension):
    """Gives every error its code, and hides what it says where it was not meant for the caller."""

    _executing = False

    def on_execute(self) -> Iterator[None]:
        self._executing = True
        yield

    def on_operation(self) -> Iterator[None]:
        yield
        self._code(self.execution_context.result)

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        self._code(result)
        yield

    def _code(self, result: object) -> None:
        errors = getattr(result, "errors", None)
        if errors:
            told = errors if self._executing else errors[:MOST_TOLD]
            told = [coded(error, executing=self._executing) for error in told]
            described = self.execution_context.context.described
            result.errors = told if described else [without_guess(error) for error in told]  # type: ignore[attr-defined] # it was just read


def coded(error: GraphQLError, *, executing: bool) -> GraphQLError:
    """Give the error its code; one that nobody foresaw is logged and hidden behind a request id."""
    if "code" in (error.extensions or {}):
        return error
    if isinstance(error.original_error, CodedError):
        return _with(error, error.original_error.extensions or {})
    if isinstance(error.original_error, BadInputError):
        return _with(error, {"code": Code.BAD_USER_INPUT.value})
    if isinstance(error.original_error, CannotGetOperationTypeError | MissingQueryError):
        return unclear(error.original_error)
    if isinstance(error, GraphQLSyntaxError) or isinstance(error.original_error, RecursionError):
        return _with(error, {"code": Code.GRAPHQL_PARSE_FAILED.value})
    if not executing:  # nothing of ours has run yet but the reading of values
        return _with(error, {"code": Code.GRAPHQL_VALIDATION_FAILED.value})
    if error.original_error is None or isinstance(error.original_error, GraphQLError):
        return _with(error, {"code": Code.BAD_USER_INPUT.value})
    return _hidden(error)


def is_ours(errors: Sequence[GraphQLError] | None) -> bool:
    """Tell whether something went wrong on our side, which may go right another time."""
    return any((error.extensions or {}).get("code") == Code.INTERNAL_SERVER_ERROR.value for error in errors or ())


def codes_of(errors: Iterable[GraphQLError]) -> list[str]:
    """Give the errors' codes, each once."""
    return list(dict.fromkeys(str((error.extensions or {}).get("code")) for error in errors))


def unclear(error: CannotGetOperationTypeError | MissingQueryError) -> CodedError:
    """Say that it is left open which operation is meant, or that there is none at all."""
    if isinstance(error, MissingQueryError):
        return bad_input("There is no query: say what you ask for.")
    if error.operation_name is not None:
        return bad_input("The document has no operation of that name.")
    return bad_input("The document has several operations, or none: say by operationName which one is meant.")


def _with(error: GraphQLError, extensions: dict[str, Any]) -> GraphQLError:
    message = error.message
    return GraphQLError(
        message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}…",
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def without_guess(error: GraphQLError) -> GraphQLError:
    """Give the error without what the caller may have meant, which tells what there is."""
    message = _GUESS.sub("", error.message)
    if message == error.message:
        return error
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=error.extensions)


def _hidden(error: GraphQLError) -> GraphQLError:
    request_id = get_contextvars().get("request_id") or str(uuid4())
    field = error.nodes[0] if error.nodes else None  # not its path, which has the caller's own words in it
    name = field.name.value if isinstance(field, FieldNode) else None
    _log.error("fault", request_id=request_id, field=name, exc_info=error.original_error)
    return GraphQLError(
        f"Something went wrong on our side. Tell us this id and we can find out what: {request_id}.",
        nodes=error.nodes,
        path=error.path,
        extensions={"code": Code.INTERNAL_SERVER_ERROR.value, "requestId": request_id},
    )
