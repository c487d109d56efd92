"""What the fleet was started with, and hands on to what it starts. The settings themselves are the servers' to read."""

import os
from collections.abc import Mapping


def given(name: str) -> str | None:
    """Give a variable of the environment; an empty one counts as not given."""
    return os.environ.get(name) or None


def handed_on(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment for a process of the fleet, with these settings; what Python prints comes at once."""
    return os.environ | {"PYTHONUNBUFFERED": "1"} | dict(settings or {})
