"""GraphQL over HTTP, WebSocket and SSE: who comes in, and how errors before any execution are told."""

from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UnsetType

from actions import access
from actions.access import Viewer
from actions.resources import Resources
from graph.context import Context
from graph.faults import Code
from graph.limits import STANDARD, Limits
from graph.live import Hub, asked
from graph.loaders import Loaders
from graph.schema import schema
from graph.tokens import TooManyConnectionsError

from .graphql_events import EventStream
from .graphql_socket import GraphQLSocket
from .points import tell_points

LARGEST_BODY = 1024 * 1024
SPECIFIED = "application/graphql-response+json"

_CODES = {401: Code.UNAUTHENTICATED, 403: Code.FORBIDDEN, 429: Code.THROTTLED}
_WITHOUT_EXECUTION = {
    Code.GRAPHQL_PARSE_FAILED.value,
    Code.GRAPHQL_VALIDATION_FAILED.value,
    Code.BAD_USER_INPUT.value,
}


class GraphQLDoor(GraphQL[Context, None]):
    """Every operation comes with a token: in the request's header, or in a WebSocket's `connection_init`."""

    graphql_transport_ws_handler_class = GraphQLSocket

    def __init__(
        self,
        resources: Resources,
        allowed_origins: list[str],
        connections_per_token: int = 1000,
        operations_per_connection: int = 100,
        limits: Limits = STANDARD,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            allowed_origins=allowed_origins,
            max_subscriptions_per_connection=operations_per_connection,
        )
        self.hub = Hub(resources, connections_per_token, limits)
        self._resources = resources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except HTTPException as error:
            response = _fault(error.status_code, error.reason)
        try:
            await response(scope, receive, send)
        except TooManyConnectionsError as full:
            await _fault(429, str(full))(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if _is_a_visit(request):
            return RedirectResponse("/")
        return await self._streamed(request) or await self.run(request)

    async def _streamed(self, request: Request) -> Response | None:
        """Answer a subscription by server-sent events from the hub; None for anything else."""
        if "text/event-stream" not in request.headers.get("Accept", "") or request.method not in ("GET", "POST"):
            return None
        context = await self.get_context(request, Response())
        data = await self.parse_http_body(self.request_adapter_class(request))
        if isinstance(data, list):
            return None
        wanted = asked(data.query, data.operation_name, data.variables, self.hub.limits)
        return EventStream(self.hub, context.viewer_with(), wanted) if wanted else None

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002 the library passes it
    ) -> Context:
        viewer = await self._recognise(request.headers.get("Authorization"))
        if viewer is None and isinstance(request, Request):
            raise HTTPException(401, "Send a token that works in the header: Authorization: Bearer <token>.")
        context = self._context_of(viewer)
        context.lasting = isinstance(request, WebSocket)
        return context

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """Take the token from the payload, unless the upgrade's header brought one."""
        given = {name.lower(): value for name, value in (context.connection_params or {}).items()}
        if "authorization" in given:
            context.viewer = await self._recognise(given["authorization"])
        if context.viewer is None:
            raise ConnectionRejectionError
        context.loaders = Loaders(self._resources, context.viewer.workspace_id)
        return UnsetType()

    def _context_of(self, viewer: Viewer | None) -> Context:
        loaders = Loaders(self._resources, viewer.workspace_id if viewer else None)
        return Context(self._resources, viewer, loaders, self.hub.limits)

    async def _recognise(self, authorization: object) -> Viewer | None:
        if not isinstance(authorization, str) or not authorization.lower().startswith("bearer "):
            return None
        return await access.recognise(self._resources, authorization[len("bearer ") :].strip())

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Carry over to `create_response` which of the two media types the client takes."""
        sub_response = await super().get_sub_response(request)
        if SPECIFIED in request.headers.get("Accept", ""):
            sub_response.media_type = SPECIFIED
        return sub_response

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        response = super().create_response(response_data, sub_response)
        tell_points(response, response_data)
        if sub_response.media_type == SPECIFIED:
            response.headers["Content-Type"] = SPECIFIED
            if not isinstance(response_data, list) and _never_ran(response_data):
                response.status_code = 400
        return response

    def parse_json(self, data: str | bytes) -> Any:
        try:
            return self.decode_json(data)
        except orjson.JSONDecodeError as error:
            raise HTTPException(400, f'Send a JSON object: {{"query": …, "variables": {{…}}}}. {error}') from error

    def decode_json(self, data: str | bytes) -> object:
        """Read a body or a WebSocket's message: the library looks into it without looking at what it is."""
        parsed = orjson.loads(data)
        if not isinstance(parsed, dict):
            raise orjson.JSONDecodeError("This is JSON, but no object", "", 0)
        return parsed

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data).decode()  # text: a WebSocket sends bytes as binary frames, which the protocol forbids


def _is_a_visit(request: Request) -> bool:
    """Tell whether somebody opened this address in a browser, to see what is there."""
    asks_nothing = request.method == "GET" and "query" not in request.query_params
    return asks_nothing and "text/html" in request.headers.get("Accept", "")


def _never_ran(response: GraphQLHTTPResponse) -> bool:
    """Tell whether the operation itself was wrong. What a field says carries its path, what its values are does not."""
    errors: list[Any] = list(response.get("errors") or [])
    return any(
        error.get("extensions", {}).get("code") in _WITHOUT_EXECUTION and "path" not in error for error in errors
    )


def _fault(status_code: int, message: str) -> JSONResponse:
    code = _CODES.get(status_code, Code.BAD_USER_INPUT)
    headers = {"WWW-Authenticate": "Bearer"} if status_code == 401 else None  # noqa: PLR2004 it is the status's name
    fault = {"message": message, "extensions": {"code": code.value}}
    return JSONResponse({"errors": [fault]}, status_code=status_code, headers=headers)
