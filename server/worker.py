"""A process without doors: it attends to what wakes by itself, beside servers that do so too."""

import asyncio
import signal

from . import scheduler
from .app import Secrets, close, resources_of
from .leaving import Leaving, leave_in_time
from .logs import set_up_logging
from .observing import watch_of
from .serve import check, check_fleet, check_seal
from .settings import Settings


def work(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM, then end cleanly. StartError when it cannot start."""
    set_up_logging(settings.log_level)
    check_fleet(settings, "A worker shares a database with servers. It")
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    leaving = Leaving()

    def leave() -> None:
        leave_in_time()
        leaving.begin()

    for end in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(end, leave)
    watch = watch_of(settings)
    resources = resources_of(settings, Secrets.of(settings), "", watch=watch)
    try:
        await check(resources.database)
        await check_seal(resources)
        async with watch.running(), resources.feed.running():
            duties = asyncio.create_task(scheduler.run(resources, leaving.begun), name="clock")
            duties.add_done_callback(lambda _duties: leaving.begin())
            print("Maycall's worker is at work. Ctrl-C stops it.", flush=True)  # noqa: T201 for whoever started it
            await leaving.begun.wait()
            await leaving.see_off(duties)
    finally:
        await close(resources)
