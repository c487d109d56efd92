"""What has been used in a minute by whoever a key stands for: what servers without Redis count together by."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Delete, case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col

from .columns import Moment


class Allowance(SQLModel, table=True):
    __tablename__ = "allowance"

    key: str = Field(primary_key=True)
    minute: datetime = Field(sa_type=Moment)
    used: int = Field(sa_type=BigInteger)


def take(key: str, minute: datetime, amount: int) -> Any:
    """Add an amount to what the key has used in this minute, and give what that comes to. PostgreSQL's alone."""
    adding = insert(Allowance).values(key=key, minute=minute, used=amount)
    same = col(Allowance.minute) == adding.excluded.minute
    used = case((same, col(Allowance.used) + adding.excluded.used), else_=adding.excluded.used)
    return adding.on_conflict_do_update(
        index_elements=["key"], set_={"minute": adding.excluded.minute, "used": used}
    ).returning(col(Allowance.used))


def before(minute: datetime) -> Delete:
    """Forget who has used nothing since this minute."""
    return delete(Allowance).where(col(Allowance.minute) < minute)
