"""Where the key comes from: the environment, or a file made for whoever only tries Maycall."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from models.business_number import BusinessNumber
from models.columns import new_id
from models.sealed import Seal, new_key
from server.seal import seal_of
from server.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MAYCALL_")]:
        monkeypatch.delenv(name)


def opens(first: Seal, second: Seal) -> bool:
    """Tell whether the second opens what the first seals."""
    keyed: dict[str, Any] = {"workspace_id": new_id(), "id": new_id()}
    number = BusinessNumber(**keyed)
    first.put(number, "access_token", "EAAB")
    return second.read(number, "access_token") == "EAAB"


def test_with_the_sandbox_on_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = seal_of(Settings(sandbox=True), tmp_path / "var")
    [file] = (tmp_path / "var").iterdir()
    assert file.name == "encryption.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert opens(first, seal_of(Settings(sandbox=True), tmp_path / "var"))


def test_servers_that_start_at_once_make_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as starting:
        seals = list(starting.map(lambda _: seal_of(Settings(sandbox=True), tmp_path), range(8)))
    assert all(opens(seals[0], other) for other in seals)
    assert [file.name for file in tmp_path.iterdir()] == ["encryption.key"]


def test_a_key_that_is_set_goes_before_one_that_is_kept(tmp_path: Path) -> None:
    key = new_key()
    seal = seal_of(Settings(sandbox=True, encryption_key=key), tmp_path)
    assert opens(seal, seal_of(Settings(sandbox=True, encryption_key=f"{new_key()},{key}"), tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_holds_no_key_is_told_of_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "encryption.key").write_text("nonsense\n")
    with pytest.raises(SettingsError) as told:
        seal_of(Settings(sandbox=True), tmp_path)
    assert str(told.value) == (
        f"The file {tmp_path / 'encryption.key'} is to hold the key that secrets are sealed with, and does not. Put it"
        " back, or set MAYCALL_ENCRYPTION_KEY."
    )
    assert (tmp_path / "encryption.key").read_text() == "nonsense\n"


def test_without_the_sandbox_no_key_is_made(tmp_path: Path) -> None:
    for_real = Settings(whatsapp_access_token="EAAB", whatsapp_app_secret="s", whatsapp_verify_token="v")
    assert not seal_of(for_real, tmp_path).has_key
    assert list(tmp_path.iterdir()) == []


def test_settings_do_not_show_what_is_secret_in_them() -> None:
    key = new_key()
    shown = repr(
        Settings(
            encryption_key=key,
            whatsapp_access_token="EAAB-token",
            whatsapp_app_secret="app-secret",
            whatsapp_verify_token="verify-token",
            bootstrap_token="mc_bootstrap",
            secret_key="hash-key",
            public_url="https://calls.example",
            oidc_issuer="https://accounts.example",
            oidc_client_id="maycall",
            oidc_client_secret="client-secret",
        )
    )
    for secret in (key, "EAAB-token", "app-secret", "verify-token", "mc_bootstrap", "hash-key", "client-secret"):
        assert secret not in shown
