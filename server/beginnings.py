"""What an installation begins with: a workspace, a token to come in with, and in the sandbox somebody to call."""

import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import structlog

from actions import access, business_numbers, customers
from actions.access import Viewer
from actions.resources import Resources
from models import business_number as business_number_rows
from models import workspace as workspaces
from models.business_number import Environment
from models.columns import new_id
from models.workspace import Workspace
from rules.access import Scope

_log = structlog.get_logger()

SANDBOX_PHONE_NUMBER_ID = "529183746501122"
SANDBOX_DISPLAY_PHONE_NUMBER = "+918045550142"
SPARE_PHONE_NUMBER_ID = "529183746501148"  # in the sandbox too, and of nobody: to try adding a number with
SPARE_DISPLAY_PHONE_NUMBER = "+918045550187"
SANDBOX_WABA_ID = "318840017724905"


@dataclass(frozen=True, slots=True)
class Someone:
    """A customer to try things with."""

    name: str
    phone: str
    tags: list[str]
    timezone: str


SANDBOX_CUSTOMERS = (
    Someone("Meera Kulkarni", "+919812300457", ["delivery"], "Asia/Kolkata"),
    Someone("Caio Prado", "+5511987650321", ["renewal"], "America/Sao_Paulo"),
    Someone("Lena Vogt", "+4915112345678", ["support"], "Europe/Berlin"),
    Someone("Arjun Nair", "+919845012345", ["delivery", "vip"], "Asia/Kolkata"),
    Someone("Sofia Romano", "+393471234567", ["renewal", "vip"], "Europe/Rome"),
)


async def ensure(resources: Resources, *, sandbox: bool, token: str | None) -> None:
    """See to it that a workspace is there; with `sandbox` what it needs, and with `token` that this admin token works.

    However many servers start at once, all is made once: they do it one after the other.
    """
    async with resources.database.alone():
        workspace = await ensure_workspace(resources)
        if sandbox:
            await ensure_sandbox(resources, workspace.id)
        if token is not None:
            await access.ensure_token(resources, workspace.id, "bootstrap", token)


async def ensure_workspace(resources: Resources) -> Workspace:
    """Give the installation's first workspace, making it where there is none."""
    async with resources.database.writing() as session:
        workspace = (await session.exec(workspaces.first())).first()
        if workspace is None:
            workspace = Workspace(id=new_id(), name="My business", created_at=resources.now())
            session.add(workspace)
    return workspace


async def ensure_sandbox(resources: Resources, workspace_id: UUID) -> None:
    """Give a workspace that has no business number the sandbox's, and a handful of customers."""
    async with resources.database.reading() as session:
        if (await session.exec(business_number_rows.of_workspace(workspace_id))).first() is not None:
            return
    await business_numbers.add(
        resources,
        workspace_id,
        phone_number_id=SANDBOX_PHONE_NUMBER_ID,
        display_phone_number=SANDBOX_DISPLAY_PHONE_NUMBER,
        waba_id=SANDBOX_WABA_ID,
        name="Sandbox",
        environment=Environment.SANDBOX,
    )
    seeder = Viewer(workspace_id, new_id(), "the first start", frozenset({Scope.ADMIN}))
    for someone in SANDBOX_CUSTOMERS:
        await customers.create(resources, seeder, asdict(someone))


def kept_token(file: Path) -> str:
    """Give the token that is kept in `file` for the person who runs the sandbox here, making it at the first start."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(f"mc_{secrets.token_urlsafe(32)}\n")
    return file.read_text().strip()
