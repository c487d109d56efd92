"""`python -m server doctor`: looks at the whole configuration, Meta's side included, and says how each thing stands.

A check is a function that is given what there is to look at and yields what it finds. To add one, write it, and put it
into CHECKS.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import uuid4

import httpx
from rich.console import Console
from rich.text import Text
from sqlalchemy import DateTime, func
from sqlmodel import col, select

from actions import checked_numbers, sealing
from actions.feed import Feed
from actions.resources import Resources
from actions.wires import wire_to
from models.business_number import BusinessNumber, Environment
from models.sealed import SealError
from whatsapp.inspection import Finding, OutOfReach, Verdict

from .app import WEBHOOK_PATH, Secrets, close, resources_of
from .provider import Attempt, Provider, ProviderError
from .serve import StartError, check
from .settings import Settings

PATIENCE_SECONDS = 10.0
SECONDS_BETWEEN_LOOKS = 0.02
LATE, WRONG = timedelta(seconds=5), timedelta(seconds=60)  # a clock, for a warning and for a failure


@dataclass(frozen=True, slots=True)
class Found:
    """How one thing stands, in a sentence that also says what to do."""

    subject: str
    verdict: Verdict
    message: str


@dataclass(frozen=True, slots=True)
class Patient:
    """What there is to look at. `served_here`: the sandbox is a server's own, whose secrets nobody else knows."""

    settings: Settings
    resources: Resources
    secrets: Secrets

    @property
    def served_here(self) -> bool:
        return self.settings.sandbox

    @property
    def is_for_real(self) -> bool:
        return bool(self.settings.whatsapp_access_token)


Check = Callable[[Patient], AsyncIterator[Found]]


async def examine(settings: Settings) -> AsyncIterator[Found]:
    """Look at everything, one thing after the other. Nothing is changed by it."""
    shared = Secrets.of(settings)
    yield Found("settings", Verdict.OK, "All of them can be read.")
    resources = resources_of(settings, shared, "")
    try:
        try:
            await check(resources.database)
        except StartError as error:
            yield Found("database", Verdict.FAILED, str(error))
            checks = WITHOUT_DATABASE
        else:
            yield Found("database", Verdict.OK, "It can be reached and has all that this version works with.")
            checks = (*WITH_DATABASE, *WITHOUT_DATABASE)
        for each in checks:
            async for found in each(Patient(settings, resources, shared)):
                yield found
    finally:
        await close(resources)


def show(found: Found, console: Console) -> bool:
    """Print a line about one thing and tell whether it has not failed."""
    word = Text(f"{_WORDS[found.verdict]:<8}", style=_COLOURS[found.verdict])
    console.print(word.append(f"{found.subject}: {found.message}", style="not bold default"), soft_wrap=True)
    return found.verdict is not Verdict.FAILED


_WORDS = {Verdict.OK: "ok", Verdict.WARNING: "warning", Verdict.FAILED: "wrong", Verdict.UNKNOWN: "unknown"}
_COLOURS = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAILED: "bold red", Verdict.UNKNOWN: "dim"}


# --- What needs the database ---


async def _database_clock(patient: Patient) -> AsyncIterator[Found]:
    if patient.resources.database.url.get_backend_name() == "sqlite":
        return  # it has none of its own
    before = datetime.now(UTC)
    async with patient.resources.database.reading() as session:
        theirs = (await session.exec(select(func.clock_timestamp(type_=DateTime(timezone=True))))).one()
    yield _clock("clock of the database", theirs, before, datetime.now(UTC))


async def _encryption(patient: Patient) -> AsyncIterator[Found]:
    lost = await sealing.lost(patient.resources)
    for sentence in lost:
        yield Found("encryption", Verdict.FAILED, f"{sentence} docs/secrets.md says what to do.")
    if lost:
        return
    if patient.resources.seal.has_key:
        yield Found("encryption", Verdict.OK, "All that is encrypted can be read.")
    else:
        message = "There is no key, so no secrets are taken. Make one with `python -m server new-key`, and set it as"
        yield Found("encryption", Verdict.WARNING, f"{message} MAYCALL_ENCRYPTION_KEY.")


async def _business_numbers(patient: Patient) -> AsyncIterator[Found]:
    async with patient.resources.database.reading() as session:
        numbers = (await session.exec(select(BusinessNumber).order_by(col(BusinessNumber.id)))).all()
    if not numbers:
        message = "There is none. Add one: python -m server number add"
        yield Found("business numbers", Verdict.WARNING, message)
    for number in numbers:
        subject = f"business number {number.display_phone_number}"
        if number.environment is Environment.SANDBOX and patient.served_here:
            yield Found(subject, Verdict.OK, "It is the sandbox's, which the server serves itself.")
            continue
        try:
            found = await checked_numbers.look(patient.resources, number)
        except SealError as error:
            yield Found(subject, Verdict.FAILED, f"{error}")
            continue
        if isinstance(found, OutOfReach):
            message = f"WhatsApp could not be asked ({found.reason}). Check MAYCALL_WHATSAPP_BASE_URL and the network."
            yield Found(subject, Verdict.FAILED, message)
        else:
            for finding in found.findings:
                yield _of_number(subject, finding)


