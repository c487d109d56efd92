"""docs/webhooks.md: its endpoint can be made as it says, and its receivers do what it says."""

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actions import webhook_endpoints, webhook_messages
from actions.webhook_endpoints import Wishes
from rules import webhooks
from rules.webhooks import DeliveryStatus
from tests.actions.doing import allow
from tests.graph.asking import opened
from tests.ground.house import House
from tests.ground.receiver import Receiver
from tests.server.webhooks import PERMISSIONS, deliver, listen, message, messages

from .document import ROOT

PAGE = (ROOT / "docs" / "webhooks.md").read_text()
NODE = shutil.which("node")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def block(kind: str) -> str:
    [text] = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(text)


@asynccontextmanager
async def started(command: list[str], secret: str) -> AsyncIterator[tuple[int, asyncio.StreamReader]]:
    """Run a receiver as the page has it; give its port, and what it prints."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": os.environ["PATH"], "WEBHOOK_SECRET": secret, "PORT": "0"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            said = (await process.stdout.readline()).decode()
            yield int(said.removeprefix("Listening on port ")), process.stdout
    finally:
        process.kill()
        await process.wait()


async def keeps_its_word(house: House, command: list[str]) -> None:
    """Let a receiver be told something, twice, and then something that somebody else made up."""
    house.clock.now = datetime.now(UTC)  # what it goes by
    made = await listen(house.business, Receiver(port=9), PERMISSIONS, "callPermissionChanged")
    async with started(command, made.secret) as (port, printed):
        url = f"http://127.0.0.1:{port}/maycall"
        await webhook_endpoints.update(house.resources, house.admin, made.endpoint.id, Wishes(url=url))
        await allow(house)
        await deliver(house.resources)
        told = await message(house.resources)
        assert (told.status, told.response_status) == (DeliveryStatus.DELIVERED, 204), told.failure
        await webhook_messages.retry(house.resources, house.admin, told.id)
        await deliver(house.resources)
        forged = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(house.clock.now.timestamp())),
            "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
        }
        for headers in (forged, {}):
            posted = await house.resources.post.send(url, b'{"type": "x"}', headers, house.clock.now)
            assert posted.answer.status == 401
        await allow(house, house.caio)
        await deliver(house.resources)
        assert [(one.status, one.attempts) for one in await messages(house.resources)] == [
            (DeliveryStatus.DELIVERED, 2),
            (DeliveryStatus.DELIVERED, 1),
        ]
        for name in ("Meera Kulkarni", "Caio Prado"):  # what came twice is shown once
            line = (await printed.readline()).decode()
            assert line.startswith("callPermissionChanged ")
            assert name in line


async def test_its_receiver_in_python_takes_what_is_genuine_once(house: House, tmp_path: Path) -> None:
    (tmp_path / "receiver.py").write_text(block("python"))
    await keeps_its_word(house, [sys.executable, str(tmp_path / "receiver.py")])


@pytest.mark.skipif(NODE is None, reason="There is no Node on this machine to run the receiver in JavaScript with.")
async def test_its_receiver_in_javascript_takes_what_is_genuine_once(house: House, tmp_path: Path) -> None:
    (tmp_path / "receiver.mjs").write_text(block("javascript"))
    await keeps_its_word(house, [str(NODE), str(tmp_path / "receiver.mjs")])


async def test_its_endpoint_can_be_made(house: House) -> None:
    given = json.loads(block("json"))
    given["input"]["url"] = Receiver(port=9).url
    async with opened(house) as api:
        answer = await api.ask(block("graphql"), **given)
    assert (sorted(answer), answer["webhookEndpoint"]["event"]) == (
        ["secret", "webhookEndpoint"],
        "callPermissionChanged",
    )


def test_what_it_says_of_patience_is_so() -> None:
    told = re.search(r"tried again after (.*?), a little later", PAGE, re.DOTALL)
    assert told
    numbers = [int(number) for number in re.findall(r"\d+", told[1])]
    units = [1, 60, 60, *[3600] * (len(numbers) - 3)]
    assert [number * unit for number, unit in zip(numbers, units, strict=True)] == [
        patience.total_seconds() for patience in webhooks.PATIENCE
    ]
