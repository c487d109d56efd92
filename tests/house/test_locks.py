import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT, files

LOCKS = ["requirements.lock", "requirements-dev.lock"]
APART = ["docs/requirements.lock", "clients/python/codegen/requirements.lock"]  # of environments of their own
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
EVERYTHING: list[str] = RUNTIME + PROJECT["dependency-groups"]["dev"]

HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; .+)?")


def lines(lock: str) -> list[str]:
    """Give the lock's lines, each pin with its hashes on one."""
    return (ROOT / lock).read_text().replace("\\\n", "").splitlines()


def pins(lock: str) -> set[tuple[str, str]]:
    """Give (name, version) of every pin."""
    found = (PIN.match(line) for line in lines(lock))
    return {(pin["name"], pin["version"]) for pin in found if pin}


@pytest.mark.parametrize("lock", [*LOCKS, *APART])
def test_a_lock_holds_exact_versions_with_hashes_and_nothing_else(lock: str) -> None:
    def is_hashed_pin(line: str) -> bool:
        pin = HASH.sub("", line).strip()
        return pin != line.strip() and PIN.fullmatch(pin) is not None

    assert [line for line in lines(lock) if not is_hashed_pin(line)] == []
    assert "://" not in (ROOT / lock).read_text()


@pytest.mark.parametrize(("lock", "asked"), [(LOCKS[0], RUNTIME), (LOCKS[1], EVERYTHING)])
def test_a_lock_has_all_that_the_project_asks_for_at_a_version_that_fits(lock: str, asked: list[str]) -> None:
    locked = dict(pins(lock))

    def fits(requirement: Requirement) -> bool:
        version = locked.get(canonicalize_name(requirement.name))
        return version is not None and requirement.specifier.contains(version, prereleases=True)

    assert [one for one in asked if not fits(Requirement(one))] == []


def test_what_runs_is_what_was_tested() -> None:
    assert pins(LOCKS[0]) - pins(LOCKS[1]) == set()


def test_a_lock_for_node_names_exact_versions_with_hashes_and_no_place_to_get_them_from() -> None:
    locks = [path for path in files() if path.name == "package-lock.json"]
    assert locks != []
    for lock in locks:
        packages = json.loads((ROOT / lock).read_text())["packages"]
        del packages[""]
        loose = [name for name, package in packages.items() if not package.get("integrity", "").startswith("sha512-")]
        assert (loose, [name for name, package in packages.items() if "resolved" in package]) == ([], []), lock
        assert "omit-lockfile-registry-resolved=true" in (ROOT / lock.parent / ".npmrc").read_text(), lock
