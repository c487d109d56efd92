"""`python -m server …`: everything that is started by hand."""

import asyncio
import difflib
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import col

from actions import access, checked_numbers, deliveries, people, sealing
from actions import workspaces as workspace_actions
from actions.checked_numbers import New
from actions.faults import BadInputError
from actions.resources import Resources
from graph.schema import schema as graphql_schema
from models import api_token as api_tokens
from models import person as person_rows
from models import workspace as workspaces
from models.business_number import BusinessNumber, Environment
from models.person import Person
from models.sealed import SealError
from models.sealed import new_key as new_encryption_key
from models.workspace import Workspace
from rules.access import Role, Scope
from rules.limits import PolicyName
from rules.refusals import Refusal
from whatsapp.inspection import Verdict

from . import releases
from . import settings as environment
from .app import Secrets, close, resources_of
from .doctor import Found, examine, show
from .importing import Refused, Wanted, import_file
from .logs import set_up_logging
from .serve import StartError, bring_up_to_date, check, prepare_folder, serve_sandbox
from .serve import serve as serve_until_told
from .worker import work

SCHEMA_FILE = Path(__file__).parents[1] / "schema.graphql"

app = typer.Typer(
    help="May I call? Who may be rung on WhatsApp right now.", no_args_is_help=True, pretty_exceptions_enable=False
)
tokens = typer.Typer(help="API tokens: create, list, revoke.", no_args_is_help=True)
persons = typer.Typer(help="People who sign in: invite, list.", no_args_is_help=True)
numbers = typer.Typer(help="WhatsApp numbers of the business.", no_args_is_help=True)
spaces = typer.Typer(help="Workspaces of businesses that share an installation: create, list.", no_args_is_help=True)
app.add_typer(spaces, name="workspace")
app.add_typer(tokens, name="token")
app.add_typer(numbers, name="number")
app.add_typer(persons, name="person")

Result = TypeVar("Result")
Whose = Annotated[str | None, typer.Option(help="The name of the workspace; without it, the one that was made first.")]


def main() -> None:
    """Run the command line. What goes wrong is told in a sentence."""
    try:
        app()
    except (StartError, environment.SettingsError, BadInputError, SealError) as error:
        print(error, file=sys.stderr)  # noqa: T201 it is for the person who typed the command
        sys.exit(1)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Where to listen.", min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="On which address; 0.0.0.0 for all.")] = "127.0.0.1",
    *,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the database up to date first.")] = False,
) -> None:
    """Serve the API, Meta's door and, where it is switched on, the sandbox."""
    serve_until_told(environment.read(), host, port, migrating=migrate)


@app.command()
def worker() -> None:
    """Attend to what wakes by itself, beside servers: tell what ran out, send what is queued, try again what failed."""
    work(environment.read())


@app.command()
def sandbox(
    door: Annotated[
        list[str] | None, typer.Option(help="A server's webhook, to tell news at; given again, they take turns.")
    ] = None,
    port: Annotated[int, typer.Option(help="Where to listen.", min=1, max=65535)] = 8001,
    host: Annotated[str, typer.Option(help="On which address; 0.0.0.0 for all.")] = "127.0.0.1",
    database: Annotated[Path, typer.Option(help="The file it remembers in.")] = Path("var/sandbox.db"),
) -> None:
    """Serve the sandbox alone, for servers that are told of it by MAYCALL_SANDBOX_URL."""
    doors = tuple(door or ["http://127.0.0.1:8000/webhooks/whatsapp"])
    serve_sandbox(environment.read(), host, port, doors, database)


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    settings = environment.read()
    prepare_folder(settings)
    bring_up_to_date(settings)
    typer.echo("The database is up to date.")


@app.command()
def doctor() -> None:
    """Check the whole configuration, Meta's side included: a line for each thing, with what to do where it is wrong."""
    console = Console()
    try:
        settings = environment.read()
    except environment.SettingsError as error:
        for line in str(error).splitlines():
            show(Found("settings", Verdict.FAILED, line), console)
        raise typer.Exit(1) from error
    set_up_logging("ERROR")

    async def look() -> bool:
        return all([show(found, console) async for found in examine(settings)])

    if not asyncio.run(look()):
        raise typer.Exit(1)


