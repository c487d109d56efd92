"""Numbers, names and ids, shaped as WhatsApp shapes them."""

import base64
import hashlib
import re
import secrets

import phonenumbers

_SEPARATORS = re.compile(r"[\s().+\-]")
_DIGITS = re.compile(r"[1-9][0-9]{4,14}", re.ASCII)
_PARENT = re.compile(r"[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}", re.ASCII)
_USERNAME = re.compile(r"[a-z0-9._]{3,30}", re.ASCII)


def digits(number: str) -> str | None:
    """Bring a phone number into WhatsApp's form, digits only; None when it is no phone number."""
    bare = _SEPARATORS.sub("", number)
    return bare if _DIGITS.fullmatch(bare) else None


def country(wa_id: str) -> str:
    """Tell the ISO country of a number; ZZ when its prefix belongs to none."""
    try:
        parsed = phonenumbers.parse("+" + wa_id)
    except phonenumbers.NumberParseException:
        return "ZZ"
    region = phonenumbers.region_code_for_number(parsed)
    if region is None and parsed.country_code is not None:
        region = phonenumbers.region_code_for_country_code(parsed.country_code)
    return region if region is not None and region.isalpha() else "ZZ"


def readable(wa_id: str) -> str:
    """Write a number as people do, with its spaces."""
    try:
        parsed = phonenumbers.parse("+" + wa_id)
    except phonenumbers.NumberParseException:
        return "+" + wa_id
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def user_id(wa_id: str, generation: int = 0) -> str:
    """Give the business-scoped user id of a number: the same one every time.

    WhatsApp makes a new one whenever somebody comes to a number; `generation` counts them.
    """
    who = wa_id if generation == 0 else f"{wa_id}#{generation}"
    number = int.from_bytes(hashlib.sha256(b"maycall sandbox " + who.encode()).digest()[:8])
    return f"{country(wa_id)}.{number % 9_000_000_000_000_000 + 1_000_000_000_000_000}"


def parent_user_id(user: str) -> str:
    """Give the parent user id that goes with a user id: the one that several portfolios of an enterprise share."""
    place, _, bare = user.partition(".")
    return f"{place}.ENT.{bare[::-1]}"


def is_parent_user_id(text: str) -> bool:
    """Whether it has the shape of a parent business-scoped user id."""
    return _PARENT.fullmatch(text) is not None


def is_username(text: str) -> bool:
    """Whether WhatsApp would take it as a username."""
    return _USERNAME.fullmatch(text) is not None


def profile_name(wa_id: str) -> str:
    """Name a phone nobody has named."""
    return f"Customer {wa_id[-4:]}"


def _opaque_id(prefix: str, wa_id: str) -> str:
    inside = b"\x1c\x18" + bytes([len(wa_id)]) + wa_id.encode() + b"\x15\x02\x00\x11\x18\x20"
    return prefix + base64.b64encode(inside + secrets.token_hex(16).upper().encode() + b"\x00").decode()


def new_message_id(wa_id: str) -> str:
    """Make a `wamid`."""
    return _opaque_id("wamid.", wa_id)


def new_call_id(wa_id: str) -> str:
    """Make a `wacid`. It has to pass through a URL as one piece of the path, so it has no slash."""
    while True:
        made = _opaque_id("wacid.", wa_id)
        if "/" not in made and "+" not in made:
            return made
