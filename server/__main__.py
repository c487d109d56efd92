"""Run a command: `python -m server --help`."""

from .cli import main

main()
