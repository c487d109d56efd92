"""What a server has to load before it can serve."""

import subprocess
import sys

LOOK = """
import sys, server.app
print([name for name in ("redis", "opentelemetry.sdk", "opentelemetry.exporter") if name in sys.modules])
"""


def test_what_only_some_installations_have_is_not_loaded_where_it_is_not_there() -> None:
    told = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout.strip() == "[]"
