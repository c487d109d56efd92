"""What every action is handed: the database, WhatsApp, the feed, and the time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.business_number import BusinessNumber, Environment
from models.database import Database
from models.sealed import Seal
from whatsapp.cloud_api import WhatsApp

from .feed import Feed
from .inbox import Inbox
from .meter import Meter, OwnMeter
from .observer import Nobody, Observer
from .post import Post
from .templates import Templates


@dataclass(frozen=True, slots=True)
class Resources:
    database: Database
    whatsapp: Mapping[Environment, WhatsApp]
    feed: Feed
    token_key: str = field(repr=False)
    now: Callable[[], datetime]
    templates: Templates = field(default_factory=Templates)
    inbox: Inbox = field(default_factory=Inbox)
    meter: Meter = field(default_factory=OwnMeter)
    seal: Seal = field(default_factory=Seal)  # what seals and opens secrets: models/sealed.py says how to use it
    app_secret: str = field(default="", repr=False)  # of the installation's own app; "": nothing is signed with it
    post: Post = field(default_factory=Post)  # whoever posts to addresses that partners named
    messages_kept: timedelta = timedelta(days=14)  # how long what webhook endpoints were told can be looked up
    observer: Observer = field(default_factory=Nobody)
    webhook_url: str | None = None  # where WhatsApp is to tell its news, where that is known
    has_sandbox: bool = True
    log_kept: timedelta | None = None  # how long; None: for ever

    def whatsapp_of(self, number: BusinessNumber) -> WhatsApp:
        """Give the WhatsApp that this number lives on, the real one or the sandbox, with the number's own token."""
        own_token, whatsapp = self.seal.read(number, "access_token"), self.whatsapp[number.environment]
        return whatsapp if own_token is None else whatsapp.speaking_as(own_token)
