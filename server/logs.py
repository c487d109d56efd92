"""What is written down of what happens: one line an event to standard error, and nothing in it about a person.

What an exception says may quote a row, a body or a secret. So it is told by its kind and the way it came, never by its
words; other libraries' lines lose what was filled into them. A line that cannot be written is lost, and nothing else.
"""

import logging
import os
import re
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID, uuid4

import stamina.instrumentation
import structlog
from stamina.instrumentation import RetryDetails
from strawberry.http.exceptions import WebSocketDisconnected
from structlog.contextvars import bound_contextvars
from structlog.typing import EventDict

LONGEST_VALUE = 300
LONGEST_FAULT = 1_500
LONGEST_LINE = 4_000
MOST_OF_A_REQUEST = 3_400  # bytes; its last line, which is short, comes on top
MOST_FRAMES = 8  # of our own for each exception, nearest to where it was raised
MOST_LINKS = 5  # exceptions that led to one another

# No underscore, which every token of ours has, and longer than any phone: what is passed on is written down.
_WELL_FORMED = re.compile(r"[0-9A-Za-z-]{16,64}")
_ROOT = Path(__file__).parents[1]

_log = structlog.get_logger()


@dataclass(slots=True)
class Notes:
    """What is noted of the request that is being answered, and how much more of it may be written."""

    request_id: str
    operation: str | None = None  # of GraphQL: query, mutation or subscription
    code: str | None = None  # of the first error or refusal
    cost: int | None = None  # in points
    left: int = MOST_OF_A_REQUEST
    left_out: int = 0  # lines


notes: ContextVar[Notes | None] = ContextVar("notes", default=None)


@contextmanager
def noting(proposed: str | None) -> Iterator[Notes]:
    """Take what happens in the block for one request's, under the id that is proposed where it is well-formed.

    A request on a connection that lasts has an id of its own, beside the connection's.
    """
    request_id = proposed if proposed is not None and _WELL_FORMED.fullmatch(proposed) else str(uuid4())
    own, around = Notes(request_id), notes.get()
    before = notes.set(own)
    try:
        with bound_contextvars(request_id=request_id, **({"connection_id": around.request_id} if around else {})):
            yield own
    finally:
        notes.reset(before)


def close_with(level: int, event: str, own: Notes, began: float, **values: object) -> None:
    """Write the last line of a request, for which there is always room."""
    values["ms"] = round((time.perf_counter() - began) * 1000, 1)
    optional = {"operation": own.operation, "cost": own.cost, "code": own.code, "lines_left_out": own.left_out}
    own.left = LONGEST_LINE
    _log.log(level, event, **values, **{name: value for name, value in optional.items() if value})


@contextmanager
def noted(event: str) -> Iterator[None]:
    """Write down what happens in the block as one request of a connection that lasts."""
    began = time.perf_counter()
    with noting(None) as own:
        try:
            yield
        finally:
            close_with(logging.INFO, event, own, began)


@contextmanager
def telling(event: str) -> Iterator[None]:
    """Write down the fault that ends the block, where whoever takes it would tell of it only in words."""
    try:
        yield
    except Exception:
        _log.exception(event)
        raise


@dataclass(slots=True)
class Lost:
    """How many lines could not be written."""

    lines: int = 0


lost = Lost()


def set_up_logging(level: str) -> None:
    """Write one line an event to standard error: for people on a terminal, as JSON elsewhere."""
    number = logging.getLevelNamesMapping()[level]
    logging.basicConfig(level=max(logging.WARNING, number), handlers=[_Folded()], force=True)
    logging.getLogger("strawberry.ws.task").addFilter(_is_no_departure)
    stamina.instrumentation.set_on_retry_hooks([_tell_of_retry])  # its own would tell what was tried, and with what
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_Paper(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _plainly,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(ensure_ascii=False),
            _within_bounds,
        ],
    )


# --- On paper ---


class _Paper:
    """What lines are written on. As structlog's factory, it gives itself."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, *_names: object) -> "_Paper":
        return self

    def msg(self, line: str) -> None:
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except (OSError, ValueError):  # closed, or a full disk, or nobody reads: whoever had something to tell goes on
            lost.lines += 1

    log = debug = info = warning = warn = error = critical = fatal = exception = failure = msg


def _plainly(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Tell values as they are, in short, where they are plain; of anything else only what it is."""
    fault = _fault_of(event.pop("exc_info", None))
    plain = {name: _plain(value) for name, value in event.items()}
    return plain | ({"exception": told(fault)} if fault is not None else {})


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"
    if value is None or isinstance(value, bool | int | float | UUID):
        return str(value) if isinstance(value, UUID) else value
    return type(value).__name__


def _fault_of(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _within_bounds(_logger: object, _method: str, rendered: Any) -> str:
    """Cut what is too long, and leave out what would be too much for one request."""
    line = str(rendered)[:LONGEST_LINE]
    own = notes.get()
    if own is not None:
        size = len(line.encode(errors="replace"))
        if size > own.left:
            own.left_out += 1
            raise structlog.DropEvent
        own.left -= size
    return line


# --- Faults ---


def told(fault: BaseException) -> str:
    """Tell of what kind a fault is, what it came of, and on which way; nothing of what its message says."""
    shown: list[str] = []
    seen: list[BaseException] = []
    following: list[BaseException] = [fault]
    while following and len(seen) < MOST_LINKS:
        one = following.pop(0)
        if one in seen:
            continue
        seen.append(one)
        shown.append("\n".join([_kind(one), *_way(one)]))
        cause = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        following += [*([cause] if cause else []), *(one.exceptions if isinstance(one, BaseExceptionGroup) else [])]
    return "\nafter ".join(shown)[:LONGEST_FAULT]


def _kind(fault: BaseException) -> str:
    """Name it as precisely as can be done without its words: by the system's or the database's own code."""
    code = getattr(fault, "sqlstate", None) or getattr(fault, "sqlite_errorname", None)
    where = getattr(fault, "constraint_name", None)
    if code is None and isinstance(fault, OSError) and fault.errno is not None:
        code = os.strerror(fault.errno)
    name = f"{type(fault).__module__}.{type(fault).__qualname__}".removeprefix("builtins.")
    said = ", ".join(f"{part}" for part in (code, where) if part)
    return f"{name} ({said})" if said else name


def _way(fault: BaseException) -> list[str]:
    """Give where it was raised, and on which way through our own rooms it came there."""
    frames = traceback.extract_tb(fault.__traceback__)[::-1]
    ours = [frame for frame in frames[1:] if _is_ours(frame.filename)]
    return [f"  {_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in [*frames[:1], *ours[:MOST_FRAMES]]]


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(_ROOT) and "site-packages" not in path.parts


def _place(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if _is_ours(filename) else "/".join(path.parts[-2:])


# --- What others say ---


class _Folded(logging.Handler):
    """Takes the lines of the standard library's loggers in, without what was filled into them."""

    def emit(self, record: logging.LogRecord) -> None:
        said = str(record.msg).partition("\n")[0]
        _log.log(record.levelno, said, logger=record.name, exc_info=record.exc_info)


def _tell_of_retry(details: RetryDetails) -> None:
    cause = type(details.caused_by).__name__
    _log.warning("tried_again", what=details.name, attempt=details.retry_num, cause=cause)


def _is_no_departure(record: logging.LogRecord) -> bool:
    """Leave out that somebody left in the middle of a push: they may, and the library takes it for an error."""
    return not (record.exc_info and isinstance(record.exc_info[1], WebSocketDisconnected))
