"""One stream for everything that is said in a fleet: each line behind the name of who says it."""

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text
from structlog.dev import ConsoleRenderer, plain_traceback

_COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "bright_magenta", "bright_cyan")
_OWN_NAME = "fleet"


class Stream:
    """Writes to standard output: in colours, and log lines as people read them, where that is a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._colours: dict[str, str] = {_OWN_NAME: "bold"}
        self._width = len(_OWN_NAME)

    def expect(self, names: list[str]) -> None:
        """Give each name its colour, and make room for the longest."""
        for name in names:
            self._colours.setdefault(name, _COLOURS[(len(self._colours) - 1) % len(_COLOURS)])
        self._width = max(map(len, self._colours))

    def line(self, name: str, line: str) -> None:
        """Pass on a line that a process of this name wrote."""
        said = _for_people(line) if self._console.is_terminal else line
        for part in said.splitlines():
            if part.strip():
                # What is no colour goes: a line may not move the cursor of who reads it.
                self._write(name, Text.from_ansi(part))

    def tell(self, sentence: str, style: str = "bold") -> None:
        """Say something about the fleet itself."""
        self._write(_OWN_NAME, Text(sentence, style=style))

    def show(self, lines: list[str]) -> None:
        """Write what stands by itself: where to look, with nothing before it, to click and to copy."""
        for line in lines:
            self._console.print(Text(line), soft_wrap=True)

    def _write(self, name: str, text: Text) -> None:
        start = (f"{name:<{self._width}} │ ", self._colours.get(name, ""))
        self._console.print(Text.assemble(start, text), soft_wrap=True)


def _for_people(line: str) -> str:
    """Render a line of a structured log as a terminal of the process's own would have shown it."""
    try:
        event = json.loads(line)
    except ValueError:
        return line
    if not isinstance(event, dict) or "event" not in event:
        return line
    return _render(event)


def _render(event: Mapping[str, Any]) -> str:
    return str(ConsoleRenderer(pad_event_to=0, exception_formatter=plain_traceback)(None, "", dict(event)))
