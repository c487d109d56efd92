import os
import socket
from pathlib import Path
from textwrap import dedent

import pytest

from fleet.plan import Plan, Wanted, plan
from fleet.program import FleetError
from models.sealed import keys_in
from tests.ground.processes import free_port
from tests.readme.document import blocks

ELSEWHERE = {"MAYCALL_DATABASE_URL": "postgresql://db/maycall", "MAYCALL_BROADCAST_URL": "redis://cache:6379/0"}


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MAYCALL_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def port() -> int:
    return free_port(in_a_row=3)


def planned(folder: Path, port: int, workers: int | None = None) -> Plan:
    return plan(Wanted(port, workers, folder), folder)


def test_what_is_named_is_used_and_not_started(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    made = planned(tmp_path, port)
    assert made.services == ()
    assert made.making is None
    for program in (made.migrate, made.sandbox, *made.house):
        assert ELSEWHERE.items() <= program.environment.items()


def test_servers_and_sandbox_know_the_same_secrets_and_each_other(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MAYCALL_SANDBOX", "true")  # which would have each server hold a sandbox of its own
    made = planned(tmp_path, port, workers=3)
    for name in ("ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN"):
        [secret] = {program.environment[f"MAYCALL_WHATSAPP_{name}"] for program in (made.sandbox, *made.house)}
        assert len(secret) > 40
        assert not any(secret in word for program in (made.sandbox, *made.house) for word in program.command)
    for server in made.house:
        assert server.environment["MAYCALL_SANDBOX_URL"] == f"http://127.0.0.1:{port + 2}/sandbox"
        assert (server.environment["MAYCALL_SANDBOX"], server.environment["MAYCALL_WORKERS"]) == ("false", "3")
    for number in (port, port + 1):
        assert f"http://127.0.0.1:{number}/webhooks/whatsapp" in made.sandbox.command
    again = planned(tmp_path, port)
    [token] = {program.environment["MAYCALL_BOOTSTRAP_TOKEN"] for program in (*made.house, *again.house)}
    assert token.startswith("mc_")
    [key] = {program.environment["MAYCALL_ENCRYPTION_KEY"] for program in (*made.house, *again.house)}
    assert len(keys_in(key)) == 1
    assert (tmp_path / "encryption.key").stat().st_mode & 0o777 == 0o600
    assert [program.command[3:] for program in made.house] == [
        ["serve", "--port", f"{port}"],
        ["serve", "--port", f"{port + 1}"],
        ["worker"],
    ]


def test_it_says_where_to_look_as_the_readme_shows(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MAYCALL_BOOTSTRAP_TOKEN", "mc_…")
    said = "\n".join(line for line in planned(tmp_path, port).greeting if line.startswith("  "))
    for number in range(3):
        said = said.replace(f":{port + number}/", f":{8000 + number}/")
    assert [dedent(said)] == [block.text for block in blocks("A small fleet") if block.kind == "text"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_port_in_use_is_told_with_a_way_out(tmp_path: Path, port: int, place: int) -> None:
    with socket.create_server(("127.0.0.1", port + place)), pytest.raises(FleetError) as told:
        planned(tmp_path, port)
    assert str(told.value) == (
        f"Port {port + place} cannot be used (Address already in use), and a fleet needs {port} to {port + 2}. Stop"
        f" what uses it, or choose others: make fleet PORT={port + 100}"
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("MAYCALL_DATABASE_URL", "sqlite:///var/maycall.db", "Several servers cannot share an SQLite file: "),
        ("MAYCALL_BROADCAST_URL", "memory://", "memory:// is for a single server: "),
    ],
)
def test_what_serves_a_single_server_only_is_told(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(FleetError) as told:
        planned(tmp_path, port)
    assert str(told.value).startswith(sentence)
    assert name in str(told.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL runs as whoever runs the fleet, except for root")
def test_root_is_told_where_nobody_may_not_enter(tmp_path: Path, port: int) -> None:
    tmp_path.chmod(0o700)
    inside = tmp_path / "var"
    inside.mkdir()
    with pytest.raises(FleetError) as told:
        planned(inside, port)
    assert "PostgreSQL does not run as root, and nobody, as whom it would run instead, may not enter" in str(told.value)
