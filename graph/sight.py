"""What a viewer sees of a table: of what is about a business number, only what is about those that they may use."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import or_

from actions.access import Viewer
from models.business_number import BusinessNumber


def within_numbers(table: Any, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions that hold a table's rows to the viewer's numbers; none where there is nothing to hold."""
    number_id: Any = table.id if table is BusinessNumber else getattr(table, "business_number_id", None)
    if viewer.numbers is None or number_id is None:
        return ()
    own = number_id.in_(viewer.numbers)
    return (or_(number_id.is_(None), own) if number_id.nullable else own,)
