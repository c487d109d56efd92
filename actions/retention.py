"""How long the log is kept, and what webhook endpoints were told.

What proves consent is never thrown away, nor is what a listener may still resume after.
"""

from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from uuid import UUID

from models import change as changes
from models import workspace as workspaces

from . import rounds, webhook_messages
from .resources import Resources

EVERY = timedelta(hours=1)
AT_ONCE = 1000


class Retention:
    """The clock's duty to throw away what need not be held any more, now and then."""

    def __init__(self) -> None:
        self._next: datetime | None = None

    async def next_moment(self, resources: Resources) -> datetime | None:
        """Give the next moment at which to look."""
        return self._next or resources.now()

    async def run(self, resources: Resources) -> int:
        """Throw away what has been kept long enough. Gives how many changes and messages that were."""
        pruned = await prune(resources) + await webhook_messages.prune(resources)
        self._next = resources.now() + EVERY
        return pruned


async def prune(resources: Resources) -> int:
    """Throw away, batch by batch, what has been kept long enough. Gives how many changes that were."""
    if resources.log_kept is None:
        return 0
    before = resources.now() - resources.log_kept
    async with resources.database.reading() as session:
        found = (await session.exec(changes.workspaces_to_prune(before))).all()
    return await rounds.each(partial(_prune, resources, before), found)


async def _prune(resources: Resources, before: datetime, workspace_id: UUID) -> int:
    pruned = 0
    while (batch := await _prune_some(resources, workspace_id, before)) is not None:
        pruned += batch
    return pruned


async def _prune_some(resources: Resources, workspace_id: UUID, before: datetime) -> int | None:
    """Throw away one batch; None when there is nothing left, or another server is at it."""
    async with resources.database.writing() as session:
        pruned_to = (await session.exec(workspaces.pruned_to(workspace_id))).one()
        claimed = (await session.exec(changes.claimed(workspace_id, pruned_to + 1))).first()
        if claimed is None:
            return None
        window = (await session.exec(changes.ages(workspace_id, pruned_to, AT_ONCE))).all()
        old = list(takewhile(lambda age: age[1] < before, window))
        if not old:
            return None
        upto = old[-1][0]
        gone = await session.exec(changes.pruned(workspace_id, pruned_to, upto))
        moved = await session.exec(workspaces.prune_to(workspace_id, pruned_to, upto))  # last: it holds up whoever logs
        if moved.rowcount == 0:  # another server was quicker, before the claim
            await session.rollback()
            return None
        return int(gone.rowcount)
