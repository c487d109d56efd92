"""What docs/operations.md says of the metrics is what is exposed."""

import re
from pathlib import Path

import yaml

from server.app import create_app
from server.metrics import documented
from server.settings import Settings

from .test_app import OWN_URL, real

DOCUMENT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


def rows() -> dict[str, str]:
    table = DOCUMENT.partition("<!-- metrics -->")[2].partition("<!-- end of metrics -->")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()]
    return {name.strip("`"): meaning for name, _labels, meaning in cells}


async def exposed(tmp_path: Path) -> dict[str, str]:
    app = create_app(real(f"sqlite:///{tmp_path}/maycall.db"), OWN_URL, tmp_path)
    await app.state.resources.database.close()
    return documented(app.state.registry)


async def test_every_metric_is_in_the_document_with_what_it_is_and_no_other(tmp_path: Path) -> None:
    assert rows() == await exposed(tmp_path)


async def test_the_alerts_are_about_metrics_that_there_are(tmp_path: Path) -> None:
    known = set(await exposed(tmp_path))
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)]
    [rules] = [group["rules"] for block in blocks for group in block.get("groups", [])]
    assert len(rules) > 5
    for rule in rules:
        named = {re.sub(r"_bucket$", "", name) for name in re.findall(r"maycall_\w+", rule["expr"])}
        assert named
        assert named <= known, rule["alert"]


def test_every_setting_that_is_named_is_one() -> None:
    known = {f"MAYCALL_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"MAYCALL_[A-Z_]+", DOCUMENT)) <= known
