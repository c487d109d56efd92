"""What every busy table's rows share."""

from typing import Any

from sqlalchemy.orm.attributes import set_attribute
from sqlmodel import SQLModel


class Row(SQLModel):
    """A row that is written again and again with mostly the same.

    To compare costs a tenth of setting a column, and what pydantic would do beside SQLAlchemy is not needed here:
    nothing is validated in a table's row.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__ and self.__dict__[name] == value:
            return
        if name in type(self).model_fields:
            set_attribute(self, name, value)
        else:
            super().__setattr__(name, value)
