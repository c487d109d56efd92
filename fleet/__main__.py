"""`python -m fleet`: PostgreSQL, Redis, the sandbox, two servers and a worker on this machine, until Ctrl-C."""

import asyncio
import fcntl
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .leftovers import end_leftovers
from .muster import run_until_told
from .plan import Wanted, plan
from .program import FleetError
from .stream import Stream

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def fleet(
    port: Annotated[
        int, typer.Option(help="The first server's; the second and the sandbox follow.", min=1, max=65533)
    ] = 8000,
    workers: Annotated[int | None, typer.Option(help="Processes at each server's address.", min=1)] = None,
    folder: Annotated[Path, typer.Option(help="Where data is kept.")] = Path("var/fleet"),
) -> None:
    """Run a small fleet, ready to click: two servers and all they need, until Ctrl-C."""
    stream = Stream(Console(highlight=False, markup=False))
    folder = folder.absolute()
    try:
        # Not in the folder: a socket's path has some hundred characters at the most.
        with _alone_in(folder), tempfile.TemporaryDirectory(prefix="maycall-fleet-") as sockets:
            if left := end_leftovers(folder):
                stream.tell(f"A fleet that was killed had left {left} processes running. They are ended.")
            planned = plan(Wanted(port, workers, folder), Path(sockets))
            in_time = asyncio.run(run_until_told(planned, stream))
    except FleetError as error:
        print(error, file=sys.stderr)  # noqa: T201 it is for the person who typed the command
        sys.exit(1)
    except KeyboardInterrupt:  # before there was anything to end
        sys.exit(130)
    stream.tell("Stopped." if in_time else "Stopped, not all of it well.")
    sys.exit(not in_time)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder for this fleet alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise FleetError(f"A fleet runs on {folder} already. Stop it with Ctrl-C where it runs.") from error
    except PermissionError as error:
        raise FleetError(f"The fleet cannot keep its data in {folder} ({error.strerror}). Make it writable.") from error


app()
