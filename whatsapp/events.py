"""What Meta said, in the words of the rules. Source: docs/reference/whatsapp-calling.md §5.

Every entry, change and item of a delivery is read by itself: what is not understood is named and skipped, and never
keeps the rest from being heard.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, BeforeValidator, Field, ValidationError, field_validator

from rules.call import Accepted, CallEvent, Direction, Rejected, Ringing, Taken, Terminated
from rules.permission import Reply, Response, Source
from rules.request import MessageStatus


@dataclass(frozen=True, slots=True)
class Person:
    """A WhatsApp user as a webhook names them; with a username there may be no phone.

    The parent user id comes to enrolled businesses only: it is one for all of an enterprise's portfolios (§4).
    """

    phone: str | None  # E.164
    user_id: str | None
    name: str | None = None
    parent_user_id: str | None = None


@dataclass(frozen=True, slots=True)
class PermissionReplied:
    phone_number_id: str
    person: Person
    message_id: str
    context_id: str | None
    reply: Reply


@dataclass(frozen=True, slots=True)
class MessageMoved:
    """A message of ours was sent, delivered, read, or failed."""

    phone_number_id: str
    message_id: str
    opaque: str | None
    status: MessageStatus
    at: datetime
    failure: str | None
    code: int | None = None  # Meta's error, where it failed
    person: Person | None = None  # to whom, where it says so


@dataclass(frozen=True, slots=True)
class CallMoved:
    phone_number_id: str
    person: Person
    call_id: str
    opaque: str | None
    direction: Direction
    event: CallEvent
    code: int | None = None  # Meta's error, where it failed


@dataclass(frozen=True, slots=True)
class CallingSwitched:
    """The number's settings say whether it may call."""

    phone_number_id: str
    enabled: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CallingRestricted:
    """Meta paused business-initiated calls and requests; the number is named by its display number only."""

    display_phone_number: str
    until: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class CustomerWrote:
    """Any message from the customer: it opens the customer service window."""

    phone_number_id: str
    person: Person
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """The customer has another phone or user id now; `person` is who they were, `now_known_as` who they are (§4)."""

    phone_number_id: str
    person: Person
    message_id: str
    now_known_as: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class TemplateChanged:
    """A template was approved, refused, paused, switched off, or moved to another category."""

    waba_id: str
    name: str
    language: str | None


AboutNumber = PermissionReplied | MessageMoved | CallMoved | CallingSwitched | CustomerWrote | IdentityChanged
News = AboutNumber | CallingRestricted | TemplateChanged


@dataclass(slots=True)
class Delivery:
    """What one delivery said, and for each thing not understood one line that says which and why."""

    news: list[News] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


class NotADeliveryError(ValueError):
    """The body is not one of Meta's webhook deliveries at all."""


class _Skip(Exception):  # noqa: N818 it never leaves this file, and is no error
    """One item is not for us, or not understood."""


def parse(body: bytes) -> Delivery:
    """Read a delivery's raw bytes. NotADeliveryError when they are not a JSON object with entries."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotADeliveryError(f"The body is not JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("entry"), list):
        raise NotADeliveryError("The body is not a webhook delivery: it has no list of entries.")
    delivery = Delivery()
    for where, entry, change in _changes(document):
        _read_change(delivery, where, entry, change)
    return delivery


# --- The envelope ---


def _changes(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Walk every change of every entry, with where it stands and the entry it stands in."""
    for entry_number, entry in enumerate(document["entry"]):
        known = entry if isinstance(entry, dict) else {}
        changes = known.get("changes")
        for change_number, change in enumerate(changes if isinstance(changes, list) else []):
            where = f"entry {entry_number}, change {change_number}"
            yield where, known, change if isinstance(change, dict) else {}


def _read_change(delivery: Delivery, where: str, entry: dict[str, Any], change: dict[str, Any]) -> None:
    name, value = change.get("field"), change.get("value")
    if not isinstance(value, dict):
        delivery.skipped.append(f"{where}: the value is not an object")
        return
    match name:
        case "messages":
            _each(delivery, f"{where}, message", value.get("messages"), lambda item: _message(value, item))
            _each(delivery, f"{where}, status", value.get("statuses"), lambda item: _message_status(value, item))
        case "calls":
            _each(delivery, f"{where}, call", value.get("calls"), lambda item: _call_event(value, item))
            _each(delivery, f"{where}, call status", value.get("statuses"), lambda item: _call_status(value, item))
        case "account_settings_update":
            _each(delivery, f"{where}, settings", [value], _settings)
        case "account_update":
            _each(
                delivery,
                f"{where}, restriction",
                value.get("restriction_info"),
                lambda i: _restriction(entry, value, i),
            )
        case "message_template_status_update" | "template_category_update":
            _each(delivery, f"{where}, template", [value], lambda item: _template(entry, item))
        case _:
            delivery.skipped.append(f"{where}: the field {name!r} is not known")


