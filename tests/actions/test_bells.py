import asyncio

import pytest

from actions.feed import Waiter


@pytest.mark.parametrize("turns", range(5))
async def test_a_listener_that_is_told_to_stop_while_the_bell_rings_stops(turns: int) -> None:
    bell = Waiter()

    async def listen() -> None:
        while True:
            await bell.heard(60)

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)
    bell.ring()
    for _ in range(turns):
        await asyncio.sleep(0)
    listening.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(listening, 60)
