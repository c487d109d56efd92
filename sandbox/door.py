"""Doors for scripts and pages: JSON in, JSON out, a sentence when it cannot be."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .errors import ImpossibleError, MalformedError
from .fields import Fields, read_object
from .world import World

LONGEST_SECONDS = 31_536_000

Deed = Callable[[World, Request, Fields], dict[str, Any]]
Endpoint = Callable[[Request], Awaitable[Response]]


def opened(world: Callable[[], World], deed: Deed) -> Endpoint:
    """Make a deed answer HTTP requests."""

    async def endpoint(request: Request) -> Response:
        body = await request.body() if request.method == "POST" else b""
        try:
            return JSONResponse(deed(world(), request, read_object(body, MalformedError)))
        except MalformedError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        except ImpossibleError as error:
            return JSONResponse({"error": str(error)}, status_code=409)

    return endpoint


def seconds(asked: Fields) -> int | None:
    """Read how long something is to last."""
    return asked.optional_whole("seconds", lowest=1, highest=LONGEST_SECONDS)
