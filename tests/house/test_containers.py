"""What containers are made and run by, read: no engine is needed to know that it names only what is there."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet
from typer.core import TyperGroup
from typer.main import get_command

from server.app import WEBHOOK_PATH, create_app
from server.cli import app
from server.pages import BUILT
from server.settings import PREFIX, Settings
from tests.house.tree import FLOORS, ROOT

COMPOSE = ROOT / "compose.yaml"
SANDBOX = ROOT / "compose.sandbox.env"
OURS = "maycall"

# A version that says which one, and a name that leaves the registry to whoever pulls it.
PINNED = re.compile(r"(?:[a-z0-9-]+/)?[a-z0-9-]+:\d+\.\d+(?:\.\d+)?(?:-[a-z0-9-]+)?")
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
LOOK = re.compile(r"To\('127\.0\.0\.1', (?P<port>\d+), .*'GET', '(?P<path>[^']+)'")


def instructions() -> list[tuple[str, str]]:
    """Give the Containerfile's instructions with their words."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def said(instruction: str) -> list[str]:
    return [words for word, words in instructions() if word == instruction]


def copied() -> list[str]:
    """List what is copied from this folder."""
    sources = [words.split()[:-1] for words in said("COPY") if not words.startswith("--from")]
    return [source for some in sources for source in some]


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return read


SERVICES: dict[str, dict[str, Any]] = compose()["services"]
OUR_SERVICES = {name: service for name, service in SERVICES.items() if service["image"] == OURS}


def command_of(service: dict[str, Any]) -> list[str]:
    """Give what follows `python -m server` in a service's container."""
    default: list[str] = json.loads(said("CMD")[0])
    given: list[str] = service.get("command", default)
    return given


def understood(words: list[str]) -> dict[str, Any]:
    """Give a command's options as the command line reads them, without running it. A usage error if it does not."""
    name, *rest = words
    commands = get_command(app)
    assert isinstance(commands, TyperGroup)
    with commands.commands[name].make_context(name, rest) as context:
        return dict(context.params)


def port_of(service: dict[str, Any]) -> int:
    port: int = understood(command_of(service))["port"]
    return port


def paths() -> set[str]:
    """List the paths that a server answers, and those of the sandbox under it."""
    settings = Settings(database_url="sqlite:///:memory:", sandbox=True)
    served = create_app(settings, "http://maycall", Path("var"))

    def walk(routes: Any, above: str) -> set[str]:
        found: set[str] = set()
        for route in routes:
            found |= walk(route.routes, above + route.path) if getattr(route, "routes", None) else {above + route.path}
        return found

    return walk(served.routes, "")


# --- The Containerfile ---


def test_it_begins_with_a_pinned_python_that_the_project_runs_on() -> None:
    images = {words.split()[0] for words in said("FROM")}
    assert [image for image in images if not PINNED.fullmatch(image)] == []
    [image] = [image for image in images if not image.startswith("node:")]
    name, _, tag = image.partition(":")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert name == "python"
    assert SpecifierSet(project["project"]["requires-python"]).contains(tag.split("-")[0])


def test_it_installs_what_is_locked_by_hash_and_nothing_else() -> None:
    [install] = [words for words in said("RUN") if "pip install" in words]
    words = shlex.split(install)
    assert {"--require-hashes", "--only-binary"} <= set(words)
    assert words[words.index("--requirement") + 1] in copied()
    assert words[words.index("--requirement") + 1] == "requirements.lock"


def test_it_builds_the_pages_with_what_is_locked_where_the_server_looks_for_them() -> None:
    [image] = {words.split()[0] for words in said("FROM") if words.startswith("node:")}
    package = json.loads((ROOT / "dashboard" / "package.json").read_text())
    assert SpecifierSet(package["engines"]["node"]).contains(image.removeprefix("node:").partition("-")[0])
    [build] = [words for words in said("RUN") if "npm" in words]
    assert "npm ci" in build
    assert "npm run --silent build" in build
    [taken] = [words.split()[1:] for words in said("COPY") if words.startswith("--from=pages")]
    assert taken == ["/pages/dashboard/dist/", "dashboard/dist/"]
    assert BUILT.relative_to(ROOT) == Path("dashboard/dist")


def test_it_copies_only_what_is_there_and_let_through() -> None:
    let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert {source.rstrip("/") for source in copied()} == set(let_through)
    assert [source for source in copied() if not (ROOT / source).exists()] == []
    assert {*FLOORS, "sandbox"} <= {source.rstrip("/") for source in copied()}


