import ast
import subprocess
import sys
from pathlib import Path

from tests.house.tree import FLOORS, ROOMS, ROOT, modules

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
ENVIRONMENT = {"environ", "environb", "getenv"}


def test_imports_only_go_down() -> None:
    contracts = subprocess.run(  # noqa: S603 - our own words, no shell
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert contracts.returncode == 0, contracts.stdout + contracts.stderr


def test_every_room_is_a_package() -> None:
    assert [room for room in ROOMS if not (ROOT / room / "__init__.py").is_file()] == []


def test_imports_stand_at_the_top_of_their_file() -> None:
    found = {
        f"{path}:{statement.lineno}"
        for path, module in modules(*FLOORS)
        for function in ast.walk(module)
        if isinstance(function, FUNCTIONS)
        for statement in ast.walk(function)
        if isinstance(statement, (ast.Import, ast.ImportFrom))
    }
    assert found == set()


def test_only_the_settings_read_the_environment_and_the_fleet_hands_its_own_on() -> None:
    found = {
        f"{path}:{node.lineno}"
        for path, module in modules(*ROOMS)
        if path not in {Path("server/settings.py"), Path("fleet/environment.py")}
        for node in ast.walk(module)
        if (isinstance(node, ast.Attribute) and node.attr in ENVIRONMENT)
        or (isinstance(node, ast.ImportFrom) and ENVIRONMENT & {alias.name for alias in node.names})
    }
    assert found == set()


def test_only_the_database_commits() -> None:
    found = {
        f"{path}:{node.lineno}"
        for path, module in modules("models", "actions", "graph", "server")
        if path != Path("models/database.py")
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    }
    assert found == set()
