"""What is set about people's signing in: with which provider, and what its word means here."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from rules.access import Role

_PREFIX = "MAYCALL_OIDC_"


def _role(text: object) -> object:
    """Read a role as people write it. ValueError, with all there are, for any other."""
    if not isinstance(text, str):
        return text
    if text.upper() not in set(Role):
        raise ValueError(f"{text[:40]!r} is no role: there are {', '.join(role.lower() for role in Role)}")
    return Role(text.upper())


def _roles(text: object) -> object:
    """Read admins=admin,desk=agent; or a JSON object, for names with a comma."""
    if not isinstance(text, str):
        return text
    pairs: Mapping[str, Any]
    if text.lstrip().startswith("{"):
        pairs = json.loads(text)
    else:
        parts = [part.rpartition("=") for part in text.split(",") if part.strip()]
        if not all(name.strip() for name, _, _ in parts):
            raise ValueError("write who has which role as in admins=admin,desk=agent")
        pairs = {name.strip(): role.strip() for name, _, role in parts}
    return {name: _role(role) for name, role in pairs.items()}


def _domains(text: object) -> object:
    """Read example.com,example.org; or *."""
    if not isinstance(text, str):
        return text
    return [domain.strip().lower().removeprefix("@") for domain in text.split(",") if domain.strip()]


class SignInSettings(BaseSettings):
    """A part of the settings, for what they share."""

    oidc_issuer: str | None = None  # as the provider writes it; without one, only tokens open the door
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_scopes: str = "openid email profile"
    oidc_role_claim: str = ""  # the claim that says somebody's roles: groups, or a path such as realm_access.roles
    oidc_roles: Annotated[dict[str, Role], NoDecode, BeforeValidator(_roles)] = {}  # what that claim's values mean
    oidc_default_role: Annotated[Role | None, BeforeValidator(_role)] = None
    oidc_email_domains: Annotated[list[str], NoDecode, BeforeValidator(_domains)] = []
    oidc_all_numbers: bool = False  # for those who come in without an invitation
    oidc_trust_email: bool = False  # where the provider does not say whether it has verified the address
    sign_in_hours: float = Field(default=12.0, gt=0, le=720)
    failed_sign_ins: int = Field(default=20, gt=0)  # from one address, in five minutes

    @field_validator("oidc_issuer")
    @classmethod
    def _an_address(cls, issuer: str | None) -> str | None:
        if issuer is not None and not issuer.startswith(("https://", "http://")):
            raise ValueError("it must be an address that begins with https://, such as https://accounts.google.com")
        return issuer

    @model_validator(mode="after")
    def _the_provider_is_known(self) -> Self:
        """With a provider, all that is needed is set; without one, nothing of it."""
        if self.oidc_issuer is None:
            fields = SignInSettings.model_fields.items()
            own = [name for name, about in fields if name.startswith("oidc_") and getattr(self, name) != about.default]
            if own:
                names = ", ".join(f"MAYCALL_{name.upper()}" for name in own)
                raise ValueError(f"{names} without {_PREFIX}ISSUER: set the address of the provider that people know")
            return self
        missing = [name for name in ("oidc_client_id", "oidc_client_secret") if not getattr(self, name)]
        missing += [] if getattr(self, "public_url", None) else ["public_url"]
        if missing:
            names = ", ".join(f"MAYCALL_{name.upper()}" for name in missing)
            raise ValueError(
                f"{names} must be set with {_PREFIX}ISSUER: register Maycall at the provider as a web application with"
                " the redirect address MAYCALL_PUBLIC_URL/sign-in/callback"
            )
        return self

    @model_validator(mode="after")
    def _it_is_said_who_comes_in(self) -> Self:
        """Nobody comes in because something was left out."""
        if bool(self.oidc_role_claim) is not bool(self.oidc_roles):
            raise ValueError(
                f"{_PREFIX}ROLE_CLAIM and {_PREFIX}ROLES need each other: groups, and admins=admin,desk=agent"
            )
        if self.oidc_default_role is not None and not self.oidc_email_domains:
            raise ValueError(
                f"{_PREFIX}DEFAULT_ROLE lets in whoever the provider knows: say whose e-mail addresses in"
                f" {_PREFIX}EMAIL_DOMAINS, such as example.com, or * for everybody's"
            )
        if "openid" not in self.oidc_scopes.split():
            raise ValueError(f"{_PREFIX}SCOPES must have openid among them, such as openid email profile groups")
        return self
