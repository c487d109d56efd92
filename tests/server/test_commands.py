"""`python -m server …` as an operator types it: nothing but a sentence when something is wrong."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL
from sqlmodel import select
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from actions import access
from models.business_number import BusinessNumber
from models.columns import new_id
from models.customer import Customer
from sandbox import app as stand_in
from sandbox.__main__ import standalone
from sandbox.store import Store
from server import beginnings, cli
from server import serve as serving
from server.app import Secrets, close, resources_of
from server.settings import Settings
from tests.ground.databases import sqlite_url_of
from tests.ground.house import open_business
from tests.ground.processes import free_port, running_server
from tests.sandbox.harness import served

WHATSAPP = {
    "MAYCALL_WHATSAPP_ACCESS_TOKEN": "EAAB",
    "MAYCALL_WHATSAPP_APP_SECRET": "demo-app-secret",
    "MAYCALL_WHATSAPP_VERIFY_TOKEN": "verify",
    "MAYCALL_WHATSAPP_BASE_URL": "http://127.0.0.1:9",
}
TOKEN = "mc_of_a_test_and_nobody_else"


@dataclass(frozen=True)
class Ended:
    code: int
    output: str
    errors: str


class Command:
    """Runs commands in this very process, as if they had been typed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name in [name for name in os.environ if name.startswith("MAYCALL_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("COLUMNS", "300")
        # How this process writes its log is pytest's business.
        for room in (serving, cli):
            monkeypatch.setattr(room, "set_up_logging", lambda _level: None)

    def __call__(self, environment: Mapping[str, str], *arguments: str) -> Ended:
        with self._monkeypatch.context() as typed:
            for name, value in environment.items():
                typed.setenv(name, value)
            typed.setattr(sys, "argv", ["server", *arguments])
            code = _ended(cli.main)
        written = self._capsys.readouterr()
        return Ended(code, written.out, written.err)


def _ended(main: Callable[[], None]) -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def sentence(ended: Ended) -> str:
    """Give the only line that a command which could not do its work has written."""
    assert (ended.code, ended.output) == (1, "")
    [line] = ended.errors.splitlines()
    return line


# --- What stops a start ---


def test_a_port_in_use_stops_the_start(command: Command, sqlite_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = command(WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url}, "serve", "--port", f"{port}")
    assert sentence(ended) == f"Port {port} is in use. Stop what uses it, or choose another: make run PORT={port + 1}"


def test_an_address_that_is_not_of_this_machine_stops_the_start(command: Command, sqlite_url: str) -> None:
    ended = command(WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url}, "serve", "--host", "192.0.2.1")
    assert sentence(ended) == "The address 192.0.2.1:8000 cannot be listened on (Cannot assign requested address)."


def test_a_host_that_nobody_knows_stops_the_start(command: Command, sqlite_url: str) -> None:
    ended = command(WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url}, "serve", "--host", "nowhere.invalid")
    assert sentence(ended).startswith("The address nowhere.invalid:8000 cannot be listened on (")


@pytest.mark.parametrize("inside", ["maycall.db", "deeper/maycall.db"])
def test_a_folder_that_cannot_be_written_to_stops_the_start(command: Command, tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").touch()  # root may write anywhere, but not below a file
    database = tmp_path / "file" / inside
    for arguments in (("serve",), ("migrate",)):
        told = sentence(command(WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url_of(database)}, *arguments))
        assert told.startswith(f"Maycall cannot write into the folder {database.parent} (")
        assert told.endswith("). Make it writable, or set MAYCALL_DATABASE_URL to a place that is.")


def test_a_wrong_setting_stops_every_command(command: Command) -> None:
    for arguments in (("serve",), ("migrate",), ("token", "list")):
        told = sentence(command(WHATSAPP | {"MAYCALL_BROADCAST_URL": "carrier pigeon"}, *arguments))
        assert told == (
            "MAYCALL_BROADCAST_URL is wrong: it must begin with memory://, redis://, rediss:// or postgresql://."
        )


