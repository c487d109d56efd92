"""What time brings: permissions and requests that run out. Reading never waits for this; it only tells."""

from datetime import datetime

from sqlmodel import col, select

from models import call_permission as call_permissions
from models import permission_request as permission_requests
from models.call_permission import CallPermission
from models.database import Session
from models.permission_request import PermissionRequest

from . import log
from .pair import gather
from .resources import Resources

AT_ONCE = 100


async def expire(resources: Resources) -> int:
    """Tell of everything that has run out by now. Gives how many changes that made.

    It waits for nobody: a pair that somebody else is at work on is left to them, and looked at again the next time.
    """
    told = 0
    while True:
        async with resources.database.writing() as session:
            due = await _due(session, resources.now())
            if not due:
                return told
            pairs = await gather(session, due, resources.now())
            changes = [change for pair in pairs for change in pair.catch_up()]
            workspaces = await log.append(session, changes)
        told += len(changes)
        for workspace_id in workspaces:
            await resources.feed.announce(workspace_id)


async def _due(session: Session, now: datetime) -> list[CallPermission]:
    """Lock the permissions that have something to tell, their own end or a request's, but for those that are locked."""
    due = list(await session.exec(call_permissions.due(now, AT_ONCE)))
    of_requests = permission_requests.due(now, AT_ONCE).with_only_columns(col(PermissionRequest.permission_id))
    found = select(CallPermission).where(col(CallPermission.id).in_(of_requests)).with_for_update(skip_locked=True)
    known = {permission.id for permission in due}
    return due + [permission for permission in await session.exec(found) if permission.id not in known]


async def next_moment(resources: Resources) -> datetime | None:
    """Give the next moment at which something runs out."""
    async with resources.database.reading() as session:
        ends = [(await session.exec(due())).one() for due in (call_permissions.next_due, permission_requests.next_due)]
    return min((end for end in ends if end is not None), default=None)
