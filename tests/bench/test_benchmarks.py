import re
import shlex

import pytest
from typer.main import get_command

from bench.__main__ import BENCHMARKS, app
from bench.machine import describe
from bench.report import DOCUMENT, Findings, replaced

NAMES = [benchmark.__name__ for benchmark in BENCHMARKS]
COMMANDS = get_command(app).commands  # type: ignore[attr-defined] # several commands make a group
TOLD = re.findall(r"`(?:python -m bench|make bench BENCH=)\s?([^`]*)`", DOCUMENT.read_text())


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_has_its_figures_in_the_document(name: str) -> None:
    [figures] = re.findall(rf"<!-- figures of {name} -->(.*?)<!-- end of {name} -->", DOCUMENT.read_text(), re.DOTALL)
    assert re.search(rf"Measured on \d{{4}}-\d\d-\d\d with `python -m bench {name}\b", figures)
    assert " cores of " in figures
    assert "| ---" in figures


def test_the_document_tells_of_no_benchmark_that_is_gone() -> None:
    assert set(re.findall(r"<!-- figures of (.*?) -->", DOCUMENT.read_text())) == set(NAMES)


@pytest.mark.parametrize("words", TOLD)
def test_every_command_in_the_document_exists_with_its_options(words: str) -> None:
    name, *options = shlex.split(words)
    COMMANDS[name].make_context(name, options)


def test_the_figures_take_the_place_of_older_ones_and_what_stands_around_them_stays() -> None:
    first = replaced("# Benchmarks\n", "fanout", "a \\1 b")
    assert first == "# Benchmarks\n\n## fanout\n\n<!-- figures of fanout -->\n\na \\1 b\n\n<!-- end of fanout -->\n"
    told = first.replace("## fanout", "## To many\n\nWhy it is so.") + "\n## Others\n"
    assert replaced(told, "fanout", "new") == told.replace("a \\1 b", "new")


def test_findings_are_a_table_in_markdown() -> None:
    findings = Findings("How fast", ("what", "ms"), [("this", "1"), ("that", "20")])
    assert findings.in_markdown() == "**How fast**\n\n| what | ms |\n| --- | ---: |\n| this | 1 |\n| that | 20 |"


def test_the_machine_is_told_on_one_line() -> None:
    told = describe(["sqlalchemy"])
    assert "\n" not in told
    for fact in ("cores of", "GiB of memory", "Python 3.", "SQLite 3.", "sqlalchemy 2."):
        assert fact in told
