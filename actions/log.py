"""Write changes into the workspace's log, in the same transaction as what they tell of."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert

from models import workspace as workspaces
from models.change import Change
from models.database import Session


async def append(session: Session, changes: Sequence[Change]) -> set[UUID]:
    """Number the changes as their workspaces' next ones and write them; give the workspaces to announce.

    The counter's row stays locked until the commit, so numbers are taken in the order of the commits and none is left
    out. It comes last in a transaction, so that the lock is short and the order of locks always the same.
    """
    by_workspace: dict[UUID, list[Change]] = {}
    for change in changes:
        by_workspace.setdefault(change.workspace_id, []).append(change)
    for workspace_id in sorted(by_workspace):
        own = by_workspace[workspace_id]
        last = (await session.exec(workspaces.take_sequence(workspace_id, len(own)))).scalar_one()
        for sequence, change in enumerate(own, start=last - len(own) + 1):
            change.sequence = sequence
        await session.exec(insert(Change), params=[change.model_dump() for change in own])
    return set(by_workspace)
