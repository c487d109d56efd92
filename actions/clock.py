"""What time brings: permissions and requests that run out. Reading never waits for this; it only tells."""

from datetime import datetime
from functools import partial
from uuid import UUID

from models import call_permission as call_permissions
from models import permission_request as permission_requests
from models.call_permission import CallPermission
from models.database import Session

from . import log, rounds
from .pair import gather
from .resources import Resources

AT_ONCE = 100


async def expire(resources: Resources) -> int:
    """Tell of everything that has run out by now. Gives how many changes that made.

    It waits for nobody: a pair that somebody else is at work on is left to them, and looked at again the next time.
    """
    now = resources.now()
    async with resources.database.reading() as session:
        found = {
            workspace_id
            for table in (call_permissions, permission_requests)
            for workspace_id in await session.exec(table.workspaces_with_due(now))
        }
    return await rounds.each(partial(_expire_in, resources), sorted(found))


async def _expire_in(resources: Resources, workspace_id: UUID) -> int:
    told = 0
    while True:
        async with resources.database.writing() as session:
            now = resources.now()
            due = await _due(session, workspace_id, now)
            if not due:
                return told
            pairs = await gather(session, due, now)
            changes = [change for pair in pairs for change in pair.catch_up()]
            await log.append(session, changes)
        told += len(changes)
        await resources.feed.announce(workspace_id)


async def _due(session: Session, workspace_id: UUID, now: datetime) -> list[CallPermission]:
    """Lock the permissions that have something to tell, their own end or a request's, but for those that are locked."""
    own = (await session.exec(call_permissions.due(workspace_id, now, AT_ONCE))).all()
    of_requests = (await session.exec(permission_requests.permissions_of_due(workspace_id, now, AT_ONCE))).all()
    return list({permission.id: permission for permission in (*own, *of_requests)}.values())


async def next_moment(resources: Resources) -> datetime | None:
    """Give the next moment at which something runs out."""
    async with resources.database.reading() as session:
        ends = [(await session.exec(due())).one() for due in (call_permissions.next_due, permission_requests.next_due)]
    return min((end for end in ends if end is not None), default=None)
