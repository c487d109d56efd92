import asyncio

import pytest

from actions import rounds


async def test_what_cannot_be_done_keeps_nothing_else_from_being_done() -> None:
    done = []

    async def do(number: int) -> int:
        if number % 3 == 0:
            raise ValueError(number)
        done.append(number)
        return 1

    with pytest.raises(ExceptionGroup) as raised:
        await rounds.each(do, range(7))

    assert sorted(done) == [1, 2, 4, 5]
    assert sorted(fault.args for fault in raised.value.exceptions) == [(0,), (3,), (6,)]


async def test_no_more_are_done_at_once_than_may_be() -> None:
    doing, most = 0, 0

    async def do(_number: int) -> int:
        nonlocal doing, most
        doing += 1
        most = max(most, doing)
        await asyncio.sleep(0)
        doing -= 1
        return 1

    assert await rounds.each(do, range(20), at_once=4) == 20
    assert most == 4
