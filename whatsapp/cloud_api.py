"""Saying things to Meta over HTTP. Source: docs/reference/whatsapp-calling.md §3."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol

import httpx
import stamina
from pydantic import AliasChoices, BaseModel, Field, ValidationError

from rules.permission import Status

from .errors import MetaError


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to reach: by phone (E.164), else by business-scoped user id."""

    phone: str | None
    user_id: str | None

    @property
    def fields(self) -> dict[str, str]:
        return {"to": self.phone.removeprefix("+")} if self.phone else {"recipient": self.user_id or ""}

    @property
    def query(self) -> dict[str, str]:
        return {"user_wa_id": self.phone.removeprefix("+")} if self.phone else {"recipient": self.user_id or ""}


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    language: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FreeForm:
    text: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """WhatsApp took it; `id` is the message's wamid or the call's wacid."""

    id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """WhatsApp said no: nothing happened."""

    error: MetaError


@dataclass(frozen=True, slots=True)
class Unreached:
    """It never got to WhatsApp: nothing happened."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """It may or may not have got to WhatsApp: no answer that tells came back."""

    reason: str


Outcome = Taken | Refused | Unreached | Unanswered


@dataclass(frozen=True, slots=True)
class Use:
    """What WhatsApp counts of one limit; `resets_at` only while it is used up."""

    period: str
    maximum: int
    used: int
    resets_at: datetime | None


@dataclass(frozen=True, slots=True)
class PermissionState:
    """What WhatsApp believes: TEMPORARY, PERMANENT or (for everything else) NOT_REQUESTED, and its counts."""

    status: Status
    expires_at: datetime | None
    requests: tuple[Use, ...]
    calls: tuple[Use, ...]


class WhatsApp(Protocol):
    """What the actions need of WhatsApp."""

    @property
    def patience(self) -> timedelta: ...

    async def request_permission(
        self, phone_number_id: str, recipient: Recipient, content: Template | FreeForm, opaque: str
    ) -> Outcome: ...

    async def start_call(self, phone_number_id: str, recipient: Recipient, sdp_offer: str, opaque: str) -> Outcome: ...

    async def end_call(self, phone_number_id: str, call_id: str) -> Outcome: ...

    async def permission_state(
        self, phone_number_id: str, recipient: Recipient
    ) -> PermissionState | Refused | Unreached | Unanswered: ...


class CloudApi:
    """Meta's Cloud API, or whatever speaks its language at `base_url` (with the version in it)."""

    def __init__(self, base_url: str, access_token: str, patience: timedelta) -> None:
        self.base_url = base_url
        self.patience = patience
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {access_token}"},
            timeout=patience.total_seconds(),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def request_permission(
        self, phone_number_id: str, recipient: Recipient, content: Template | FreeForm, opaque: str
    ) -> Outcome:
        """Send a call permission request; `opaque` comes back with every status of the message."""
        message = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **recipient.fields,
            **_message_of(content),
            "biz_opaque_callback_data": opaque,
        }
        return await self._do(f"{phone_number_id}/messages", message, lambda body: body["messages"][0]["id"])

    async def start_call(self, phone_number_id: str, recipient: Recipient, sdp_offer: str, opaque: str) -> Outcome:
        """Ring the customer; the SDP answer comes later, by webhook."""
        call = {
            "messaging_product": "whatsapp",
            **recipient.fields,
            "action": "connect",
            "session": {"sdp_type": "offer", "sdp": sdp_offer},
            "biz_opaque_callback_data": opaque,
        }
        return await self._do(f"{phone_number_id}/calls", call, lambda body: body["calls"][0]["id"])

    async def end_call(self, phone_number_id: str, call_id: str) -> Outcome:
        ending = {"messaging_product": "whatsapp", "call_id": call_id, "action": "terminate"}
        return await self._do(f"{phone_number_id}/calls", ending, lambda _body: call_id)

    async def permission_state(
        self, phone_number_id: str, recipient: Recipient
    ) -> PermissionState | Refused | Unreached | Unanswered:
        """Ask what WhatsApp believes of this customer's permission, and what it counts."""
        answer = await self._speak("GET", f"{phone_number_id}/call_permissions", params=recipient.query)
        if not isinstance(answer, dict):
            return answer
        try:
            return _StateBody.model_validate(answer).state
        except ValidationError as error:
            return Unanswered(f"WhatsApp's answer was not understood: {error.error_count()} fields were wrong")

    async def _do(self, path: str, body: dict[str, Any], read_id: Any) -> Outcome:
        answer = await self._speak("POST", path, json=body)
        if not isinstance(answer, dict):
            return answer
        try:
            found = read_id(answer)
        except (KeyError, IndexError, TypeError):
            found = None
        return Taken(found) if isinstance(found, str) and found else Unanswered("WhatsApp's answer carried no id")

    async def _speak(self, method: str, path: str, **content: Any) -> dict[str, Any] | Refused | Unreached | Unanswered:
        try:
            response = await self._reach(method, path, **content)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Unreached(str(error) or type(error).__name__)
        except httpx.HTTPError as error:
            return Unanswered(str(error) or type(error).__name__)
        return _read(response)

    @stamina.retry(on=(httpx.ConnectError, httpx.ConnectTimeout), attempts=3, wait_initial=0.1, timeout=5)
    async def _reach(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Try again only what never left: a second try can then not be a second message."""
        return await self._client.request(method, path, **content)


def _message_of(content: Template | FreeForm) -> dict[str, Any]:
    if isinstance(content, FreeForm):
        interactive: dict[str, Any] = {
            "type": "call_permission_request",
            "action": {"name": "call_permission_request"},
        }
        if content.text is not None:
            interactive["body"] = {"text": content.text}
        return {"type": "interactive", "interactive": interactive}
    parameters = [{"type": "text", "parameter_name": name, "text": text} for name, text in content.parameters.items()]
    components = [{"type": "body", "parameters": parameters}] if parameters else []
    template = {"name": content.name, "language": {"code": content.language}, "components": components}
    return {"type": "template", "template": template}


def _read(response: httpx.Response) -> dict[str, Any] | Refused | Unanswered:
    try:
        body = response.json()
    except ValueError:
        return Unanswered(f"WhatsApp answered {response.status_code} with something that is not JSON")
    if not isinstance(body, dict):
        return Unanswered(f"WhatsApp answered {response.status_code} with something that is not an object")
    if "error" in body:
        return _error(body["error"], response.status_code)
    return body if response.is_success else Unanswered(f"WhatsApp answered {response.status_code}")


def _error(envelope: Any, http_status: int) -> Refused | Unanswered:
    try:
        return Refused(_ErrorBody.model_validate(envelope).error)
    except ValidationError:
        return Unanswered(f"WhatsApp answered {http_status} with an error that was not understood")


class _Details(BaseModel):
    details: str = ""


class _ErrorBody(BaseModel):
    code: int
    message: str = ""
    error_data: _Details = _Details()

    @property
    def error(self) -> MetaError:
        return MetaError(self.code, self.message, self.error_data.details)


UnixSeconds = Annotated[int, Field(ge=0, lt=253_370_764_800)]  # before the year 9999


class _Limit(BaseModel):
    time_period: str
    max_allowed: int
    current_usage: int = 0
    limit_expiration_time: UnixSeconds | None = None

    @property
    def use(self) -> Use:
        return Use(self.time_period, self.max_allowed, self.current_usage, _moment(self.limit_expiration_time))


class _Action(BaseModel):
    action_name: str
    limits: list[_Limit] = []


class _Permission(BaseModel):
    status: str
    # Meta's sample and its table name the field differently (§12.4).
    expires: UnixSeconds | None = Field(None, validation_alias=AliasChoices("expiration_time", "expiration"))


class _StateBody(BaseModel):
    permission: _Permission
    actions: list[_Action] = []

    @property
    def state(self) -> PermissionState:
        known = {"temporary": Status.TEMPORARY, "permanent": Status.PERMANENT}
        return PermissionState(
            known.get(self.permission.status, Status.NOT_REQUESTED),
            _moment(self.permission.expires),
            self._uses("send_call_permission_request"),
            self._uses("start_call"),
        )

    def _uses(self, action_name: str) -> tuple[Use, ...]:
        return tuple(
            limit.use for action in self.actions if action.action_name == action_name for limit in action.limits
        )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
