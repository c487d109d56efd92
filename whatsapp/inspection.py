"""What Meta says of a business number and of the credentials to use it with: everything that has to be right there.

Source: docs/reference/whatsapp-calling.md §13.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError

from .cloud_api import ListedTemplate, NumberSettings, Refused, WhatsApp
from .errors import Code, MetaError

SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")
NEEDED_FIELDS = ("messages", "calls")
USEFUL_FIELDS = ("account_settings_update", "account_update", "message_template_status_update")
SOON = timedelta(days=7)
MOST_ACCOUNTS = 20  # looked through for the number where its account is not given
NUMBERS_ON_A_PAGE = "100"
MOST_PAGES = 10

Body = TypeVar("Body", bound=BaseModel)


class Aspect(StrEnum):
    """What is looked at."""

    ACCESS_TOKEN = "ACCESS_TOKEN"  # noqa: S105 a name
    NUMBER = "NUMBER"
    ACCOUNT = "ACCOUNT"
    APP_SECRET = "APP_SECRET"  # noqa: S105 a name
    CALLING = "CALLING"
    WEBHOOKS = "WEBHOOKS"
    TEMPLATES = "TEMPLATES"


class Verdict(StrEnum):
    OK = "OK"
    WARNING = "WARNING"  # it works, and something should be seen to
    FAILED = "FAILED"  # it does not work
    UNKNOWN = "UNKNOWN"  # Meta does not tell


class Found(StrEnum):
    """What was found of an aspect, for programs."""

    TOKEN_REFUSED = "TOKEN_REFUSED"  # noqa: S105 a name
    TOKEN_UNTOLD = "TOKEN_UNTOLD"  # noqa: S105 a name
    TOKEN_INVALID = "TOKEN_INVALID"  # noqa: S105 a name
    TOKEN_LACKS_SCOPES = "TOKEN_LACKS_SCOPES"  # noqa: S105 a name
    TOKEN_ENDS = "TOKEN_ENDS"  # noqa: S105 a name
    TOKEN_LASTS = "TOKEN_LASTS"  # noqa: S105 a name
    NUMBER_UNSEEN = "NUMBER_UNSEEN"
    NUMBER_SEEN = "NUMBER_SEEN"
    NUMBER_RATED_RED = "NUMBER_RATED_RED"
    ACCOUNT_FITS = "ACCOUNT_FITS"
    ACCOUNT_UNKNOWN = "ACCOUNT_UNKNOWN"
    ACCOUNT_DIFFERS = "ACCOUNT_DIFFERS"
    SECRET_FITS = "SECRET_FITS"  # noqa: S105 a name
    SECRET_DIFFERS = "SECRET_DIFFERS"  # noqa: S105 a name
    CALLING_ON = "CALLING_ON"
    CALLING_OFF = "CALLING_OFF"
    CALLING_PAUSED = "CALLING_PAUSED"
    CALLING_UNTOLD = "CALLING_UNTOLD"
    WEBHOOKS_FIT = "WEBHOOKS_FIT"
    WEBHOOKS_UNTOLD = "WEBHOOKS_UNTOLD"
    WEBHOOKS_NOT_SUBSCRIBED = "WEBHOOKS_NOT_SUBSCRIBED"
    WEBHOOK_FIELDS_UNTOLD = "WEBHOOK_FIELDS_UNTOLD"
    WEBHOOK_FIELDS_MISSING = "WEBHOOK_FIELDS_MISSING"
    WEBHOOK_FIELDS_USEFUL = "WEBHOOK_FIELDS_USEFUL"
    WEBHOOKS_ELSEWHERE = "WEBHOOKS_ELSEWHERE"
    TEMPLATES_USABLE = "TEMPLATES_USABLE"
    TEMPLATES_NONE = "TEMPLATES_NONE"
    TEMPLATES_UNTOLD = "TEMPLATES_UNTOLD"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one aspect: a sentence that says what is so, and what to do where that is needed."""

    aspect: Aspect
    verdict: Verdict
    found: Found
    message: str
    particulars: tuple[tuple[str, str], ...] = ()  # by name, such as endsAt; of a list one each


