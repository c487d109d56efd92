"""A file of customers brought in: with a bar to watch, and a list of what was refused."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import phonenumbers
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from actions.faults import BadInputError
from actions.imports import MOST_ROWS, Import, Imported, Outcome
from actions.resources import Resources

from .customer_file import CustomerFile, Unread, encoding_of

ACTOR = "import-customers"
MOST_SHOWN = 50  # refused lines; all of them are in the report

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be imported, and how."""

    path: Path
    region: str | None = None
    encoding: str | None = None
    report: Path | None = None
    dry_run: bool = False

    def check(self) -> None:
        """See to it that it can be meant. BadInputError where it cannot."""
        if self.region is not None and self.region not in phonenumbers.SUPPORTED_REGIONS:
            raise BadInputError(f"{self.region!r} is not a country. Give its two letters, as in IN.")
        try:
            codecs.lookup(self.encoding or "utf-8")
        except LookupError as error:
            raise BadInputError(f"{self.encoding!r} is no encoding known here. Try windows-1252 or utf-16.") from error


@dataclass(slots=True)
class Refused:
    """The lines that were not imported: the first ones to be shown, all of them in the report."""

    report: Path | None
    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, message: str) -> None:
        self.count += 1
        if len(self.first) < MOST_SHOWN:
            self.first.append((number, message))
        if self.report is not None:
            with self.report.open("w" if self.count == 1 else "a", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(([("line", "why")] if self.count == 1 else []) + [(number, message)])


async def import_file(resources: Resources, workspace_id: UUID, wanted: Wanted, console: Console) -> Refused:
    """Bring in the file's customers and say what came of it. BadInputError for a file that cannot be read."""
    importing = Import(resources, workspace_id, ACTOR, dry_run=wanted.dry_run)
    refused = Refused(wanted.report)
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=console
    )
    encoding = wanted.encoding or encoding_of(wanted.path)
    with progress, progress.open(wanted.path, "rt", encoding=encoding, newline="", description="Importing") as opened:
        file = CustomerFile(opened, wanted.region)
        if file.left_out:
            progress.print(f"These columns say nothing of a customer and are left out: {', '.join(file.left_out)}.")
        for batch in _batches(file.rows(), MOST_ROWS):
            for unread in batch:
                if isinstance(unread, Unread):
                    refused.add(unread.number, unread.message)
            for imported in await importing.take([row for row in batch if not isinstance(row, Unread)]):
                if imported.outcome is Outcome.REFUSED:
                    refused.add(imported.number, _why(imported))
    _tell(console, importing, refused, dry_run=wanted.dry_run)
    return refused


def _why(imported: Imported) -> str:
    return (imported.message or "").replace("Row ", "Line ", 1)


def _tell(console: Console, importing: Import, refused: Refused, *, dry_run: bool) -> None:
    for number, message in refused.first:
        console.print(f"line {number}: {message}", highlight=False, markup=False, soft_wrap=True)
    if refused.count > len(refused.first):
        where = f"All are in {refused.report}." if refused.report else "Give --report FILE for all of them."
        console.print(f"… and {refused.count - len(refused.first)} more lines. {where}", soft_wrap=True)
    totals = importing.totals
    would = "would be " if dry_run else ""
    console.print(
        f"{totals[Outcome.CREATED]} customers {would}created, {totals[Outcome.UPDATED]} {would}changed,"
        f" {totals[Outcome.UNCHANGED]} as they were; {refused.count} lines refused.",
        highlight=False,
        soft_wrap=True,
    )


def _batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch
