"""What WhatsApp's "no" means beyond the thing it was said to. Source: docs/reference/whatsapp-calling.md §7."""

from datetime import datetime

import structlog

from models import business_number as business_numbers
from models.business_number import BusinessNumber
from models.change import Cause, Change, ChangeKind
from models.database import Session
from rules import pause as rules
from rules.pause import Pause
from whatsapp.cloud_api import NumberSettings
from whatsapp.errors import ABOUT_NUMBER, ALARMING, Code, MetaError

from . import log
from .resources import Resources

_log = structlog.get_logger()


async def react(resources: Resources, number: BusinessNumber, error: MetaError) -> None:
    """Take over what the error says of the number itself: switched off, paused, or in need of a person."""
    if error.code in ABOUT_NUMBER:
        await _ask_for_settings(resources, number, error.code)
    if error.code in ALARMING or error.code == Code.CALLING_UNAVAILABLE:
        _log.error("whatsapp_needs_attention", number=number.phone_number_id, code=error.code)
        await _set_problem(resources, number, str(error))


async def clear(resources: Resources, number: BusinessNumber) -> None:
    """WhatsApp takes things from the number again: whatever was wrong is mended."""
    if number.problem is not None:
        await _set_problem(resources, number, None)


async def _set_problem(resources: Resources, number: BusinessNumber, problem: str | None) -> None:
    async with resources.database.writing() as session:
        known = await _locked(session, number)
        changed, known.problem = known.problem != problem, problem
        known.problem_at = resources.now()
        if changed:
            await _told(resources, session, known)
    if changed:
        await resources.feed.announce(number.workspace_id)


async def _ask_for_settings(resources: Resources, number: BusinessNumber, refused_code: int) -> None:
    asked_at = resources.now()
    answer = await resources.whatsapp_of(number).number_settings(number.phone_number_id)
    settings = answer if isinstance(answer, NumberSettings) else None
    async with resources.database.writing() as session:
        known = await _locked(session, number)
        before = (known.calling_enabled, known.restricted_until)
        known.remember(_pause(known.pause, settings, asked_at, refused_code))
        enabled = _enabled(settings, refused_code)
        if enabled is not None and (known.settings_at is None or known.settings_at <= asked_at):
            known.calling_enabled, known.settings_at = enabled, asked_at
        if before != (known.calling_enabled, known.restricted_until):
            await _told(resources, session, known)
    await resources.feed.announce(number.workspace_id)


def _pause(known: Pause, settings: NumberSettings | None, asked_at: datetime, refused_code: int) -> Pause:
    """Say what is known of a pause now: a refusal because of one is not undone by settings that do not tell of it."""
    if settings is not None and settings.restricted_until is not None:
        return rules.told(known, asked_at, settings.restricted_until)
    if refused_code == Code.CALLING_RESTRICTED or (settings is not None and settings.paused_without_end):
        return rules.met(known, asked_at)
    return known if settings is None else rules.told(known, asked_at, None)


def _enabled(settings: NumberSettings | None, refused_code: int) -> bool | None:
    """Tell whether the number may call, None where that is not known now.

    Settings do not tell whether it may call by itself where it is (§2.6): the refusal does.
    """
    if refused_code == Code.CALLING_UNAVAILABLE:
        return False
    return None if settings is None else settings.calling_enabled


async def _locked(session: Session, number: BusinessNumber) -> BusinessNumber:
    return (await session.exec(business_numbers.locked(number.workspace_id, number.id))).one()


async def _told(resources: Resources, session: Session, number: BusinessNumber) -> None:
    number.updated_at = resources.now()
    await log.append(session, [change_of(number, Cause.WHATSAPP)])


def change_of(number: BusinessNumber, cause: Cause, occurred_at: datetime | None = None) -> Change:
    return Change(
        workspace_id=number.workspace_id,
        kind=ChangeKind.BUSINESS_NUMBER,
        cause=cause,
        occurred_at=occurred_at or number.updated_at,
        recorded_at=number.updated_at,
        subject_id=number.id,
        business_number_id=number.id,
    )