@app.command("new-key")
def new_key() -> None:
    """Make a key for MAYCALL_ENCRYPTION_KEY and print it."""
    typer.echo(new_encryption_key())


@app.command()
def seal(
    *,
    clear_lost: Annotated[bool, typer.Option("--clear-lost", help="Throw away what no key opens any more.")] = False,
) -> None:
    """Seal every secret again, with the first key in MAYCALL_ENCRYPTION_KEY."""

    async def seal_all(resources: Resources, _workspace: Workspace) -> sealing.Resealed:
        return await sealing.seal_again(resources, clear_lost=clear_lost)

    done = _run(seal_all)
    typer.echo(f"{done.again} of {done.secrets} secrets are sealed again; {done.cleared} were thrown away.")


@app.command()
def schema(
    *,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only compare: with the file, and with what was promised in the last release."),
    ] = False,
    release: Annotated[str | None, typer.Option(help="Promise it to partners, as this version.")] = None,
) -> None:
    """Print the API's schema into schema.graphql."""
    printed = graphql_schema.as_str() + "\n"
    for last in releases.released()[-1:]:
        if check or release:
            _keep_promises(last, printed)
        else:
            _show_what_is_new(last, printed)
    if release:
        releases.freeze(release, printed)
    if not check:
        SCHEMA_FILE.write_text(printed)
        return
    kept = SCHEMA_FILE.read_text() if SCHEMA_FILE.exists() else ""
    if kept != printed:
        difference = difflib.unified_diff(kept.splitlines(), printed.splitlines(), "schema.graphql", "served", n=1)
        typer.echo(
            "\n".join([*difference, "schema.graphql is not the schema that is served. Run: make schema"]), err=True
        )
        raise typer.Exit(1)


def _keep_promises(last: releases.Release, served: str) -> None:
    """Exit where a promise to the partners of the last release is broken."""
    if broken := releases.broken(last.schema, served, datetime.now(UTC).date()):
        typer.echo(
            f"Partners rely on {last.version}, and this breaks it:\n{releases.told(broken)}\n"
            "Mark it as @deprecated first, with the reason: Use `its replacement` instead. Goes away after 2027-05-01.",
            err=True,
        )
        raise typer.Exit(1)


def _show_what_is_new(last: releases.Release, served: str) -> None:
    """Tell what programs written for the last release may not be ready for."""
    if surprising := releases.surprising(last.schema, served):
        typer.echo(f"New since {last.version}, and clients have to be ready for it:\n{releases.told(surprising)}")


