"""What a fleet is made of: which programs, where they listen, and what each has to know of the others."""

import secrets
import shutil
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from . import postgresql, valkey
from .environment import given, handed_on
from .program import FleetError, Program

_ROOT = Path(__file__).parents[1]
_SUPERUSER = "maycall"


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
    def server_urls(self) -> tuple[str, str]:
        return f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.port + 1}"

    @property
    def sandbox_port(self) -> int:
        return self.port + 2

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}/sandbox"


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
    inherited = handed_on(wanted.folder)
    making, services, places = _services(wanted.folder, sockets, inherited)
    token = given("MAYCALL_BOOTSTRAP_TOKEN") or _kept(wanted.folder / "token", f"mc_{secrets.token_urlsafe(32)}")
    key = given("MAYCALL_ENCRYPTION_KEY") or _kept(wanted.folder / "encryption.key", secrets.token_urlsafe(32))
    told = {
        "MAYCALL_BOOTSTRAP_TOKEN": token,
        "MAYCALL_ENCRYPTION_KEY": key,
        "MAYCALL_SANDBOX": "false",
        "MAYCALL_SANDBOX_URL": wanted.sandbox_url,
    }
    many = {"MAYCALL_WORKERS": f"{wanted.workers}"} if wanted.workers else {}
    environment = inherited | places | _secrets() | told | many

    def maycall(name: str, ready: str, *words: str) -> Program:
        return Program(name, [sys.executable, "-m", "server", *words], environment, ready, _ROOT)

    sandbox = ["sandbox", "--port", f"{wanted.sandbox_port}", "--database", f"{wanted.folder / 'sandbox.db'}"]
    for url in wanted.server_urls:
        sandbox += ["--door", f"{url}/webhooks/whatsapp"]
    servers = (
        maycall(f"server {port}", "Maycall is ready", "serve", "--port", f"{port}") for port in wanted.server_ports
    )
    return Plan(
        making,
        services,
        maycall("migrate", "", "migrate"),
        maycall("sandbox", "The sandbox's phones are at", *sandbox),
        (*servers, maycall("worker", "worker is at work", "worker")),
        _greeting(wanted, token),
    )


def _secrets() -> dict[str, str]:
    """Make up what Maycall and WhatsApp know of each other, where it is not given: the sandbox is told the same."""
    names = (f"MAYCALL_WHATSAPP_{name}" for name in ("ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN"))
    return {name: given(name) or secrets.token_urlsafe() for name in names}


def _services(
    folder: Path, sockets: Path, environment: dict[str, str]
) -> tuple[Making | None, tuple[Program, ...], dict[str, str]]:
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
        making, serving = _postgresql(folder, sockets, environment)
        services.append(serving)
        database = f"postgresql://{_SUPERUSER}@/postgres?host={sockets}"
    if broadcast is None:
        port = _free_port()
        services.append(
            Program("redis", valkey.serving(port), environment, "Ready to accept connections", folder, quiet=True)
        )
        broadcast = f"redis://127.0.0.1:{port}/0"
    return making, tuple(services), {"MAYCALL_DATABASE_URL": database, "MAYCALL_BROADCAST_URL": broadcast}


def _postgresql(folder: Path, sockets: Path, environment: dict[str, str]) -> tuple[Making | None, Program]:
    user = postgresql.instead_of_us()
    closed = [place for place in (folder, *folder.parents) if not place.stat().st_mode & 0o001]
    if user is not None and closed:
        raise FleetError(
            f"PostgreSQL does not run as root, and {user.pw_name}, as whom it would run instead, may not enter"
            f" {closed[-1]}. Run the fleet as another user, or set MAYCALL_DATABASE_URL to a PostgreSQL."
        )
    programs = postgresql.programs(folder)
    place = folder / "postgresql"
    place.mkdir(exist_ok=True)
    for its_own in (place, sockets):
        programs.give(its_own)
    data, unfinished = place / "data", place / "unfinished"
    making = None
    if not data.exists():
        shutil.rmtree(unfinished, ignore_errors=True)
        command = programs.making(unfinished, _SUPERUSER)
        making = Making(
            Program("initdb", command, environment, "", place, rights=programs.rights, quiet=True), unfinished, data
        )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f"{sockets}",
        "max_connections": "300",
        "log_line_prefix": "",
        "log_checkpoints": "off",
    }
    serving = Program(
        "postgresql",
        programs.serving(data, settings),
        environment,
        "database system is ready to accept connections",
        place,
        end_by=signal.SIGINT,  # PostgreSQL's "fast" end: whoever is still connected is sent away
        rights=programs.rights,
        quiet=True,
    )
    return making, serving


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


def _kept(file: Path, new: str) -> str:
    """Give the secret that is kept in `file`, which is the new one at the first start."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(f"{new}\n")
    return file.read_text().strip()


def _greeting(wanted: Wanted, token: str) -> list[str]:
    one, other = wanted.server_urls
    return [
        "",
        "The fleet is ready. Ctrl-C stops it.",
        "",
        f"  Dashboard {one}/#token={token}",
        f"            {other}/#token={token}",
        f"  Phones    {wanted.sandbox_url}",
        f"  GraphQL   {one}/graphql",
        f"            {other}/graphql",
        f"  GraphiQL  {one}/graphql#token={token}",
        f"            {other}/graphql#token={token}",
        f"  Token     {token}",
        "",
    ]
