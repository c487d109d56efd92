"""A folder that is no disk, where there is one: what tests write is thrown away and need not survive a power cut."""

import shutil
from pathlib import Path

IN_MEMORY = "/dev/shm"  # noqa: S108 - nothing is named in it but folders of our own, made with random or known names
ROOM_NEEDED = 2 * 1024**3


def in_memory() -> str | None:
    """Name the folder, where it has room: databases are cloned there ten times faster, and nobody waits for a disk."""
    return IN_MEMORY if Path(IN_MEMORY).is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM_NEEDED else None
