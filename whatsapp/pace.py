"""No faster than so many a second, each key by itself; whoever comes too early waits for their turn."""

import asyncio
from typing import Protocol


class Turns(Protocol):
    """What lets questions through, each number's by themselves, no faster than WhatsApp takes them."""

    async def turn(self, phone_number_id: str, /) -> None: ...


class Pace:
    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._free_at: dict[str, float] = {}

    async def turn(self, key: str) -> None:
        """Wait for the next turn of `key`."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._free_at.get(key, 0.0))
        self._free_at[key] = turn + self._gap
        if turn > now:
            await asyncio.sleep(turn - now)
