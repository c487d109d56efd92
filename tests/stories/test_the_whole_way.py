"""From the first request to the last second of the permission, over the network, with somebody watching."""

import time
from pathlib import Path

from .street import MEERA, TOKEN, all_in_one, moment, seed, until, watching

PERMISSIONS = """subscription { callPermissionChanged {
  cursor cause occurredAt previousStatus status callPermission { expiresAt customer { phone } } } }"""
AT_ONCE = 20.0  # seconds: some hundredths, unless the machine has much else to do
CALLS = "subscription { callChanged { cause previousStatus status call { id sdpAnswer durationSeconds } } }"


async def test_a_business_asks_is_allowed_calls_and_is_no_longer_allowed(database_url: str, tmp_path: Path) -> None:
    await seed(database_url)
    async with (
        all_in_one(database_url, tmp_path) as (maycall, phones),
        watching(maycall.url, PERMISSIONS) as permissions,
        watching(maycall.url, CALLS) as calls,
    ):
        # The business asks, and the phone shows it.
        asked_at = time.time()
        asked = await maycall.request(idempotencyKey="the first")
        assert asked["__typename"] == "RequestCallPermissionSuccess"
        assert asked["permissionRequest"]["status"] in {"SENT", "DELIVERED"}  # the phone has it as soon as it is sent
        [request] = (await phones.phone())["requests"]
        assert (request["text"], request["live"]) == (
            "Hi Meera, may we call you on WhatsApp about your parcel?",
            True,
        )
        requested, _ = await permissions.until(lambda news: news["status"] == "REQUESTED")
        assert requested["callPermission"]["customer"]["phone"] == f"+{MEERA}"

        # The customer allows calls for a week, here of ten seconds; whoever watches sees it at once.
        pressed_at = time.time()
        await phones.press(f"/phones/{MEERA}/reply", answer="temporary", seconds=10)
        allowed, seen_at = await permissions.until(lambda news: news["status"] == "TEMPORARY")
        assert seen_at - pressed_at < AT_ONCE
        assert (allowed["cause"], allowed["previousStatus"]) == ("CUSTOMER_ANSWERED", "REQUESTED")
        expires_at = moment(allowed["callPermission"]["expiresAt"]).timestamp()
        assert pressed_at + 9 <= expires_at <= seen_at + 11

        # A second request on the same day is refused, and says when it will not be.
        again = await maycall.request()
        assert (again["__typename"], again["code"]) == ("LimitReached", "REQUEST_LIMIT_REACHED")
        assert asked_at + 86_400 <= moment(again["availableAt"]).timestamp() <= pressed_at + 86_401
        assert len((await phones.phone())["requests"]) == 1

        # A call rings, is answered and ends, each step live.
        placed = await maycall.call()
        assert placed["__typename"] == "StartCallSuccess"
        wacid = await until(phones.ringing)
        await calls.until(lambda news: news["status"] == "RINGING")
        await phones.press(f"/phones/{MEERA}/calls/{wacid}", do="answer")
        talking, _ = await calls.until(lambda news: news["status"] == "IN_PROGRESS")
        assert talking["call"]["id"] == placed["call"]["id"]
        assert talking["call"]["sdpAnswer"].startswith("v=0\r\n")  # this token placed the call
        await phones.press(f"/phones/{MEERA}/calls/{wacid}", do="hang_up")
        await calls.until(lambda news: news["status"] == "COMPLETED")
        steps = [(news["previousStatus"], news["status"]) for news in calls.news]
        assert [before for before, _ in steps] == [None, *(after for _, after in steps[:-1])]
        # Connecting and ringing may come together, so that one is seen and the other not.
        assert [after for _, after in steps if after in ("QUEUED", "IN_PROGRESS", "COMPLETED")] == [
            "QUEUED",
            "IN_PROGRESS",
            "COMPLETED",
        ]

        # The permission runs out on its second, and whoever watches sees it within the next.
        over, over_at = await permissions.until(lambda news: news["status"] == "EXPIRED")
        assert (over["cause"], moment(over["occurredAt"]).timestamp()) == ("RAN_OUT", expires_at)
        assert 0 <= over_at - expires_at < AT_ONCE

        # After that nobody is rung.
        refused = await maycall.call()
        assert (refused["__typename"], refused["code"]) == ("PermissionMissing", "PERMISSION_MISSING")
        assert len((await phones.phone())["calls"]) == 1
        assert [news["status"] for news in permissions.news] == ["REQUESTED", "TEMPORARY", "EXPIRED"]
        assert TOKEN not in str(permissions.news)