def test_what_it_copies_is_enough_to_run(tmp_path: Path) -> None:
    for source in copied():
        if (ROOT / source).is_dir():
            shutil.copytree(
                ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
            )
    [entry] = [json.loads(words) for words in said("ENTRYPOINT")]
    assert entry == ["python", "-m", "server"]
    ran = subprocess.run(  # noqa: S603 our own words, no shell
        [sys.executable, *entry[1:], "migrate"],
        cwd=tmp_path,
        env={"MAYCALL_SANDBOX": "true", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stdout) == (0, "The database is up to date.\n"), ran.stderr
    assert (tmp_path / "var" / "maycall.db").exists()


def test_it_runs_as_nobody_special_and_writes_only_where_it_has_to() -> None:
    assert said("USER") == ["10001:10001"]
    [folder] = [words for words in said("RUN") if "chown" in words]
    assert folder == "mkdir var && chown 10001:10001 var"
    assert said("WORKDIR") == ["/maycall"]


def test_it_serves_and_is_looked_at_where_it_says() -> None:
    default = understood(json.loads(said("CMD")[0]))
    assert (default["host"], default["migrate"]) == ("0.0.0.0", False)  # noqa: S104 only a container's own
    assert said("EXPOSE") == [f"{default['port']}"]
    [health] = said("HEALTHCHECK")
    look = LOOK.search(health)
    assert look
    assert (int(look["port"]), look["path"]) == (default["port"], "/health/live")
    assert look["path"] in paths()


# --- The compose file ---


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_ours_or_pinned_and_names_no_registry(name: str) -> None:
    image = SERVICES[name]["image"]
    assert image == OURS or PINNED.fullmatch(image)


@pytest.mark.parametrize("name", OUR_SERVICES)
def test_every_command_is_one_that_the_command_line_understands(name: str) -> None:
    understood(command_of(OUR_SERVICES[name]))


def test_everything_that_makes_a_fleet_is_there_and_migrations_run_once_before() -> None:
    commands = sorted(command_of(service)[0] for service in OUR_SERVICES.values())
    assert commands == ["migrate", "sandbox", "serve", "serve", "worker"]
    for name, service in OUR_SERVICES.items():
        if name != "migrate":
            assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)


@pytest.mark.parametrize("name", OUR_SERVICES)
def test_every_setting_is_one_that_maycall_reads(name: str) -> None:
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    assert set(OUR_SERVICES[name]["environment"]) <= known


def test_every_variable_is_passed_on_under_its_name_and_asked_for_in_a_sentence_where_it_is_needed() -> None:
    asked = {
        variable: (kind, text)
        for service in SERVICES.values()
        for setting, value in service.get("environment", {}).items()
        for variable, kind, text in VARIABLE.findall(value)
        if variable in (setting, "POSTGRES_PASSWORD")
    }
    assert {variable for variable, _, _ in VARIABLE.findall(COMPOSE.read_text())} == set(asked)
    needed = {variable for variable, (kind, _) in asked.items() if kind == "?"}
    secrets = {f"{PREFIX}WHATSAPP_{name}" for name in ("ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN")}
    assert needed == secrets | {"POSTGRES_PASSWORD"}
    assert all(text for kind, text in asked.values() if kind == "?")


def test_with_the_variables_given_the_settings_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    given = dict(line.split("=", 1) for line in SANDBOX.read_text().splitlines() if line and not line.startswith("#"))
    profiles = {profile for service in SERVICES.values() for profile in service.get("profiles", ())}
    assert {given.pop("COMPOSE_PROFILES")} == profiles
    assert set(given) <= {variable for variable, _, _ in VARIABLE.findall(COMPOSE.read_text())}
    for service in OUR_SERVICES.values():
        with monkeypatch.context() as container:
            for setting, value in service["environment"].items():
                container.setenv(setting, VARIABLE.sub(lambda found: given.get(found[1], ""), value))
            settings = Settings()
        assert settings.database_url == "postgresql://maycall:sandbox@postgres/maycall"
        assert settings.sandbox_url == given["MAYCALL_SANDBOX_URL"]


def test_containers_find_each_other_by_names_and_ports_that_are_there() -> None:
    addresses = {(name, port_of(service)) for name, service in OUR_SERVICES.items() if "ports" in service}
    aliases = SERVICES["sandbox"]["networks"]["default"]["aliases"]
    addresses |= {(alias, port_of(SERVICES["sandbox"])) for alias in aliases}
    named = re.findall(r"http://([\w.-]+):(\d+)(/[\w/]*)", COMPOSE.read_text() + SANDBOX.read_text())
    assert named
    for host, port, path in named:
        assert (host, int(port)) in addresses
        assert path in {WEBHOOK_PATH, "/sandbox"}
    hosts = re.findall(r"(?:postgresql|redis)://(?:.+@)?(\w+)[:/]", COMPOSE.read_text())
    assert set(hosts) == {"postgres", "redis"} <= set(SERVICES)


@pytest.mark.parametrize("name", [name for name, service in OUR_SERVICES.items() if "ports" in service])
def test_what_is_published_is_what_is_listened_to_and_for_this_machine_only(name: str) -> None:
    [published] = OUR_SERVICES[name]["ports"]
    address, _, inside = published.split(":")
    assert address == "127.0.0.1"
    assert int(inside) == port_of(OUR_SERVICES[name])
    assert understood(command_of(OUR_SERVICES[name]))["host"] == "0.0.0.0"  # noqa: S104 only a container's own


def test_the_sandbox_is_looked_at_where_it_answers() -> None:
    look = LOOK.search(SERVICES["sandbox"]["healthcheck"]["test"][-1])
    assert look
    assert int(look["port"]) == port_of(SERVICES["sandbox"])
    assert look["path"] in paths()


def test_what_is_kept_is_kept_in_a_volume_that_is_there_and_can_be_written_to() -> None:
    mounted = {name: service["volumes"][0].split(":") for name, service in SERVICES.items() if service.get("volumes")}
    assert {volume for volume, _ in mounted.values()} == set(compose()["volumes"])
    database = understood(command_of(SERVICES["sandbox"]))["database"]
    assert Path(mounted["sandbox"][1]) == Path(said("WORKDIR")[0]) / database.parent
