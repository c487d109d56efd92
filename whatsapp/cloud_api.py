"""Saying things to Meta over HTTP. Source: docs/reference/whatsapp-calling.md §3."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol
from urllib.parse import quote

import httpx
import stamina
from pydantic import AfterValidator, AliasChoices, BaseModel, Field, ValidationError

from rules.permission import Status

from .errors import RETRIED, UNCERTAIN, Code, MetaError
from .exchange import Watching, operation_of, unwatched
from .pace import Pace, Turns

QUERIES_PER_SECOND = 5  # of permissions and per number: the stricter of Meta's two figures (§12.3)

TEMPLATES_ON_A_PAGE = 1000
MOST_PAGES = 100

MOST_ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 0.1


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


HEADER = "header."  # before the name of a parameter that stands in the header: WhatsApp's own names have no dot


@dataclass(frozen=True, slots=True)
class Template:
    """A template and the texts for its parameters: by name, or "1", "2" …; those of its header with HEADER before."""

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


@dataclass(frozen=True, slots=True)
class NumberSettings:
    """What WhatsApp says of a number's calling; `restricted_until` is None while it is not paused, or no end told."""

    calling_enabled: bool
    restricted_until: datetime | None
    paused_without_end: bool = False


@dataclass(frozen=True, slots=True)
class ListedTemplate:
    """A template as WhatsApp lists it; `asks` tells whether it is a call permission request.

    `parameters` are named as in `Template`. `beyond` names what it needs besides texts, which cannot be given here.
    """

    name: str
    language: str
    status: str
    category: str
    body: str
    parameters: tuple[str, ...]
    asks: bool
    header: str | None = None
    beyond: tuple[str, ...] = ()


class WhatsApp(Protocol):
    """What the actions need of WhatsApp."""

    @property
    def patience(self) -> timedelta: ...

    @property
    def access_token(self) -> str: ...

    def speaking_as(self, access_token: str) -> "WhatsApp": ...

    async def look_up(self, path: str, **asked: str) -> dict[str, Any] | Refused | Unreached | Unanswered: ...

    async def request_permission(
        self, phone_number_id: str, recipient: Recipient, content: Template | FreeForm, opaque: str
    ) -> Outcome: ...

    async def start_call(self, phone_number_id: str, recipient: Recipient, sdp_offer: str, opaque: str) -> Outcome: ...

    async def end_call(self, phone_number_id: str, call_id: str) -> Outcome: ...

    async def permission_state(
        self, phone_number_id: str, recipient: Recipient
    ) -> PermissionState | Refused | Unreached | Unanswered: ...

    async def number_settings(self, phone_number_id: str) -> NumberSettings | Refused | Unreached | Unanswered: ...

    async def templates(self, waba_id: str) -> tuple[ListedTemplate, ...] | Refused | Unreached | Unanswered: ...