def _each(delivery: Delivery, where: str, items: Any, read: Any) -> None:
    for number, item in enumerate(items if isinstance(items, list) else []):
        try:
            delivery.news.append(read(item))
        except _Skip as reason:
            delivery.skipped.append(f"{where} {number}: {reason}")
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            delivery.skipped.append(f"{where} {number}: {place or 'it'}: {first['msg']}")


# --- The fields of items, as far as they matter to us ---


def _moment(value: Any) -> datetime:
    """Read Unix seconds, which Meta writes now as a string and now as a number (§12.5)."""
    try:
        seconds = int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError("not a time in Unix seconds") from error
    if not 0 <= seconds < _YEAR_9999:
        raise ValueError("not a time in Unix seconds")
    return datetime.fromtimestamp(seconds, UTC)


_YEAR_9999 = 253_370_764_800  # what lies before it can still be added to
_PAUSE = timedelta(days=7)
_LONGEST = 366 * 86_400  # far longer than any call, and short enough for every database

UnixTime = Annotated[datetime, BeforeValidator(_moment)]
Seconds = Annotated[int, Field(ge=0, le=_LONGEST)]


class _Part(BaseModel):
    @field_validator("*", mode="before")
    @classmethod
    def _that_can_be_kept(cls, value: Any) -> Any:
        return _kept(value) if isinstance(value, str) else value


class _Context(_Part):
    id: str | None = None


class _CallPermissionReply(_Part):
    response: str
    is_permanent: bool = False
    expiration_timestamp: UnixTime | None = None
    response_source: str = "user_action"


class _Interactive(_Part):
    type: str | None = None
    call_permission_reply: _CallPermissionReply | None = None


class _System(_Part):
    type: str
    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    previous_user_id: str | None = None
    previous_parent_user_id: str | None = None


class _Message(_Part):
    id: str
    timestamp: UnixTime
    from_user_id: str | None = None
    from_parent_user_id: str | None = None
    context: _Context | None = None
    interactive: _Interactive | None = None
    system: _System | None = None


class _Error(_Part):
    code: int | None = None
    title: str | None = None
    message: str | None = None
    error_data: dict[str, Any] | None = None

    def __str__(self) -> str:
        details = (self.error_data or {}).get("details")
        return _kept(f"{self.code}: {details or self.message or self.title or 'no reason given'}")


class _Status(_Part):
    id: str
    status: str
    timestamp: UnixTime
    type: str | None = None
    recipient_id: str | None = None
    recipient_user_id: str | None = None
    recipient_parent_user_id: str | None = None
    biz_opaque_callback_data: str | None = None
    errors: list[_Error] = []


class _Session(_Part):
    sdp_type: str | None = None
    sdp: str | None = None


class _Call(_Part):
    id: str
    event: str
    timestamp: UnixTime
    direction: str | None = None
    status: str | None = None
    start_time: UnixTime | None = None
    end_time: UnixTime | None = None
    duration: Seconds | None = None
    session: _Session | None = None
    to_user_id: str | None = None
    to_parent_user_id: str | None = None
    from_user_id: str | None = None
    from_parent_user_id: str | None = None
    biz_opaque_callback_data: str | None = None


class _Template(_Part):
    message_template_name: str
    message_template_language: str | None = None


class _Calling(_Part):
    status: str


class _NumberSettings(_Part):
    phone_number_id: str
    calling: _Calling


class _Settings(_Part):
    timestamp: UnixTime
    phone_number_settings: _NumberSettings


class _Entry(BaseModel):
    time: UnixTime


class _Restriction(_Part):
    restriction_type: str
    expiration: UnixTime


# --- Items as news ---


