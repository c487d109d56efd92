"""The project's files, as the tests of its walls look at them."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("rules", "models", "whatsapp", "actions", "graph", "server")
ROOMS = (*FLOORS, "sandbox", "fleet")


@cache
def files() -> list[Path]:
    """List what git keeps or would keep, relative to the root."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("what belongs to the project is known by git, and there is no git here")
    # A folder that another user owns, as continuous integration often mounts it, is no reason for git to refuse.
    listing = subprocess.run(  # noqa: S603 - our own words, no shell
        [git, "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = {Path(name) for name in listing.stdout.split("\0") if name}
    return sorted(path for path in paths if (ROOT / path).is_file())


def modules(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    """Give every module of the rooms, read."""
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text())
