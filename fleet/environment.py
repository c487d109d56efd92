"""What the fleet was started with, and hands on to what it starts. The settings themselves are the servers' to read."""

import os
from pathlib import Path

import psutil

_MARK = "MAYCALL_FLEET_FOLDER"


def given(name: str) -> str | None:
    """Give a variable of the environment; an empty one counts as not given."""
    return os.environ.get(name) or None


def handed_on(folder: Path) -> dict[str, str]:
    """Give the environment for a program of the fleet on this folder: the fleet's own, and by what to know it again."""
    return os.environ | {_MARK: f"{folder}", "PYTHONUNBUFFERED": "1"}


def fleet_of(process: psutil.Process) -> str | None:
    """Tell on which folder the fleet is that a process was started by, if one was."""
    try:
        return process.environ().get(_MARK)
    except (psutil.Error, OSError):  # it has just ended, or is somebody else's
        return None