class CloudApi:
    """Meta's Cloud API, or whatever speaks its language at `base_url` (with the version in it).

    `patience` is the longest that anything said may take until it is answered, however often it is said again.
    `queries` tells when it may be asked what it believes; without it, this process is taken for the only one.
    """

    def __init__(
        self,
        base_url: str,
        access_token: str,
        patience: timedelta,
        *,
        queries: Turns | None = None,
        client: httpx.AsyncClient | None = None,
        watching: Watching = unwatched,
    ) -> None:
        self.base_url = base_url
        self.patience = patience
        self.queries = queries or Pace(QUERIES_PER_SECOND)
        self.access_token = access_token
        self._authorization = {"Authorization": f"Bearer {access_token}"}
        self._client = client or httpx.AsyncClient(base_url=base_url, timeout=patience.total_seconds())
        self._watching = watching

    async def close(self) -> None:
        """Close the connections, also for all who share them."""
        await self._client.aclose()

    def speaking_as(self, access_token: str) -> "CloudApi":
        """Give the same with another token. They share their connections, so this costs nothing."""
        return CloudApi(
            self.base_url,
            access_token,
            self.patience,
            queries=self.queries,
            client=self._client,
            watching=self._watching,
        )

    async def look_up(self, path: str, **asked: str) -> dict[str, Any] | Refused | Unreached | Unanswered:
        """Read what WhatsApp shows at this path, whatever it is; `asked` are the query's parameters."""
        return await self._speak("GET", quote(path), params=asked)

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
        await self.queries.turn(phone_number_id)
        answer = await self._speak("GET", f"{phone_number_id}/call_permissions", params=recipient.query)
        if isinstance(answer, Refused) and answer.error.code == Code.CALLING_UNAVAILABLE:
            # Of a question it means what it meant at first, that it was asked too often (§12.14).
            return Refused(replace(answer.error, code=Code.QUERY_RATE_LIMIT))
        if not isinstance(answer, dict):
            return answer
        try:
            return _StateBody.model_validate(answer).state
        except ValidationError as error:
            return Unanswered(f"WhatsApp's answer was not understood: {error.error_count()} fields were wrong")

    async def number_settings(self, phone_number_id: str) -> NumberSettings | Refused | Unreached | Unanswered:
        """Ask whether the number may call."""
        answer = await self._speak("GET", f"{phone_number_id}/settings")
        if not isinstance(answer, dict):
            return answer
        try:
            return _SettingsBody.model_validate(answer).settings
        except ValidationError as error:
            return Unanswered(f"WhatsApp's answer was not understood: {error.error_count()} fields were wrong")

    async def templates(self, waba_id: str) -> tuple[ListedTemplate, ...] | Refused | Unreached | Unanswered:
        """List all of the account's templates, a page at a time."""
        listed: list[ListedTemplate] = []
        page: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            asked = {"limit": str(TEMPLATES_ON_A_PAGE)} | page
            answer = await self._speak("GET", f"{waba_id}/message_templates", params=asked)
            if not isinstance(answer, dict):
                return answer
            try:
                told = _TemplatesBody.model_validate(answer)
            except ValidationError as error:
                return Unanswered(f"WhatsApp's answer was not understood: {error.error_count()} fields were wrong")
            listed += [body.template for body in told.data]
            if told.paging.next is None or told.paging.cursors.after is None:
                return tuple(listed)
            page = {"after": told.paging.cursors.after}
        return Unanswered(f"WhatsApp's list of templates did not end after {MOST_PAGES} pages")

    async def _do(self, path: str, body: dict[str, Any], read_id: Any) -> Outcome:
        answer = await self._persist(path, body)
        if not isinstance(answer, dict):
            return answer
        try:
            found = read_id(answer)
        except (KeyError, IndexError, TypeError):
            found = None
        return Taken(found) if isinstance(found, str) and found else Unanswered("WhatsApp's answer carried no id")

    async def _persist(self, path: str, body: dict[str, Any]) -> dict[str, Any] | Refused | Unreached | Unanswered:
        """Say it again, later and later, while WhatsApp says that it is only too busy: then it did nothing.

        All of it takes no longer than our patience: whoever waits for us counts on that.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + self.patience.total_seconds()
        answer = await self._speak("POST", path, until=until, json=body)
        for attempt in range(1, MOST_ATTEMPTS):
            pause = random.uniform(0.5, 1.0) * FIRST_PAUSE_SECONDS * 2**attempt  # noqa: S311 jitter
            if not isinstance(answer, Refused) or answer.error.code not in RETRIED or loop.time() + pause >= until:
                break
            await asyncio.sleep(pause)
            answer = await self._speak("POST", path, until=until, json=body)
        if isinstance(answer, Refused) and answer.error.code in UNCERTAIN:
            return Unanswered(str(answer.error))
        return answer

    async def _speak(
        self, method: str, path: str, *, until: float | None = None, **content: Any
    ) -> dict[str, Any] | Refused | Unreached | Unanswered:
        with self._watching(operation_of(method, path, content)) as exchange:
            answer = await self._say(method, path, until=until, headers=exchange.headers, **content)
            exchange.answer = answer
        return answer

    async def _say(
        self, method: str, path: str, *, until: float | None, headers: dict[str, str], **content: Any
    ) -> dict[str, Any] | Refused | Unreached | Unanswered:
        """Say one thing and hear the whole answer, at the latest at `until` by the loop's clock.

        The client's own time-outs hold for each step by itself: an answer that trickles in would never be cut off.
        """
        left = False

        async def watch(step: str, _details: Mapping[str, Any]) -> None:
            nonlocal left
            left = left or step.endswith("send_request_headers.started")

        async def say() -> httpx.Response:
            signed, extensions = headers | self._authorization, {"trace": watch}
            return await self._client.request(method, path, headers=signed, extensions=extensions, **content)

        latest = until or asyncio.get_running_loop().time() + self.patience.total_seconds()
        try:
            async with asyncio.timeout_at(latest):
                response = await _reach(say)
        except TimeoutError:
            seconds = self.patience.total_seconds()
            return (Unanswered if left else Unreached)(f"WhatsApp did not answer within {seconds:g} seconds")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Unreached(str(error) or type(error).__name__)
        except httpx.HTTPError as error:
            return Unanswered(str(error) or type(error).__name__)
        return _read(response)


@stamina.retry(on=(httpx.ConnectError, httpx.ConnectTimeout), attempts=3, wait_initial=0.1, timeout=5)
async def _reach(say: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Try again only what never left: a second try can then not be a second message.

    What is said is not handed over as such: each further try is logged with what it is given.
    """
    return await say()


def _message_of(content: Template | FreeForm) -> dict[str, Any]:
    if isinstance(content, FreeForm):
        interactive: dict[str, Any] = {
            "type": "call_permission_request",
            "action": {"name": "call_permission_request"},
        }
        if content.text is not None:
            interactive["body"] = {"text": content.text}
        return {"type": "interactive", "interactive": interactive}
    template = {"name": content.name, "language": {"code": content.language}, "components": _components_of(content)}
    return {"type": "template", "template": template}


