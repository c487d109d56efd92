"""Whose token it is, what Meta tells of it, and which app hears of an account (reference, section 13)."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from .config import Config
from .documents import Account
from .errors import MetaError
from .fields import Fields
from .world import World

_SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging", "public_profile")
_FIELDS = (
    "messages",
    "calls",
    "account_settings_update",
    "account_update",
    "message_template_status_update",
    "template_category_update",
)
_VERSION = "v26.0"


def check(config: Config, request: Request) -> str:
    """Give the token that a request comes with, if it is one that works. Raises MetaError."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip() if kind.lower() == "bearer" else request.query_params.get("access_token", "")
    if not any(_same(token, known) for known in (config.access_token, _app_token(config))):
        raise MetaError(190, "Invalid OAuth access token - Cannot parse access token.")
    proof = request.query_params.get("appsecret_proof")
    if proof is not None:
        right = hmac.new(config.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not _same(proof, right):
            raise MetaError(100, "Invalid appsecret_proof provided in the API argument")
    return token


def refuse_app(config: Config, token: str) -> None:
    """See to it that it is not the app itself that asks for what is the business's. Raises MetaError."""
    if _same(token, _app_token(config)):
        raise MetaError(10, "Application does not have permission for this action.")


def edges(
    world: World, node: str, token: str, request: Request
) -> dict[tuple[str, str], Callable[[Fields], dict[str, Any]]]:
    """Give what can be asked of a token or of the app."""
    if node == "debug_token":
        return {("GET", ""): lambda _: _debugged(world, request.query_params.get("input_token", ""))}
    return {("GET", "subscriptions"): lambda _: _subscriptions(world, token)}


def subscribed(world: World, waba_id: str) -> dict[str, Any]:
    """List the apps that hear of the account: ours, or none."""
    app_id = world.config.app_id
    link = f"https://www.facebook.com/games/?app_id={app_id}"
    ours = {"whatsapp_business_api_data": {"id": app_id, "link": link, "name": "Sandbox"}}
    return {"data": [ours] if world.is_subscribed(waba_id) else []}


def subscribe(world: World, waba_id: str, *, subscribed: bool) -> dict[str, Any]:
    """Have our app hear of the account from now on, or no longer."""
    with world.writing():
        world.put(world.accounts, Account(waba_id, subscribed))
    return {"success": True}


def _debugged(world: World, token: str) -> dict[str, Any]:
    config = world.config
    if not _same(token, config.access_token):
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token."}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    accounts = list(dict.fromkeys(number.waba_id for number in config.numbers))
    return {
        "data": {
            "app_id": config.app_id,
            "application": "Sandbox",
            "type": "SYSTEM_USER",
            "is_valid": True,
            "issued_at": 0,
            "expires_at": 0,
            "data_access_expires_at": 0,
            "scopes": list(_SCOPES),
            "granular_scopes": [{"scope": scope, "target_ids": accounts} for scope in _SCOPES[:2]],
            "user_id": "122104557930010463",
        }
    }


def _subscriptions(world: World, token: str) -> dict[str, Any]:
    if not _same(token, _app_token(world.config)):
        raise MetaError(10, "An app access token is required to request this resource.")
    subscription = {
        "object": "whatsapp_business_account",
        "callback_url": world.config.webhook_urls[0],
        "active": True,
        "fields": [{"name": name, "version": _VERSION} for name in _FIELDS],
    }
    return {"data": [subscription]}


def _app_token(config: Config) -> str:
    return f"{config.app_id}|{config.app_secret}"


def _same(token: str, known: str) -> bool:
    return hmac.compare_digest(token.encode(), known.encode())
