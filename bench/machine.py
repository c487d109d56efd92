"""The machine that a benchmark ran on: without it a figure says little."""

import os
import platform
import sqlite3
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import psutil

_CPUS = Path("/proc/cpuinfo")


def describe(packages: Iterable[str] = ()) -> str:
    """Tell on one line what the machine is, how busy it is just now, and which versions ran on it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = [
        f"{cores} cores of {_processor()}",
        f"{psutil.virtual_memory().total / 1024**3:.0f} GiB of memory",
        f"load {os.getloadavg()[0]:.1f} at the end",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        *(f"{package} {version(package)}" for package in packages),
    ]
    return ", ".join(facts)


def _processor() -> str:
    """Name the processor as its maker does, where the system tells."""
    told = _CPUS.read_text().splitlines() if _CPUS.is_file() else []
    names = (line.partition(":")[2].strip() for line in told if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
