"""What a benchmark found: shown on the terminal and, with --write, kept in docs/benchmarks.md."""

import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from . import machine

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"

# Every benchmark takes it: `write: Write = False`.
Write = Annotated[bool, typer.Option("--write", help="Put what was found into docs/benchmarks.md.")]


@dataclass(frozen=True, slots=True)
class Findings:
    """One table: a title that says what was measured, names of columns with their units, and rows of words."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def on_terminal(self) -> Table:
        table = Table(title=self.title, title_justify="left")
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number else "left")
        for row in self.rows:
            table.add_row(*row)
        return table

    def in_markdown(self) -> str:
        ruler = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [f"| {' | '.join(cells)} |" for cells in (self.columns, ruler, *self.rows)]
        return "\n".join([f"**{self.title}**", "", *lines])


def present(name: str, findings: Sequence[Findings], *, packages: Sequence[str] = (), write: bool) -> None:
    """Show what the benchmark `name` found and, where asked to, put it into the document in place of what was there.

    `packages` are those whose versions the figures depend on. The text around the section is left as it is.
    """
    facts = machine.describe(packages)
    console = Console()
    for table in findings:
        console.print(table.on_terminal())
    console.print(facts, style="dim")
    if write:
        measured = f"Measured on {datetime.now(UTC):%Y-%m-%d} with `{_command()}` on {facts}."
        section = "\n\n".join([measured, *(table.in_markdown() for table in findings)])
        DOCUMENT.write_text(replaced(DOCUMENT.read_text(), name, section))


def replaced(document: str, name: str, section: str) -> str:
    """Put the section between its markers, or at the end of a document that has none for it."""
    begin, end = f"<!-- figures of {name} -->", f"<!-- end of {name} -->"
    framed = f"{begin}\n\n{section}\n\n{end}"
    if begin not in document:
        return f"{document.rstrip()}\n\n## {name}\n\n{framed}\n"
    return re.sub(f"{re.escape(begin)}.*{re.escape(end)}", lambda _: framed, document, flags=re.DOTALL)


def _command() -> str:
    return shlex.join(["python", "-m", "bench", *(word for word in sys.argv[1:] if word != "--write")])
