"""What the stand-in remembers beside permissions, requests and calls."""

from dataclasses import dataclass, field
from typing import Any

from .config import BusinessNumber
from .restriction import Restriction


@dataclass(frozen=True, slots=True)
class Handset:
    """A customer's phone. `last_said_at` is the second of its latest message: no two share one.

    Meta orders replies by their timestamp, which counts whole seconds, so two answers within one second would have
    no order.

    `hides_phone` is an explicit switch for what Meta decides by itself: the number of a user with a username is left
    out of webhooks unless the two spoke within 30 days. `moved_to` is the number its owner has left for; nobody is
    then `on_whatsapp` here. `generation` counts who has had the number, and `first_wa_id` keeps the updates of a phone
    in order across its numbers.
    """

    wa_id: str
    name: str
    user_id: str
    added_at: int
    last_said_at: int = 0
    active_at: float = 0.0
    latest_number: str | None = None
    username: str | None = None
    hides_phone: bool = False
    parent_user_id: str | None = None
    generation: int = 0
    on_whatsapp: bool = True
    online: bool = True
    moved_to: str | None = None
    first_wa_id: str | None = None

    @property
    def lane(self) -> str:
        """Name the line in which its updates leave."""
        return self.first_wa_id or self.wa_id


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the chat. `direction` is from_business, from_customer or system (told by WhatsApp itself)."""

    id: str
    phone_number_id: str
    wa_id: str
    direction: str
    type: str
    text: str
    at: int
    status: str | None = None
    opaque: str | None = None
    pricing: dict[str, Any] | None = None
    addressed_by_phone: bool = True


def default_calling() -> dict[str, Any]:
    """Give a number's calling settings to begin with. Meta starts with calling off; here it is on at once."""
    return {
        "status": "ENABLED",
        "call_icon_visibility": "DEFAULT",
        "callback_permission_status": "DISABLED",
        "call_hours": {"status": "DISABLED", "timezone_id": "Etc/UTC", "weekly_operating_hours": []},
        "srtp_key_exchange_protocol": "DTLS",
        "sip": {"status": "DISABLED"},
    }


@dataclass(frozen=True, slots=True)
class NumberState:
    """What can change about a business number: its calling settings, and whether Meta has paused it.

    `restricted_until` is about its own calls and requests, `restrictions` holds the end of every other kind.
    """

    phone_number_id: str
    calling: dict[str, Any] = field(default_factory=default_calling)
    restricted_until: int = 0
    restrictions: dict[Restriction, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """A WhatsApp Business Account, and whether our app hears of it. One that was never changed is not kept."""

    waba_id: str
    subscribed: bool = True


@dataclass(frozen=True, slots=True)
class Update:
    """One change for the webhook. Updates of one `lane` (a phone, or a number) leave in order."""

    lane: str
    waba_id: str
    field: str
    value: dict[str, Any]


def metadata(number: BusinessNumber) -> dict[str, str]:
    """Name the number as every webhook value does."""
    return {"display_phone_number": number.display_phone_number, "phone_number_id": number.phone_number_id}
