"""How much of WhatsApp's limits a business number has used, as counted here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models import usage as statements
from models.business_number import BusinessNumber
from models.database import Session
from rules.limits import DAY, POLICIES, WEEK, Limit, LimitUsage

from .resources import Resources


@dataclass(frozen=True, slots=True)
class Window:
    """What went out in the time before now. `asked` are customers, each once."""

    period: timedelta
    sent: int
    asked: int
    placed: int
    connected: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Of the `customers`: how many a limit keeps from being asked or called, and how many may soon revoke.

    `at_stake` are those who allow calls, and take that back if the next one goes unanswered.
    """

    windows: tuple[Window, ...]
    placed_calls: tuple[LimitUsage, ...]
    customers: int
    requests_exhausted: int
    calls_exhausted: int
    at_stake: int


async def usage(resources: Resources, number: BusinessNumber) -> Usage:
    """Count, in statements whose time does not grow with what was before the last seven days."""
    now, policy = resources.now(), POLICIES[number.policy]
    streak = policy.unanswered_before_revocation - 1
    async with resources.database.reading() as session:
        counted = statements.of_customers(number.workspace_id, number.id, now, streak)
        [customers] = (await session.exec(counted)).all()
        windows = [await _window(session, number, period, now) for period in (DAY, WEEK)]
        placed = [await _used(session, number, limit, now) for limit in policy.placed_calls]
    return Usage(tuple(windows), tuple(placed), *customers)


async def _window(session: Session, number: BusinessNumber, period: timedelta, now: datetime) -> Window:
    requests = statements.of_requests(number.workspace_id, number.id, now - period)
    calls = statements.of_calls(number.workspace_id, number.id, now - period)
    [[sent, asked]] = (await session.exec(requests)).all()
    [[placed, connected]] = (await session.exec(calls)).all()
    return Window(period, sent, asked, placed, connected)


async def _used(session: Session, number: BusinessNumber, limit: Limit, now: datetime) -> LimitUsage:
    since = now - limit.period
    counted = statements.of_calls(number.workspace_id, number.id, since)
    [[used, _]] = (await session.exec(counted)).all()
    resets_at = None
    if used >= limit.maximum:
        found = statements.placed_before(number.workspace_id, number.id, since, limit.maximum - 1)
        resets_at = (await session.exec(found)).scalar_one() + limit.period
    return LimitUsage(limit.period, limit.maximum, used, resets_at)
