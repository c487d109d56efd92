"""Whom may we call now, and then every change as it happens: MAYCALL_URL=… MAYCALL_TOKEN=… python watch.py [FILE].

Begins with the worklist. The last cursor is kept in FILE (watch.cursor): stopped and started again, it goes on where it
was. A connection that is lost meanwhile, or a server that restarts, needs nothing done here.
"""

import asyncio
import os
import sys
from pathlib import Path

from maycall import CursorLostError, Maycall


async def main(kept: Path) -> None:
    """Watch until Ctrl-C."""
    async with Maycall(os.environ["MAYCALL_URL"], os.environ["MAYCALL_TOKEN"]) as client:
        cursor = kept.read_text() if kept.exists() else await show_worklist(client)
        while True:
            try:
                async for change in client.call_permission_changed(after=cursor):
                    customer = change.call_permission.customer
                    print(change.status.value, customer.name or customer.phone, change.cause.value, flush=True)
                    kept.write_text(change.cursor)
            except CursorLostError as lost:
                print(lost, flush=True)
                cursor = await show_worklist(client)


async def show_worklist(client: Maycall) -> str:
    """Print whom we may call, soonest to run out first, and give the cursor from which on to watch."""
    worklist = await client.worklist(first=20)
    for permission in worklist.call_permissions.nodes:
        until = permission.expires_at or "for good"
        print("may call", permission.customer.name or permission.customer.phone, until, flush=True)
    print("watching", flush=True)
    return worklist.change_cursor


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "watch.cursor")))