@dataclass(frozen=True, slots=True)
class Subject:
    """What to look at: the number, its account where that is known, and what Maycall would work with."""

    phone_number_id: str
    waba_id: str | None
    app_secret: str = field(repr=False)
    door: str | None = None  # the address of our webhook, where that is known


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that was found, and what Meta says the number is."""

    findings: tuple[Finding, ...]
    display_phone_number: str | None = None  # E.164
    verified_name: str | None = None
    waba_id: str | None = None
    calling_enabled: bool = False

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.verdict is Verdict.FAILED)


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """Meta could not be asked, so nothing is known."""

    reason: str


class _OutOfReachError(Exception):
    """One of the questions was not answered."""


async def inspect(whatsapp: WhatsApp, subject: Subject, now: datetime) -> Inspection | OutOfReach:
    """Ask Meta everything about the number, with the token that `whatsapp` speaks with. Nothing is changed there."""
    looking = _Looking(whatsapp, subject, now)
    try:
        await looking.look()
    except _OutOfReachError as error:
        return OutOfReach(str(error))
    order = list(Aspect)
    findings = sorted(looking.findings, key=lambda found: order.index(found.aspect))
    return Inspection(
        tuple(findings),
        looking.display_phone_number,
        looking.verified_name,
        looking.waba_id,
        looking.calling_enabled,
    )


class _Looking:
    """One look at everything, one thing after the other where it has to be."""

    def __init__(self, whatsapp: WhatsApp, subject: Subject, now: datetime) -> None:
        self._whatsapp = whatsapp
        self._subject = subject
        self._now = now
        self._app_id: str | None = None
        self._accounts: list[str] = []
        self.findings: list[Finding] = []
        self.display_phone_number: str | None = None
        self.verified_name: str | None = None
        self.waba_id: str | None = None
        self.calling_enabled = False

    async def look(self) -> None:
        if not await self._at_token() or not await self._at_number():
            return
        await self._at_account()
        await asyncio.gather(self._at_secret(), self._at_calling(), self._at_webhooks(), self._at_templates())

    def _find(
        self, aspect: Aspect, verdict: Verdict, found: Found, message: str, *particulars: tuple[str, str]
    ) -> None:
        self.findings.append(Finding(aspect, verdict, found, message, particulars))

    async def _ask(
        self, path: str, kind: type[Body], whatsapp: WhatsApp | None = None, /, **asked: str
    ) -> Body | MetaError:
        answer = await (whatsapp or self._whatsapp).look_up(path, **asked)
        if isinstance(answer, Refused):
            return answer.error
        if not isinstance(answer, dict):
            raise _OutOfReachError(answer.reason)
        try:
            return kind.model_validate(answer)
        except ValidationError as error:
            raise _OutOfReachError(f"its answer of {path} was not understood: {error.error_count()} fields") from error

    async def _at_token(self) -> bool:
        answer = await self._ask("debug_token", _Debugged, input_token=self._whatsapp.access_token)
        if isinstance(answer, MetaError):
            if answer.code in (Code.TOKEN_EXPIRED, Code.NOT_SIGNED_IN):
                self._token_refused(answer)
                return False
            message = f"WhatsApp does not tell of the access token ({_short(answer)})."
            self._find(Aspect.ACCESS_TOKEN, Verdict.UNKNOWN, Found.TOKEN_UNTOLD, message, _reason(answer))
            return True
        token = answer.data
        self._app_id, self._accounts = token.app_id, token.accounts
        missing = [scope for scope in SCOPES if scope not in token.scopes]
        ends_at = datetime.fromtimestamp(token.expires_at, UTC) if token.expires_at else None
        if not token.is_valid or (ends_at is not None and ends_at <= self._now):
            self._token_fails(Found.TOKEN_INVALID, "The access token is no longer valid.")
            return False
        if missing:
            reason = f"The access token may not do what is needed: it lacks {' and '.join(missing)}."
            self._token_fails(Found.TOKEN_LACKS_SCOPES, reason, *_each("scope", missing))
        elif ends_at is not None:
            when = f"The access token runs out at {ends_at:%Y-%m-%d %H:%M} UTC."
            verdict = Verdict.WARNING if ends_at - self._now < SOON else Verdict.OK
            message, ends = f"{when} A system user's token need not run out.", ("endsAt", ends_at.isoformat())
            self._find(Aspect.ACCESS_TOKEN, verdict, Found.TOKEN_ENDS, message, ends)
        else:
            message = "The access token works and does not run out."
            self._find(Aspect.ACCESS_TOKEN, Verdict.OK, Found.TOKEN_LASTS, message)
        return True

    def _token_refused(self, answer: MetaError) -> None:
        reason = f"WhatsApp does not take the access token ({_short(answer)})."
        self._token_fails(Found.TOKEN_REFUSED, reason, _reason(answer))

    def _token_fails(self, found: Found, reason: str, *particulars: tuple[str, str]) -> None:
        advice = f"Make one for a system user in Meta's Business Settings, with {' and '.join(SCOPES)}, and give that."
        self._find(Aspect.ACCESS_TOKEN, Verdict.FAILED, found, f"{reason} {advice}", *particulars)

    async def _at_number(self) -> bool:
        wanted = "id,display_phone_number,verified_name,quality_rating"
        answer = await self._ask(self._subject.phone_number_id, _Number, fields=wanted)
        if isinstance(answer, MetaError):
            if answer.code in (Code.TOKEN_EXPIRED, Code.NOT_SIGNED_IN):
                self._token_refused(answer)
            else:
                self._find(
                    Aspect.NUMBER,
                    Verdict.FAILED,
                    Found.NUMBER_UNSEEN,
                    f"WhatsApp shows this access token no number with the id {self._subject.phone_number_id}. Take the"
                    " phone number ID (not the number itself) from WhatsApp Manager, and assign the number's account"
                    " to the token's system user.",
                    ("phoneNumberId", self._subject.phone_number_id),
                )
            return False
        digits = "".join(character for character in answer.display_phone_number if character.isdigit())
        self.display_phone_number, self.verified_name = f"+{digits}", answer.verified_name
        poor = (answer.quality_rating or "").upper() == "RED"
        quality = " Its quality is rated RED: WhatsApp may soon pause it." if poor else ""
        self._find(
            Aspect.NUMBER,
            Verdict.WARNING if poor else Verdict.OK,
            Found.NUMBER_RATED_RED if poor else Found.NUMBER_SEEN,
            f"The number is {self.display_phone_number}.{quality}",
            ("phone", self.display_phone_number),
        )
        return True

    async def _at_account(self) -> None:
        given = self._subject.waba_id
        for account in [given] if given is not None else self._accounts[:MOST_ACCOUNTS]:
            if await self._is_in(account):
                self.waba_id = account
                message = f"It belongs to the WhatsApp Business Account {account}."
                self._find(Aspect.ACCOUNT, Verdict.OK, Found.ACCOUNT_FITS, message, ("wabaId", account))
                return
        advice = (
            "Give the id of its account, from WhatsApp Manager, and assign that account to the token's system user."
        )
        if given is None:
            reason = "Which WhatsApp Business Account the number belongs to cannot be found out with this access token."
            self._find(Aspect.ACCOUNT, Verdict.FAILED, Found.ACCOUNT_UNKNOWN, f"{reason} {advice}")
        else:
            reason = (
                f"The number does not belong to the WhatsApp Business Account {given}, or the token may not see it."
            )
            message = f"{reason} {advice}"
            self._find(Aspect.ACCOUNT, Verdict.FAILED, Found.ACCOUNT_DIFFERS, message, ("wabaId", given))

    async def _is_in(self, account: str) -> bool:
        page: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            path = f"{account}/phone_numbers"
            answer = await self._ask(path, _Listed, None, fields="id", limit=NUMBERS_ON_A_PAGE, **page)
            if isinstance(answer, MetaError):
                return False
            if self._subject.phone_number_id in {item.id for item in answer.data}:
                return True
            if answer.paging.next is None or answer.paging.cursors.after is None:
                return False
            page = {"after": answer.paging.cursors.after}
        return False

    async def _at_secret(self) -> None:
        """Have Meta check a proof made of both: it is right only with the secret of the app that the token is of."""
        secret = self._subject.app_secret
        made = hmac.new(secret.encode(), self._whatsapp.access_token.encode(), hashlib.sha256).hexdigest()
        answer = await self._ask(self._subject.phone_number_id, _Named, fields="id", appsecret_proof=made)
        if isinstance(answer, MetaError):
            self._find(
                Aspect.APP_SECRET,
                Verdict.FAILED,
                Found.SECRET_DIFFERS,
                "The app secret is not that of the app that the access token belongs to, so no delivery would be"
                " believed. Take it from the app's settings at Meta, under Basic.",
            )
        else:
            self._find(Aspect.APP_SECRET, Verdict.OK, Found.SECRET_FITS, "The app secret fits the access token.")

    async def _at_calling(self) -> None:
        answer = await self._whatsapp.number_settings(self._subject.phone_number_id)
        if isinstance(answer, NumberSettings):
            self.calling_enabled = answer.calling_enabled
            until = answer.restricted_until
            if until is not None or answer.paused_without_end:
                message = "WhatsApp has paused calls and requests from the number. Wait until the pause ends."
                ends = _each("endsAt", [] if until is None else [until.isoformat()])
                self._find(Aspect.CALLING, Verdict.WARNING, Found.CALLING_PAUSED, message, *ends)
            elif answer.calling_enabled:
                self._find(Aspect.CALLING, Verdict.OK, Found.CALLING_ON, "Calling is switched on.")
            else:
                message = "Calling is switched off. Switch it on in the number's call settings."
                self._find(Aspect.CALLING, Verdict.WARNING, Found.CALLING_OFF, message)
        elif isinstance(answer, Refused):
            message = f"WhatsApp does not show the call settings ({_short(answer.error)})."
            self._find(Aspect.CALLING, Verdict.UNKNOWN, Found.CALLING_UNTOLD, message, _reason(answer.error))
        else:
            raise _OutOfReachError(answer.reason)

    async def _at_webhooks(self) -> None:
        if self.waba_id is None:
            return
        answer = await self._ask(f"{self.waba_id}/subscribed_apps", _Subscribed)
        if isinstance(answer, MetaError):
            message = f"WhatsApp does not show which apps hear of the account ({_short(answer)})."
            self._find(Aspect.WEBHOOKS, Verdict.UNKNOWN, Found.WEBHOOKS_UNTOLD, message, _reason(answer))
        elif not answer.apps or (self._app_id is not None and self._app_id not in answer.apps):
            self._find(
                Aspect.WEBHOOKS,
                Verdict.FAILED,
                Found.WEBHOOKS_NOT_SUBSCRIBED,
                "The app is not subscribed to the account's webhooks, so no answer of any customer would arrive."
                f" Subscribe it: POST /{self.waba_id}/subscribed_apps with this access token.",
                ("wabaId", self.waba_id),
            )
        else:
            await self._at_fields()

    async def _at_fields(self) -> None:
        told = None if self._app_id is None else await self._subscription(self._app_id)
        if told is None:
            message = "The app is subscribed to the account; which fields it hears of, WhatsApp does not tell."
            self._find(Aspect.WEBHOOKS, Verdict.UNKNOWN, Found.WEBHOOK_FIELDS_UNTOLD, message)
            return
        missing, useful = _without(told.names, NEEDED_FIELDS), _without(told.names, USEFUL_FIELDS)
        where = "In the app's settings at Meta, under WhatsApp, Configuration,"
        if missing or not told.active:
            lacking = missing or list(NEEDED_FIELDS)
            message = f"The app does not hear of {' and '.join(lacking)}, without which nothing works."
            found, verdict, particulars = Found.WEBHOOK_FIELDS_MISSING, Verdict.FAILED, _each("field", lacking)
            self._find(Aspect.WEBHOOKS, verdict, found, f"{message} {where} subscribe to them.", *particulars)
        elif self._subject.door is not None and told.callback_url not in (None, self._subject.door):
            message = f"The app tells its news at {told.callback_url}, and we listen at {self._subject.door}."
            found, particulars = (
                Found.WEBHOOKS_ELSEWHERE,
                (("toldAt", f"{told.callback_url}"), ("heardAt", self._subject.door)),
            )
            self._find(Aspect.WEBHOOKS, Verdict.WARNING, found, f"{message} {where} set that address.", *particulars)
        elif useful:
            message = f"The app does not hear of {', '.join(useful)}: some changes come late."
            found, particulars = Found.WEBHOOK_FIELDS_USEFUL, _each("field", useful)
            self._find(Aspect.WEBHOOKS, Verdict.WARNING, found, f"{message} {where} subscribe to them.", *particulars)
        else:
            message = "The app hears of everything that is needed."
            self._find(Aspect.WEBHOOKS, Verdict.OK, Found.WEBHOOKS_FIT, message)

    async def _subscription(self, app_id: str) -> "_Subscription | None":
        """Ask as the app itself, which alone is told. None where it is not: the secret is looked at elsewhere."""
        app = self._whatsapp.speaking_as(f"{app_id}|{self._subject.app_secret}")
        answer = await self._ask(f"{app_id}/subscriptions", _Subscriptions, app)
        if isinstance(answer, MetaError):
            return None
        ours = (own for own in answer.data if own.object == "whatsapp_business_account")
        return next(ours, _Subscription(object="whatsapp_business_account", active=False))

    async def _at_templates(self) -> None:
        if self.waba_id is None:
            return
        answer = await self._whatsapp.templates(self.waba_id)
        if isinstance(answer, Refused):
            message = f"WhatsApp does not show the account's templates ({_short(answer.error)})."
            message, reason = f"{message} Give the access token {SCOPES[1]}.", _reason(answer.error)
            self._find(Aspect.TEMPLATES, Verdict.FAILED, Found.TEMPLATES_UNTOLD, message, reason)
        elif not isinstance(answer, tuple):
            raise _OutOfReachError(answer.reason)
        else:
            self._find_usable(answer)

    def _find_usable(self, listed: tuple[ListedTemplate, ...]) -> None:
        usable = sum(template.asks and template.status == "APPROVED" for template in listed)
        if usable:
            message = f"{usable} of its templates can ask for permission to call."
            self._find(Aspect.TEMPLATES, Verdict.OK, Found.TEMPLATES_USABLE, message, ("count", f"{usable}"))
        else:
            self._find(
                Aspect.TEMPLATES,
                Verdict.WARNING,
                Found.TEMPLATES_NONE,
                "No approved template of the account asks for permission to call: customers can be asked only within"
                " 24 hours of their last message. Make a template with a call permission request in WhatsApp Manager.",
            )


def _short(error: MetaError) -> str:
    return str(error).rstrip(".")


def _reason(error: MetaError) -> tuple[str, str]:
    return ("reason", _short(error))


def _each(name: str, values: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for value in values)


def _without(present: Collection[str], wanted: Iterable[str]) -> list[str]:
    return [name for name in wanted if name not in present]


Id = Annotated[str, BeforeValidator(str)]


class _Granted(BaseModel):
    scope: str
    target_ids: list[Id] = []


class _Token(BaseModel):
    app_id: Id | None = None
    is_valid: bool = True
    expires_at: int = 0
    scopes: list[str] = []
    granular_scopes: list[_Granted] = []

    @property
    def accounts(self) -> list[str]:
        """The accounts that it names, those of managing first."""
        named = sorted(self.granular_scopes, key=lambda granted: granted.scope != SCOPES[1])
        return list(dict.fromkeys(account for granted in named for account in granted.target_ids))


class _Debugged(BaseModel):
    data: _Token


class _Named(BaseModel):
    id: Id


class _Number(_Named):
    display_phone_number: str
    verified_name: str | None = None
    quality_rating: str | None = None


class _Cursors(BaseModel):
    after: str | None = None


class _Paging(BaseModel):
    cursors: _Cursors = _Cursors()
    next: str | None = None


class _Listed(BaseModel):
    data: list[_Named]
    paging: _Paging = _Paging()


class _Subscriber(BaseModel):
    whatsapp_business_api_data: _Named


class _Subscribed(BaseModel):
    data: list[_Subscriber]

    @property
    def apps(self) -> set[str]:
        return {subscriber.whatsapp_business_api_data.id for subscriber in self.data}


class _Subscription(BaseModel):
    object: str
    active: bool = True
    callback_url: str | None = None
    fields: list[Any] = []  # of texts, or of objects with a name

    @property
    def names(self) -> set[str]:
        return {f"{field.get('name')}" if isinstance(field, dict) else f"{field}" for field in self.fields}


class _Subscriptions(BaseModel):
    data: list[_Subscription]