def _message(value: dict[str, Any], item: Any) -> PermissionReplied | CustomerWrote | IdentityChanged:
    message = _Message.model_validate(item)
    if message.system is not None:
        return _identity(value, item, message, message.system)
    person = _person(value, item.get("from"), message.from_user_id, message.from_parent_user_id)
    answer = message.interactive.call_permission_reply if message.interactive else None
    if answer is None:
        return CustomerWrote(_phone_number_id(value), person, message.id, message.timestamp)
    reply = Reply(
        at=message.timestamp,
        response=_response(answer),
        source=Source.AUTOMATIC if answer.response_source == "automatic" else Source.USER_ACTION,
        expires_at=None if answer.is_permanent else answer.expiration_timestamp,
    )
    context_id = message.context.id if message.context else None
    return PermissionReplied(_phone_number_id(value), person, message.id, context_id, reply)


def _identity(value: dict[str, Any], item: dict[str, Any], message: _Message, system: _System) -> IdentityChanged:
    if system.type not in ("user_changed_number", "user_changed_user_id"):
        raise _Skip(f"the system message {system.type!r} is not known")
    phone = _text(item.get("from"))
    parents = system.previous_parent_user_id, system.parent_user_id
    before = Person(_e164(phone) if phone else None, system.previous_user_id, parent_user_id=parents[0])
    after = Person(_e164(system.wa_id) if system.wa_id else None, system.user_id, parent_user_id=parents[1])
    if Person(None, None) in (before, after):
        raise _Skip("it does not say who the customer was and is")
    return IdentityChanged(_phone_number_id(value), before, message.id, after, message.timestamp)


def _template(entry: dict[str, Any], item: Any) -> TemplateChanged:
    template = _Template.model_validate(item)
    waba_id = str(entry.get("id", ""))
    return TemplateChanged(waba_id, template.message_template_name, template.message_template_language)


def _response(answer: _CallPermissionReply) -> Response:
    match answer.response.lower():
        case "accept":
            return Response.PERMANENT if answer.is_permanent else Response.TEMPORARY
        case "reject":
            return Response.DECLINED
        case other:
            raise _Skip(f"the response {other!r} is not known")


def _message_status(value: dict[str, Any], item: Any) -> MessageMoved:
    status = _Status.model_validate(item)
    known = {"played": MessageStatus.READ} | {member.value: member for member in MessageStatus}
    if status.status not in known:
        raise _Skip(f"the message status {status.status!r} is not known")
    failure = str(status.errors[0]) if status.errors else None
    return MessageMoved(
        _phone_number_id(value),
        status.id,
        status.biz_opaque_callback_data,
        known[status.status],
        status.timestamp,
        failure,
        status.errors[0].code if status.errors else None,
        _recipient(value, status),
    )


def _recipient(value: dict[str, Any], status: _Status) -> Person | None:
    try:
        return _person(value, status.recipient_id, status.recipient_user_id, status.recipient_parent_user_id)
    except _Skip:  # of a failed message it need not be told (§4)
        return None


def _call_event(value: dict[str, Any], item: Any) -> CallMoved:
    call = _Call.model_validate(item)
    outgoing = call.direction != Direction.USER_INITIATED
    user_id, parent = (
        (call.to_user_id, call.to_parent_user_id) if outgoing else (call.from_user_id, call.from_parent_user_id)
    )
    person = _person(value, _customer_phone(value, item), user_id, parent)
    error = _error_of(value, call)
    return CallMoved(
        _phone_number_id(value),
        person,
        call.id,
        call.biz_opaque_callback_data,
        Direction.BUSINESS_INITIATED if outgoing else Direction.USER_INITIATED,
        _terminated(call, error) if call.event == "terminate" else _connected(call),
        error.code if error is not None else None,
    )


def _connected(call: _Call) -> CallEvent:
    if call.event != "connect":
        raise _Skip(f"the call event {call.event!r} is not known")
    answers = call.session is not None and call.session.sdp_type == "answer"
    return Taken(call.timestamp, call.session.sdp if call.session and answers else None)


def _error_of(value: dict[str, Any], call: _Call) -> _Error | None:
    """Read why a call failed, which stands beside the calls and not in them (§5.6)."""
    errors = value.get("errors")
    failed = (call.status or "").upper() == "FAILED"
    return _Error.model_validate(errors[0]) if failed and isinstance(errors, list) and errors else None


def _terminated(call: _Call, error: _Error | None) -> CallEvent:
    """Read the end of a call: it was answered if it has a start or a duration, whatever its status says (§5.6)."""
    failed = (call.status or "").upper() == "FAILED"
    failure = str(error) if error is not None else None
    started_at = call.start_time
    if started_at is None and call.duration is not None:
        started_at = (call.end_time or call.timestamp) - timedelta(seconds=call.duration)
    return Terminated(call.timestamp, failed, started_at, call.end_time, call.duration, failure)