@pytest.mark.parametrize("arguments", [("serve",), ("token", "list")])
def test_a_database_that_was_not_migrated_stops_every_command(
    command: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    environment = WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url_of(tmp_path / "maycall.db")}
    arguments = (*arguments, "--port", f"{free_port()}") if arguments == ("serve",) else arguments
    assert sentence(command(environment, *arguments)) == (
        "The database is not up to date. Run: python -m server migrate"
    )


@pytest.mark.parametrize("arguments", [("serve",), ("migrate",), ("token", "list")])
def test_a_database_that_does_not_answer_stops_every_command(
    command: Command, postgresql: URL, arguments: tuple[str, ...]
) -> None:
    nobody_listens = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    nowhere = postgresql.set(database="nowhere").render_as_string(hide_password=False)
    arguments = (*arguments, "--port", f"{free_port()}") if arguments == ("serve",) else arguments
    for url, reason in ((nobody_listens, "Connect call failed"), (nowhere, 'database "nowhere" does not exist')):
        told = sentence(command(WHATSAPP | {"MAYCALL_DATABASE_URL": url}, *arguments))
        assert told.startswith("The database cannot be used (")
        assert reason in told
        assert told.endswith("). Check MAYCALL_DATABASE_URL, and that its server runs.")


def test_a_file_that_is_no_database_stops_every_command(command: Command, tmp_path: Path) -> None:
    (tmp_path / "maycall.db").write_text("a shopping list, and not a short one: " + "milk, " * 1000)
    environment = WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url_of(tmp_path / "maycall.db")}
    for arguments in (("serve", "--port", f"{free_port()}"), ("migrate",), ("token", "list")):
        told = sentence(command(environment, *arguments))
        assert told.startswith("The database cannot be used (file is not a database)")


def test_a_command_that_needs_a_workspace_says_how_to_get_one(command: Command, sqlite_url: str) -> None:
    ended = command(WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url}, "token", "list")
    assert sentence(ended) == "There is no workspace yet. Start the server once: python -m server serve --migrate"


def test_a_sandbox_whose_file_another_one_holds_does_not_start(
    command: Command, sqlite_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "phones.db"
    another = Store(file)
    environment = WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url}
    ended = command(environment, "sandbox", "--port", f"{free_port()}", "--database", f"{file}")
    another.close()
    assert sentence(ended).startswith(f"The sandbox cannot use {file} (database is locked).")


def test_a_second_server_on_the_same_sandbox_does_not_start(command: Command, tmp_path: Path) -> None:
    another = Store(tmp_path / "sandbox.db")
    environment = {"MAYCALL_DATABASE_URL": sqlite_url_of(tmp_path / "maycall.db"), "MAYCALL_SANDBOX": "true"}
    ended = command(environment, "serve", "--migrate", "--port", f"{free_port()}")
    another.close()
    told = sentence(ended)
    assert told.startswith(f"The sandbox cannot use {tmp_path / 'sandbox.db'} (database is locked).")
    assert told.endswith("It stands beside the database, which MAYCALL_DATABASE_URL names.")


# --- The schema and the database ---


def test_the_kept_schema_is_compared_with_the_one_that_is_served(command: Command) -> None:
    assert command({}, "schema", "--check") == Ended(0, "", "")


def test_a_kept_schema_that_is_another_is_told_with_the_difference_and_printed_anew(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = cli.SCHEMA_FILE.read_text()
    monkeypatch.setattr(cli, "SCHEMA_FILE", tmp_path / "schema.graphql")
    cli.SCHEMA_FILE.write_text(right.replace("type Query {", "type Query {\n  oldField: Int", 1))
    ended = command({}, "schema", "--check")
    assert (ended.code, ended.output) == (1, "")
    assert "-  oldField: Int\n" in ended.errors
    assert ended.errors.endswith("schema.graphql is not the schema that is served. Run: make schema\n")

    assert command({}, "schema").code == 0
    assert cli.SCHEMA_FILE.read_text() == right


def test_a_database_is_made_and_migrated(command: Command, tmp_path: Path) -> None:
    environment = WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url_of(tmp_path / "new folder" / "maycall.db")}
    for _ in range(2):
        ended = command(environment, "migrate")
        assert (ended.code, ended.output) == (0, "The database is up to date.\n")
    assert sentence(command(environment, "token", "list")).startswith("There is no workspace yet.")


