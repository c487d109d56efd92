"""What became of requests and calls over a span of days, and how many may be called now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models import report as statements
from models.report import Offsets

from .access import Viewer
from .customers import timezone_of
from .faults import BadInputError
from .resources import Resources

MOST_DAYS = 366
FIRST_YEAR, LAST_YEAR = 2000, 2100
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the requests that were sent, and of the calls that were placed."""

    sent: int = 0
    allowed: int = 0
    declined: int = 0
    ignored: int = 0
    failed: int = 0
    seconds_to_answer: float = 0.0  # of all that were answered together
    placed: int = 0
    connected: int = 0
    missed: int = 0

    @property
    def answered(self) -> int:
        return self.allowed + self.declined

    @property
    def awaited(self) -> int:
        """Those that may still be answered."""
        return self.sent - self.answered - self.ignored - self.failed

    @property
    def acceptance(self) -> float | None:
        """Which part of those that are over was allowed; None where none is."""
        over = self.answered + self.ignored
        return self.allowed / over if over else None

    @property
    def average_time_to_answer(self) -> timedelta | None:
        return timedelta(seconds=round(self.seconds_to_answer / self.answered)) if self.answered else None

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Span:
    """Days where the time is that of a zone, the first and the last included."""

    first: date
    last: date
    zone: ZoneInfo

    def days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)

    @property
    def begin(self) -> datetime:
        return _begin_of(self.first, self.zone)

    @property
    def end(self) -> datetime:
        return _begin_of(self.last + timedelta(days=1), self.zone)

    def offsets(self) -> Offsets:
        """Tell how far the zone is ahead of UTC in the span, and from when on."""
        at, found = self.begin, [(self.begin, _ahead(self.begin, self.zone))]
        while at < self.end:
            then = min(at + timedelta(days=1), self.end)
            if _ahead(then, self.zone) != found[-1][1]:
                changes_at = _change(at, then, self.zone)
                found.append((changes_at, _ahead(changes_at, self.zone)))
            at = then
        return found


@dataclass(frozen=True, slots=True)
class Report:
    """`today` and the week that begins now are those of the moment of asking, whatever the span is."""

    callable_now: int
    running_out_today: int
    running_out_this_week: int
    days: tuple[tuple[date, Figures], ...]

    @property
    def totals(self) -> Figures:
        return sum((figures for _, figures in self.days), Figures())


def span(first: date, last: date, timezone: str) -> Span:
    """Read a span of days. BadInputError for none, too many, or a time zone that there is not."""
    if not (first.year >= FIRST_YEAR and last.year < LAST_YEAR):
        raise BadInputError(f"The days of a report lie between the years {FIRST_YEAR} and {LAST_YEAR}.")
    if not 0 <= (last - first).days < MOST_DAYS:
        raise BadInputError(
            f"A report is about 1 to {MOST_DAYS} days: `to` is not before `from`, nor that far after it."
        )
    return Span(first, last, ZoneInfo(timezone_of(timezone)))


async def report(resources: Resources, viewer: Viewer, wanted: Span, number_id: UUID | None = None) -> Report:
    """Count, in four statements, what is about the numbers that the viewer may use, or about the one given.

    A number that the workspace does not have has nothing to count.
    """
    workspace_id, numbers = viewer.workspace_id, viewer.numbers
    if number_id is not None:
        numbers = frozenset({number_id}) if viewer.may_use(number_id) else frozenset()
    now = resources.now()
    tomorrow = _begin_of(now.astimezone(wanted.zone).date() + timedelta(days=1), wanted.zone)
    by_day = {day.isoformat(): Figures() for day in wanted.days()}
    begin, end, offsets = wanted.begin, wanted.end, wanted.offsets()
    async with resources.database.reading() as session:
        callable_now = (await session.exec(statements.callable_now(workspace_id, numbers, now))).scalar_one()
        [ends] = (await session.exec(statements.running_out(workspace_id, numbers, now, tomorrow, now + WEEK))).all()
        requests = statements.requests_by_day(workspace_id, numbers, begin, end, offsets, now)
        for day, *counted in await session.exec(requests):
            by_day[day] += Figures(*counted)
        for day, placed, connected, missed in await session.exec(
            statements.calls_by_day(workspace_id, numbers, begin, end, offsets)
        ):
            by_day[day] += Figures(placed=placed, connected=connected, missed=missed)
    today, this_week = ends
    days = tuple((date.fromisoformat(day), figures) for day, figures in by_day.items())
    return Report(callable_now, today, this_week, days)


def _begin_of(day: date, zone: ZoneInfo) -> datetime:
    """Give the first moment of a day; where midnight is left out, what comes instead of it."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _ahead(at: datetime, zone: ZoneInfo) -> int:
    ahead = at.astimezone(zone).utcoffset()
    return int(ahead.total_seconds()) if ahead is not None else 0


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find, to the second, from when on the zone is as far ahead as it is `after`."""
    while after - before > SECOND:
        middle = before + timedelta(seconds=(after - before) // SECOND // 2)
        if _ahead(middle, zone) == _ahead(before, zone):
            before = middle
        else:
            after = middle
    return after
