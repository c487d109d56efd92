"""What a fleet is made of: which programs, where they listen, and what each has to know of the others."""

import asyncio
import secrets
import shutil
import signal
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from . import postgresql, valkey
from .environment import given, handed_on
from .program import FleetError, Program

_ROOT = Path(__file__).parents[1]
_SUPERUSER = "maycall"
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nothing here speaks TLS, and to read them takes its time


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: the first server's port, how many workers at each address, and where data is kept."""

    port: int
    workers: int | None
    folder: Path

    @property
    def server_ports(self) -> tuple[int, int]:
        return self.port, self.port + 1

    @property
    def sandbox_port(self) -> int:
        return self.port + 2


@dataclass(frozen=True, slots=True)
class Making:
    """What is made once, under another name until it is whole, so that what was cut off is made again."""

    program: Program
    unfinished: Path
    finished: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start, and what to say then: `services`, `migrate` once, then the others."""

    making: Making | None
    services: tuple[Program, ...]
    migrate: Program
    sandbox: Program
    house: tuple[Program, ...]
    greeting: list[str]

    @property
    def names(self) -> list[str]:
        return [program.name for program in (*self.services, self.migrate, self.sandbox, *self.house)]


def plan(wanted: Wanted, sockets: Path) -> Plan:
    """Plan a fleet whose PostgreSQL is reached through `sockets`. FleetError where the ground is not fit for it."""
    for port in (*wanted.server_ports, wanted.sandbox_port):
        _see_that_it_is_free(port, wanted.port)
    making, services, places = _services(wanted, sockets)
    token = given("MAYCALL_BOOTSTRAP_TOKEN") or _kept_token(wanted.folder / "token")
    sandbox_url = f"http://127.0.0.1:{wanted.sandbox_port}/sandbox"
    known = {
        name: given(name) or secrets.token_urlsafe()
        for name in ("MAYCALL_WHATSAPP_ACCESS_TOKEN", "MAYCALL_WHATSAPP_APP_SECRET", "MAYCALL_WHATSAPP_VERIFY_TOKEN")
    }
    environment = handed_on(
        places
        | known
        | {"MAYCALL_SANDBOX": "false", "MAYCALL_SANDBOX_URL": sandbox_url}
        | {"MAYCALL_BOOTSTRAP_TOKEN": token}
    )
    many = {"MAYCALL_WORKERS": f"{wanted.workers}"} if wanted.workers else {}

    def maycall(name: str, *words: str, ready: Callable[[int], Awaitable[bool]], **settings: str) -> Program:
        command = [sys.executable, "-m", "server", *words]
        return Program(name, command, environment | settings, ready, _ROOT)

    doors = (f"http://127.0.0.1:{port}/webhooks/whatsapp" for port in wanted.server_ports)
    sandbox = maycall(
        "sandbox",
        *("sandbox", "--port", f"{wanted.sandbox_port}", "--database", f"{wanted.folder / 'sandbox.db'}"),
        *(word for door in doors for word in ("--door", door)),
        ready=_answers(f"{sandbox_url}/overview"),
    )
    servers = (
        maycall(
            f"server {port}",
            *("serve", "--port", f"{port}"),
            ready=_answers(f"http://127.0.0.1:{port}/health/ready"),
            **many,
        )
        for port in wanted.server_ports
    )
    return Plan(
        making,
        services,
        maycall("migrate", "migrate", ready=_at_once),
        sandbox,
        tuple(servers),
        _greeting(wanted, token, sandbox_url),
    )


def _services(wanted: Wanted, sockets: Path) -> tuple[Making | None, tuple[Program, ...], dict[str, str]]:
    """Give what makes the database's place, what serves, and the settings that say where."""
    database, broadcast = given("MAYCALL_DATABASE_URL"), given("MAYCALL_BROADCAST_URL")
    if database is not None and database.startswith("sqlite"):
        raise FleetError(
            "Several servers cannot share an SQLite file: set MAYCALL_DATABASE_URL to a PostgreSQL, or unset it to have"
            " one made here."
        )
    if broadcast is not None and broadcast.startswith("memory"):
        raise FleetError(
            "memory:// is for a single server: set MAYCALL_BROADCAST_URL to a Redis or a PostgreSQL, or unset it to"
            " have a Redis started here."
        )
    making, services = None, []
    if database is None:
        making, serving, database = _postgresql(wanted.folder, sockets)
        services.append(serving)
    if broadcast is None:
        port = _free_port()
        services.append(Program("redis", valkey.serving(port), handed_on(), _redis_answers(port), wanted.folder))
        broadcast = f"redis://127.0.0.1:{port}/0"
    return making, tuple(services), {"MAYCALL_DATABASE_URL": database, "MAYCALL_BROADCAST_URL": broadcast}


