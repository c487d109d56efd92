"""Nothing about a person is written down: whichever door is knocked on, and whatever goes wrong behind it."""

import asyncio
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actions import deliveries
from models import business_number as business_numbers
from server.logs import set_up_logging
from tests.actions.meta import delivery, replied

from .whole import TOKEN, Whole, whole

PHONE = "4915199988877"
NAME = "Quirina Zwetschkenbaum"
OTHERS_TOKEN = "mc_which-is-nobody-s-but-was-tried"
TEXT = "Darf ich Sie wegen der Lieferung anrufen?"
SECRETS = (PHONE, NAME, OTHERS_TOKEN, TEXT, TOKEN)
CREATE = f'mutation {{ createCustomer(input: {{phone: "+{PHONE}", name: "{NAME}"}}) {{ __typename }} }}'
WATCH = f"subscription S($after: String) {{ changes(after: $after) {{ {NAME.split(maxsplit=1)[0]}: kind }} }}"


def break_down(*_arguments: object, **_named: object) -> None:
    raise LookupError(f"{PHONE} {NAME} {OTHERS_TOKEN} {TEXT}")


def said() -> bytes:
    return delivery(replied("wamid.1", datetime.now(UTC), phone=f"+{PHONE}"))


async def knock_everywhere(server: Whole) -> None:
    """Ask rightly and wrongly at every door, with what must not be written down in every place there is."""
    for query in (
        CREATE,
        f'{{ customers(filter: {{search: "{NAME}"}}, first: 3) {{ nodes {{ phone }} }} }}',
        f"{{ {PHONE} }}",
    ):
        await server.post(query)
    await server.post("{ businessNumbers { id } }", {"X-Request-Id": PHONE})
    await server.post("{ businessNumbers { id } }", {"Authorization": f"Bearer {OTHERS_TOKEN}"})
    await server.client.get(f"/people/{PHONE}", params={"token": OTHERS_TOKEN})
    await server.client.post("/graphql", content=f'{{"query": "{NAME}', headers={"Authorization": f"Bearer {TOKEN}"})
    await server.client.get("/webhooks/whatsapp", params={"hub.verify_token": OTHERS_TOKEN, "hub.challenge": PHONE})
    for body in (said(), f'{{"object": "{NAME}"}}'.encode(), PHONE.encode()):
        await server.deliver(body)
        await server.client.post("/webhooks/whatsapp", content=body)
    await server.client.get(f"/sandbox/phones/{PHONE}")
    await server.client.get("/metrics", headers={"Authorization": f"Bearer {OTHERS_TOKEN}"})
    async with server.line() as line:
        for query in ("{ businessNumbers { id } }", WATCH, f'subscription {{ changes(after: "{NAME}") {{ kind }} }}'):
            await line.subscribe(query)
        await line.receive()
        await line.send(type="subscribe", id=NAME, payload=PHONE)
        await line.closed()


@pytest.mark.parametrize("broken", [False, True], ids=["well", "broken"])
async def test_no_door_writes_down_who_it_was_about(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, broken: bool
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    set_up_logging("DEBUG")
    async with whole(sqlite_url, tmp_path) as server, asyncio.timeout(60):
        await server.request_permission()
        if broken:
            monkeypatch.setattr(business_numbers, "of_workspace", break_down)
            monkeypatch.setattr(deliveries, "_record_together", break_down)
            monkeypatch.setattr(deliveries, "_record", break_down)
        await knock_everywhere(server)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    doors = {line["door"] for line in lines if line["event"] == "request"}
    assert doors >= {"graphql", "graphql socket", "webhook", "sandbox", "metrics", "other"}
    assert [line["event"] for line in lines if "exception" in line] or not broken
    for secret in SECRETS:
        assert secret not in written.getvalue()