@app.command()
def replay(
    since: Annotated[
        datetime, typer.Option(help="Deliveries received since then, UTC.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
) -> None:
    """Run stored deliveries through today's rules and show what changes."""

    async def rerun(resources: Resources, _workspace: Workspace) -> None:
        async with resources.feed.running():
            async for replayed in deliveries.replay(resources, since.replace(tzinfo=UTC), dry_run=dry_run):
                _show(replayed, totals)

    totals = Totals()
    _run(rerun)
    would = "would change" if dry_run else "changed"
    typer.echo(f"{totals.deliveries} deliveries {would} {totals.changes} things; {totals.skipped} parts were skipped.")


@dataclass(slots=True)
class Totals:
    deliveries: int = 0
    changes: int = 0
    skipped: int = 0


def _show(replayed: deliveries.Replayed, totals: Totals) -> None:
    totals.deliveries += 1
    totals.changes += len(replayed.changes)
    totals.skipped += len(replayed.skipped)
    received = replayed.received_at.strftime("%Y-%m-%d %H:%M:%S")
    for change in replayed.changes:
        steps = f"{change.previous_status or 'new'} → {change.status}" if change.status else change.cause.value
        typer.echo(f"{received}  {change.kind.value} {change.subject_id}: {steps}")
    for line in replayed.skipped:
        typer.echo(f"{received}  skipped: {line}")


@spaces.command("create")
def create_workspace(name: Annotated[str, typer.Argument(help="What to call it, as no other is called.")]) -> None:
    """Make a workspace. Nobody comes in before there is a token for it: token create --workspace."""

    async def create(resources: Resources, _workspace: Workspace) -> Workspace:
        return await workspace_actions.create(resources, name)

    typer.echo(f"{_run(create).name} is a workspace now.")


@spaces.command("list")
def list_workspaces() -> None:
    """List the workspaces, the one that was made first on top."""

    async def rows(resources: Resources, _workspace: Workspace) -> list[Workspace]:
        async with resources.database.reading() as session:
            return list(await session.exec(workspaces.in_order()))

    table = Table("id", "name", "created")
    for workspace in _run(rows):
        table.add_row(str(workspace.id), workspace.name, workspace.created_at.strftime("%Y-%m-%d %H:%M UTC"))
    _print(table)


@tokens.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="Whose it is, or what for.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; may be given many times.")],
    days: Annotated[int | None, typer.Option(help="After how many days it ends; without it, never.", min=1)] = None,
    workspace: Whose = None,
) -> None:
    """Make a token and print it: it is shown this once, and kept nowhere."""

    async def create(resources: Resources, theirs: Workspace) -> str:
        expires_at = resources.now() + timedelta(days=days) if days else None
        made = await access.create_token(resources, theirs.id, name, scope, expires_at=expires_at)
        return _not_refused(made).secret

    typer.echo(_run(create, workspace))


@tokens.command("list")
def list_tokens(workspace: Whose = None) -> None:
    """List the tokens, without what they are."""

    async def rows(resources: Resources, theirs: Workspace) -> list[api_tokens.ApiToken]:
        async with resources.database.reading() as session:
            return list(await session.exec(api_tokens.of_workspace(theirs.id).order_by(col(api_tokens.ApiToken.id))))

    table = Table("id", "name", "begins with", "scopes", "created", "last used", "expires", "revoked")
    for token in _run(rows, workspace):
        moments = (token.created_at, token.last_used_at, token.expires_at, token.revoked_at)
        shown = [moment.strftime("%Y-%m-%d %H:%M UTC") if moment else "" for moment in moments]
        table.add_row(str(token.id), token.name, token.prefix, " ".join(token.scopes), *shown)
    _print(table)


@tokens.command("revoke")
def revoke_token(
    token_id: Annotated[UUID, typer.Argument(help="Its id, from the list.")], workspace: Whose = None
) -> None:
    """Make a token useless at once."""

    async def revoke(resources: Resources, theirs: Workspace) -> None:
        _not_refused(await access.revoke_token(resources, theirs.id, token_id))

    _run(revoke, workspace)
    typer.echo("The token is revoked.")


@persons.command("invite")
def invite_person(
    email: Annotated[str, typer.Argument(help="The e-mail address that the sign-in provider has verified as theirs.")],
    role: Annotated[Role, typer.Option(help="What they may do.", case_sensitive=False)],
    *,
    all_numbers: Annotated[
        bool, typer.Option("--all-numbers", help="Let them use every business number, until an admin chooses some.")
    ] = False,
    workspace: Whose = None,
) -> None:
    """Let somebody in who signs in with this e-mail address."""

    async def invite(resources: Resources, theirs: Workspace) -> None:
        numbers = people.Numbers(None) if all_numbers else people.NO_NUMBERS
        by = "the command line"
        _not_refused(await people.invite(resources, theirs.id, email, role, numbers, by=by))

    _run(invite, workspace)
    typer.echo(f"{email} may sign in, as {role.lower()}.")


