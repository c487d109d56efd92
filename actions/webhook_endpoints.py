"""Webhook endpoints: made, changed, given new secrets, switched off and deleted."""

import base64
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlmodel import func, select

from models import webhook_endpoint as webhook_endpoints
from models import webhook_message as webhook_messages
from models import workspace as workspaces
from models.change import DELETED, Cause, Change, ChangeKind
from models.columns import new_id
from models.database import Session
from models.webhook_endpoint import WebhookEndpoint
from rules.access import Scope
from rules.refusals import (
    EncryptionKeyMissing,
    TooManyWebhookEndpoints,
    WebhookAddressRefused,
    WebhookDeliveriesWaiting,
    WebhookPlaceLost,
    WebhookSecretJustRotated,
)
from rules.webhooks import OVERLAP

from . import log
from .access import Viewer
from .faults import BadInputError, NotFoundError
from .post import RefusedAddressError
from .resources import Resources

MOST_ENDPOINTS = 20  # in one workspace
LONGEST_NAME = 100
LONGEST_VARIABLES = 16_384  # bytes, as JSON
SECRET_BYTES = 32

ON, OFF = "ENABLED", "DISABLED"


@dataclass(frozen=True, slots=True)
class Listening:
    """A subscription that was seen to be one, and what its payload may show."""

    document: str
    variables: Mapping[str, Any]
    event: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to change of an endpoint; None: nothing. `position` is where in the log to go on from."""

    name: str | None = None
    url: str | None = None
    listening: Listening | None = None
    enabled: bool | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Secretive:
    """An endpoint with its secret, which is shown this once."""

    endpoint: WebhookEndpoint
    secret: str


async def create(
    resources: Resources, viewer: Viewer, name: str, url: str, listening: Listening, position: int | None = None
) -> Secretive | TooManyWebhookEndpoints | WebhookAddressRefused | EncryptionKeyMissing:
    """Make an endpoint that is told what comes after a position in the log; None: from now on."""
    name = _name(name)
    if not resources.seal.has_key:
        return EncryptionKeyMissing()
    refused = await _refused(resources, url)
    if refused is not None:
        return refused

    now, secret = resources.now(), _new_secret()
    async with resources.database.writing() as session:
        workspace = (await session.exec(workspaces.locked(viewer.workspace_id))).one()
        counting = select(func.count()).select_from(webhook_endpoints.of_workspace(viewer.workspace_id).subquery())
        if (await session.exec(counting)).one() >= MOST_ENDPOINTS:
            return TooManyWebhookEndpoints(MOST_ENDPOINTS)

        endpoint = WebhookEndpoint(
            workspace_id=viewer.workspace_id,
            id=new_id(),
            name=name,
            url=url,
            **_columns(listening),
            created_by=viewer.name,
            created_at=now,
            updated_at=now,
            # Its own beginning is the first thing that it is not told of.
            position=workspace.last_sequence + 1 if position is None else position,
        )
        resources.seal.put(endpoint, "secret", secret)
        session.add(endpoint)
        await session.flush()
        await log.append(session, [_change(endpoint, Cause.CREATED, now, viewer.name)])
    await resources.feed.announce(viewer.workspace_id)
    return Secretive(endpoint, secret)


async def update(
    resources: Resources, viewer: Viewer, endpoint_id: UUID, wishes: Wishes
) -> WebhookEndpoint | WebhookAddressRefused | WebhookPlaceLost:
    """Change an endpoint, switch it off or on. NotFoundError when the workspace has no such endpoint.

    Switched on, it goes on where it was, with all that waits for it.
    """
    name = None if wishes.name is None else _name(wishes.name)
    if wishes.url is not None:
        refused = await _refused(resources, wishes.url)
        if refused is not None:
            return refused

    now = resources.now()
    async with resources.database.writing() as session:
        endpoint = await _locked(session, viewer, endpoint_id)
        was_enabled = endpoint.enabled
        if wishes.enabled and not was_enabled and wishes.position is None:
            pruned_to = (await session.exec(workspaces.pruned_to(viewer.workspace_id))).one()
            if endpoint.position < pruned_to:
                return WebhookPlaceLost()

        endpoint.name = name or endpoint.name
        endpoint.url = wishes.url or endpoint.url
        if wishes.listening is not None:
            endpoint.sqlmodel_update(_columns(wishes.listening))
        if wishes.position is not None:
            endpoint.position = wishes.position
        endpoint.lease_until = None  # whoever is reading for it finds that it has changed
        endpoint.updated_at = now
        if wishes.enabled is False and was_enabled:
            await put_out(session, endpoint, now, problem=None)
        if wishes.enabled and not was_enabled:
            endpoint.disabled_at = endpoint.problem = endpoint.failing_since = None
            await session.exec(webhook_messages.put_on(endpoint, now))
        change = _change(endpoint, Cause.UPDATED, now, viewer.name, was_enabled=was_enabled)
        await session.flush()
        await log.append(session, [change])
    await resources.feed.announce(viewer.workspace_id)
    return endpoint


async def rotate(
    resources: Resources, viewer: Viewer, endpoint_id: UUID, *, at_once: bool
) -> Secretive | WebhookSecretJustRotated | EncryptionKeyMissing:
    """Give an endpoint a new secret, beside which the old one signs for a while unless it is to stop at once.

    NotFoundError when the workspace has no such endpoint.
    """
    if not resources.seal.has_key:
        return EncryptionKeyMissing()
    now, secret = resources.now(), _new_secret()
    async with resources.database.writing() as session:
        endpoint = await _locked(session, viewer, endpoint_id)
        if not at_once and endpoint.former_until is not None and now < endpoint.former_until:
            return WebhookSecretJustRotated(endpoint.former_until)

        former = None if at_once else resources.seal.read(endpoint, "secret")
        resources.seal.put(endpoint, "former_secret", former)
        endpoint.former_until = None if at_once else now + OVERLAP
        resources.seal.put(endpoint, "secret", secret)
        endpoint.updated_at = now
        await session.flush()
        await log.append(session, [_change(endpoint, Cause.UPDATED, now, viewer.name)])
    await resources.feed.announce(viewer.workspace_id)
    return Secretive(endpoint, secret)


async def delete(
    resources: Resources, viewer: Viewer, endpoint_id: UUID, *, discard_waiting: bool
) -> WebhookEndpoint | WebhookDeliveriesWaiting:
    """Delete an endpoint with its deliveries. NotFoundError when the workspace has no such endpoint."""
    async with resources.database.writing() as session:
        endpoint = await _locked(session, viewer, endpoint_id)
        waiting = (await session.exec(webhook_messages.waiting(viewer.workspace_id, endpoint_id))).one()
        if waiting and not discard_waiting:
            return WebhookDeliveriesWaiting(waiting)

        await session.exec(webhook_messages.thrown_away(viewer.workspace_id, endpoint_id))
        await session.delete(endpoint)
        await session.flush()
        change = _change(endpoint, Cause.UPDATED, resources.now(), viewer.name)
        change.status = DELETED
        await log.append(session, [change])
    await resources.feed.announce(viewer.workspace_id)
    return endpoint


async def put_out(session: Session, endpoint: WebhookEndpoint, now: datetime, *, problem: str | None) -> None:
    """Switch off an endpoint whose row is locked: it keeps its place, and what waits for it waits on."""
    endpoint.disabled_at, endpoint.problem, endpoint.lease_until = now, problem, None
    await session.flush()
    await session.exec(webhook_messages.put_off(endpoint))


async def switch_off(session: Session, endpoint: WebhookEndpoint, now: datetime, problem: str) -> set[UUID]:
    """Switch off an endpoint whose row is locked, and tell; give the workspaces to announce. Last in a transaction."""
    await put_out(session, endpoint, now, problem=problem)
    return await log.append(session, [_change(endpoint, Cause.SWITCHED_OFF, now, None, was_enabled=True)])


async def _locked(session: Session, viewer: Viewer, endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = (await session.exec(webhook_endpoints.locked(viewer.workspace_id, endpoint_id))).first()
    if endpoint is None:
        raise NotFoundError("There is no such webhook endpoint. Take an id from the query webhookEndpoints.")
    return endpoint


async def _refused(resources: Resources, url: str) -> WebhookAddressRefused | None:
    try:
        await resources.post.check(url)
    except RefusedAddressError as error:
        return WebhookAddressRefused(str(error))
    return None


def _name(name: str) -> str:
    if not 1 <= len(name.strip()) <= LONGEST_NAME or "\x00" in name:
        raise BadInputError(
            f"Give the endpoint a name of 1 to {LONGEST_NAME} characters, so that people know it again."
        )
    return name.strip()


def _columns(listening: Listening) -> dict[str, Any]:
    if len(orjson.dumps(listening.variables)) > LONGEST_VARIABLES:
        raise BadInputError(f"The variables may have {LONGEST_VARIABLES} bytes as JSON.")
    return {
        "document": listening.document,
        "variables": dict(listening.variables),
        "event": listening.event,
        "scopes": _written(listening.scopes),
    }


def _written(scopes: Collection[Scope]) -> list[str]:
    return sorted(scope.value for scope in scopes)


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def _change(
    endpoint: WebhookEndpoint, cause: Cause, now: datetime, actor: str | None, *, was_enabled: bool | None = None
) -> Change:
    status = ON if endpoint.enabled else OFF
    return Change(
        workspace_id=endpoint.workspace_id,
        kind=ChangeKind.WEBHOOK_ENDPOINT,
        cause=cause,
        actor=actor,
        occurred_at=now,
        recorded_at=now,
        subject_id=endpoint.id,
        previous_status=status if was_enabled is None else ON if was_enabled else OFF,
        status=status,
    )
