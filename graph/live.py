"""A workspace's changes as they happen: from the log, in order, each once.

Listen first, read second: whatever is committed after the first reading rings the bell. The bell only wakes; a ring
that is lost costs a wait of a few seconds, never a change.
"""

from collections.abc import AsyncIterator, Collection

from models import change as changes
from models.change import Change, ChangeKind
from models.workspace import Workspace

from .context import Context
from .cursors import decode_log
from .faults import bad_input

AT_ONCE = 500
LOOK_UP_SECONDS = 5.0  # how long a lost ring, a revoked token or a stopping server can go unnoticed


async def changes_after(context: Context, after: str | None, kinds: Collection[ChangeKind]) -> AsyncIterator[Change]:
    """Give every change of these kinds after the cursor (None: from now on), and go on until the token ends.

    BAD_USER_INPUT for a cursor that is not of this workspace's log.
    """
    viewer, resources = context.viewer_with(), context.resources
    async with resources.feed.listening(viewer.workspace_id) as bell:
        position = await _start(context, after)
        while True:
            async with resources.database.reading() as session:
                batch = (await session.exec(changes.after(viewer.workspace_id, position, AT_ONCE))).all()
            for change in batch:
                if change.kind in kinds:
                    yield change
                position = change.sequence
            if not batch:
                await bell.heard(LOOK_UP_SECONDS)
                await context.check_token()


async def _start(context: Context, after: str | None) -> int:
    viewer = context.viewer_with()
    async with context.resources.database.reading() as session:
        stands_at = (await session.get_one(Workspace, viewer.workspace_id)).last_sequence
    if after is None:
        return stands_at
    position = decode_log(after, viewer.workspace_id)
    if position > stands_at:
        raise bad_input("This cursor is ahead of the log. Read changeCursor and start from there.")
    return position
