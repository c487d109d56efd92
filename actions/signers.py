"""By whose secret a delivery is signed, and so of which business numbers it may speak.

A number with an app secret of its own is spoken of by nothing else, whoever sends it; all the others share the
installation's. A delivery can be about several numbers: each is asked by itself.
"""

import hmac
from collections.abc import Sequence

from models import business_number as business_numbers
from models.business_number import BusinessNumber
from models.database import Session
from whatsapp.addressed import addressed
from whatsapp.signature import INSTALLATION, Signer, is_genuine, is_signature

from .resources import Resources

MOST_NAMED = 1000  # Meta batches as many updates
MOST_SECRETS = 10  # all of one delivery's numbers are of one app, so that one or two are enough


async def signer_of(resources: Resources, body: bytes, signature: str | None) -> Signer | None:
    """Tell whose secret made the signature of these raw bytes; None when it is of nobody whom they speak of."""
    if is_genuine(body, signature, resources.app_secret):
        return INSTALLATION
    if not is_signature(signature):
        return None
    claimed = addressed(body)
    if not 0 < len(claimed.waba_ids) + len(claimed.phone_number_ids) <= MOST_NAMED:
        return None
    async with resources.database.reading() as session:
        named = business_numbers.with_own_secret(claimed.waba_ids, claimed.phone_number_ids)
        numbers: Sequence[BusinessNumber] = (await session.exec(named)).all()
    # Those named themselves first: whoever else has a number in their account cannot crowd them out.
    numbers = sorted(numbers, key=lambda number: number.phone_number_id not in claimed.phone_number_ids)
    secrets = {number.id: resources.seal.read(number, "app_secret") or "" for number in numbers}
    tried = list(dict.fromkeys(secrets.values()))[:MOST_SECRETS]
    genuine = {secret for secret in tried if is_genuine(body, signature, secret)}
    own = [number for number in numbers if secrets[number.id] in genuine]
    if not own:
        return None
    return Signer(frozenset(own.phone_number_id for own in own), frozenset(own.waba_id for own in own))


def may_speak_of(resources: Resources, signer: Signer, number: BusinessNumber) -> bool:
    """Tell whether what this signer signed may change the number."""
    if signer.phone_number_ids is not None:
        return number.phone_number_id in signer.phone_number_ids
    secret = resources.seal.read(number, "app_secret")
    return secret is None or hmac.compare_digest(secret.encode(), resources.app_secret.encode())


async def settled(resources: Resources, session: Session, signer: Signer, body: bytes) -> Signer:
    """Say by name of whom it may speak as things stand, for a delivery that is recorded only later."""
    if signer.phone_number_ids is not None:
        return signer
    claimed = addressed(body)
    named = (await session.exec(business_numbers.named(claimed.waba_ids, claimed.phone_number_ids))).all()
    own = [number for number in named if may_speak_of(resources, signer, number)]
    return Signer(frozenset(number.phone_number_id for number in own), frozenset(number.waba_id for number in own))
