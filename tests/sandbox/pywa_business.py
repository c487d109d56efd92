"""pywa, a client written against Meta itself, as a business that knows nothing of the sandbox."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pywa import handlers
from pywa_async.client import WhatsApp
from starlette.applications import Starlette

from sandbox.app import Limits
from sandbox.outbox import trusted
from tests.ground.processes import free_port

from .harness import NUMBER, SECRET, TOKEN, WABA, Sandbox, configured, run_sandbox, served

VERIFY_TOKEN = "a-verify-token"
_LENIENT = Limits(25, 100, 100, 2, 4)
T = TypeVar("T")


@dataclass(slots=True)
class Business:
    """pywa's client, the sandbox it takes for Meta, and what it made of the updates it got."""

    client: WhatsApp
    sandbox: Sandbox
    own_url: str
    heard: list[Any] = field(default_factory=list)
    raw: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, _: Any, update: Any) -> None:
        """Keep what pywa understood."""
        self.heard.append(update)
        self.news.set()

    async def see(self, _: Any, update: Any) -> None:
        """Keep every update pywa got, understood or not."""
        self.raw.append(dict(update))
        self.news.set()

    def of(self, kind: type[T]) -> list[T]:
        """List what it understood as one kind of update."""
        return [update for update in self.heard if isinstance(update, kind)]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, looking again at every update."""
        async with asyncio.timeout(60):
            while not holds():
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def open_business(folder: Path) -> AsyncIterator[Business]:
    """Serve pywa's webhook door and a sandbox that knocks there; give the client, its base address turned."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/webhooks/whatsapp"
    app = Starlette()
    session = httpx.AsyncClient(verify=trusted(), trust_env=False, timeout=60)
    client = WhatsApp(
        phone_id=NUMBER,
        token=TOKEN,
        waba_id=WABA,
        session=session,
        server=app,  # type: ignore[arg-type]  # any Starlette will do; its types name only what is built on it
        webhook_endpoint="/webhooks/whatsapp",
        verify_token=VERIFY_TOKEN,
        app_secret=SECRET,
    )
    config = configured(folder / "pywa.sqlite", url, _LENIENT)
    async with session, served(app, port), run_sandbox(config) as sandbox:
        session.base_url = f"{sandbox.client.base_url}/sandbox/graph/v23.0"
        # In the answer to a started call pywa reads a `success` that no sample of Meta's has.
        await sandbox.script("variants", call_success=True)
        business = Business(client, sandbox, url)
        client.add_handlers(
            handlers.RawUpdateHandler(business.see),
            handlers.MessageHandler(business.hear),
            handlers.MessageStatusHandler(business.hear),
            handlers.CallPermissionUpdateHandler(business.hear),
            handlers.CallConnectHandler(business.hear),
            handlers.CallStatusHandler(business.hear),
            handlers.CallTerminateHandler(business.hear),
            handlers.PhoneNumberChangeHandler(business.hear),
            handlers.AccountUpdateHandler(business.hear),
            handlers.TemplateStatusUpdateHandler(business.hear),
            handlers.TemplateCategoryUpdateHandler(business.hear),
        )
        yield business
