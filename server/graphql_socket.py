"""GraphQL over one WebSocket: subscriptions take a seat in the hub, everything else goes the library's way."""

from collections.abc import Sequence
from typing import Any, cast

import orjson
from graphql import GraphQLError
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    PingMessage,
    SubscribeMessage,
)

from actions.access import Viewer
from graph.context import Context
from graph.faults import Code, CodedError
from graph.live import Hub, Seat, asked, fault_of
from graph.tokens import TooManyConnectionsError
from graph.trusted import Asked, Documents

from .brake import BrakedError
from .graphql_messages import fault_in, fitting
from .logs import noted
from .wire import wire_of

RESTART = 1012  # the server stops: come back at once
FULL = 1013  # the token has too many connections, or the address has failed too often: come back later
TOO_SLOW = 4413  # too much is waiting: come back with the cursor that is the reason


class SocketAdapter(ASGIWebSocketAdapter):
    """What the library speaks through, with reasons that fit into a closing frame."""

    async def close(self, code: int, reason: str) -> None:
        await super().close(code, fitting(reason))


class GraphQLSocket(BaseGraphQLTransportWSHandler[Context, None]):
    """What the library does for one connection, with its subscriptions served by the hub."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hub: Hub = self.view.hub  # type: ignore[attr-defined] # the view is our door
        self.wire = wire_of(self.websocket.ws)  # type: ignore[attr-defined] # the socket is ASGI's
        self._seats: dict[str, Seat] = {}
        self._entered: Viewer | None = None

    async def handle_message(self, message: Message) -> None:
        wrong = fault_in(message)
        if wrong is None:
            await super().handle_message(message)
        else:
            await self.handle_invalid_message(wrong)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        if message.get("payload") is None:
            message = {"type": "connection_init"}
        try:
            await super().handle_connection_init(message)
        except (TooManyConnectionsError, BrakedError) as full:
            await self.websocket.close(FULL, str(full))

    async def handle_ping(self, message: PingMessage) -> None:
        """Send back what came with the ping, by which a client may know its pong."""
        await self.send_message({**message, "type": "pong"})

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        most = self.max_subscriptions_per_connection or 0
        if message["id"] not in self.operations and len(self.operations) >= most:
            words = f"This connection has {most} operations under way. Complete one, or open another connection."
            refused = CodedError(Code.THROTTLED, words)
            await self.send_message({"type": "error", "id": message["id"], "payload": [refused.formatted]})
            return
        try:
            if self.connection_acknowledged:
                message = self._with_document(message)
        except CodedError as unknown:
            await self.send_message({"type": "error", "id": message["id"], "payload": [unknown.formatted]})
        else:
            await super().handle_subscribe(message)

    def _with_document(self, message: SubscribeMessage) -> SubscribeMessage:
        """Put in the document that a message names. CodedError where it names none that may be run."""
        payload: dict[str, Any] = {**message["payload"]}
        asked_for = Asked(
            payload.get("query"), payload.get("documentId"), payload.get("extensions"), payload.get("operationName")
        )
        documents: Documents = self.view.documents  # type: ignore[attr-defined] # the view is our door
        payload["query"] = documents.resolve(self.context.workspace_with(), asked_for)
        return cast("SubscribeMessage", {**message, "payload": payload})

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> None:
        """Never close for a document that cannot be read: it is its own operation's end and no other's."""

    async def send_message(self, message: Message) -> None:
        if message["type"] == "connection_ack":
            viewer = self.context.viewer_with()
            self._hub.enter(viewer)
            self._entered = viewer
            self.connection_init_timeout_task = None  # over, but a task keeps a kilobyte as long as the connection
        await super().send_message(message)

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        with noted("operation"):
            await self._run(operation)

    async def _run(self, operation: Operation[Context, None]) -> None:
        wanted = asked(operation.query, operation.operation_name, operation.variables, self._hub.limits)
        if wanted is None:
            await super().run_operation(operation)
            return
        try:
            seat = await self._hub.join(Watch(self, operation.id), self.context.viewer_with(), wanted)
        except Exception as error:  # noqa: BLE001 whatever it is, it is this operation's end and nobody else's
            await operation.send_initial_errors([fault_of(error)])
        else:
            self._seats[operation.id] = seat

    async def cleanup_operation(self, operation_id: str) -> None:
        seat = self._seats.pop(operation_id, None)
        if seat is not None:
            seat.leave()
        await super().cleanup_operation(operation_id)

    async def shutdown(self) -> None:
        await super().shutdown()
        if self._entered is not None:
            self._hub.leave(self._entered)

    def forget(self, operation_id: str) -> None:
        """Make an operation's id free again: the hub has ended it."""
        self._seats.pop(operation_id, None)
        self.operations.pop(operation_id, None)


class Watch:
    """One subscription of a connection, as the hub's listener."""

    __slots__ = ("_head", "_operation_id", "_socket")

    def __init__(self, socket: GraphQLSocket, operation_id: str) -> None:
        self._socket = socket
        self._operation_id = operation_id
        self._head = b'{"id":%b,"type":"next","payload":' % orjson.dumps(operation_id)

    @property
    def waiting(self) -> int:
        return self._socket.wire.waiting

    def deliver(self, payloads: Sequence[bytes]) -> None:
        self._socket.wire.push([b"%b%b}" % (self._head, payload) for payload in payloads])

    def refuse(self, errors: Sequence[GraphQLError]) -> None:
        self._end(type="error", payload=[error.formatted for error in errors])

    def complete(self) -> None:
        self._end(type="complete")

    def let_go(self, cursor: str) -> None:
        self._socket.wire.end(TOO_SLOW, cursor)

    def stop(self) -> None:
        self._socket.wire.end(RESTART, "The server stops. Come back with your last cursor.")

    async def drained(self) -> None:
        await self._socket.wire.drained()

    def _end(self, **message: Any) -> None:
        self._socket.forget(self._operation_id)
        self._socket.wire.push([orjson.dumps({"id": self._operation_id} | message)])
