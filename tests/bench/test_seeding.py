from collections import Counter
from itertools import pairwise

from rich.progress import Progress
from sqlmodel import col, func, select

from bench.seeding import fill
from models import call_permission as call_permissions
from models import change as changes
from models.call_permission import CallPermission
from models.change import Change
from models.customer import Customer
from models.database import Database
from models.permission_request import PermissionRequest
from rules import permission as rules
from rules.permission import Status


async def test_what_is_seeded_is_as_the_rules_would_have_it(database_url: str) -> None:
    with Progress(disable=True) as progress:
        seeded = await fill(database_url, 200, 1000, progress)

    database = Database(database_url)
    async with database.reading() as session:
        permissions = (await session.exec(call_permissions.of_workspace(seeded.workspace_id))).all()
        people = set((await session.exec(select(Customer.id))).all())
        asked = (await session.exec(select(PermissionRequest))).all()
        log = (await session.exec(changes.after(seeded.workspace_id, 0, 10_000))).all()
        telling = select(CallPermission.id, call_permissions.status_at(seeded.now))
        in_sql = dict((await session.exec(telling)).all())
        counted = (await session.exec(select(func.count(col(Change.sequence))))).one()
    await database.close()

    assert {permission.customer_id for permission in permissions} == people
    assert {request.permission_id for request in asked} == {permission.id for permission in permissions}
    assert Counter(permission.status for permission in permissions) == {
        Status.TEMPORARY: 40,
        Status.PERMANENT: 20,
        Status.EXPIRED: 20,
        Status.DECLINED: 30,
        Status.NOT_REQUESTED: 90,
    }
    for permission in permissions:
        assert permission.status is rules.at(permission.known, seeded.now)
        assert in_sql[permission.id] == permission.status.value
    assert (len(log), counted) == (1000, 1000)
    assert {later.sequence - earlier.sequence for earlier, later in pairwise(log)} == {1}
    assert {change.customer_id for change in log} == people
