"""A cap on what a door reads: a body that is too long is refused before it is in memory."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyTooLargeError(Exception):
    """The body went over the cap while it was being read."""


class BodyLimit:
    """Refuses bodies of more than `limit` bytes with 413 and a coded error."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0

        async def receive_up_to_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise BodyTooLargeError
            return message

        try:
            await self._app(scope, receive_up_to_limit, send)
        except BodyTooLargeError:
            await self._refusal()(scope, receive, send)

    def _refusal(self) -> JSONResponse:
        message = f"The body is longer than {self._limit:,} bytes, which is the most that is read here."
        fault = {"message": message, "extensions": {"code": "BAD_USER_INPUT"}}
        return JSONResponse({"errors": [fault]}, status_code=413, headers={"Connection": "close"})
