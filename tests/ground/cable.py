"""A cable between somebody and a server on this machine, to be pulled out, or to go dead with both ends plugged in."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

from sqlalchemy import make_url

from tests.ground.processes import free_port

CHUNK = 65536


class Cable:
    """Passes bytes both ways, as long as it is whole."""

    def __init__(self, url: str) -> None:
        server = make_url(url)
        self._port = free_port()
        self._folder = server.query.get("host")
        self._server = (server.host or "127.0.0.1", server.port or 5432)
        # Without TLS, which would want to know whom it speaks with.
        here = server.set(host="127.0.0.1", port=self._port).difference_update_query(["host"])
        self.url = here.render_as_string(hide_password=False)
        self._listening: asyncio.Server | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self._whole = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.plug()
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.pull()

    async def plug(self) -> None:
        """Let bytes pass, again."""
        self._whole.set()
        self._listening = await asyncio.start_server(self._pass, "127.0.0.1", self._port)

    async def pull(self) -> None:
        """Close every connection and take no new one."""
        if self._listening is not None:
            self._listening.close()
        passing = [*self.tasks]
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)

    def freeze(self) -> None:
        """Pass nothing any more, and tell nobody."""
        self._whole.clear()

    def thaw(self) -> None:
        self._whole.set()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            if self._folder is None:
                far_reader, far_writer = await asyncio.open_connection(*self._server)
            else:
                far_reader, far_writer = await asyncio.open_unix_connection(f"{self._folder}/.s.PGSQL.5432")
            try:
                await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
            finally:
                far_writer.close()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self.tasks.discard(task)

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while chunk := await source.read(CHUNK):
            await self._whole.wait()
            target.write(chunk)
            await target.drain()
        with suppress(OSError):
            target.write_eof()
