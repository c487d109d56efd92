"""Times and durations as ISO 8601."""

from datetime import UTC, date, datetime, timedelta
from typing import NewType

import strawberry
from strawberry.schema.config import StrawberryConfig


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read(text: object) -> datetime:
    if not isinstance(text, str):
        raise TypeError("A DateTime is written as text, like 2026-11-22T09:30:00Z.")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is not a DateTime. Write it like 2026-11-22T09:30:00Z.") from error
    if moment.tzinfo is None:
        raise ValueError(f"{text[:40]!r} has no time zone. Write it like 2026-11-22T09:30:00Z.")
    return moment.astimezone(UTC)


def _read_day(text: object) -> date:
    if not isinstance(text, str):
        raise TypeError("A Date is written as text, like 2026-11-22.")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is not a Date. Write it like 2026-11-22.") from error


def _duration(period: timedelta) -> str:
    """Write it as Meta does: a day as PT24H, whole days beyond that as P7D."""
    seconds = int(period.total_seconds())
    days, rest = divmod(seconds, 86_400)
    if days > 1 and not rest:
        return f"P{days}D"
    hours, rest = divmod(seconds, 3_600)
    return f"PT{hours}H" if not rest else f"PT{seconds}S"


Duration = NewType("Duration", timedelta)
Json = NewType("Json", object)

CONFIG = StrawberryConfig(
    scalar_map={
        datetime: strawberry.scalar(
            name="DateTime",
            description="A moment as ISO 8601 in UTC, such as 2026-11-22T09:30:00Z.",
            specified_by_url="https://scalars.graphql.org/andimarek/date-time",
            serialize=written,
            parse_value=_read,
        ),
        date: strawberry.scalar(
            name="Date",
            description="A day as ISO 8601, such as 2026-11-22.",
            serialize=date.isoformat,
            parse_value=_read_day,
        ),
        Json: strawberry.scalar(name="JSON", description="A value as JSON."),
        Duration: strawberry.scalar(
            name="Duration",
            description="A length of time as ISO 8601, as WhatsApp writes it: PT24H, P7D.",
            serialize=_duration,
        ),
    }
)
