"""The README and the guide for partners, taken apart."""

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "partners.md"
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `((?:MAYCALL|OTEL)_\w+)` \| (?:`([^`]*)`)? ?\|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """Something to copy or to compare: sh, graphql, json or text."""

    kind: str
    text: str


def headings(document: Path) -> list[str]:
    return re.findall(r"^## (.+)$", document.read_text(), re.MULTILINE)


def section(heading: str, document: Path = README) -> str:
    """Give what stands under a heading, down to the next of its kind."""
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", document.read_text(), re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


def blocks(heading: str, document: Path = README) -> list[Block]:
    return [Block(kind, dedent(text).strip()) for _, kind, text in _BLOCK.findall(section(heading, document))]


def settings_told() -> dict[str, str]:
    """Give each setting of the table, and what it is without being set."""
    return dict(_ROW.findall(section("A real WhatsApp number")))


def linked() -> list[str]:
    """List what the README points to or shows."""
    return re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text())
