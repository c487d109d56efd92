"""What Meta posts to Maycall's door, and the settings of a server that takes it."""

from datetime import datetime, timedelta

from models.columns import new_id
from tests.actions import meta
from whatsapp.signature import sign

from .business import SECRET_KEY, Asked
from .open_loop import Post

APP_SECRET = "of the benchmark"  # noqa: S105 invented


def environment(database_url: str) -> dict[str, str]:
    """Give the settings of a server that knows only Meta's deliveries and sends nothing."""
    return {
        "MAYCALL_DATABASE_URL": database_url,
        "MAYCALL_SECRET_KEY": SECRET_KEY,
        "MAYCALL_WHATSAPP_ACCESS_TOKEN": "none",
        "MAYCALL_WHATSAPP_APP_SECRET": APP_SECRET,
        "MAYCALL_WHATSAPP_VERIFY_TOKEN": "none",
        "MAYCALL_WHATSAPP_BASE_URL": "http://127.0.0.1:9",  # nobody: nothing is to be sent
    }


def yes(customer: Asked, at: datetime) -> meta.Change:
    """Let the customer allow calls for a week."""
    return meta.replied(
        f"wamid.HBgMOTE5ODEyMzAwNDU3FQIAEhgg{new_id().hex}",
        at,
        to=customer.message_id,
        expires_at=at + timedelta(days=7),
        phone=customer.phone,
    )


def signed(*changes: meta.Change) -> Post:
    """Write one delivery of all these, signed as Meta does."""
    body = meta.delivery(*changes)
    return Post(body, {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body, APP_SECRET)})
