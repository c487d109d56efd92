"""A round of the clock: all that is due, done by whichever server comes first."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

Due = TypeVar("Due")

MOST = 100  # that are looked up at once


async def each(do: Callable[[Due], Awaitable[int]], due: Sequence[Due], at_once: int = 1) -> int:
    """Do what is due, so many at once, and give the sum.

    In an order of this server's own, so that each of several begins elsewhere. One that fails keeps no other from being
    done; only then is it raised.
    """
    turns = asyncio.Semaphore(at_once)

    async def in_turn(one: Due) -> int:
        async with turns:
            return await do(one)

    shuffled = random.sample(due, len(due))
    done = await asyncio.gather(*(in_turn(one) for one in shuffled), return_exceptions=True)
    for result in done:
        if isinstance(result, BaseException) and not isinstance(result, Exception):
            raise result  # no fault of what was done: the whole process is to end
    faults = [result for result in done if isinstance(result, Exception)]
    if faults:
        raise ExceptionGroup("Some of what was due could not be done.", faults)
    return sum(result for result in done if isinstance(result, int))
