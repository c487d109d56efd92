"""The stand-in as a Starlette app, to be mounted at /sandbox."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from . import backstage_door, phone_door
from .calling import keep_time
from .config import BusinessNumber, Config, Phone
from .graph_door import GraphDoor
from .guard import FRAMED, Guard
from .limits import PRODUCTION, TEST, Limits
from .store import Store
from .voices import keep_voices
from .world import World

__all__ = ["PRODUCTION", "TEST", "BusinessNumber", "Config", "Limits", "Phone", "create_app", "running"]

_PAGES = Path(__file__).parent / "page"
_SETTLE_SECONDS = 0.05
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _StandIn:
    """One app's configuration, and its world while it runs."""

    config: Config
    clock: Callable[[], float]
    world: World | None = None

    def running_world(self) -> World:
        if self.world is None:
            raise HTTPException(503, "The sandbox is not running: enter sandbox.app.running(app) first.")
        return self.world


def create_app(config: Config, *, clock: Callable[[], float] = time.time) -> Starlette:
    """Make the app. It answers 503 until `running(app)` is entered. `clock` gives Unix seconds."""
    stand_in = _StandIn(config, clock)
    app = Starlette(
        routes=[
            Route("/graph/{path:path}", GraphDoor(stand_in.running_world).__call__, methods=_EVERY_METHOD),
            *phone_door.routes(stand_in.running_world),
            *backstage_door.routes(stand_in.running_world),
            WebSocketRoute("/live", _live(stand_in)),
            Route("/", _page("phones.html", FRAMED), methods=["GET"]),
            Route("/settings", _page("settings.html"), methods=["GET"]),
            Mount("/page", StaticFiles(directory=_PAGES)),
        ],
        middleware=[Middleware(Guard, open_to_network=config.open_to_network)],
        exception_handlers={HTTPException: _sentence},
    )
    app.state.stand_in = stand_in
    return app


_EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[None]:
    """Open the database, send webhooks and keep time until left. Raises store.BusyError when the file is in use."""
    stand_in: _StandIn = app.state.stand_in
    store = Store(stand_in.config.database)
    try:
        world = World(stand_in.config, store, stand_in.clock)
        stand_in.world = world
        tasks = [asyncio.create_task(work) for work in (world.outbox.run(), keep_time(world), keep_voices(world))]
        for task in tasks:
            task.add_done_callback(_report)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        stand_in.world = None
        store.close()


def _report(task: asyncio.Task[None]) -> None:
    """Say that the stand-in has stopped working by itself, which would otherwise look like a silent Meta."""
    if not task.cancelled() and (fault := task.exception()) is not None:
        _log.error("The sandbox no longer sends updates or ends calls.", exc_info=fault)


async def _sentence(_: Request, error: Exception) -> Response:
    status, sentence = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, str(error))
    return JSONResponse({"error": sentence}, status_code=status)


def _page(name: str, headers: Mapping[str, str] | None = None) -> Callable[[Request], Response]:
    def page(request: Request) -> Response:
        base = escape(request.scope.get("root_path", "") + "/", quote=True)
        return HTMLResponse((_PAGES / name).read_text(encoding="utf-8").replace("{base}", base), headers=headers)

    return page


def _live(stand_in: _StandIn) -> Callable[[WebSocket], object]:
    async def live(socket: WebSocket) -> None:
        """Send the revision after every change, so that a page knows to look again."""
        world = stand_in.running_world()
        await socket.accept()
        with world.listening() as news:
            leaving = asyncio.create_task(_until_gone(socket))
            try:
                while not leaving.done():
                    await socket.send_json({"revision": world.revision})
                    waiting = asyncio.create_task(news.wait())
                    await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
                    waiting.cancel()
                    # A burst of changes is one piece of news.
                    await asyncio.sleep(_SETTLE_SECONDS)
                    news.clear()
            except WebSocketDisconnect:
                return
            finally:
                leaving.cancel()

    return live


async def _until_gone(socket: WebSocket) -> None:
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, RuntimeError, KeyError):
        return
