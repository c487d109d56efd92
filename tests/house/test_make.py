"""What make hands to all that it starts."""

import os
import subprocess

from tests.house.tree import ROOT

LOOK = "looked-at: ; @.venv/bin/python -c 'import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)'"


def test_what_python_compiles_is_kept_also_on_a_machine_that_forbids_it() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPYCACHEPREFIX"}
    told = subprocess.run(  # noqa: S603 our own words, no shell
        ["make", "--no-print-directory", "--eval", LOOK, "looked-at"],  # noqa: S607 whichever make they have
        cwd=ROOT,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.split() == ["False", str(ROOT / ".venv" / "bytecode")]
