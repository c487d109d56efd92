"""Rows by key, many at once. Nothing is remembered between batches: what is shown is as of now.

A stream that is about to show several changes says so: then what they are about is read together, and kept for them.

A row of another workspace, or of a business number that the viewer may not use, is as if it were not there.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false
from sqlmodel import SQLModel, col, select, tuple_
from strawberry.dataloader import DataLoader

from actions.access import Viewer
from actions.pair import Pair, look
from actions.resources import Resources
from models import call as calls
from models.api_token import ApiToken
from models.business_number import BusinessNumber
from models.call import Call
from models.call_permission import CallPermission
from models.change import Change, ChangeKind
from models.customer import Customer
from models.permission_request import PermissionRequest
from models.person import Person
from models.request_batch import RequestBatch
from models.webhook_endpoint import WebhookEndpoint
from models.webhook_message import WebhookMessage

from .sight import within_numbers

_SUBJECTS: dict[ChangeKind, type[SQLModel]] = {
    ChangeKind.CUSTOMER: Customer,
    ChangeKind.CALL_PERMISSION: CallPermission,
    ChangeKind.PERMISSION_REQUEST: PermissionRequest,
    ChangeKind.CALL: Call,
    ChangeKind.BUSINESS_NUMBER: BusinessNumber,
    ChangeKind.WEBHOOK_ENDPOINT: WebhookEndpoint,
}


class Loaders:
    """The loaders of one operation, all bound to what its viewer may see (None: nobody is signed in, and nothing).

    Each is made when it is first used: most connections only listen.
    """

    def __init__(self, resources: Resources, viewer: Viewer | None) -> None:
        self._resources = resources
        self._viewer = viewer
        self._expected: dict[type[SQLModel], set[UUID]] = {}
        self._kept: dict[type[SQLModel], dict[UUID, Any]] = {}

    def expect(self, changes: Sequence[Change]) -> None:
        """Read the rows that these changes are about at once, when the first of a kind is asked for.

        They are kept until the next ones are expected. Only for changes that are committed: rows are then as new.
        """
        self._kept.clear()
        self._expected = {
            table: {change.subject_id for change in changes if change.kind is kind} for kind, table in _SUBJECTS.items()
        }
        self._expected[Customer] |= {change.customer_id for change in changes if change.customer_id}
        self._expected[BusinessNumber] |= {change.business_number_id for change in changes if change.business_number_id}

    @cached_property
    def business_numbers(self) -> DataLoader[UUID, Any]:
        return DataLoader(self._by_id(BusinessNumber), cache=False)

    @cached_property
    def customers(self) -> DataLoader[UUID, Any]:
        return DataLoader(self._by_id(Customer), cache=False)

    @cached_property
    def call_permissions(self) -> DataLoader[UUID, Any]:
        return DataLoader(self._by_id(CallPermission), cache=False)

    @cached_property
    def permission_requests(self) -> DataLoader[UUID, Any]:
        return DataLoader(self._by_id(PermissionRequest), cache=False)

    @cached_property
    def api_tokens(self) -> DataLoader[UUID, Any]:
        return DataLoader(self._by_id(ApiToken), cache=False)

    @cached_property
    def people(self) -> DataLoader[UUID, Any]:
        return DataLoader(self._by_id(Person), cache=False)

    @cached_property
    def request_batches(self) -> DataLoader[UUID, Any]:
        return DataLoader(self._by_id(RequestBatch), cache=False)

    @cached_property
    def calls(self) -> DataLoader[UUID, Any]:
        return DataLoader(self._by_id(Call), cache=False)

    @cached_property
    def latest_calls(self) -> DataLoader[UUID, Call | None]:
        return DataLoader(self._latest_calls, cache=False)

    @cached_property
    def webhook_endpoints(self) -> DataLoader[UUID, Any]:
        return DataLoader(self._by_id(WebhookEndpoint), cache=False)

    @cached_property
    def webhook_messages(self) -> DataLoader[UUID, Any]:
        return DataLoader(self._by_id(WebhookMessage), cache=False)

    @cached_property
    def permissions_of_pairs(self) -> DataLoader[tuple[UUID, UUID], CallPermission | None]:
        return DataLoader(self._permissions_of_pairs, cache=False)

    @cached_property
    def pairs(self) -> DataLoader[UUID, Pair | None]:
        return DataLoader(self._pairs, cache=False)

    def _by_id(self, table: Any) -> Callable[[list[UUID]], Awaitable[Sequence[Any]]]:
        async def load(ids: list[UUID]) -> Sequence[Any]:
            found = self._kept.get(table, {})
            if not found.keys() >= set(ids):
                expected = self._expected.get(table, set())
                wanted = expected.union(ids)
                statement = select(table).where(table.id.in_(wanted), *self._visible(table))
                async with self._resources.database.reading() as session:
                    found = dict.fromkeys(wanted) | {row.id: row for row in await session.exec(statement)}
                if expected:
                    self._kept[table] = found
            return [found[row_id] for row_id in ids]

        return load

    def _visible(self, table: Any) -> tuple[ColumnElement[bool], ...]:
        """Say which of a table's rows the viewer may see."""
        if self._viewer is None:
            return (false(),)
        return (table.workspace_id == self._viewer.workspace_id, *within_numbers(table, self._viewer))

    async def _permissions_of_pairs(self, pairs: list[tuple[UUID, UUID]]) -> Sequence[CallPermission | None]:
        """Load by business number and customer."""
        statement = select(CallPermission).where(
            tuple_(col(CallPermission.business_number_id), col(CallPermission.customer_id)).in_(set(pairs)),
            *self._visible(CallPermission),
        )
        async with self._resources.database.reading() as session:
            found = {(row.business_number_id, row.customer_id): row for row in await session.exec(statement)}
        return [found.get(pair) for pair in pairs]

    async def _latest_calls(self, permission_ids: list[UUID]) -> Sequence[Call | None]:
        """Load by permission."""
        if self._viewer is None:
            return [None] * len(permission_ids)
        async with self._resources.database.reading() as session:
            found = await session.exec(calls.latest_of_permissions(self._viewer.workspace_id, set(permission_ids)))
            by_permission = {row.permission_id: row for row in found}
        return [by_permission.get(permission_id) for permission_id in permission_ids]

    async def _pairs(self, permission_ids: list[UUID]) -> Sequence[Pair | None]:
        """Load all that is known between the two ends of these permissions."""
        statement = select(CallPermission).where(
            col(CallPermission.id).in_(set(permission_ids)), *self._visible(CallPermission)
        )
        async with self._resources.database.reading() as session:
            found = await look(session, statement, self._resources.now())
        by_id = {pair.permission.id: pair for pair in found}
        return [by_id.get(permission_id) for permission_id in permission_ids]
