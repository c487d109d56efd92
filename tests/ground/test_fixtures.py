from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models.database import Database, is_current


async def test_a_test_is_handed_a_database_that_is_up_to_date_and_can_be_written_to(database_url: str) -> None:
    database = Database(database_url)
    assert await is_current(database)
    await database.close()

    engine = create_async_engine(database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE written (words text)"))


async def test_what_one_test_wrote_the_next_does_not_see(database_url: str) -> None:
    engine = create_async_engine(database_url, poolclass=NullPool)
    tables = {
        "sqlite": "SELECT name FROM sqlite_master",
        "postgresql": "SELECT table_name FROM information_schema.tables",
    }
    async with engine.connect() as connection:
        names = (await connection.execute(text(tables[make_url(database_url).get_backend_name()]))).scalars()
        assert "written" not in set(names)