def _call_status(value: dict[str, Any], item: Any) -> CallMoved:
    status = _Status.model_validate(item)
    events: dict[str, type[Ringing | Accepted | Rejected]] = {
        "RINGING": Ringing,
        "ACCEPTED": Accepted,
        "REJECTED": Rejected,
    }
    kind = events.get(status.status.upper())
    if kind is None:
        raise _Skip(f"the call status {status.status!r} is not known")
    person = _person(value, status.recipient_id, status.recipient_user_id, status.recipient_parent_user_id)
    opaque = status.biz_opaque_callback_data
    # Call statuses are of business-initiated calls only (§5.5).
    return CallMoved(
        _phone_number_id(value), person, status.id, opaque, Direction.BUSINESS_INITIATED, kind(status.timestamp)
    )


def _settings(item: Any) -> CallingSwitched:
    settings = _Settings.model_validate(item)
    number = settings.phone_number_settings
    return CallingSwitched(number.phone_number_id, number.calling.status.upper() == "ENABLED", settings.timestamp)


def _restriction(entry: dict[str, Any], value: dict[str, Any], item: Any) -> CallingRestricted:
    restriction = _Restriction.model_validate(item)
    if restriction.restriction_type != "RESTRICTED_BUSINESS_INITIATED_CALLING":
        raise _Skip(f"the restriction {restriction.restriction_type!r} does not concern us")
    display = _text(value.get("phone_number"))
    if display is None:
        raise _Skip("it does not say which number")
    # Of one without a date it is taken that it is as long as Meta's pauses are (§2.8).
    undated = entry.get("time") is None
    at = restriction.expiration - _PAUSE if undated else _Entry.model_validate(entry).time
    return CallingRestricted(_e164(display), restriction.expiration, at)


# --- Who it is about ---


def _phone_number_id(value: dict[str, Any]) -> str:
    metadata = value.get("metadata")
    found = _text(metadata.get("phone_number_id")) if isinstance(metadata, dict) else None
    if found is None:
        raise _Skip("it does not say for which business number")
    return found


def _customer_phone(value: dict[str, Any], item: dict[str, Any]) -> str | None:
    """Tell the customer's end of a call: the one that is not the business number; Meta sometimes swaps them (§5.4)."""
    metadata = value.get("metadata")
    own = _text(metadata.get("display_phone_number")) if isinstance(metadata, dict) else None
    ends = (_text(item.get("to")), _text(item.get("from")))
    return next((end for end in ends if end is not None and (own is None or _e164(end) != _e164(own))), None)


def _person(value: dict[str, Any], phone: Any, user_id: str | None, parent_user_id: str | None) -> Person:
    phone = _text(phone)
    contact = _contact(value, phone, user_id, parent_user_id)
    phone, user_id = phone or _text(contact.get("wa_id")), user_id or _text(contact.get("user_id"))
    parent_user_id = parent_user_id or _text(contact.get("parent_user_id"))
    if phone is None and user_id is None and parent_user_id is None:
        raise _Skip("it does not say which customer")
    profile = contact.get("profile")
    name = _text(profile.get("name")) if isinstance(profile, dict) else None
    return Person(_e164(phone) if phone else None, user_id, name, parent_user_id)


def _contact(value: dict[str, Any], *names: str | None) -> dict[str, Any]:
    """Find the contact that the item is about, by `names`; one that stands alone is it when the item names nobody."""
    listed = value.get("contacts")
    contacts = [contact for contact in listed if isinstance(contact, dict)] if isinstance(listed, list) else []
    for contact in contacts:
        own = (contact.get("wa_id"), contact.get("user_id"), contact.get("parent_user_id"))
        if any(name and name == other for name, other in zip(names, own, strict=True)):
            return contact
    return contacts[0] if len(contacts) == 1 and not any(names) else {}


def _text(value: Any) -> str | None:
    return _kept(value) or None if isinstance(value, str) else None


def _kept(text: str) -> str:
    """Leave out zero bytes, which PostgreSQL keeps in no text: the rest must not be lost for them."""
    return text.replace("\x00", "")


def _e164(phone: str) -> str:
    return "+" + "".join(character for character in phone if character.isdigit())
