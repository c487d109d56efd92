"""GraphQL over HTTP: what a request asks for, in which form it takes the answer, and what the answer's status is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry.http import process_result
from strawberry.types import ExecutionResult

from graph.faults import Code

from .points import tell_points

METHODS = ("GET", "HEAD", "POST")


class MediaType(StrEnum):
    """What an answer can be told in, the best first where a client takes several equally gladly."""

    SPECIFIED = "application/graphql-response+json"
    JSON = "application/json"
    EVENTS = "text/event-stream"


_KEPT_BY_NOBODY = {"Cache-Control": "no-store", "Vary": "Accept"}
_NO_BODY = 'Send a JSON object: {"query": "…", "variables": {…}}.'
_STATUS = {
    Code.UNAUTHENTICATED: 401,
    Code.FORBIDDEN: 403,
    Code.THROTTLED: 429,
    Code.INTERNAL_SERVER_ERROR: 500,
}


class RefusedError(Exception):
    """A request that is not even tried: the answer's status, a sentence, a code, and headers that tell more.

    `retry_after` are the seconds after which it may be.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: Code = Code.BAD_USER_INPUT,
        headers: dict[str, str] | None = None,
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}
        self.extensions: dict[str, Any] = {"code": code.value}
        if retry_after is not None:
            self.headers = {**self.headers, "Retry-After": str(retry_after)}
            self.extensions["retryAfter"] = retry_after


@dataclass(frozen=True, slots=True)
class Params:
    """What a request asks for."""

    query: str | None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = field(default=None)
    document_id: str | None = None  # instead of the query


def check_method(request: Request) -> None:
    """RefusedError with 405 for anything but GET, HEAD and POST, and with 415 for a POST of anything but JSON.

    Only a page of an allowed origin can send JSON from a browser: it has to ask first.
    """
    if request.method not in METHODS:
        raise RefusedError(405, "GraphQL takes GET and POST.", headers={"Allow": ", ".join((*METHODS, "OPTIONS"))})
    if request.method == "POST" and not _is_json(request.headers.get("Content-Type", "")):
        raise RefusedError(
            415, "Send JSON, in UTF-8, and say so: Content-Type: application/json.", headers={"Accept": MediaType.JSON}
        )


def _is_json(content_type: str) -> bool:
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = {each.removeprefix("charset=").strip('"') for each in parameters if each.startswith("charset=")}
    return kind == MediaType.JSON and charsets <= {"utf-8", "utf8"}


def accepted(header: str | None) -> list[MediaType]:
    """List what the client takes, the most welcome first. Whoever takes anything at all gets JSON, never a stream."""
    if not header or not header.strip():
        return [MediaType.JSON]
    wishes: dict[str, float] = {}
    for wish in header.split(","):
        kind, *parameters = (part.strip().lower() for part in wish.split(";"))
        wishes[kind] = next((_weight(each[2:]) for each in parameters if each.startswith("q=")), 1.0)
    weights = {kind: wishes.get(kind) for kind in MediaType}
    if weights[MediaType.JSON] is None:
        weights[MediaType.JSON] = wishes.get("application/*", wishes.get("*/*"))
    return sorted((kind for kind in MediaType if weights[kind]), key=lambda kind: -(weights[kind] or 0))


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


async def read(request: Request) -> Params:
    """Read what a request asks for. RefusedError with 400 where it is not put as it has to be."""
    given = await _body(request) if request.method == "POST" else _address(request)
    for name, kind, words in (
        ("query", str, "a string"),
        ("operationName", str, "a string"),
        ("variables", dict, "an object"),
        ("extensions", dict, "an object"),
        ("documentId", str, "a string"),
    ):
        if not isinstance(given.get(name), kind | None):
            raise RefusedError(400, f"{name} must be {words}, or null.")
    names = ("query", "variables", "operationName", "extensions", "documentId")
    return Params(*(given.get(name) for name in names))


async def _body(request: Request) -> dict[str, Any]:
    parsed = _parsed(await request.body(), _NO_BODY)
    if not isinstance(parsed, dict):
        raise RefusedError(400, _NO_BODY)
    return parsed


def _address(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _parsed(given[name], f"{name} must be JSON.")
        else:
            given.pop(name, None)
    return given


def _parsed(text: str | bytes, message: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RefusedError(400, f"{message} {error}") from error


def answer(result: ExecutionResult, kind: MediaType) -> Response:
    """Tell what came of an operation."""
    told: dict[str, Any] = {**process_result(result)}
    errors = result.errors or []
    ran = result.data is not None or any(error.path for error in errors)
    if not ran:
        del told["data"]
    body = orjson.dumps(told)
    if kind is MediaType.EVENTS:
        body = b"event: next\r\ndata: %b\r\n\r\nevent: complete\r\ndata: \r\n\r\n" % body
    response = _response(body, 200 if ran or kind is not MediaType.SPECIFIED else status_of(errors), kind)
    tell_points(response, told)
    return response


def refusal(error: RefusedError, kind: MediaType) -> Response:
    """Tell why a request is not even tried."""
    told = {"errors": [{"message": str(error), "extensions": error.extensions}]}
    kind = MediaType.JSON if kind is MediaType.EVENTS else kind
    return _response(orjson.dumps(told), error.status, kind, error.headers)


def unstreamed(fault: GraphQLError) -> Response:
    """Tell why a stream does not begin."""
    told = {"errors": [fault.formatted]}
    response = _response(orjson.dumps(told), status_of([fault]), MediaType.JSON)
    tell_points(response, told)
    return response


def _response(body: bytes, status: int, kind: MediaType, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, _KEPT_BY_NOBODY | {"Content-Type": kind.value} | (headers or {}))


def status_of(errors: Sequence[GraphQLError]) -> int:
    """Give the status of an operation that did not run: 400 for what is wrong in the request itself."""
    codes = [(error.extensions or {}).get("code") for error in errors]
    return next((status for code, status in _STATUS.items() if code.value in codes), 400)
