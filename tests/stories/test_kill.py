"""The server is killed outright while it works; the phones go on. Whatever comes after, the right state is reached."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from .street import EVERYBODY, Maycall, Phones, moment, street, until, watching

MEERA, CAIO, LENA, *_ = EVERYBODY
FAR_AWAY = 3600  # seconds


async def test_whatever_a_killed_server_was_saying_is_said_once_and_known_in_the_end(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with street(postgresql_url, tmp_path, patience_seconds=1) as running:
        maycall, phones = running.maycall, running.phones

        # A first server reserves a request for Lena, and dies before WhatsApp has read any of it.
        async with deaf_whatsapp() as deaf:
            await running.start(MAYCALL_WHATSAPP_BASE_URL=deaf)
            for_lena = asyncio.create_task(maycall.request(LENA, idempotencyKey="Lena's"))
            await until(lambda: status_of(maycall, LENA, "QUEUED"))
            await running.crash()
            await over(for_lena)
        assert (await phones.phone(LENA))["messages"] == []

        # The second sends it, and dies while WhatsApp's answers to a request and to a call are on their way to it.
        # The webhooks of both are far away: only WhatsApp's own count can tell what it has.
        await running.start()
        await until(lambda: status_of(maycall, LENA, "DELIVERED"))
        await phones.press(f"/phones/{CAIO}/grant", answer="permanent")
        await until(lambda: may_ring(maycall, CAIO))
        await phones.press("/chaos", answer_delay_seconds=30, delay_seconds=FAR_AWAY, reorder=True)
        for_meera = asyncio.create_task(maycall.request(MEERA, idempotencyKey="Meera's"))
        for_caio = asyncio.create_task(maycall.call(CAIO, idempotencyKey="Caio's"))
        await until(lambda: shown(phones, MEERA, "requests"))
        await until(lambda: shown(phones, CAIO, "calls"))
        await running.crash()
        await over(for_meera)
        await over(for_caio)
        await phones.press("/chaos")

        # The third finds out.
        await running.start()
        await until(lambda: status_of(maycall, MEERA, "SENT"))
        lost = await until(lambda: call_that_is(maycall, "FAILED"))
        assert lost["failure"] == "The server lost touch with WhatsApp while placing the call."
        again = await maycall.request(MEERA, idempotencyKey="Meera's")
        assert again["permissionRequest"]["status"] == "SENT"
        assert (await maycall.call(CAIO, idempotencyKey="Caio's"))["call"]["id"] == lost["id"]

        # Both people go on as if nothing had happened, and what is heard of them fits.
        wacid = await phones.ringing(CAIO)
        await phones.press(f"/phones/{CAIO}/calls/{wacid}", do="answer")
        found = await until(lambda: call_that_is(maycall, "IN_PROGRESS"))
        assert (found["id"], found["failure"]) == (lost["id"], None)
        await phones.press(f"/phones/{CAIO}/calls/{wacid}", do="hang_up")
        await until(lambda: call_that_is(maycall, "COMPLETED"))
        await phones.press(f"/phones/{MEERA}/reply", answer="permanent")
        await until(lambda: status_of(maycall, MEERA, "ANSWERED"))

        for wa_id in (LENA, MEERA):
            assert len((await phones.phone(wa_id))["requests"]) == 1
        assert len((await phones.phone(CAIO))["calls"]) == 1
        assert (len(await maycall.requests()), len(await maycall.calls())) == (2, 1)


@asynccontextmanager
async def deaf_whatsapp() -> AsyncIterator[str]:
    """Give the address of a WhatsApp that takes connections and reads nothing."""
    over = asyncio.Event()

    async def never_read(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(never_read, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        over.set()


async def over(asking: asyncio.Task[Any]) -> None:
    """Let a caller notice that the server has gone; on a slow machine it may have answered just before."""
    with suppress(httpx.TransportError):
        await asking


async def status_of(maycall: Maycall, wa_id: str, status: str) -> bool:
    return any(
        (made["customer"]["phone"], made["status"]) == (f"+{wa_id}", status) for made in await maycall.requests()
    )


async def may_ring(maycall: Maycall, wa_id: str) -> bool:
    return bool((await maycall.permission(wa_id))["status"] == "PERMANENT")


async def shown(phones: Phones, wa_id: str, what: str) -> bool:
    return bool((await phones.phone(wa_id))[what])


async def call_that_is(maycall: Maycall, status: str) -> Any:
    [call] = await maycall.calls()
    return call if call["status"] == status else None


async def test_a_server_killed_in_a_storm_of_webhooks_agrees_with_the_phones_in_the_end(
    postgresql_url: str, tmp_path: Path
) -> None:
    """And a subscriber that comes back with its cursor gets exactly what it missed."""
    async with street(postgresql_url, tmp_path, patience_seconds=2) as running:
        maycall, phones = running.maycall, running.phones
        await running.start()
        whole = await maycall.log()
        seen, cursor = list(whole), whole[-1]
        await phones.press("/chaos", duplicate=0.3, delay_seconds=[0, 0.3], reorder=True, batch=4)
        changes = "subscription($after: String) { changes(after: $after) { cursor } }"

        storm = asyncio.create_task(live(phones))
        async with watching(maycall.url, changes, after=cursor) as watch:
            await watch.until(lambda _news: len(watch.news) > 10)
            await running.crash()
        seen += [news["cursor"] for news in watch.news]
        await storm
        await running.start()
        async with watching(maycall.url, changes, after=seen[-1]) as missed:
            await until(phones.everything_has_arrived)
            end = (await maycall.log())[-1]
            await missed.until(lambda news: bool(news["cursor"] == end))
        seen += [news["cursor"] for news in missed.news]

        for wa_id in EVERYBODY:
            await agree(maycall, phones, wa_id)
        assert seen == await maycall.log()


async def live(phones: Phones) -> None:
    """Let everybody change their mind, call and be called in, again and again."""
    chance = random.Random(7)  # noqa: S311 chance, not secrets
    for _ in range(10):
        for wa_id in EVERYBODY:
            match chance.choice(["for good", "for a week", "no", "dial"]):
                case "for good":
                    await phones.press(f"/phones/{wa_id}/grant", answer="permanent")
                case "for a week":
                    await phones.press(f"/phones/{wa_id}/grant", answer="temporary")
                case "no":
                    [permission] = (await phones.phone(wa_id))["permissions"]
                    if permission["allowed"]:
                        await phones.press(f"/phones/{wa_id}/revoke")
                case _:
                    await phones.press(f"/phones/{wa_id}/dial")
            await asyncio.sleep(0.03)  # life has its pace; nothing is waited for here


async def agree(maycall: Maycall, phones: Phones, wa_id: str) -> None:
    [theirs] = (await phones.phone(wa_id))["permissions"]
    ours = await maycall.permission(wa_id)
    expires_at = None if ours["expiresAt"] is None else int(moment(ours["expiresAt"]).timestamp())
    standing = {"none": "NOT_REQUESTED"}.get(theirs["status"], theirs["status"].upper())
    assert (wa_id, ours["status"], expires_at) == (wa_id, standing, theirs["expires_at"])