# --- Tokens and numbers ---


@pytest.fixture
def installed(sqlite_url: str) -> dict[str, str]:
    """Give the environment of an installation that has been started once."""
    settings = Settings(database_url=sqlite_url, sandbox=True)

    async def start() -> None:
        resources = resources_of(settings, Secrets.of(settings), "")
        await beginnings.ensure_workspace(resources)
        await close(resources)

    asyncio.run(start())
    return WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url}


def keep_a_token(environment: Mapping[str, str]) -> None:
    """Put an access token of its own on a business number, sealed with this environment's key."""
    key = environment["MAYCALL_ENCRYPTION_KEY"]
    settings = Settings(database_url=environment["MAYCALL_DATABASE_URL"], encryption_key=key, sandbox=True)

    async def keep() -> None:
        resources = resources_of(settings, Secrets.of(settings), "")
        business = await open_business(resources)
        async with resources.database.writing() as session:
            number = await session.get_one(BusinessNumber, (business.workspace.id, business.number.id))
            resources.seal.put(number, "access_token", "EAAB-of-its-own")
        await close(resources)

    asyncio.run(keep())


def test_a_key_is_changed_as_the_page_about_secrets_says(command: Command, sqlite_url: str) -> None:
    old, new = (command({}, "new-key").output.strip() for _ in range(2))
    with_old, with_both, with_new = (
        WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url, "MAYCALL_ENCRYPTION_KEY": keys}
        for keys in (old, f"{new},{old}", new)
    )
    keep_a_token(with_old)
    assert command(with_both, "seal").output == "1 of 1 secrets are sealed again; 0 were thrown away.\n"
    assert command(with_new, "seal").output == "0 of 1 secrets are sealed again; 0 were thrown away.\n"
    assert "is not among MAYCALL_ENCRYPTION_KEY" in sentence(command(with_old, "seal"))


def test_a_key_that_is_missing_stops_the_start_until_what_it_sealed_is_thrown_away(
    command: Command, sqlite_url: str
) -> None:
    old, new = (command({}, "new-key").output.strip() for _ in range(2))
    database = WHATSAPP | {"MAYCALL_DATABASE_URL": sqlite_url}
    keep_a_token(database | {"MAYCALL_ENCRYPTION_KEY": old})
    for without in ({}, {"MAYCALL_ENCRYPTION_KEY": new}):
        told = sentence(command(database | without, "serve", "--port", f"{free_port()}"))
        assert told.startswith("Secrets in the database are sealed with a key that is not in MAYCALL_ENCRYPTION_KEY (")
        assert told.endswith("docs/secrets.md says what to do when it is lost.")
    cleared = command(database | {"MAYCALL_ENCRYPTION_KEY": new}, "seal", "--clear-lost")
    assert cleared.output == "0 of 1 secrets are sealed again; 1 were thrown away.\n"
    assert command(database | {"MAYCALL_ENCRYPTION_KEY": new}, "seal").code == 0


def test_a_wrong_key_stops_the_start_without_being_shown(command: Command, sqlite_url: str) -> None:
    wrong = {"MAYCALL_DATABASE_URL": sqlite_url, "MAYCALL_ENCRYPTION_KEY": "my dog's name"}
    assert sentence(command(WHATSAPP | wrong, "serve")) == (
        "MAYCALL_ENCRYPTION_KEY is wrong: each key must be 32 random bytes in base64."
        " Make one: python -m server new-key."
    )


def held(environment: Mapping[str, str], secret: str) -> list[str] | None:
    """Tell the scopes of the token as it is recognised now, or None."""
    settings = Settings(database_url=environment["MAYCALL_DATABASE_URL"], sandbox=True)

    async def look() -> list[str] | None:
        resources = resources_of(settings, Secrets.of(settings), "")
        viewer = await access.recognise(resources, secret)
        await close(resources)
        return sorted(viewer.scopes) if viewer else None

    return asyncio.run(look())