def _of_number(subject: str, finding: Finding) -> Found:
    return Found(f"{subject}, {finding.aspect.replace('_', ' ').lower()}", finding.verdict, finding.message)


# --- What does not ---


async def _broadcaster(patient: Patient) -> AsyncIterator[Found]:
    """Announce something at one end, and listen at another, as two servers do."""
    url = patient.settings.broadcast_url
    if wire_to(url) is None:
        yield Found("broadcaster", Verdict.OK, "Changes are announced within one process; several servers need Redis.")
        return
    one, other, nobody = Feed(wire_to(url)), Feed(wire_to(url)), uuid4()
    async with one.running(), other.running(), other.listening(nobody) as bell:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not (one.hears and other.hears):  # noqa: ASYNC110 they do not say when they begin to hear
                    await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
                await bell.heard(0)  # whoever begins to hear is woken for what it may have missed
                await one.announce(nobody)
                heard = await bell.heard(PATIENCE_SECONDS)
        except TimeoutError:
            heard = False
    if heard:
        yield Found("broadcaster", Verdict.OK, "What one server announces, another hears.")
    else:
        message = "What one server announces, no other hears. Check MAYCALL_BROADCAST_URL, and that what is there runs."
        yield Found("broadcaster", Verdict.FAILED, message)


async def _webhook_door(patient: Patient) -> AsyncIterator[Found]:
    """Shake hands at our own door from outside, as Meta does when the address is set there."""
    address = patient.settings.public_url
    if address is None:
        message = "MAYCALL_PUBLIC_URL is not set, so whether WhatsApp can reach the webhook is not known."
        yield Found("webhook door", Verdict.WARNING if patient.is_for_real else Verdict.UNKNOWN, message)
        return
    challenge = secrets.token_hex(8)
    asked = {"mode": "subscribe", "verify_token": patient.secrets.verify_token, "challenge": challenge}
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
            params = {f"hub.{name}": value for name, value in asked.items()}
            answer = await client.get(f"{address}{WEBHOOK_PATH}", params=params)
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        message = (
            f"{address} cannot be reached ({reason}). Start the server, and check MAYCALL_PUBLIC_URL and the proxy."
        )
        yield Found("webhook door", Verdict.FAILED, message)
        return
    if answer.text == challenge:
        yield Found(
            "webhook door", Verdict.OK, f"{address}{WEBHOOK_PATH} shakes hands with whoever has the verify token."
        )
    else:
        message = f"{address}{WEBHOOK_PATH} answers {answer.status_code} and not as it should. Check that it leads to"
        yield Found("webhook door", Verdict.FAILED, f"{message} Maycall, and MAYCALL_WHATSAPP_VERIFY_TOKEN.")


async def _meta_clock(patient: Patient) -> AsyncIterator[Found]:
    """Compare our clock with the `Date` that stands above every answer of Meta's."""
    if not patient.is_for_real:
        return
    before = datetime.now(UTC)
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
            answer = await client.get(patient.settings.whatsapp_base_url)
        theirs = parsedate_to_datetime(answer.headers["Date"])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        reason = str(error) or type(error).__name__
        yield Found("clock of WhatsApp", Verdict.UNKNOWN, f"WhatsApp did not tell its time ({reason}).")
        return
    yield _clock("clock of WhatsApp", theirs, before, datetime.now(UTC))


def _clock(subject: str, theirs: datetime, before: datetime, after: datetime) -> Found:
    """Compare a clock that was asked between two moments of ours; it may tell whole seconds only."""
    apart = max(before - theirs - timedelta(seconds=1), theirs - after, timedelta())
    verdict = Verdict.FAILED if apart >= WRONG else Verdict.WARNING if apart >= LATE else Verdict.OK
    if verdict is Verdict.OK:
        return Found(subject, verdict, "It goes as ours does.")
    message = (
        f"It is {apart.total_seconds():.0f} seconds apart from ours, so that permissions seem to end at another time."
    )
    return Found(subject, verdict, f"{message} Have both set by NTP.")


async def _sign_in(patient: Patient) -> AsyncIterator[Found]:
    if patient.settings.oidc_issuer is None:
        return
    provider = Provider(patient.settings, patient.settings.public_url or "", lambda: datetime.now(UTC))
    try:
        await provider.address(Attempt(*(secrets.token_urlsafe() for _ in range(3))))
    except ProviderError as error:
        yield Found("sign-in", Verdict.FAILED, str(error))
    else:
        yield Found("sign-in", Verdict.OK, f"{patient.settings.oidc_issuer} can be asked who somebody is.")
    finally:
        await provider.close()


WITH_DATABASE: tuple[Check, ...] = (_database_clock, _encryption, _business_numbers)
WITHOUT_DATABASE: tuple[Check, ...] = (_broadcaster, _webhook_door, _meta_clock, _sign_in)
