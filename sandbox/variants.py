"""Where Meta's own sources disagree, and which of them the stand-in follows (reference, section 12)."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from .documents import Update
from .fields import Fields

MOST_ASKS_PER_SECOND = 1000
_SAMPLE = "phone_number_settings"
_EXPIRY_FIELDS = ("expiration_time", "expiration")
_CONTEXT_FROM = ("business", "customer")


@dataclass(frozen=True, slots=True)
class Variants:
    """One choice for each disagreement; the first choice is the documentation's sample.

    `asks_per_second` is how often GET call_permissions answers per number before 613: 5 in the calling reference, 100
    in the guide. `expiry_field` names a temporary permission's end there. `call_success` adds a `success` to a started
    call's answer, which one client expects and no sample has. The others are about webhooks: `expiry_as_number` writes
    `expiration_timestamp` as a number, `call_status_contacts` adds `contacts` to RINGING, ACCEPTED and REJECTED,
    `upper_case_settings` writes the type PHONE_NUMBER_SETTINGS as the table does, `title_case_ends` writes Completed
    and Failed, `context_from` says whose number a reply's context names (None: the business's under a request, the
    customer's under a call), `nameless_account` sends account updates from entry 0.
    """

    asks_per_second: int = 5
    expiry_field: str = "expiration_time"
    call_success: bool = False
    expiry_as_number: bool = False
    call_status_contacts: bool = False
    upper_case_settings: bool = False
    title_case_ends: bool = False
    context_from: str | None = None
    nameless_account: bool = False

    def as_json(self) -> dict[str, Any]:
        """Show it the way a script sets it."""
        return asdict(self)


_NAMES = frozenset(Variants().as_json())
_FLAGS = (
    "call_success",
    "expiry_as_number",
    "call_status_contacts",
    "upper_case_settings",
    "title_case_ends",
    "nameless_account",
)


def chosen(current: Variants, asked: Fields) -> Variants:
    """Change what is asked for and keep the rest; an empty object goes back to the samples.

    Raises `asked.complaint`.
    """
    unknown = sorted(set(asked.values) - _NAMES)
    if unknown:
        raise asked.complaint(f"Unknown: {', '.join(unknown)}. Known: {', '.join(sorted(_NAMES))}.")
    if not asked.values:
        return Variants()
    found: dict[str, Any] = {name: asked.optional_flag(name) for name in _FLAGS}
    found["asks_per_second"] = asked.optional_whole("asks_per_second", lowest=1, highest=MOST_ASKS_PER_SECOND)
    if asked.has("expiry_field"):
        found["expiry_field"] = asked.one_of("expiry_field", _EXPIRY_FIELDS)
    if asked.has("context_from"):
        found["context_from"] = asked.one_of("context_from", _CONTEXT_FROM)
    return replace(current, **{name: value for name, value in found.items() if value is not None})


def _messages(value: dict[str, Any], variants: Variants) -> None:
    for message in value.get("messages", ()):
        context = message.get("context")
        if context is not None and variants.context_from is not None:
            business = value["metadata"]["display_phone_number"]
            context["from"] = business if variants.context_from == "business" else message.get("from", business)
        reply = message.get("interactive", {}).get("call_permission_reply", {})
        if variants.expiry_as_number and str(reply.get("expiration_timestamp", "")).isdecimal():
            reply["expiration_timestamp"] = int(reply["expiration_timestamp"])


def _calls(value: dict[str, Any], variants: Variants) -> None:
    if "statuses" in value and not variants.call_status_contacts:
        value.pop("contacts", None)
    for call in value.get("calls", ()):
        if "status" in call and variants.title_case_ends:
            call["status"] = call["status"].title()


def as_told(update: Update, variants: Variants) -> Update:
    """Write an update the chosen way. Its value is changed in place: it has just been made."""
    value = update.value
    match update.field:
        case "messages":
            _messages(value, variants)
        case "calls":
            _calls(value, variants)
        case "account_settings_update" if variants.upper_case_settings:
            value["type"] = _SAMPLE.upper()
        case "account_update" if variants.nameless_account:
            return replace(update, waba_id="0")
        case _:
            pass
    return update
