"""One thing said to WhatsApp and what came back, for whoever watches."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Exchange:
    """`headers` go along with what is said; `answer` is there once it is over, unless it was cut off."""

    operation: str
    headers: dict[str, str] = field(default_factory=dict)
    answer: object = None


Watching = Callable[[str], AbstractContextManager[Exchange]]


@contextmanager
def unwatched(operation: str) -> Iterator[Exchange]:
    yield Exchange(operation)


def operation_of(method: str, path: str, content: Mapping[str, Any]) -> str:
    """Name the kind of thing that is said, out of those few that there are: nothing of it says about whom."""
    _, inner, last = path.rpartition("/")
    body = content.get("json")
    action = body.get("action") if isinstance(body, dict) else None
    return " ".join([method, last if inner else "account", *([action] if isinstance(action, str) else [])])