def _components_of(template: Template) -> list[dict[str, Any]]:
    """Give the texts part by part (§3.2); a part without parameters is not spoken of."""
    in_header = {name.removeprefix(HEADER): text for name, text in template.parameters.items() if _of_header(name)}
    in_body = {name: text for name, text in template.parameters.items() if not _of_header(name)}
    parts = {"header": in_header, "body": in_body}
    return [{"type": part, "parameters": _parameters_of(given)} for part, given in parts.items() if given]


def _of_header(name: str) -> bool:
    return name.startswith(HEADER)


def _parameters_of(given: Mapping[str, str]) -> list[dict[str, str]]:
    """Give the parameters by name, or in order where the template knows them by number only (§3.2)."""
    if all(name.isdecimal() for name in given):
        return [{"type": "text", "text": given[name]} for name in sorted(given, key=int)]
    return [{"type": "text", "parameter_name": name, "text": text} for name, text in given.items()]


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


def _known_status(status: str) -> str:
    if status not in _STATUSES:
        raise ValueError("not a status that is known")
    return status


_STATUSES = {
    "no_permission": Status.NOT_REQUESTED,
    "temporary": Status.TEMPORARY,
    "permanent": Status.PERMANENT,
}


class _Permission(BaseModel):
    # What Meta may add one day is not understood, rather than taken for "no permission": that would revoke them all.
    status: Annotated[str, AfterValidator(_known_status)]
    # Meta's sample and its table name the field differently (§12.4).
    expires: UnixSeconds | None = Field(None, validation_alias=AliasChoices("expiration_time", "expiration"))


class _StateBody(BaseModel):
    permission: _Permission
    actions: list[_Action] = []

    @property
    def state(self) -> PermissionState:
        return PermissionState(
            _STATUSES[self.permission.status],
            _moment(self.permission.expires),
            self._uses("send_call_permission_request"),
            self._uses("start_call"),
        )

    def _uses(self, action_name: str) -> tuple[Use, ...]:
        return tuple(
            limit.use for action in self.actions if action.action_name == action_name for limit in action.limits
        )


class _SettingsRestriction(BaseModel):
    type: str
    expiration: UnixSeconds | None = None


class _Restrictions(BaseModel):
    # Meta's sample and its table name the field differently (§3.6).
    listed: list[_SettingsRestriction] = Field(
        default_factory=list, validation_alias=AliasChoices("restrictions_list", "restriction_list")
    )


class _CallingSettings(BaseModel):
    status: str
    restrictions: _Restrictions = Field(default_factory=_Restrictions)


class _SettingsBody(BaseModel):
    calling: _CallingSettings

    @property
    def settings(self) -> NumberSettings:
        ends = [
            _moment(restriction.expiration)
            for restriction in self.calling.restrictions.listed
            if restriction.type == "RESTRICTED_BUSINESS_INITIATED_CALLING"
        ]
        enabled = self.calling.status.upper() == "ENABLED"
        until = max((end for end in ends if end is not None), default=None)
        return NumberSettings(enabled, until, paused_without_end=bool(ends) and until is None)


class _Button(BaseModel):
    type: str = ""
    url: str = ""


class _Component(BaseModel):
    type: str
    format: str = "TEXT"
    text: str = ""
    buttons: list[_Button] = []

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_PARAMETER.findall(self.text)))


_PARAMETER = re.compile(r"{{\s*(\w+)\s*}}")
_FILLED_WHEN_SENT = frozenset({"COPY_CODE", "OTP", "FLOW", "CATALOG", "MPM", "ORDER_DETAILS"})


class _TemplateBody(BaseModel):
    name: str
    language: str
    status: str = ""
    category: str = ""
    components: list[_Component] = []

    @property
    def template(self) -> ListedTemplate:
        parts = {component.type.upper(): component for component in self.components}
        body, header = parts.get("BODY", _Component(type="BODY")), parts.get("HEADER")
        in_words = header is not None and header.format.upper() == "TEXT"
        in_header = header.named if header is not None and in_words else ()
        return ListedTemplate(
            self.name,
            self.language,
            self.status.upper(),
            self.category.upper(),
            body.text,
            (*(f"{HEADER}{name}" for name in in_header), *body.named),
            asks="CALL_PERMISSION_REQUEST" in parts,
            header=header.text if header is not None and in_words else None,
            beyond=tuple(self._beyond(parts)),
        )

    @staticmethod
    def _beyond(parts: Mapping[str, _Component]) -> Iterator[str]:
        """Name what has to be given at each sending and is no text: a picture in the header, a button's own link."""
        header, buttons = parts.get("HEADER"), parts.get("BUTTONS")
        if header is not None and header.format.upper() != "TEXT":
            yield f"a header of the kind {header.format.upper()}"
        for button in buttons.buttons if buttons is not None else ():
            if _PARAMETER.search(button.url) or button.type.upper() in _FILLED_WHEN_SENT:
                yield f"a button of the kind {button.type.upper()}"


class _Cursors(BaseModel):
    after: str | None = None


class _Paging(BaseModel):
    cursors: _Cursors = Field(default_factory=_Cursors)
    next: str | None = None  # there only where another page follows


class _TemplatesBody(BaseModel):
    data: list[_TemplateBody]
    paging: _Paging = Field(default_factory=_Paging)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
