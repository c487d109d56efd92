"""A business with many customers, each asked for permission a moment ago: written straight into an empty database."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel, select

from actions import access
from actions.pair import Pair
from models.business_number import BusinessNumber, Environment
from models.call_permission import CallPermission
from models.change import Cause
from models.columns import new_id
from models.customer import Customer
from models.database import Database
from models.permission_request import PermissionRequest, RequestKind
from models.workspace import Workspace
from rules.limits import PolicyName
from tests.ground.house import DISPLAY_PHONE_NUMBER, PHONE_NUMBER_ID, Clock, resources_on
from whatsapp.fake import FakeWhatsApp

SECRET_KEY = "of the benchmark"  # noqa: S105 invented
_ROWS_IN_A_STATEMENT = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer who was sent a request."""

    phone: str  # E.164
    message_id: str


async def found(url: str, customers: int) -> list[Asked]:
    """Make a workspace with the number of tests/actions/meta.py and so many customers, all of them asked."""
    now = datetime.now(UTC)
    workspace = Workspace(id=new_id(), name="Benchmark", created_at=now)
    number = BusinessNumber(
        id=new_id(),
        workspace_id=workspace.id,
        phone_number_id=PHONE_NUMBER_ID,
        display_phone_number=DISPLAY_PHONE_NUMBER,
        waba_id="318840017724905",
        name="Benchmark",
        environment=Environment.PRODUCTION,
        policy=PolicyName.PRODUCTION,
        created_at=now,
        updated_at=now,
    )
    first = _asked(number, now)
    phones = [f"+9198{place:08}" for place in range(customers)]
    rows = [_as_another(first, phone) for phone in phones]
    database = Database(url)
    try:
        async with database.writing() as session:
            for row in (workspace, number):
                session.add(row)
                await session.flush()
            for start in range(0, customers, _ROWS_IN_A_STATEMENT):
                for table in (Customer, CallPermission, PermissionRequest):
                    values = [row[table] for row in rows[start : start + _ROWS_IN_A_STATEMENT]]
                    await session.exec(insert(table), params=values)
    finally:
        await database.close()
    return [Asked(phone, row[PermissionRequest]["message_id"]) for phone, row in zip(phones, rows, strict=True)]


async def give_tokens(url: str, count: int) -> list[str]:
    """Make so many tokens that may see everything in the workspace, as its people's dashboards hold them."""
    tokens = [f"of dashboard {place} in the benchmark" for place in range(count)]
    async with resources_on(url, FakeWhatsApp(), Clock(datetime.now(UTC))) as resources:
        keyed = replace(resources, token_key=SECRET_KEY)
        async with resources.database.reading() as session:
            workspace = (await session.exec(select(Workspace))).one()
        for token in tokens:
            await access.ensure_token(keyed, workspace.id, token, token)
    return tokens


def _asked(number: BusinessNumber, now: datetime) -> Pair:
    moments: dict[str, Any] = {"created_at": now, "updated_at": now}
    customer = Customer(id=new_id(), workspace_id=number.workspace_id, name="A customer", **moments)
    ends: dict[str, Any] = {
        "workspace_id": number.workspace_id,
        "business_number_id": number.id,
        "customer_id": customer.id,
    }
    permission = CallPermission(id=new_id(), **ends, **moments)
    request = PermissionRequest(
        id=new_id(),
        **ends,
        permission_id=permission.id,
        kind=RequestKind.FREE_FORM,
        content={"text": "May we call you?"},
        reserved_at=now,
        sent_at=now,
        requested_by="the benchmark",
    )
    pair = Pair(number, customer, permission, now, [request])
    pair.settle(Cause.REQUESTED)
    return pair


def _as_another(pair: Pair, phone: str) -> dict[type[SQLModel], dict[str, Any]]:
    """Give the rows of the pair as those of another customer; to draw the consequences each time would take minutes."""
    customer_id, permission_id, request_id = new_id(), new_id(), new_id()
    message_id = f"wamid.HBgMOTE5ODEyMzAwNDU3FQIAERgS{request_id.hex}"
    whose = {"customer_id": customer_id}
    named = {"id": request_id, "permission_id": permission_id, "message_id": message_id}
    return {
        Customer: pair.customer.model_dump() | {"id": customer_id, "phone": phone},
        CallPermission: pair.permission.model_dump() | whose | {"id": permission_id, "latest_request_id": request_id},
        PermissionRequest: pair.requests[0].model_dump() | whose | named,
    }