@persons.command("list")
def list_people(workspace: Whose = None) -> None:
    """List the people who may sign in, or once could."""

    async def rows(resources: Resources, theirs: Workspace) -> list[Person]:
        async with resources.database.reading() as session:
            return list(await session.exec(person_rows.of_workspace(theirs.id).order_by(col(Person.id))))

    table = Table("id", "name", "e-mail", "role", "numbers", "last signed in", "removed")
    for person in _run(rows, workspace):
        moments = (person.last_signed_in_at, person.disabled_at)
        shown = [moment.strftime("%Y-%m-%d %H:%M UTC") if moment else "" for moment in moments]
        held_to = "all" if person.numbers is None else str(len(person.numbers))
        table.add_row(str(person.id), person.name or "", person.email or "", person.role.lower(), held_to, *shown)
    _print(table)


@numbers.command("add")
def add_number(
    phone_number_id: Annotated[str, typer.Argument(help="Meta's id of the number, from WhatsApp Manager.")],
    waba_id: Annotated[
        str | None, typer.Argument(help="The id of its WhatsApp Business Account; without it, it is looked for.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call it; without it, as WhatsApp has verified it.")] = None,
    limits: Annotated[PolicyName, typer.Option(help="SANDBOX for Meta's test numbers.")] = PolicyName.PRODUCTION,
) -> None:
    """Check a real WhatsApp number against Meta and add it to the workspace, with the installation's credentials."""
    new = New(phone_number_id, Environment.PRODUCTION, waba_id, name, limits)

    async def add(resources: Resources, workspace: Workspace) -> BusinessNumber:
        async with resources.feed.running():
            return _not_refused(await checked_numbers.create(resources, workspace.id, new))

    typer.echo(f"{_run(add).display_phone_number} is added.")


@app.command("import-customers")
def import_customers(
    file: Annotated[
        Path, typer.Argument(help="Comma-separated values, as spreadsheets write them.", exists=True, dir_okay=False)
    ],
    region: Annotated[
        str | None, typer.Option(help="Of which country phone numbers are that do not say it, as in IN.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="How the file is written, where it is not UTF-8.")] = None,
    report: Annotated[Path | None, typer.Option(help="A file to write all refused lines to.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would come of it.")] = False,
    workspace: Whose = None,
) -> None:
    """Bring in customers. The first line names the columns, such as: name, phone, external_id, tags, timezone."""
    wanted = Wanted(file, region and region.upper(), encoding, report, dry_run)
    wanted.check()

    async def bring_in(resources: Resources, theirs: Workspace) -> Refused:
        async with resources.feed.running():
            return await import_file(resources, theirs.id, wanted, Console())

    if _run(bring_in, workspace).count:
        raise typer.Exit(1)


def _print(table: Table) -> None:
    """Print all of a table: what stands in it is copied, so it is rather wrapped by the terminal than shortened."""
    Console(width=1_000).print(table)


def _not_refused(result: Result | Refusal) -> Result:
    """Give the result. BadInputError when it is a refusal."""
    if isinstance(result, Refusal):
        raise BadInputError(result.message)
    return result


def _run(work: Callable[[Resources, Workspace], Coroutine[Any, Any, Result]], whose: str | None = None) -> Result:
    """Do something in a workspace: the one of this name, or the installation's own."""

    async def run() -> Result:
        async with _workspace(whose) as (resources, workspace):
            return await work(resources, workspace)

    return asyncio.run(run())


@asynccontextmanager
async def _workspace(name: str | None) -> AsyncIterator[tuple[Resources, Workspace]]:
    settings = environment.read()
    set_up_logging(settings.log_level)
    resources = resources_of(settings, Secrets.of(settings), "")
    try:
        await check(resources.database)
        async with resources.database.reading() as session:
            wanted = workspaces.first() if name is None else workspaces.named(name)
            workspace = (await session.exec(wanted)).first()
        if workspace is None and name is not None:
            raise BadInputError(f"There is no workspace {name!r}. See which there are: python -m server workspace list")
        if workspace is None:
            raise StartError("There is no workspace yet. Start the server once: python -m server serve --migrate")
        yield resources, workspace
    finally:
        await close(resources)
