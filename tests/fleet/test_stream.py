from io import StringIO
from typing import Literal

from rich.console import Console

from fleet.stream import Stream

LOGGED = '{"event": "wire_lost", "level": "warning", "timestamp": "2026-11-23T01:21:11Z", "seconds": 5}'


def written(*lines: str, terminal: bool) -> list[str]:
    """Give what stands in the stream when a server has written these lines."""
    paper = StringIO()
    colours: Literal["standard"] | None = "standard" if terminal else None
    stream = Stream(Console(file=paper, force_terminal=terminal, color_system=colours, highlight=False, width=40))
    stream.expect(["redis", "server 8000"])
    for line in lines:
        stream.line("server 8000", line)
    stream.tell("redis is back.", "bold green")
    return paper.getvalue().splitlines()


def test_each_line_stands_behind_the_name_of_who_wrote_it_and_is_never_broken() -> None:
    long = "word " * 50
    assert written("", long, terminal=False) == [f"server 8000 │ {long}", "fleet       │ redis is back."]


def test_on_a_terminal_each_name_has_its_colour() -> None:
    server, fleet = written("hello", terminal=True)
    assert server == "\x1b[35mserver 8000 │ \x1b[0mhello"
    assert fleet == "\x1b[1mfleet       │ \x1b[0m\x1b[1;32mredis is back.\x1b[0m"


def test_what_is_logged_as_json_is_shown_to_people_as_on_a_terminal_of_its_own_and_kept_for_programs() -> None:
    assert written(LOGGED, terminal=False)[0] == f"server 8000 │ {LOGGED}"
    shown = written(LOGGED, terminal=True)[0]
    assert "wire_lost" in shown
    assert "{" not in shown
    assert '"event"' not in shown


def test_what_is_json_and_no_log_is_shown_as_it_is() -> None:
    for line in ('{"data": 1}', "[1, 2]", "7"):
        assert written(line, terminal=True)[0].endswith(line)


def test_nothing_that_is_written_moves_the_cursor() -> None:
    line = written("one\x1b[2J\x1b[31mtwo\x1b]0;title\x07", terminal=True)[0]
    assert "\x1b[2J" not in line
    assert "\x1b]0" not in line
    assert "two" in line
