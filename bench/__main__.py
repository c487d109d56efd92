"""`python -m bench <name>`: one benchmark; `python -m bench all`: one after the other."""

import subprocess
import sys

import typer

from .burst import burst
from .dashboard import dashboard
from .fanout import fanout
from .fleet import fleet
from .journey import journey
from .million import million
from .report import Write
from .seeding import seed
from .webhook import webhook

BENCHMARKS = (webhook, fanout, burst, journey, fleet, million, dashboard)

app = typer.Typer(
    help="Benchmarks. Let the machine do nothing else meanwhile.", no_args_is_help=True, pretty_exceptions_enable=False
)
for benchmark in BENCHMARKS:
    app.command()(benchmark)


app.command()(seed)


@app.command("all")
def run_all(*, write: Write = False) -> None:
    """Run every benchmark as it comes, each in a process of its own."""
    failed = []
    for each in BENCHMARKS:
        command = [sys.executable, "-m", "bench", each.__name__, *(["--write"] if write else [])]
        if subprocess.run(command, check=False).returncode != 0:  # noqa: S603 our own words, no shell
            failed.append(each.__name__)
    if failed:
        sys.exit(f"These benchmarks failed: {', '.join(failed)}.")


if __name__ == "__main__":
    app()
