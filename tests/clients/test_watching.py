"""Both clients watch a server that is cut off from them, and restarted: they miss nothing and see nothing twice."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.clients.languages import SECONDS_TO_SAY_IT, Language, Program, is_here, running
from tests.ground.cable import Cable
from tests.ground.processes import SECONDS_BETWEEN_LOOKS, free_port, running_server

TOKEN = "mc_of-a-partner"
MEERA, CAIO = "919812300457", "5511987650321"
ALLOWED = "PERMANENT {} CUSTOMER_ANSWERED"
REVOKED = "REVOKED {} CUSTOMER_ANSWERED"


@dataclass(frozen=True)
class Business:
    """What happens at a server with the sandbox, told from outside."""

    url: str

    def client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.AsyncClient(base_url=self.url, trust_env=False, headers=headers, timeout=30)

    async def press(self, phone: str, deed: str, **body: Any) -> None:
        """Press on a customer's phone."""
        async with self.client() as client:
            (await client.post(f"/sandbox/phones/{phone}/{deed}", json=body)).raise_for_status()

    async def knows(self, status: str) -> str:
        """Wait until the last permission that changed has come to this, and give that change's cursor."""
        query = "{ changes(first: 100) { nodes { cursor kind status } } }"
        async with asyncio.timeout(SECONDS_TO_SAY_IT), self.client() as client:
            while True:
                answer = (await client.post("/graphql", json={"query": query})).json()
                changes = [
                    change for change in answer["data"]["changes"]["nodes"] if change["kind"] == "CALL_PERMISSION"
                ]
                if changes and changes[-1]["status"] == status:
                    return str(changes[-1]["cursor"])
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def keeps(kept: Path, cursor: str) -> None:
    """Wait until a program has written down that it has come so far."""
    async with asyncio.timeout(SECONDS_TO_SAY_IT):
        while kept.read_text() != cursor:  # noqa: ASYNC110, ASYNC240 another process writes it, and it is small
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def all_say(programs: Sequence[Program], *lines: str) -> None:
    await asyncio.gather(*(program.says(*lines) for program in programs))


async def test_what_changes_while_the_line_is_cut_and_the_server_restarts_is_seen_once(tmp_path: Path) -> None:
    languages = [language for language in Language if is_here(language)]
    port = free_port()
    environment = {
        "MAYCALL_DATABASE_URL": f"sqlite:///{tmp_path}/maycall.db",
        "MAYCALL_SANDBOX": "true",
        "MAYCALL_BOOTSTRAP_TOKEN": TOKEN,
        "MAYCALL_LOG_LEVEL": "WARNING",
    }
    for language in languages:
        (tmp_path / language).mkdir()

    async with Cable(f"http://127.0.0.1:{port}") as cable:
        access = {"MAYCALL_URL": cable.url, "MAYCALL_TOKEN": TOKEN}

        async def started(stack: AsyncExitStack) -> list[Program]:
            folders = [(language, tmp_path / language) for language in languages]
            return [
                await stack.enter_async_context(running(language, ["watch"], folder, **access))
                for language, folder in folders
            ]

        async with AsyncExitStack() as first:
            async with running_server(environment, "--migrate", port=port) as server:
                business = Business(server.url)
                await business.press(MEERA, "grant", answer="permanent")
                await business.knows("PERMANENT")
                programs = await started(first)
                begun = ["may call Meera Kulkarni for good", "watching"]
                await all_say(programs, *begun)
                await business.press(CAIO, "grant", answer="permanent")
                seen = [ALLOWED.format("Caio Prado")]
                await all_say(programs, *begun, *seen)

                await cable.pull()
                await business.press(CAIO, "revoke")
                await business.knows("REVOKED")
                await business.press(MEERA, "revoke")
                await cable.plug()
                seen += [REVOKED.format("Caio Prado"), REVOKED.format("Meera Kulkarni")]
                await all_say(programs, *begun, *seen)

            async with running_server(environment, port=port) as server:
                business = Business(server.url)
                await business.press(MEERA, "grant", answer="permanent")
                seen += [ALLOWED.format("Meera Kulkarni")]
                await all_say(programs, *begun, *seen)
                cursor = await business.knows("PERMANENT")
                await asyncio.gather(*(keeps(tmp_path / language / "watch.cursor", cursor) for language in languages))
                await first.aclose()

                await business.press(MEERA, "revoke")
                async with AsyncExitStack() as again:
                    programs = await started(again)
                    await all_say(programs, REVOKED.format("Meera Kulkarni"))
