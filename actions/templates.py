"""The templates that a business account may send: as WhatsApp lists them, remembered for a while."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from models.business_number import BusinessNumber
from rules.refusals import TemplateUnavailable
from whatsapp.cloud_api import ListedTemplate, Template, WhatsApp

from .faults import BadInputError

REMEMBERED_FOR = timedelta(minutes=5)


@dataclass(slots=True)
class Templates:
    """What WhatsApp last listed for each account. Its own word on a change makes it be asked again.

    Each workspace is told only what its own token was told.
    """

    _listed: dict[tuple[UUID, str], tuple[datetime, tuple[ListedTemplate, ...]]] = field(default_factory=dict)

    async def of(self, whatsapp: WhatsApp, number: BusinessNumber, now: datetime) -> tuple[ListedTemplate, ...] | None:
        """List the templates of the number's account; None when WhatsApp cannot be asked now."""
        account = number.workspace_id, number.waba_id
        remembered = self._listed.get(account)
        if remembered is not None and now < remembered[0] + REMEMBERED_FOR:
            return remembered[1]
        listed = await whatsapp.templates(number.waba_id)
        if not isinstance(listed, tuple):
            return None
        self._listed[account] = (now, listed)
        return listed

    def forget(self, waba_id: str) -> None:
        """Have WhatsApp asked again: something has changed."""
        for account in [own for own in self._listed if own[1] == waba_id]:
            del self._listed[account]


def check(listed: tuple[ListedTemplate, ...], wanted: Template) -> TemplateUnavailable | None:
    """Tell why the template cannot be sent, or None. BadInputError when its parameters are not those it has."""
    found = next((own for own in listed if (own.name, own.language) == (wanted.name, wanted.language)), None)
    if found is None:
        return TemplateUnavailable(f"There is no template {wanted.name!r} in the language {wanted.language!r}.")
    if found.status != "APPROVED":
        return TemplateUnavailable(f"The template {wanted.name!r} is {found.status.lower()} at WhatsApp.")
    if not found.asks:
        return TemplateUnavailable(f"The template {wanted.name!r} does not ask for permission to call.")
    if found.beyond:
        needed = " and ".join(found.beyond)
        return TemplateUnavailable(f"The template {wanted.name!r} has {needed}, which cannot be filled in here.")
    _check_parameters(found, wanted.parameters)
    return None


def _check_parameters(found: ListedTemplate, given: Mapping[str, str]) -> None:
    missing, unknown = set(found.parameters) - set(given), set(given) - set(found.parameters)
    if missing:
        raise BadInputError(f"The template {found.name!r} also needs {', '.join(sorted(missing))}.")
    if unknown:
        raise BadInputError(f"The template {found.name!r} has no parameter {', '.join(sorted(unknown))}.")
    empty = sorted(name for name, text in given.items() if not text.strip())
    if empty:
        raise BadInputError(f"Give {', '.join(empty)} of the template {found.name!r} a text.")
