"""No faster than so many a second, each key by itself; whoever comes too early waits for their turn."""

import asyncio


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
