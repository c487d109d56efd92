"""The TypeScript client by itself: clients/typescript/tests, run by Node."""

import asyncio

from tests.clients.languages import SECONDS_TO_SAY_IT, TYPESCRIPT, built_with_node


async def test_what_it_sends_again_and_what_each_end_of_a_stream_means() -> None:
    words = [built_with_node(), "--test", "dist/tests/"]
    running = await asyncio.create_subprocess_exec(*words, cwd=TYPESCRIPT, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(2 * SECONDS_TO_SAY_IT):
        told, _ = await running.communicate()
    assert running.returncode == 0, told.decode()
    assert b"# pass 0" not in told
