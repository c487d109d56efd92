"""The roof: every door, and what runs behind them."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route, Router, WebSocketRoute

import sandbox.app as stand_in
from actions.feed import Feed
from actions.meter import meter_at
from actions.observer import Nobody
from actions.post import Post
from actions.resources import Resources
from actions.turns import SharedTurns
from actions.wires import wire_to
from models.business_number import Environment
from models.database import Database
from whatsapp.cloud_api import CloudApi
from whatsapp.exchange import unwatched

from . import beginnings, pages, scheduler
from .body_limit import BodyLimit
from .brake import Brake
from .browsers import BrowserHeaders, to_pages_of
from .entrance import Entrance
from .graphql_door import GraphQLDoor
from .health import Health
from .leaving import Leaving
from .logs import telling
from .metrics import Standing
from .metrics_door import MetricsDoor
from .observing import Watch, watch_of
from .seal import seal_of
from .settings import GRAPH_VERSION, Settings
from .siblings import Siblings
from .sign_in import SignIn
from .webhook import LARGEST_BODY as LARGEST_DELIVERY
from .webhook import WebhookDoor

WEBHOOK_PATH = "/webhooks/whatsapp"
SANDBOX_FILE = "sandbox.db"  # beside the database


@dataclass(frozen=True, slots=True)
class Secrets:
    """What this server and WhatsApp know of each other; for the sandbox alone it may be made up at each start."""

    access_token: str
    app_secret: str
    verify_token: str

    @classmethod
    def of(cls, settings: Settings) -> "Secrets":
        return cls(
            settings.whatsapp_access_token or secrets.token_urlsafe(),
            settings.whatsapp_app_secret or secrets.token_urlsafe(),
            settings.whatsapp_verify_token or secrets.token_urlsafe(),
        )


Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    own_url: str,
    folder: Path,
    production_numbers: tuple[str, ...] = (),
    *,
    clock: Clock = _now,
    leaving: Leaving | None = None,
    siblings: Siblings | None = None,
) -> Starlette:
    """Make the app that serves at `own_url`; `folder` keeps what the sandbox knows, `clock` gives everybody's time.

    The database must be migrated before it starts. The sandbox's pages warn of `production_numbers` beside it.
    """
    leaving = leaving or Leaving()
    shared = Secrets.of(settings)
    watch = watch_of(settings)
    resources = resources_of(settings, shared, own_url, clock=clock, folder=folder, watch=watch)
    sandbox = None
    if settings.sandbox:
        doors = (f"{own_url}{WEBHOOK_PATH}",)
        config = sandbox_config(settings, shared, doors, folder / SANDBOX_FILE, production_numbers)
        sandbox = stand_in.create_app(config, clock=lambda: clock().timestamp())
    brake = Brake(settings.failed_sign_ins, clock)
    door = GraphQLDoor(
        resources,
        settings.allowed_origins,
        settings.connections_per_token,
        settings.operations_per_connection,
        limits=settings.limits,
        brake=brake,
        documents=settings.documents,
        introspection=settings.introspection,
    )
    sign_in = SignIn(resources, settings, brake)
    leaving.tell(door.hub.close)
    graphql = to_pages_of(settings.allowed_origins, BodyLimit(door, settings.max_body))
    webhook = BodyLimit(WebhookDoor(resources, shared.verify_token), LARGEST_DELIVERY)
    pulse = scheduler.Pulse(done=watch.metrics.done, failed=watch.metrics.failed)
    health = Health(resources, leaving, pulse)
    watch.metrics.registry.register(Standing(resources, door.hub))
    numbers = MetricsDoor(resources, watch.metrics.registry, siblings or Siblings(), settings.metrics_token)
    app = Starlette(
        routes=[
            Route("/graphql", graphql),
            WebSocketRoute("/graphql", graphql),
            Route(WEBHOOK_PATH, webhook),
            *sign_in.routes,
            Route("/health/live", health.live),
            Route("/health/ready", health.ready),
            Route("/metrics", numbers.read),
            *([Mount("/sandbox", sandbox)] if sandbox else []),
            *([Mount("/sandbox", _elsewhere(settings.sandbox_url))] if settings.sandbox_url else []),
            *pages.routes(sandbox=settings.sandbox),
        ],
        exception_handlers={pages.NOT_FOUND: pages.nowhere()},
        middleware=[
            Middleware(BrowserHeaders, secure=(settings.public_url or "").startswith("https:")),
            Middleware(Entrance, watch),
        ],
        lifespan=lambda _app: _lifespan(resources, sandbox, leaving, pulse, [watch, health, numbers, sign_in]),
    )
    app.state.resources, app.state.registry = resources, watch.metrics.registry
    return app


def resources_of(
    settings: Settings,
    shared: Secrets,
    own_url: str,
    *,
    clock: Clock = _now,
    folder: Path | None = None,
    watch: Watch | None = None,
) -> Resources:
    """Gather what the actions are handed. Whoever asks for it closes its database and WhatsApp."""
    patience = timedelta(seconds=settings.whatsapp_patience_seconds)
    database = Database(settings.database_url)
    queries = SharedTurns(database, _now)  # whatever clock the house goes by, WhatsApp goes by this one
    watching = watch.exchange if watch is not None else unwatched
    speaking = partial(
        CloudApi, access_token=shared.access_token, patience=patience, queries=queries, watching=watching
    )
    production = speaking(settings.whatsapp_base_url)
    stand_in_url = f"{settings.sandbox_url or f'{own_url}/sandbox'}/graph/{GRAPH_VERSION}"
    return Resources(
        database=database,
        whatsapp={
            Environment.PRODUCTION: production,
            Environment.SANDBOX: speaking(stand_in_url) if settings.has_sandbox else production,
        },
        meter=meter_at(settings.broadcast_url, database),
        feed=Feed(wire_to(settings.broadcast_url), watch),
        token_key=settings.secret_key,
        now=clock,
        app_secret=shared.app_secret,
        webhook_url=f"{settings.public_url}{WEBHOOK_PATH}" if settings.public_url else None,
        has_sandbox=settings.has_sandbox,
        seal=seal_of(settings, folder or settings.folder),
        post=Post(open=settings.webhooks_allow_private),
        messages_kept=timedelta(days=settings.webhook_deliveries_kept_days),
        observer=watch or Nobody(),
        log_kept=timedelta(days=settings.log_kept_days) if settings.log_kept_days else None,
    )


def sandbox_config(
    settings: Settings, shared: Secrets, doors: tuple[str, ...], database: Path, production_numbers: tuple[str, ...]
) -> stand_in.Config:
    """Say what the sandbox is to be: this house's number and customers, telling its news at the `doors`."""
    return stand_in.Config(
        webhook_urls=doors,
        app_secret=shared.app_secret,
        access_token=shared.access_token,
        database=database,
        numbers=(
            stand_in.BusinessNumber(
                phone_number_id=beginnings.SANDBOX_PHONE_NUMBER_ID,
                display_phone_number=beginnings.SANDBOX_DISPLAY_PHONE_NUMBER.removeprefix("+"),
                waba_id=beginnings.SANDBOX_WABA_ID,
                name="Sandbox",
            ),
            stand_in.BusinessNumber(
                phone_number_id=beginnings.SPARE_PHONE_NUMBER_ID,
                display_phone_number=beginnings.SPARE_DISPLAY_PHONE_NUMBER.removeprefix("+"),
                waba_id=beginnings.SANDBOX_WABA_ID,
                name="Second desk",
            ),
        ),
        phones=tuple(
            stand_in.Phone(someone.phone.removeprefix("+"), someone.name) for someone in beginnings.SANDBOX_CUSTOMERS
        ),
        production_numbers=production_numbers,
        open_to_network=settings.sandbox_open,
    )


def _elsewhere(url: str) -> Router:
    """Send whoever looks for the sandbox here to where it is."""

    def send(request: Request) -> Response:
        return RedirectResponse(f"{url}/{request.path_params['path']}")

    return Router([Route("/{path:path}", send)])


@asynccontextmanager
async def _lifespan(
    resources: Resources,
    sandbox: Starlette | None,
    leaving: Leaving,
    pulse: scheduler.Pulse,
    watching: Sequence[Watch | Health | MetricsDoor | SignIn],
) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        stack.enter_context(telling("server_failed"))
        stack.push_async_callback(close, resources)
        for one in watching:
            await stack.enter_async_context(one.running())
        await stack.enter_async_context(resources.feed.running())
        if sandbox is not None:
            await stack.enter_async_context(stand_in.running(sandbox))
        clock = asyncio.create_task(scheduler.run(resources, leaving.begun, pulse), name="clock")
        try:
            yield
        finally:
            leaving.begin()
            await leaving.see_off(clock)


async def close(resources: Resources) -> None:
    for whatsapp in set(resources.whatsapp.values()):
        if isinstance(whatsapp, CloudApi):
            await whatsapp.close()
    await resources.meter.close()
    await resources.post.close()
    await resources.database.close()
