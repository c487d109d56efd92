import json
import re
import subprocess
from typing import Any

from server.settings import PREFIX, Settings
from tests.house.test_containers import SANDBOX
from tests.readme.document import README, ROOT, blocks, linked, settings_told

LARGEST_PICTURE = 400_000


def in_words(default: Any) -> str:
    if default is None or default == "":
        return ""
    return default if isinstance(default, str) else json.dumps(default)


def test_everything_it_points_to_is_there() -> None:
    assert [path for path in linked() if not (ROOT / path).exists()] == []


def test_its_pictures_are_pictures_and_quick_to_load() -> None:
    png, svg = (ROOT / path for path in linked() if path.startswith("docs/images/"))
    assert png.read_bytes().startswith(b"\x89PNG")
    assert svg.read_text().startswith("<svg ")
    assert max(png.stat().st_size, svg.stat().st_size) < LARGEST_PICTURE


def test_its_table_tells_of_every_setting_and_of_no_other() -> None:
    defaults = {
        str(field.validation_alias or f"{PREFIX}{name.upper()}"): in_words(field.get_default())
        for name, field in Settings.model_fields.items()
    }
    assert settings_told() == defaults


def test_every_setting_it_uses_elsewhere_is_in_its_table() -> None:
    assert set(re.findall(r"(?:MAYCALL|OTEL)_\w+", README.read_text())) == set(settings_told())


def test_make_knows_its_commands() -> None:
    sections = ("Two commands", "A small fleet")
    commands = [block.text for section in sections for block in blocks(section) if block.kind == "sh"]
    assert commands == ["make run", "make test", "make fleet", f"docker compose --env-file {SANDBOX.name} up --build"]
    for command in commands[:3]:
        subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, check=True, capture_output=True)  # noqa: S603 our own
