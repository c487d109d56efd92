"""What time brings: permissions and requests that run out. Reading never waits for this; it only tells."""

from datetime import datetime

from sqlmodel import col, select

from models import call as calls
from models import call_permission as call_permissions
from models import permission_request as permission_requests
from models import webhook_delivery as webhook_deliveries
from models.call_permission import CallPermission

from . import calls as call_actions
from . import deliveries, log
from .pair import lock_permissions
from .resources import Resources

AT_ONCE = 100


async def strike(resources: Resources) -> None:
    """Do everything that is due and needs nobody but us."""
    await expire(resources)
    await deliveries.retry(resources)
    await call_actions.give_up(resources)
    await call_actions.close_overdue(resources)


async def expire(resources: Resources) -> int:
    """Tell of everything that has run out by now. Gives how many changes that made."""
    told = 0
    while True:
        async with resources.database.writing() as session:
            now = resources.now()
            due = {permission.id for permission in await session.exec(call_permissions.due(now, AT_ONCE))}
            due |= {request.permission_id for request in await session.exec(permission_requests.due(now, AT_ONCE))}
            if not due:
                return told
            found = select(CallPermission).where(col(CallPermission.id).in_(due))
            pairs = await lock_permissions(session, found, resources.now)
            changes = [change for pair in pairs for change in pair.catch_up()]
            workspaces = await log.append(session, changes)
        told += len(changes)
        for workspace_id in workspaces:
            await resources.feed.announce(workspace_id)


async def next_moment(resources: Resources) -> datetime | None:
    """Give the next moment at which something runs out, or has waited long enough."""
    earliest_moments = (
        call_permissions.next_due(),
        permission_requests.next_due(),
        calls.next_abandoned(),
        calls.next_overdue(),
        webhook_deliveries.next_retry(),
    )
    async with resources.database.reading() as session:
        moments = [(await session.exec(earliest)).one() for earliest in earliest_moments]
    return min((moment for moment in moments if moment is not None), default=None)
