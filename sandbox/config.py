"""What a stand-in is told at its start."""

from dataclasses import dataclass
from pathlib import Path

from .limits import PRODUCTION, Limits


@dataclass(frozen=True, slots=True)
class BusinessNumber:
    """A number of the business. `display_phone_number` is digits; `limits` are Meta's for this number."""

    phone_number_id: str
    display_phone_number: str
    waba_id: str
    name: str
    limits: Limits = PRODUCTION


@dataclass(frozen=True, slots=True)
class Phone:
    """A customer's phone that is there from the start. `wa_id` is digits, `name` the profile's."""

    wa_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the stand-in needs.

    `webhook_urls` are the doors of one webhook, as behind a load balancer: updates are posted to them by turns,
    signed with `app_secret`, and to the next one where a door cannot be reached. `access_token` is the only one
    accepted. `app_id` is the app that both belong to. `database` is a SQLite file that holds all it knows, so that
    it survives a restart; one process at a time. `phones` are shown from the start. With any `production_numbers`
    (display numbers) its pages warn that the stand-in is on beside real ones. Unless `open_to_network`, callers
    from beyond the loopback get 403.
    """

    webhook_urls: tuple[str, ...]
    app_secret: str
    access_token: str
    database: Path
    numbers: tuple[BusinessNumber, ...]
    phones: tuple[Phone, ...] = ()
    production_numbers: tuple[str, ...] = ()
    open_to_network: bool = False
    app_id: str = "1184730092654417"
