"""Reading JSON that came from outside, one typed field at a time; every surprise becomes the caller's own error."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Complaint = Callable[[str], Exception]
"""Makes the exception to raise out of a sentence."""

MAX_BODY_BYTES = 3_000_000


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object and where it stands in the body (`path`, for the sentences)."""

    values: Mapping[str, Any]
    complaint: Complaint
    path: str = ""

    def where(self, name: str) -> str:
        """Name a field in full."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.values.get(name) is not None

    def text(self, name: str, *, longest: int = 4096) -> str:
        """Read a text that must be there and not be empty."""
        found = self.optional_text(name, longest=longest)
        if not found:
            raise self.complaint(f"The parameter {self.where(name)} is required.")
        return found

    def optional_text(self, name: str, *, longest: int = 4096) -> str | None:
        """Read a text that may be absent."""
        found = self.values.get(name)
        if found is None:
            return None
        if not isinstance(found, str):
            raise self.complaint(f"The parameter {self.where(name)} must be a string.")
        if len(found) > longest:
            raise self.complaint(f"The parameter {self.where(name)} must be at most {longest} characters long.")
        return found

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        """Read a text that must be one of a few."""
        found = self.text(name)
        if found not in choices:
            raise self.complaint(f"The parameter {self.where(name)} must be one of {', '.join(choices)}.")
        return found

    def optional_number(self, name: str, *, lowest: float, highest: float) -> float | None:
        """Read a finite number within bounds that may be absent."""
        found = self.values.get(name)
        if found is None:
            return None
        number = isinstance(found, int | float) and not isinstance(found, bool)
        if not number or not math.isfinite(found) or not lowest <= found <= highest:
            raise self.complaint(f"The parameter {self.where(name)} must be a number from {lowest:g} to {highest:g}.")
        return float(found)

    def optional_whole(self, name: str, *, lowest: int, highest: int) -> int | None:
        """Read a whole number within bounds that may be absent."""
        found = self.optional_number(name, lowest=lowest, highest=highest)
        if found is not None and not found.is_integer():
            raise self.complaint(f"The parameter {self.where(name)} must be a whole number.")
        return None if found is None else int(found)

    def optional_flag(self, name: str) -> bool | None:
        """Read true or false that may be absent."""
        found = self.values.get(name)
        if found is not None and not isinstance(found, bool):
            raise self.complaint(f"The parameter {self.where(name)} must be true or false.")
        return found

    def inner(self, name: str) -> "Fields":
        """Read an object that must be there."""
        found = self.values.get(name)
        if found is None:
            raise self.complaint(f"The parameter {self.where(name)} is required.")
        if not isinstance(found, dict):
            raise self.complaint(f"The parameter {self.where(name)} must be an object.")
        return Fields(found, self.complaint, self.where(name))

    def inner_list(self, name: str) -> list["Fields"]:
        """Read a list of objects; an absent one is empty."""
        found = self.values.get(name)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self.complaint(f"The parameter {self.where(name)} must be a list of objects.")
        return [Fields(item, self.complaint, f"{self.where(name)}[{index}]") for index, item in enumerate(found)]


def read_object(body: bytes, complaint: Complaint) -> Fields:
    """Read a request's body; an empty one is an empty object."""
    if len(body) > MAX_BODY_BYTES:
        raise complaint("The body is too large.")
    try:
        found = json.loads(body.decode()) if body.strip() else {}
        # A lone surrogate passes the parser but can be neither stored nor sent on.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise complaint("The body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise complaint("The body must be a JSON object.")
    return Fields(found, complaint)
