"""Customers from a file of comma-separated values, as spreadsheets write them, read line by line."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from actions.customers import phone
from actions.faults import BadInputError
from actions.imports import Row

# What each field may be called in the first line, whatever its case, spaces and punctuation.
HEADERS = {
    "name": ("name", "full name", "customer", "customer name", "contact", "contact name"),
    "phone": (
        "phone",
        "phone number",
        "mobile",
        "mobile number",
        "cell",
        "cell phone",
        "tel",
        "telephone",
        "msisdn",
        "whatsapp",
        "whatsapp number",
    ),
    "whatsapp_user_id": ("whatsapp user id", "user id", "bsuid"),
    "external_id": ("external id", "id", "customer id", "contact id", "crm id", "reference"),
    "tags": ("tags", "tag", "labels", "label", "groups"),
    "timezone": ("timezone", "time zone", "tz"),
}
DELIMITERS = ",;\t"


def _plain(word: str) -> str:
    return re.sub(r"[\W_]", "", word.casefold())


_FIELDS = {_plain(word): name for name, words in HEADERS.items() for word in words}
_BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that cannot be read as a row, and why."""

    number: int
    message: str


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands in each column: a field's name, or None for what is left out; and what those are called."""

    fields: tuple[str | None, ...]
    left_out: tuple[str, ...]


def encoding_of(path: Path) -> str:
    """Tell a file's encoding by how it begins: UTF-16 where it says so, else UTF-8, with or without its mark."""
    with path.open("rb") as file:
        begins = file.read(2)
    return _BYTE_ORDER_MARKS.get(begins, "utf-8-sig")


class CustomerFile:
    """The rows of an open file, each numbered as its line. BadInputError where it is no such file."""

    def __init__(self, file: IO[str], region: str | None = None) -> None:
        first = _line(file)
        if not first.strip():
            raise BadInputError("The file is empty. Its first line must name the columns, such as: name,phone,tags")
        delimiter = max(DELIMITERS, key=first.count)
        self._columns = _columns(next(csv.reader([first], delimiter=delimiter)))
        self._reader = csv.reader(file, delimiter=delimiter)
        self._region = region

    @property
    def left_out(self) -> tuple[str, ...]:
        """Name the columns that say nothing about a customer."""
        return self._columns.left_out

    def rows(self) -> Iterator[Row | Unread]:
        """Read on, row by row; empty lines are no rows."""
        while True:
            number = self._reader.line_num + 2  # of the line that it begins in; the first one was the header
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise BadInputError(f"Line {number} cannot be read: {error}.") from error
            except UnicodeDecodeError as error:
                raise _not_in_utf_8() from error
            if any(cell.strip() for cell in cells):
                yield self._row(number, cells)

    def _row(self, number: int, cells: Sequence[str]) -> Row | Unread:
        if len(cells) > len(self._columns.fields) and any(cell.strip() for cell in cells[len(self._columns.fields) :]):
            known = len(self._columns.fields)
            return Unread(number, f"It has {len(cells)} values, and the first line names {known} columns.")
        values: dict[str, Any] = {}
        for name, cell in zip(self._columns.fields, cells, strict=False):
            if name is not None and cell.strip():
                values[name] = cell.strip()
        try:
            if "phone" in values:
                values["phone"] = phone(values["phone"], self._region)
        except BadInputError as error:
            return Unread(number, str(error))
        if "tags" in values:
            values["tags"] = [tag.strip() for tag in re.split(r"[,;|]", values["tags"]) if tag.strip()]
        return Row(number, values)


def _line(file: IO[str]) -> str:
    try:
        return file.readline()
    except UnicodeDecodeError as error:
        raise _not_in_utf_8() from error


def _not_in_utf_8() -> BadInputError:
    return BadInputError(
        "The file is not written in UTF-8. Save it as 'CSV UTF-8', or name its encoding: --encoding windows-1252"
    )


def _columns(header: Sequence[str]) -> Columns:
    fields = tuple(_FIELDS.get(_plain(cell)) for cell in header)
    for name in HEADERS:
        twice = [cell for cell, own in zip(header, fields, strict=True) if own == name]
        if len(twice) > 1:
            raise BadInputError(
                f"The columns {' and '.join(map(repr, twice))} are both the {name}. Rename one of them."
            )
    if not {"phone", "whatsapp_user_id", "external_id"} & set(fields):
        known = ", ".join(HEADERS)
        raise BadInputError(
            f"No column says who the customers are. The first line must name columns, of these: {known}."
        )
    left_out = tuple(cell for cell, name in zip(header, fields, strict=True) if name is None and cell.strip())
    return Columns(fields, left_out)
