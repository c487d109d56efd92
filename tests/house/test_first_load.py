"""How much the dashboard's first load brings."""

import re
from pathlib import Path

import pytest

from server.pages import BUILT

ASSETS = BUILT / "assets"
MOST = 200_000  # bytes of compressed scripts, before anybody looks at a chart
PAGES = ("CallNow", "Customers", "Customer", "Requests")  # where people work; whoever comes to / sees the first

pytestmark = pytest.mark.skipif(
    not (BUILT / "index.html").exists(), reason="the dashboard is not built: make dashboard does it where Node is"
)


def loaded_with(*names: str) -> set[Path]:
    """Find the scripts that a browser loads for these, theirs and so on; not what is imported later, when needed."""
    found: set[Path] = set()
    waiting = [ASSETS / name for name in names]
    while waiting:
        script = waiting.pop()
        if script not in found:
            found.add(script)
            waiting += [ASSETS / name for name in re.findall(r'(?:from|import) ?"\./([^"]+\.js)"', script.read_text())]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_the_first_load_is_small_and_has_no_chart_in_it(name: str) -> None:
    [entry] = re.findall(r'<script[^>]* src="/assets/([^"]+)"', (BUILT / "index.html").read_text())
    [page] = (path.name for path in ASSETS.glob(f"{name}-*.js"))
    first = loaded_with(entry, page)
    assert len(first) > 5  # else they are written in another way, and none was found
    assert sum(sent_of(script) for script in first) < MOST
    assert [script.name for script in first if "Chart" in script.name or "graphiql" in script.name] == []


def sent_of(script: Path) -> int:
    """Tell how many bytes of a script go over the wire to a browser that takes brotli."""
    brotli = script.with_name(f"{script.name}.br")
    return (brotli if brotli.exists() else script).stat().st_size
