"""Run a command: `python -m server --help`."""

from .cli import main

if __name__ == "__main__":  # a server process that another one started imports this too
    main()
