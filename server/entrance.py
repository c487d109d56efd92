"""What everything passes on its way in: it gets a request id, is counted and written down, and never fails bare."""

import logging
import time
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import pages
from .logs import Notes, close_with, noting
from .observing import Watch

HEADER: Final = "X-Request-Id"

_DOORS = {
    "/graphql": "graphql",
    "/webhooks": "webhook",
    "/sign-in": "sign-in",
    "/health": "health",
    "/metrics": "metrics",
    "/sandbox": "sandbox",
    **dict.fromkeys(pages.FIRST_WORDS, "pages"),
}
# Who asks all the time, and what is only looked at: worth a line to whoever wants every line.
_QUIET = {"health", "metrics", "sandbox", "pages"}
_TRACED = {"graphql", "webhook"}
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_log = structlog.get_logger()


class Entrance:
    """Stands around the whole app."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self._app = app
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                with noting(Headers(scope=scope).get(HEADER)) as notes:
                    await self._answer(notes, scope, receive, send)
            case "websocket":
                with noting(Headers(scope=scope).get(HEADER)) as notes:
                    await self._hold(notes, scope, receive, send)
            case _:
                await self._app(scope, receive, send)

    async def _answer(self, notes: Notes, scope: Scope, receive: Receive, send: Send) -> None:
        began, status, name, method = time.perf_counter(), 0, door(scope), _method(scope)
        headers = Headers(scope=scope)
        with ExitStack() as lasting:

            async def say(message: Message) -> None:
                nonlocal status, name
                if message["type"] == "http.response.start":
                    status = message["status"]
                    told = [*message.get("headers", ()), (HEADER.encode(), notes.request_id.encode())]
                    if any(key == b"content-type" and b"event-stream" in value for key, value in told):
                        name = f"{name} events"
                        lasting.enter_context(self._watch.metrics.lasting(name))
                    message = {**message, "headers": told}
                await send(message)

            try:
                with self._traced(f"{method} {name}", headers) if name in _TRACED else nullcontext():
                    await self._app(scope, receive, say)
            except Exception:
                _log.exception("fault", door=name)
                if status:
                    raise  # half an answer is out: the connection is to end, or it would be taken for a whole one
                await _apology(notes)(scope, receive, say)
            finally:
                streamed = name.endswith(" events")
                seconds = None if streamed else time.perf_counter() - began
                self._watch.metrics.answered(name, method, status, seconds)
                _write_down(notes, name, method, status, began)

    def _traced(self, name: str, headers: Headers) -> AbstractContextManager[object]:
        """Take a request for a span, unless it is for a stream: a span tells nothing before it ends."""
        if "event-stream" in headers.get("Accept", ""):
            return nullcontext()
        traceparent = headers.get("traceparent")
        return self._watch.step(name, [traceparent] if traceparent else [])

    async def _hold(self, notes: Notes, scope: Scope, receive: Receive, send: Send) -> None:
        began, status, name = time.perf_counter(), 403, f"{door(scope)} socket"

        async def say(message: Message) -> None:
            nonlocal status
            if message["type"] == "websocket.accept":
                status = 101
                headers = [*message.get("headers", ()), (HEADER.encode(), notes.request_id.encode())]
                message = {**message, "headers": headers}
                self._watch.metrics.answered(name, "GET", status, None)
            await send(message)

        try:
            with self._watch.metrics.lasting(name):
                await self._app(scope, receive, say)
        except Exception:
            _log.exception("fault", door=name)
            raise
        finally:
            if status != 101:  # noqa: PLR2004 it is the status's name
                self._watch.metrics.answered(name, "GET", status, None)
            _write_down(notes, name, "GET", status, began)


def door(scope: Scope) -> str:
    """Name the door that a request is for, out of a few: what strangers ask for is none of them."""
    first = f"/{scope['path'].split('/', 2)[1]}" if scope["path"].startswith("/") else ""
    return _DOORS.get(first, "other")


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "other"


def _write_down(notes: Notes, name: str, method: str, status: int, began: float) -> None:
    close_with(_level(name, status), "request", notes, began, door=name, method=method, status=status)


def _level(name: str, status: int) -> int:
    if status >= 500 and name != "health":  # noqa: PLR2004 it is the status's name
        return logging.ERROR
    return logging.DEBUG if name in _QUIET else logging.INFO


def _apology(notes: Notes) -> JSONResponse:
    message = f"Something went wrong on our side. Tell us this id and we can find out what: {notes.request_id}."
    extensions = {"code": "INTERNAL_SERVER_ERROR", "requestId": notes.request_id}
    return JSONResponse({"errors": [{"message": message, "extensions": extensions}]}, status_code=500)
