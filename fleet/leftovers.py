"""What a fleet that was killed has left running."""

import signal
from pathlib import Path

import psutil

from .environment import fleet_of

SECONDS_TO_END = 10.0


def end_leftovers(folder: Path) -> int:
    """End all that an earlier fleet on this folder has left running, and tell how many they were."""
    left = [process for process in psutil.process_iter() if fleet_of(process) == f"{folder}"]
    for process in left:
        process.send_signal(signal.SIGINT)
    _, stubborn = psutil.wait_procs(left, SECONDS_TO_END)
    for process in stubborn:
        process.kill()
    return len(left)
