"""The ways in which Meta's network misbehaves, switched on by a script or the settings page."""

import random
from dataclasses import dataclass, field, replace
from typing import Any

from .fields import Fields

LONGEST_DELAY = 3600
LARGEST_BATCH = 1000

CALL_CODES = frozenset({138001, 138002, 138003, 138004, 138005, 138006, 138007, 138012, 138013})
"""Codes of `fail_sends` that refuse POST /calls instead of POST /messages."""
ENDING_CODES = frozenset({138019, 138020, 138021, 138022, 138023})
"""Codes of `fail_sends` that let a call ring and then end as FAILED."""
LATE_CODES = frozenset({130472, 131026, 131049, 131050})
"""Codes of `fail_sends` that Meta tells by a `failed` status after it has accepted the message."""


@dataclass(frozen=True, slots=True)
class Chaos:
    """What goes wrong, and how often (`duplicate`, `fail_sends` and `lose_answers` are probabilities).

    `delay_seconds` is how late each update leaves, drawn between the two; `reorder` forgets their order; `batch` is
    how many updates one POST may carry. `answer_delay_seconds` holds HTTP answers back after their effect, and
    `lose_answers` drops them: the effect is there, the caller sees a 500 or a broken connection. `slow` holds each
    answer back for a time drawn between the two, and `http_500` answers that often with a page instead of Meta's
    envelope, before anything has happened.
    """

    duplicate: float = 0.0
    delay_seconds: tuple[float, float] = (0.0, 0.0)
    reorder: bool = False
    batch: int = 1
    fail_sends: dict[int, float] = field(default_factory=dict)
    answer_delay_seconds: float = 0.0
    lose_answers: float = 0.0
    http_500: float = 0.0
    slow: tuple[float, float] = (0.0, 0.0)

    @property
    def keeps_order(self) -> bool:
        """Whether one phone's updates leave in the order they happened."""
        return not self.reorder

    def as_json(self) -> dict[str, Any]:
        """Show it the way a script sets it."""
        return {
            "duplicate": self.duplicate,
            "delay_seconds": list(self.delay_seconds),
            "reorder": self.reorder,
            "batch": self.batch,
            "fail_sends": {str(code): share for code, share in self.fail_sends.items()},
            "answer_delay_seconds": self.answer_delay_seconds,
            "lose_answers": self.lose_answers,
            "http_500": self.http_500,
            "slow": list(self.slow),
        }


_NAMES = frozenset(Chaos().as_json())


def _span(asked: Fields, name: str, current: tuple[float, float]) -> tuple[float, float]:
    found = asked.values.get(name)
    if found is None:
        return current
    if not isinstance(found, list):
        found = [found, found]
    if len(found) != 2:  # noqa: PLR2004 - an earliest and a latest
        raise asked.complaint(f"{name} must be a number or two of them, [earliest, latest].")
    first, second = f"{name}[0]", f"{name}[1]"
    pair = Fields({first: found[0], second: found[1]}, asked.complaint)
    earliest = pair.optional_number(first, lowest=0, highest=LONGEST_DELAY) or 0.0
    latest = pair.optional_number(second, lowest=0, highest=LONGEST_DELAY) or 0.0
    if earliest > latest:
        raise asked.complaint(f"{name} must name the earlier moment first.")
    return earliest, latest


def _failures(asked: Fields, current: dict[int, float]) -> dict[int, float]:
    if not asked.has("fail_sends"):
        return current
    inner = asked.inner("fail_sends")
    made: dict[int, float] = {}
    for code in inner.values:
        share = inner.optional_number(code, lowest=0, highest=1) or 0.0
        if not (code.isascii() and code.isdigit() and len(code) <= 6):  # noqa: PLR2004 - Meta's codes are this long
            raise asked.complaint("fail_sends must map Meta's error codes to probabilities.")
        if share:
            made[int(code)] = share
    return made


def merged(current: Chaos, asked: Fields) -> Chaos:
    """Change what is asked for and keep the rest; an empty object means calm again.

    Raises `asked.complaint` with a sentence about the first thing that cannot be.
    """
    unknown = sorted(set(asked.values) - _NAMES)
    if unknown:
        raise asked.complaint(f"Unknown: {', '.join(unknown)}. Known: {', '.join(sorted(_NAMES))}.")
    if not asked.values:
        return Chaos()
    chosen = {
        "duplicate": asked.optional_number("duplicate", lowest=0, highest=1),
        "reorder": asked.optional_flag("reorder"),
        "batch": asked.optional_whole("batch", lowest=1, highest=LARGEST_BATCH),
        "answer_delay_seconds": asked.optional_number("answer_delay_seconds", lowest=0, highest=LONGEST_DELAY),
        "lose_answers": asked.optional_number("lose_answers", lowest=0, highest=1),
        "http_500": asked.optional_number("http_500", lowest=0, highest=1),
    }
    set_here: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    return replace(
        current,
        delay_seconds=_span(asked, "delay_seconds", current.delay_seconds),
        slow=_span(asked, "slow", current.slow),
        fail_sends=_failures(asked, current.fail_sends),
        **set_here,
    )


def drawn_between(span: tuple[float, float]) -> float:
    """Draw a number of seconds."""
    return random.uniform(*span)  # noqa: S311 - chance, not secrets


def happens(share: float) -> bool:
    """Throw the dice."""
    return random.random() < share  # noqa: S311 - chance, not secrets


def drawn_failure(
    chaos: Chaos, codes: frozenset[int] | None = None, *, but: frozenset[int] = frozenset()
) -> int | None:
    """Draw the error a send meets, out of `codes` (all when None) except `but`; None when it goes well."""
    return next(
        (
            code
            for code, share in chaos.fail_sends.items()
            if (codes is None or code in codes) and code not in but and happens(share)
        ),
        None,
    )
