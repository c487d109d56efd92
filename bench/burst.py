"""Twenty changes at once to a thousand listeners."""

from typing import Annotated

import typer
from rich.progress import Progress

from . import contest
from .fanout import PACKAGES, Beside, Only, take_turns, told
from .report import Write, present

AT_ONCE = 20
LISTENERS = 1_000
ROUNDS = 2
IN_TURN = ("Yoga", "Mercurius", "Maycall", "Maycall, recording too", "the other")


def burst(
    *,
    beside: Beside = None,
    only: Only = None,
    listeners: Annotated[int, typer.Option(help="How many listen.")] = LISTENERS,
    rounds: Annotated[int, typer.Option(help="How often each server has its turn.")] = ROUNDS,
    write: Write = False,
) -> None:
    """Tell a thousand listeners of twenty changes at once, servers in turn; Strawberry would take too long."""
    contest.install_peers()
    with contest.own_core() as core, Progress(transient=True) as progress:
        visits = take_turns(contest.servers(core, only or IN_TURN, beside), listeners, AT_ONCE, rounds, progress)
    found = told(f"Twenty changes at once to {listeners:,} listeners", visits)
    present("burst", [found], packages=PACKAGES, write=write)
