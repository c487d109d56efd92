"""A server, from checking the ground to a clean end."""

import asyncio
import errno
import gc
import multiprocessing
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import assert_never

import uvicorn
from alembic.util import CommandError
from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from starlette.applications import Starlette

from actions import sealing
from actions.resources import Resources
from actions.wires import wire_to
from models.business_number import BusinessNumber, Environment
from models.database import Database, Standing, address, migrate, standing
from sandbox.__main__ import standalone
from sandbox.store import BusyError, Store

from . import beginnings, processes
from .app import SANDBOX_FILE, Secrets, close, create_app, resources_of, sandbox_config
from .graphql_door import LARGEST_BODY
from .leaving import SECONDS_TO_FINISH, SECONDS_TO_LINGER, Farewell, Leaving, leave_in_time
from .logs import set_up_logging
from .settings import Settings
from .siblings import Siblings
from .wire import WireProtocol

SECONDS_BETWEEN_LOOKS = 0.02
ALLOCATIONS_BETWEEN_COLLECTIONS = 50_000  # many: a collection in the midst of a fan-out delays who comes last

# What a database that is not there, or does not let us in, is told by; SQLAlchemy passes on what asyncpg says of it.
UNUSABLE = (DBAPIError, PostgresError, OSError)

BEYOND = "The database belongs to a later version of Maycall, with which this one cannot work. Start that version."


class StartError(Exception):
    """The server cannot start: a sentence that says why, and what to do."""


def serve(settings: Settings, host: str, port: int, *, migrating: bool) -> None:
    """Serve until SIGINT or SIGTERM, then end cleanly. StartError when it cannot start."""
    set_up_logging(settings.log_level)
    if settings.workers > 1:
        check_fleet(settings, "More than one worker (MAYCALL_WORKERS)")
    folder = prepare_folder(settings)
    if migrating:
        bring_up_to_date(settings)
    with _listen(host, port) as listening:
        own_url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104 a comparison
        token = settings.bootstrap_token
        if token is None and settings.sandbox:
            token = beginnings.kept_token(folder / "token")
        production_numbers = asyncio.run(_prepare(settings, own_url, token))
        if settings.sandbox:
            _check_sandbox(folder / SANDBOX_FILE, " It stands beside the database, which MAYCALL_DATABASE_URL names.")
        greeting = _greeting(settings, own_url, token)
        if settings.workers == 1:
            leaving = Leaving()
            app = create_app(settings, own_url, folder, production_numbers, leaving=leaving)
            listens = partial(_say, greeting)
            _serve_until_told(app, leaving, listening, listens, settings.max_body, settings.trusted_proxies)
            return
    # Nobody else had the port; from here on our own processes share it.
    with _listen(host, port, shared=True), TemporaryDirectory(prefix="maycall-") as between:
        serve_one = partial(
            _serve_beside_others, settings, (host, port), own_url, folder, production_numbers, Path(between)
        )
        processes.keep_running(settings.workers, serve_one, partial(_say, greeting))


def _serve_beside_others(
    settings: Settings,
    where: tuple[str, int],
    own_url: str,
    folder: Path,
    production_numbers: tuple[str, ...],
    between: Path,
    ready: Connection,
    place: int,
) -> None:
    set_up_logging(settings.log_level)
    leaving, siblings = Leaving(), Siblings(place, between)
    app = create_app(settings, own_url, folder, production_numbers, leaving=leaving, siblings=siblings)
    with _listen(*where, shared=True) as listening:
        listens = partial(ready.send, True)  # noqa: FBT003 any word will do
        _serve_until_told(app, leaving, listening, listens, settings.max_body, settings.trusted_proxies)