def _postgresql(folder: Path, sockets: Path) -> tuple[Making | None, Program, str]:
    programs = postgresql.programs(folder)
    if programs.user is not None:
        closed = [place for place in folder.absolute().parents if not place.stat().st_mode & 0o001]
        if closed:
            raise FleetError(
                f"PostgreSQL does not run as root, and {programs.user.pw_name}, as whom it would run instead, may not"
                f" enter {closed[-1]}. Run the fleet as another user, or set MAYCALL_DATABASE_URL to a PostgreSQL."
            )
    place, data = folder / "postgresql", folder / "postgresql" / "data"
    if not place.exists():
        place.mkdir()
        programs.give(place)
    programs.give(sockets)
    making = None
    if not data.exists():
        unfinished = place / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        initdb = programs.making(unfinished, _SUPERUSER)
        making = Making(
            Program("initdb", initdb, handed_on(), _at_once, place, rights=programs.rights), unfinished, data
        )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f"{sockets}",
        "max_connections": "300",
        "log_line_prefix": "",
        "log_checkpoints": "off",
    }

    async def ready(process: int) -> bool:
        return postgresql.is_ready(data, process)

    serving = Program(
        "postgresql",
        programs.serving(data, settings),
        handed_on(),
        ready,
        place,
        end_by=signal.SIGINT,  # PostgreSQL's "fast" end: whoever is still connected is sent away
        rights=programs.rights,
    )
    return making, serving, f"postgresql://{_SUPERUSER}@/postgres?host={sockets}"


async def _at_once(_process: int) -> bool:
    return True


def _answers(url: str) -> Callable[[int], Awaitable[bool]]:
    async def ready(_process: int) -> bool:
        async with httpx.AsyncClient(trust_env=False, verify=_NO_CERTIFICATES) as client:
            try:
                return (await client.get(url)).status_code == httpx.codes.OK
            except httpx.TransportError:
                return False

    return ready


def _redis_answers(port: int) -> Callable[[int], Awaitable[bool]]:
    async def ready(_process: int) -> bool:
        return await asyncio.to_thread(valkey.answers, port)

    return ready


def _see_that_it_is_free(port: int, first: int) -> None:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            raise FleetError(
                f"Port {port} cannot be used ({error.strerror}), and a fleet needs {first} to {first + 2}. Stop what"
                f" uses it, or choose others: make fleet PORT={first + 100}"
            ) from error


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _kept_token(file: Path) -> str:
    """Give the token that is kept in `file`, making it at the first start."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(f"mc_{secrets.token_urlsafe(32)}\n")
    return file.read_text().strip()


def _greeting(wanted: Wanted, token: str, sandbox_url: str) -> list[str]:
    one, other = (f"http://127.0.0.1:{port}" for port in wanted.server_ports)
    return [
        "",
        "The fleet is ready. Ctrl-C stops it.",
        "",
        f"  Console   {one}/#token={token}",
        f"            {other}/#token={token}",
        f"  Phones    {sandbox_url}",
        f"  GraphQL   {one}/graphql",
        f"            {other}/graphql",
        f"  Token     {token}",
        "",
    ]
