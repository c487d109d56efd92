import pytest
from sqlmodel import and_, col, select

from models.business_number import BusinessNumber
from models.call_permission import CallPermission
from models.columns import new_id
from models.customer import Customer
from models.database import Database
from tests.ground.watching import watching

OWN, ID = new_id(), new_id()
BY_ID = col(BusinessNumber.id) == col(CallPermission.business_number_id)
SAME = col(BusinessNumber.workspace_id) == col(CallPermission.workspace_id)
PINNED = col(CallPermission.workspace_id) == OWN
JOINED = select(CallPermission).join(BusinessNumber, BY_ID)
THEIRS = select(Customer.id).where(col(Customer.name) == "Meera")

KEPT_APART = [
    select(CallPermission).where(col(CallPermission.id) == ID),
    select(CallPermission).join(BusinessNumber, and_(SAME, BY_ID)).where(PINNED),
    JOINED.where(PINNED, col(BusinessNumber.workspace_id) == OWN),
    select(CallPermission).where(
        PINNED, col(CallPermission.customer_id).in_(THEIRS.where(col(Customer.workspace_id) == OWN))
    ),
]
MIXED = [
    JOINED,
    JOINED.where(PINNED),
    select(CallPermission).join(BusinessNumber, and_(SAME, BY_ID)),
    select(CallPermission).where(PINNED, col(CallPermission.customer_id).in_(THEIRS)),
]


@pytest.mark.parametrize("statement", KEPT_APART)
async def test_a_statement_that_holds_each_table_to_one_workspace_is_no_crossing(
    sqlite_url: str, statement: object
) -> None:
    assert await crossings(sqlite_url, statement) == []


@pytest.mark.parametrize("statement", MIXED)
async def test_a_statement_that_could_bring_two_workspaces_together_is_noticed(
    sqlite_url: str, statement: object
) -> None:
    [noticed] = await crossings(sqlite_url, statement)
    assert "FROM call_permission" in noticed


@pytest.fixture
def _no_crossings() -> None:
    """Bring two workspaces together here, where it is what is tested."""


async def crossings(url: str, statement: object) -> list[str]:
    database = Database(url)
    with watching() as watched:
        async with database.reading() as session:
            await session.exec(statement)  # type: ignore[call-overload] # any of these selects
    await database.close()
    return watched.crossings