def test_tokens_are_made_listed_and_revoked(command: Command, installed: dict[str, str]) -> None:
    asked = ("token", "create", "crm", "--scope", "customers:read", "--scope", "calls:read", "--days", "2")
    made = command(installed, *asked)
    secret = made.output.strip()
    assert (made.code, made.errors) == (0, "")
    assert re.fullmatch(r"mc_[\w-]{43}", secret)
    assert held(installed, secret) == ["calls:read", "customers:read"]

    listed = command(installed, "token", "list")
    assert (listed.code, listed.errors) == (0, "")
    assert secret not in listed.output
    [row] = [line for line in listed.output.splitlines() if "crm" in line]
    assert secret[:7] in row
    assert "calls:read customers:read" in row
    [token_id] = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", row)

    assert command(installed, "token", "revoke", token_id) == Ended(0, "The token is revoked.\n", "")
    assert held(installed, secret) is None
    unknown = command(installed, "token", "revoke", str(new_id()))
    assert sentence(unknown) == "There is no such token. Take an id from the list of tokens."


def test_a_list_is_whole_where_the_terminal_is_narrow(command: Command, installed: dict[str, str]) -> None:
    command(installed, "token", "create", "crm", "--scope", "customers:read")
    [row] = [
        line for line in command(installed | {"COLUMNS": "80"}, "token", "list").output.splitlines() if "crm" in line
    ]
    assert re.search(r"[0-9a-f]{8}-[0-9a-f-]{27} .* customers:read ", row)


# --- Workspaces ---


def test_another_workspace_has_tokens_of_its_own(command: Command, installed: dict[str, str]) -> None:
    assert command(installed, "workspace", "create", "Bakery") == Ended(0, "Bakery is a workspace now.\n", "")
    listed = command(installed, "workspace", "list").output
    assert listed.index("My business") < listed.index("Bakery")
    asked = ("token", "create", "till", "--scope", "customers:read", "--workspace", "Bakery")
    secret = command(installed, *asked).output.strip()
    assert held(installed, secret) == ["customers:read"]

    assert "till" not in command(installed, "token", "list").output
    [row] = [
        line
        for line in command(installed, "token", "list", "--workspace", "Bakery").output.splitlines()
        if "till" in line
    ]
    [token_id] = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", row)
    assert sentence(command(installed, "token", "revoke", token_id)).startswith("There is no such token.")
    assert held(installed, secret) == ["customers:read"]
    revoked = command(installed, "token", "revoke", token_id, "--workspace", "Bakery")
    assert revoked == Ended(0, "The token is revoked.\n", "")
    assert held(installed, secret) is None


def test_people_and_customers_come_into_another_workspace(
    command: Command, installed: dict[str, str], tmp_path: Path
) -> None:
    command(installed, "workspace", "create", "Bakery")
    there = ("--workspace", "Bakery")
    assert command(installed, "person", "invite", "asha@example.com", "--role", "agent", *there).code == 0
    assert "asha@example.com" not in command(installed, "person", "list").output
    assert "asha@example.com" in command(installed, "person", "list", *there).output
    file = tmp_path / "customers.csv"
    file.write_text("name,phone\nLena,+4915112345678\n")
    for whose, told in (((), "1 customers created"), (there, "1 customers created"), (there, "0 customers created")):
        assert told in command(installed, "import-customers", f"{file}", *whose).output


def test_a_workspace_has_a_name_that_no_other_has(command: Command, installed: dict[str, str]) -> None:
    for name in ("My business", " My business "):
        told = sentence(command(installed, "workspace", "create", name))
        assert told == "There is a workspace 'My business' already. Choose another name."
    assert sentence(command(installed, "workspace", "create", " ")) == "A workspace's name has 1 to 200 characters."
    assert sentence(command(installed, "workspace", "create", "x" * 201)).startswith("A workspace's name has 1 to")
    unknown = command(installed, "token", "list", "--workspace", "Bakery")
    assert sentence(unknown) == "There is no workspace 'Bakery'. See which there are: python -m server workspace list"


def test_people_are_invited_and_listed(command: Command, installed: dict[str, str]) -> None:
    asked = ("person", "invite", "Asha@Example.com", "--role", "agent")
    assert command(installed, *asked) == Ended(0, "Asha@Example.com may sign in, as agent.\n", "")
    assert sentence(command(installed, *asked)).startswith("Somebody with this e-mail address is there already.")
    assert sentence(command(installed, "person", "invite", "asha", "--role", "viewer")).startswith("'asha' is not an")
    assert "asha@example.com" in command(installed, "person", "list").output


