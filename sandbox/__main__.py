"""`python -m sandbox`: the stand-in as a process of its own, serving under /sandbox."""

import argparse
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from .app import BusinessNumber, Config, Phone, create_app, running
from .identity import digits
from .limits import PRODUCTION, TEST
from .store import BusyError, Store

_SHUTDOWN_SECONDS = 2
_ONE_NUMBER = BusinessNumber("529183746501122", "918045550142", "318840017724905", "Sunrise Deliveries")
"""The business number there is when none is named."""


def _digits(text: str) -> str:
    found = digits(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is not a phone number")
    return found


def _number(text: str) -> BusinessNumber:
    parts = text.split(":", 3)
    if len(parts) != 4 or not all(parts):  # noqa: PLR2004 - the four of the sentence below
        raise argparse.ArgumentTypeError("write PHONE_NUMBER_ID:DISPLAY_NUMBER:WABA_ID:NAME")
    return BusinessNumber(parts[0], _digits(parts[1]), parts[2], parts[3])


def _phone(text: str) -> Phone:
    number, _, name = text.partition(":")
    wa_id = _digits(number)
    return Phone(wa_id, name or f"Customer {wa_id[-4:]}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument(
        "--webhook-url", required=True, action="append", help="where updates are posted; several take turns"
    )
    parser.add_argument("--app-secret", required=True, help="signs the updates")
    parser.add_argument("--access-token", required=True, help="the only bearer token accepted")
    parser.add_argument("--database", type=Path, required=True, help="SQLite file it remembers in")
    parser.add_argument(
        "--number",
        type=_number,
        action="append",
        metavar="PHONE_NUMBER_ID:DISPLAY_NUMBER:WABA_ID:NAME",
        help="a business number; may be repeated",
    )
    parser.add_argument(
        "--phone", type=_phone, action="append", metavar="WA_ID:NAME", help="a customer's phone; may be repeated"
    )
    parser.add_argument("--limits", choices=("production", "test"), default="production", help="Meta's limits")
    parser.add_argument("--open-to-network", action="store_true", help="answer callers from other machines")
    return parser


def standalone(config: Config, *, clock: Callable[[], float] = time.time) -> Starlette:
    """Make an app that serves the stand-in under /sandbox and runs it as long as it is served."""
    sandbox = create_app(config, clock=clock)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with running(sandbox):
            yield

    home = Route("/", lambda _: RedirectResponse("/sandbox/"), methods=["GET"])
    return Starlette(routes=[home, Mount("/sandbox", sandbox)], lifespan=lifespan)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped; return the process's exit code."""
    asked = _parser().parse_args(arguments)
    limits = TEST if asked.limits == "test" else PRODUCTION
    numbers = asked.number or [_ONE_NUMBER]
    config = Config(
        webhook_urls=tuple(asked.webhook_url),
        app_secret=asked.app_secret,
        access_token=asked.access_token,
        database=asked.database,
        numbers=tuple(replace(number, limits=limits) for number in numbers),
        phones=tuple(asked.phone or ()),
        open_to_network=asked.open_to_network,
    )
    try:
        Store(config.database).close()
    except BusyError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Phones: http://{asked.host}:{asked.port}/sandbox\n")
    sys.stdout.flush()
    uvicorn.run(
        standalone(config),
        host=asked.host,
        port=asked.port,
        log_level="warning",
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