def serve_sandbox(settings: Settings, host: str, port: int, doors: tuple[str, ...], database: Path) -> None:
    """Serve the sandbox alone until SIGINT or SIGTERM. StartError when it cannot start."""
    set_up_logging(settings.log_level)
    with _listen(host, port) as listening:
        production_numbers = asyncio.run(_look_for_production_numbers(settings))
        config = sandbox_config(settings, Secrets.of(settings), doors, database, production_numbers)
        _check_sandbox(database)
        where = f"http://{host}:{port}/sandbox"
        _serve_until_told(
            standalone(config), Leaving(), listening, partial(_say, f"The sandbox's phones are at {where}")
        )


def _check_sandbox(database: Path, where: str = "") -> None:
    """See to it that the sandbox can have its file. StartError otherwise, which ends with `where` it comes from."""
    try:
        Store(database).close()
    except (BusyError, OSError) as error:
        raise StartError(f"{error}{where}") from error


def _serve_until_told(
    app: Starlette,
    leaving: Leaving,
    listening: socket.socket,
    listens: Callable[[], object],
    largest_message: int = LARGEST_BODY,
    trusted_proxies: str = "127.0.0.1",
) -> None:
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, _exit)  # uvicorn passes the signal on to us once it has shut down
    config = uvicorn.Config(
        Farewell(app, leaving),
        ws=WireProtocol,
        ws_max_size=largest_message,
        ws_per_message_deflate=False,  # the same bytes go to all who listen
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=int(SECONDS_TO_FINISH),
        server_header=False,
        forwarded_allow_ips=trusted_proxies,
    )
    _Server(config, leaving, listens).run(sockets=[listening])


class _Server(uvicorn.Server):
    """uvicorn, saying when it listens, and leaving so that nobody is lost on the way."""

    def __init__(self, config: uvicorn.Config, leaving: Leaving, listens: Callable[[], object]) -> None:
        super().__init__(config)
        self._leaving = leaving
        self._listens = listens

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:  # without it, nobody would ever tell us to stop
            asyncio.get_running_loop().add_reader(parent.sentinel, self._lose, parent.sentinel)
        await super().startup(sockets)
        if self.started:
            gc.collect()
            gc.freeze()  # what is there now stays: never looked at again, it delays nobody
            gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS)
            self._listens()

    def _lose(self, parent: int) -> None:
        asyncio.get_running_loop().remove_reader(parent)
        self.handle_exit(signal.SIGTERM, None)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        leave_in_time()
        self._leaving.begin()
        await self._close_the_door(sockets or [])
        # Who is connected has the time to say what is on its way; the answer tells that it was the last.
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_TO_LINGER):
                while self.server_state.connections:  # noqa: ASYNC110 uvicorn does not say when they have gone
                    await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        await super().shutdown(sockets)

    async def _close_the_door(self, sockets: list[socket.socket]) -> None:
        """Listen no more, and let those in who are before the door already: the system would turn them away."""
        spare = [listening.dup() for listening in sockets]
        for server in self.servers:
            server.close()
        for listening in sockets:
            listening.close()
        await asyncio.sleep(0)
        before_the_door: list[socket.socket] = []
        for listening in spare:
            listening.settimeout(0)
            with suppress(OSError):
                while True:
                    before_the_door.append(listening.accept()[0])
            listening.close()
        for connection in before_the_door:
            await asyncio.get_running_loop().connect_accepted_socket(self._make_protocol, connection)

    def _make_protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def _say(greeting: str) -> None:
    print(greeting, flush=True)  # noqa: T201 it is for the person who started it