async def test_a_number_is_added_once_meta_knows_it(
    command: Command, installed: dict[str, str], tmp_path: Path
) -> None:
    number = stand_in.BusinessNumber("529183746501122", "918045550142", "318840017724905", "Front desk")
    config = stand_in.Config(("http://127.0.0.1:9/",), "demo-app-secret", "EAAB", tmp_path / "meta.db", (number,))
    port = free_port()
    environment = installed | {"MAYCALL_WHATSAPP_BASE_URL": f"http://127.0.0.1:{port}/sandbox/graph"}

    async def add(*arguments: str) -> Ended:
        return await asyncio.to_thread(command, environment, "number", "add", *arguments)

    async with served(standalone(config), port):
        assert await add("529183746501122") == Ended(0, "+918045550142 is added.\n", "")
        assert sentence(await add("529183746501122", "318840017724905")) == (
            "The workspace has this business number already. Change it instead."
        )
        assert sentence(await add("404404404")).startswith("WhatsApp shows this access token no number with the id 404")
    ended = await add("404404404")
    assert ended.code == 1
    assert ended.errors.startswith("WhatsApp could not be asked about the number (")


@pytest.mark.parametrize(
    "arguments",
    [
        ("token", "create", "crm", "--scope", "everything"),
        ("token", "create", "crm"),
        ("token", "revoke", "7"),
        ("serve", "--port", "0"),
        ("dance",),
    ],
)
def test_a_command_that_cannot_be_meant_is_told_how_it_is_meant(command: Command, arguments: tuple[str, ...]) -> None:
    ended = command(WHATSAPP, *arguments)
    assert (ended.code, ended.output) == (2, "")
    assert "Usage: " in ended.errors
    assert "Traceback" not in ended.errors


# --- From start to end ---


async def test_ctrl_c_with_twenty_subscribers_ends_cleanly_and_leaves_its_data(tmp_path: Path) -> None:
    environment = {
        "MAYCALL_DATABASE_URL": sqlite_url_of(tmp_path / "maycall.db"),
        "MAYCALL_SANDBOX": "true",
        "MAYCALL_BOOTSTRAP_TOKEN": TOKEN,
    }
    port = free_port()
    create = 'mutation { createCustomer(input: {phone: "+919812300999"}) { __typename } }'
    async with running_server(environment, "--migrate", port=port) as server:
        assert "Maycall is ready. Ctrl-C stops it." in server.logs()
        assert f"{server.url}/#token={TOKEN}" in server.logs()
        lines = []
        for _ in range(20):
            line = await connect(
                f"ws://127.0.0.1:{port}/graphql",
                subprotocols=[Subprotocol("graphql-transport-ws")],
                proxy=None,
                open_timeout=60,
            )
            await line.send(f'{{"type": "connection_init", "payload": {{"Authorization": "Bearer {TOKEN}"}}}}')
            assert await line.recv() == '{"type":"connection_ack"}'
            await line.send(
                '{"id": "1", "type": "subscribe", "payload": {"query": "subscription { changes { kind } }"}}'
            )
            await line.send('{"type": "ping"}')
            assert await line.recv() == '{"type":"pong"}'
            lines.append(line)
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=60) as client:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            answer = (await client.post("/graphql", json={"query": create}, headers=headers)).json()
            assert answer["data"] == {"createCustomer": {"__typename": "CreateCustomerSuccess"}}

        async with asyncio.timeout(20):
            assert await server.stop() == 0
        assert "Traceback" not in server.logs()
        assert "ERROR" not in server.logs()
        for line in lines:
            await line.wait_closed()

    settings = Settings(database_url=environment["MAYCALL_DATABASE_URL"], sandbox=True)
    resources = resources_of(settings, Secrets.of(settings), "")
    async with resources.database.reading() as session:
        phones = (await session.exec(select(Customer.phone))).all()
    await close(resources)
    assert len(phones) == 6
    assert "+919812300999" in phones
