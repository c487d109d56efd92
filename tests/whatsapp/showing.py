"""What a WhatsApp shows of a number, its token and its app where all is right, to be changed by tests."""

from typing import Any

from whatsapp.cloud_api import ListedTemplate
from whatsapp.fake import FakeWhatsApp

NUMBER, WABA, APP = "529183746501122", "318840017724905", "1184730092654417"
DOOR = "https://calls.example/webhooks/whatsapp"
FIELDS = ["messages", "calls", "account_settings_update", "account_update", "message_template_status_update"]
SCOPES = ["whatsapp_business_messaging", "whatsapp_business_management"]


def token(**values: Any) -> dict[str, Any]:
    granted = [{"scope": scope, "target_ids": [WABA]} for scope in SCOPES]
    known = {"app_id": APP, "is_valid": True, "expires_at": 0, "scopes": SCOPES, "granular_scopes": granted}
    return {"data": known | values}


def subscription(**values: Any) -> dict[str, Any]:
    known = {"object": "whatsapp_business_account", "active": True, "callback_url": DOOR}
    return {"data": [known | {"fields": [{"name": name, "version": "v26.0"} for name in FIELDS]} | values]}


def all_well() -> FakeWhatsApp:
    """Give a WhatsApp at which all is right."""
    whatsapp = FakeWhatsApp()
    make_well(whatsapp, NUMBER)
    return whatsapp


def make_well(whatsapp: FakeWhatsApp, number: str) -> None:
    """Let all be right with this number."""
    whatsapp.listed = (ListedTemplate("may_we_call", "en", "APPROVED", "UTILITY", "", (), asks=True),)
    whatsapp.shows = {
        "debug_token": token(),
        number: {"id": number, "display_phone_number": "+91 80455 50142", "verified_name": "Chai & Co"},
        f"{WABA}/phone_numbers": {"data": [{"id": "1"}, {"id": number}]},
        f"{WABA}/subscribed_apps": {"data": [{"whatsapp_business_api_data": {"id": APP, "name": "Calls"}}]},
        f"{APP}/subscriptions": subscription(),
    }
