"""The environment, read once and here only. Every name begins with MAYCALL_."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.exc import ArgumentError
from strawberry.http.websocket_origin import normalize_origin

from actions.wires import wire_to
from graph.limits import STANDARD, Limits
from graph.schema import schema
from graph.trusted import Documents, ManifestError, Mode, read_manifests
from models.database import address
from models.sealed import keys_in

from .sign_in_settings import SignInSettings

PREFIX = "MAYCALL_"
GRAPH_VERSION = "v26.0"


class SettingsError(Exception):
    """A setting is missing or wrong: each line says which, and how to mend it."""


def _http_url(url: str) -> str:
    if not re.match(r"https?://[^/\s]+", url):
        raise ValueError("it must be an address that begins with http:// or https://")
    return url.rstrip("/")


HttpUrl = Annotated[str, AfterValidator(_http_url)]


def _origin(text: str) -> str:
    known = normalize_origin(text)
    if text == "*" or (known is not None and text.lower().count("/") == 2 and "@" not in text):  # noqa: PLR2004 of ://
        return known or text
    raise ValueError(f"{text!r} is no origin like https://partner.example, without a path, nor * for all")


Origin = Annotated[str, AfterValidator(_origin)]


class Settings(SignInSettings, BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, populate_by_name=True)

    database_url: str = "sqlite+aiosqlite:///var/maycall.db"
    broadcast_url: str = "memory://"
    sandbox: bool = False  # serve the stand-in for WhatsApp at /sandbox
    sandbox_open: bool = False  # also to other machines
    sandbox_url: HttpUrl | None = None  # where the stand-in is a process of its own, with the path it is served under
    bootstrap_token: str | None = Field(
        default=None, min_length=8, repr=False
    )  # an admin token with exactly this value exists
    # Keys the hashes of tokens, which are random enough to need no secret one.
    secret_key: str = Field(default="maycall", repr=False)
    encryption_key: str = Field(
        default="", repr=False
    )  # seals secrets; several, with commas: the first seals, all open
    whatsapp_base_url: HttpUrl = "https://graph.facebook.com"
    whatsapp_access_token: str = Field(default="", repr=False)
    whatsapp_app_secret: str = Field(default="", repr=False)
    whatsapp_verify_token: str = Field(default="", repr=False)
    whatsapp_patience_seconds: float = Field(default=10.0, gt=0, le=60)
    webhooks_allow_private: bool = False  # outgoing ones, to private addresses and without TLS: for trying things
    webhook_deliveries_kept_days: int = Field(default=14, ge=1)  # those that were delivered or given up
    log_kept_days: int | None = Field(default=None, ge=1)  # for ever; what proves consent is kept in any case
    public_url: HttpUrl | None = None
    allowed_origins: list[Origin] = []  # of pages elsewhere that may ask here, also by WebSocket; "*" is all of them
    introspection: bool = True  # the API describes itself, and says what a mistaken name may have meant
    connections_per_token: int = Field(default=1000, gt=0)  # that last, such as WebSockets, on each server
    operations_per_connection: int = Field(default=100, gt=0)  # at the same time, on one WebSocket
    trusted_proxies: str = "127.0.0.1"  # whose word on a client's address counts: addresses, networks, or *
    # How large one operation may be, and what it may cost: graph/limits.py says in what.
    max_body: int = Field(default=1024 * 1024, gt=0)  # bytes, also of a WebSocket's message
    max_document: int = Field(default=STANDARD.document, gt=0)
    max_tokens: int = Field(default=STANDARD.tokens, gt=0)
    max_depth: int = Field(default=STANDARD.depth, gt=0)
    max_aliases: int = Field(default=STANDARD.aliases, ge=0)
    max_root_fields: int = Field(default=STANDARD.root_fields, gt=0)
    max_mutations: int = Field(default=STANDARD.mutations, gt=0)
    max_page: int = Field(default=STANDARD.page, gt=0)
    max_cost: int = Field(default=STANDARD.cost, gt=0)
    points_per_minute: int = Field(default=STANDARD.points, ge=0)  # of each token, on all servers; 0: without end
    trusted_documents: Path | None = None  # a manifest of documents, or a folder of them
    trusted_documents_mode: Mode = Mode.OFF
    automatic_persisted_queries: bool = False  # clients may register documents, for development
    workers: int = Field(default=1, ge=1, le=64)  # server processes that share one address
    log_level: str = "INFO"
    metrics_token: str | None = Field(default=None, min_length=16, repr=False)  # without it, only for who is near
    # By their standard names; what else OpenTelemetry can be told, its library reads by itself.
    otlp_endpoint: HttpUrl | None = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    service_name: str = Field(default="maycall", validation_alias="OTEL_SERVICE_NAME")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        try:
            backend = address(url).get_backend_name()
        except ArgumentError as error:
            raise ValueError("it must be an address like sqlite:///var/maycall.db or postgresql://…") from error
        if backend not in ("sqlite", "postgresql"):
            raise ValueError("it must begin with sqlite:/// or postgresql://")
        return url

    @field_validator("broadcast_url")
    @classmethod
    def _known_broadcaster(cls, url: str) -> str:
        wire_to(url)
        return url

    @field_validator("encryption_key")
    @classmethod
    def _readable_keys(cls, keys: str) -> str:
        keys_in(keys)
        return keys

    @field_validator("whatsapp_base_url")
    @classmethod
    def _with_version(cls, url: str) -> str:
        return url if re.search(r"/v\d+\.\d+$", url) else f"{url}/{GRAPH_VERSION}"

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
            raise ValueError("it must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
        return level.upper()

    @property
    def folder(self) -> Path:
        """The folder that a SQLite database, the sandbox and what is made up here live in."""
        url = address(self.database_url)
        inside = url.database if url.get_backend_name() == "sqlite" else None
        return Path(inside).parent if inside and inside != ":memory:" else Path("var")

    @model_validator(mode="after")
    def _documents_to_trust(self) -> Self:
        if self.trusted_documents_mode is not Mode.OFF and self.trusted_documents is None:
            raise ValueError(
                f"{PREFIX}TRUSTED_DOCUMENTS must be set where {PREFIX}TRUSTED_DOCUMENTS_MODE is"
                f" {self.trusted_documents_mode.value}: it says where the manifest is"
            )
        return self

    @property
    def documents(self) -> Documents:
        """What is known of documents before they come. SettingsError where a manifest cannot be used."""
        try:
            path = self.trusted_documents
            trusted = read_manifests(path, schema._schema, self.limits) if path else {}  # noqa: SLF001 it has no other way in
        except ManifestError as error:
            raise SettingsError(f"{PREFIX}TRUSTED_DOCUMENTS is wrong: {error}") from error
        return Documents(trusted, self.trusted_documents_mode, self.automatic_persisted_queries)

    @property
    def limits(self) -> Limits:
        """How large one operation may be."""
        largest = {each.name: getattr(self, f"max_{each.name}") for each in fields(Limits) if each.name != "points"}
        return Limits(**largest, points=self.points_per_minute)

    @property
    def has_sandbox(self) -> bool:
        """Whether there is a stand-in for WhatsApp, in this process or elsewhere."""
        return self.sandbox or self.sandbox_url is not None

    @model_validator(mode="after")
    def _one_sandbox(self) -> Self:
        if self.sandbox and self.sandbox_url is not None:
            raise ValueError(
                f"{PREFIX}SANDBOX and {PREFIX}SANDBOX_URL exclude each other: the sandbox is served here, or elsewhere"
            )
        return self

    @model_validator(mode="after")
    def _whatsapp_is_known(self) -> Self:
        """Without the sandbox everything about WhatsApp has to be set: an empty secret never accepts everything."""
        needed = ("whatsapp_access_token", "whatsapp_app_secret", "whatsapp_verify_token")
        missing = [f"{PREFIX}{name.upper()}" for name in needed if not getattr(self, name)]
        if missing and not self.sandbox:
            raise ValueError(
                f"{', '.join(missing)} must be set: take them from your app in Meta's dashboard, or try Maycall"
                f" without WhatsApp by {PREFIX}SANDBOX=true"
            )
        return self


def read() -> Settings:
    """Read the environment. SettingsError with a sentence for everything that is missing or wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(fault["loc"], fault["msg"]) for fault in error.errors())) from error


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    reason = message.removeprefix("Value error, ")
    name = f"{PREFIX}{str(place[0]).upper()} is wrong: " if place else ""
    return f"{name}{reason[:1].lower() + reason[1:] if name else reason}."