def _exit(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def check_fleet(settings: Settings, wish: str) -> None:
    """See to it that several processes can share the work. StartError otherwise."""
    needed = []
    if address(settings.database_url).get_backend_name() == "sqlite":
        needed.append("MAYCALL_DATABASE_URL=postgresql://…, because SQLite is for a single process")
    if wire_to(settings.broadcast_url) is None:
        needed.append("MAYCALL_BROADCAST_URL=redis://… or postgresql://…, for the processes to hear of each other")
    if settings.sandbox:
        needed.append("no MAYCALL_SANDBOX but MAYCALL_SANDBOX_URL, with the sandbox as a process of its own")
    if needed:
        raise StartError(f"{wish} needs {'; and '.join(needed)}.")


def prepare_folder(settings: Settings) -> Path:
    """Give the folder that a SQLite database and the sandbox live in, made and writable. StartError otherwise."""
    folder = settings.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StartError(
            f"Maycall cannot write into the folder {folder.absolute()} ({error.strerror}). Make it writable, or set"
            " MAYCALL_DATABASE_URL to a place that is."
        ) from error
    return folder


def bring_up_to_date(settings: Settings) -> None:
    """Migrate the database. StartError when it cannot be reached."""
    try:
        migrate(settings.database_url)
    except UNUSABLE as error:
        raise StartError(_unreachable(error)) from error
    except CommandError as error:  # it holds a revision that nobody here knows
        raise StartError(BEYOND) from error


async def _prepare(settings: Settings, own_url: str, token: str | None) -> tuple[str, ...]:
    """Check the database and see to it that the beginnings are there; give the production numbers in it."""
    resources = resources_of(settings, Secrets.of(settings), own_url)
    try:
        await check(resources.database)
        await check_seal(resources)
        async with resources.feed.running():
            await beginnings.ensure(resources, sandbox=settings.has_sandbox, token=token)
        return await _production_numbers(resources)
    finally:
        await close(resources)


async def _look_for_production_numbers(settings: Settings) -> tuple[str, ...]:
    resources = resources_of(settings, Secrets.of(settings), "")
    try:
        await check(resources.database)
        return await _production_numbers(resources)
    finally:
        await close(resources)


async def _production_numbers(resources: Resources) -> tuple[str, ...]:
    real = select(BusinessNumber).where(col(BusinessNumber.environment) == Environment.PRODUCTION)
    async with resources.database.reading() as session:
        return tuple(number.display_phone_number for number in await session.exec(real))


async def check(database: Database) -> None:
    """See to it that the database answers and has all that we work with. StartError otherwise."""
    try:
        stands = await standing(database)
    except UNUSABLE as error:
        raise StartError(_unreachable(error)) from error
    match stands:
        case Standing.CURRENT | Standing.AHEAD:
            return
        case Standing.BEHIND:
            raise StartError("The database is not up to date. Run: python -m server migrate")
        case Standing.BEYOND:
            raise StartError(BEYOND)
        case never:
            assert_never(never)


async def check_seal(resources: Resources) -> None:
    """See to it that whatever is sealed can be opened. StartError otherwise."""
    missing = await sealing.missing_keys(resources)
    if missing:
        raise StartError(
            "Secrets in the database are sealed with a key that is not in MAYCALL_ENCRYPTION_KEY"
            f" ({', '.join(missing)}). Set the key they were sealed with; docs/secrets.md says what to do when it is"
            " lost."
        )


def _unreachable(error: Exception) -> str:
    reason = str(getattr(error, "orig", None) or error).splitlines()[0]
    return f"The database cannot be used ({reason}). Check MAYCALL_DATABASE_URL, and that its server runs."


def _listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Take the port before anything else is done, so that a taken one is told at once; or share it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise StartError(
                f"Port {port} is in use. Stop what uses it, or choose another: make run PORT={port + 1}"
            ) from error
        raise StartError(f"The address {host}:{port} cannot be listened on ({error.strerror}).") from error
    return listening


def _greeting(settings: Settings, own_url: str, token: str | None) -> str:
    shown = settings.public_url or own_url
    if token is None or not settings.sandbox:
        return f"Maycall is ready at {shown}/graphql. Ctrl-C stops it."
    lines = [
        "Maycall is ready. Ctrl-C stops it.",
        "",
        f"  Dashboard {shown}/#token={token}",
        f"  Phones    {shown}/sandbox",
        f"  GraphQL   {shown}/graphql",
        f"  GraphiQL  {shown}/graphql#token={token}",
        f"  Token     {token}",
    ]
    return "\n".join(["", *lines, ""])
