"""The processes that share one address: whoever is asked for numbers asks the others for theirs.

Each says its own on a socket in a folder that only they know, named by the place it has among them. So nothing is
counted in shared files, nothing of a process stays when it dies, and one that is started again goes on under its name.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 1.0
_ENDING = ".socket"


@dataclass(frozen=True, slots=True)
class Siblings:
    """One process among others; without a folder it is the only one."""

    place: int = 0
    folder: Path | None = None

    @asynccontextmanager
    async def telling(self, tell: Callable[[], bytes]) -> AsyncIterator[None]:
        """Tell whoever connects, until the block ends."""
        if self.folder is None:
            yield
            return

        async def say(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError):  # whoever asked has gone
                writer.write(tell())
                await writer.drain()
                writer.close()
                await writer.wait_closed()

        own = self.folder / f"{self.place}{_ENDING}"
        server = await asyncio.start_unix_server(say, own)
        try:
            yield
        finally:
            server.close()
            own.unlink(missing_ok=True)

    async def ask(self) -> dict[int, bytes]:
        """Give what each of the others tells, by its place; who does not answer in time is left out."""
        if self.folder is None:
            return {}
        others = [path for path in self.folder.glob(f"*{_ENDING}") if path.stem != str(self.place)]
        told = await asyncio.gather(*map(_heard, others))
        return {int(path.stem): heard for path, heard in zip(others, told, strict=True) if heard is not None}


async def _heard(path: Path) -> bytes | None:
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                return await reader.read()
            finally:
                writer.close()
    return None
