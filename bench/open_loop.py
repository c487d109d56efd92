"""An open loop of HTTP requests: each goes out at its moment, whether the earlier ones were answered or not.

A slow answer then delays nothing but itself, and latency counts from when a request was due: a server that stands
still for a second shows it in every request of that second.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Post:
    """A body to be posted, and the headers that are its own."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back: latencies in seconds, shortest first, and how often each status but 200."""

    latencies: Sequence[float]
    seconds: float  # from the first request to the last answer
    refused: dict[int, int]

    def within(self, share: float) -> float:
        """Give the latency that this share of the answers kept within: 0.99 is p99, 1 the longest."""
        return within(self.latencies, share)


def within(lasted: Sequence[float], share: float) -> float:
    """Give what this share of them kept within, of times that stand in order."""
    return lasted[max(0, min(len(lasted) - 1, round(share * len(lasted)) - 1))]


class Client:
    """Posts to one URL over connections kept open, as many as are waiting at once.

    Far cheaper than a general client: what measures shares the machine with what is measured.
    """

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        for _, writer in self._idle:
            writer.close()

    async def post(self, post: Post) -> int:
        """Give the status of the answer."""
        # The server may have closed those that had nothing to do for a while.
        self._idle = [each for each in self._idle if not each[0].at_eof()]
        reader, writer = self._idle.pop() if self._idle else await self._connect()
        headers = {"Host": self._address.netloc, "Content-Length": f"{len(post.body)}"} | post.headers
        lines = [f"POST {self._address.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + post.body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length, head
        await reader.readexactly(int(length[1]))
        self._idle.append((reader, writer))
        return int(head.split(maxsplit=2)[1])

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._address.hostname, self._address.port)


async def post_steadily(
    client: Client, posts: Sequence[Post], per_second: float, at_once: int | None = None
) -> Answers:
    """Post them all, so many a second, and wait for the last answer.

    With `at_once` it is no open loop any more: no more than that many wait for an answer, from when they are sent.
    """
    loop = asyncio.get_running_loop()
    begin = loop.time()
    latencies: list[float] = []
    refused: dict[int, int] = {}

    turn = asyncio.Semaphore(at_once or len(posts))

    async def send(post: Post, due: float) -> None:
        async with turn:
            sent = due if at_once is None else loop.time()
            status = await client.post(post)
        latencies.append(loop.time() - sent)
        if status != 200:  # noqa: PLR2004 the one status that is meant
            refused[status] = refused.get(status, 0) + 1

    async with asyncio.TaskGroup() as sending:
        for number, post in enumerate(posts):
            due = begin + number / per_second
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            sending.create_task(send(post, due))
    return Answers(sorted(latencies), loop.time() - begin, refused)
