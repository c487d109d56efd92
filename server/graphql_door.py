"""GraphQL over HTTP, WebSocket and SSE: who comes in, and which way each operation goes."""

from dataclasses import replace
from datetime import timedelta

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError, MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UnsetType

from actions import access
from actions.access import Viewer
from actions.resources import Resources
from graph.context import Context
from graph.faults import Code, CodedError, unclear
from graph.limits import STANDARD, Limits
from graph.live import Hub, asked
from graph.loaders import Loaders
from graph.schema import schema
from graph.tokens import TooManyConnectionsError
from graph.trusted import Documents

from .brake import Brake, BrakedError
from .graphiql import visited
from .graphql_events import EventStream, UnstreamedError
from .graphql_http import MediaType, Params, RefusedError, accepted, answer, check_method, read, refusal, unstreamed
from .graphql_socket import GraphQLSocket, SocketAdapter

LARGEST_BODY = 1024 * 1024
MOST_FAILURES = 20  # of tokens from one address, where nothing else is said
SECONDS_TO_COME_IN = 10.0

_ALLOWED = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}
_LIVE = (
    "A subscription comes over a WebSocket (graphql-transport-ws) or as server-sent events: for these,"
    " send Accept: text/event-stream."
)


class GraphQLDoor(GraphQL[Context, None]):
    """Every operation comes with a token: in the request's header, or in a WebSocket's `connection_init`.

    Never in a cookie, nor in the address: what a browser sends by itself opens nothing here.
    """

    graphql_transport_ws_handler_class = GraphQLSocket
    websocket_adapter_class = SocketAdapter

    def __init__(  # noqa: PLR0913 each is a setting
        self,
        resources: Resources,
        allowed_origins: list[str],
        connections_per_token: int = 1000,
        operations_per_connection: int = 100,
        limits: Limits = STANDARD,
        seconds_to_come_in: float = SECONDS_TO_COME_IN,
        *,
        brake: Brake | None = None,
        documents: Documents | None = None,
        introspection: bool = True,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            allowed_origins=allowed_origins,
            connection_init_wait_timeout=timedelta(seconds=seconds_to_come_in),
            max_subscriptions_per_connection=operations_per_connection,
        )
        self.hub = Hub(resources, connections_per_token, limits)
        self.hub.described = introspection
        self.documents = documents or Documents()
        self._resources = resources
        self._brake = brake or Brake(MOST_FAILURES, resources.now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        kinds = accepted(request.headers.get("Accept"))
        kind = kinds[0] if kinds else MediaType.JSON
        try:
            response = await self._respond(request, kinds)
        except RefusedError as refused:
            response = refusal(refused, kind)
        except BrakedError as braked:
            response = refusal(RefusedError(429, str(braked), Code.THROTTLED, retry_after=braked.seconds), kind)
        except ClientDisconnect:
            return
        try:
            await response(scope, receive, send)
        except TooManyConnectionsError as full:
            await refusal(RefusedError(429, str(full), Code.THROTTLED), kind)(scope, receive, send)
        except UnstreamedError as refused:
            await unstreamed(refused.fault)(scope, receive, send)

    async def _respond(self, request: Request, kinds: list[MediaType]) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "GET, HEAD, POST, OPTIONS"})
        check_method(request)
        if _is_a_visit(request):
            return visited(request)
        if not kinds:
            raise RefusedError(406, f"The answer comes as one of: {', '.join(MediaType)}.")
        context = await self.get_context(request, Response())
        params = await read(request)
        try:
            params = replace(params, query=self.documents.resolve(context.workspace_with(), params))
        except CodedError as refused:
            return answer(ExecutionResult(data=None, errors=[refused]), kinds[0])
        if MediaType.EVENTS in kinds and request.method != "HEAD":
            wanted = asked(params.query, params.operation_name, params.variables, self.hub.limits)
            if wanted is not None:
                return EventStream(self.hub, context.viewer_with(), wanted)
        return answer(await self._run(params, context, request.method), kinds[0])

    async def _run(self, params: Params, context: Context, method: str) -> ExecutionResult:
        try:
            return await self.schema.execute(
                params.query,
                variable_values=params.variables,
                context_value=context,
                operation_name=params.operation_name,
                allowed_operation_types=_ALLOWED["POST" if method == "POST" else "GET"],
                operation_extensions=params.extensions,
            )
        except MissingQueryError as error:
            raise RefusedError(400, unclear(error).message) from error
        except CannotGetOperationTypeError as error:
            return ExecutionResult(data=None, errors=[unclear(error)])
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                raise RefusedError(406, _LIVE) from error
            raise RefusedError(405, "A mutation comes by POST.", headers={"Allow": "POST"}) from error

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002 the library passes it
    ) -> Context:
        address = request.client.host if request.client else ""
        authorization = request.headers.get("Authorization")
        if isinstance(request, WebSocket):  # its payload may yet bring another
            context = self._context_of(None)
            context.lasting, context.came_with = True, (address, authorization)
            return context
        viewer = await self._recognise(authorization, address)
        if viewer is None:
            message = "Send a token that works in the header: Authorization: Bearer <token>."
            raise RefusedError(401, message, Code.UNAUTHENTICATED, {"WWW-Authenticate": "Bearer"})
        return self._context_of(viewer)

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """Take the token from the payload, else from the upgrade's header. BrakedError where too many have failed."""
        (address, authorization), context.came_with = context.came_with, ("", None)
        given = {name.lower(): value for name, value in (context.connection_params or {}).items()}
        viewer = await self._recognise(given.get("authorization", authorization), address)
        if viewer is None:
            raise ConnectionRejectionError
        context.be(viewer)
        return UnsetType()

    def _context_of(self, viewer: Viewer | None) -> Context:
        loaders = Loaders(self._resources, viewer)
        return Context(self._resources, viewer, loaders, self.hub.limits, self.hub.described)

    async def _recognise(self, authorization: object, address: str) -> Viewer | None:
        """Give the token's holder, if any. BrakedError where too many from this address have failed."""
        if not isinstance(authorization, str) or not authorization.lower().startswith("bearer "):
            return None
        secret = authorization[len("bearer ") :].strip()
        self._brake.check(address, secret)
        viewer = await access.recognise(self._resources, secret)
        if viewer is None:
            self._brake.failed(address, secret)
        else:
            self._brake.worked(secret)
        return viewer

    def decode_json(self, data: str | bytes) -> object:
        """Read a WebSocket's message: the library looks into it without looking at what it is."""
        parsed = orjson.loads(data)
        if not isinstance(parsed, dict):
            raise orjson.JSONDecodeError("This is JSON, but no object", "", 0)
        return parsed

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data).decode()  # text: a WebSocket sends bytes as binary frames, which the protocol forbids


def _is_a_visit(request: Request) -> bool:
    """Tell whether somebody opened this address in a browser, to see what is there."""
    asks_nothing = request.method in ("GET", "HEAD") and "query" not in request.query_params
    return asks_nothing and "text/html" in request.headers.get("Accept", "")
