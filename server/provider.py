"""The provider that people sign in with: OpenID Connect, by the code flow with PKCE."""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from actions.people import Identity
from rules.access import role_of

from .sign_in_settings import SignInSettings

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
KNOWN_FOR = timedelta(hours=1)  # what the provider says of itself, and its keys
LEEWAY_SECONDS = 60  # between its clock and ours
PATIENCE_SECONDS = 10.0
LONGEST_SUBJECT = 255  # by the specification

_log = structlog.get_logger()

Claims = dict[str, Any]


class ProviderError(Exception):
    """The provider could not be asked, or does not do what it should: a sentence for whoever wants to sign in."""


class NotProvenError(Exception):
    """What came back from the provider proves nothing: a sentence for whoever wants to sign in."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back: what is told it, and what must come back."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider says of itself, and the keys it signs with."""

    about: Claims
    keys: KeySet
    read_at: datetime


class Provider:
    def __init__(self, settings: SignInSettings, redirect_url: str, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._redirect_url = redirect_url
        self._now = now
        self._known: _Known | None = None
        self._reading = asyncio.Lock()
        self._http = httpx.AsyncClient(timeout=PATIENCE_SECONDS)

    async def close(self) -> None:
        await self._http.aclose()

    async def address(self, attempt: Attempt) -> str:
        """Give where to send somebody who wants to sign in. ProviderError when the provider cannot be asked."""
        known = await self._look()
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self._redirect_url,
            "scope": self._settings.oidc_scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        endpoint = str(known.about["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def identity(self, code: str, attempt: Attempt) -> Identity:
        """Give whom the provider has seen, for the code that it sent them back with.

        NotProvenError where the code or what is given for it proves nothing; ProviderError when it cannot be asked.
        """
        known = await self._look()
        given = await self._exchange(known, code, attempt)
        claims = await self._checked(known, given.get("id_token"), attempt)
        if not self._has_all(claims):
            claims = await self._more(known, given.get("access_token"), claims) | claims
        return self._identity(claims)

    # --- What the provider says of itself ---

    async def _look(self) -> _Known:
        async with self._reading:
            known = self._known
            if known is None or self._now() - known.read_at >= KNOWN_FOR:
                try:
                    self._known = known = await self._read()
                except ProviderError:
                    if known is None:
                        raise
                    _log.warning("provider_not_read", exc_info=True)  # what was known goes on holding
            return known

    async def _read(self) -> _Known:
        issuer = self._settings.oidc_issuer or ""
        about = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        told = about.get("issuer")
        if not isinstance(told, str) or told.rstrip("/") != issuer.rstrip("/"):
            raise ProviderError(_trouble(f"it calls itself {told!r}, and MAYCALL_OIDC_ISSUER calls it {issuer!r}"))
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(about.get(name), str):
                raise ProviderError(_trouble(f"it does not tell its {name}"))
        return _Known(about, await self._keys(about), self._now())

    async def _keys(self, about: Claims) -> KeySet:
        told: Any = await self._get(str(about["jwks_uri"]))
        try:
            return KeySet.import_key_set(told)
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise ProviderError(_trouble("its keys cannot be read")) from error

    async def _get(self, url: str, bearer: str | None = None) -> Claims:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        try:
            response = await self._http.get(url, headers=headers)
            told = response.raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise ProviderError(_trouble(f"{url} gives nothing that can be read")) from error
        if not isinstance(told, dict):
            raise ProviderError(_trouble(f"{url} gives no JSON object"))
        return told

    # --- A code for an ID token, and what it says ---

    async def _exchange(self, known: _Known, code: str, attempt: Attempt) -> Claims:
        own, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_url,
            "code_verifier": attempt.verifier,
        }
        ways = known.about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        headers = {"Accept": "application/json"}
        if "client_secret_basic" in ways:
            together = f"{quote_plus(own)}:{quote_plus(secret)}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(together).decode()}"
        else:
            form |= {"client_id": own, "client_secret": secret}
        try:
            response = await self._http.post(str(known.about["token_endpoint"]), data=form, headers=headers)
            given = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise ProviderError(_trouble("it does not answer when it is given a code")) from error
        if response.is_server_error:
            raise ProviderError(_trouble(f"it answers a code with {response.status_code}"))
        if not response.is_success or not isinstance(given, dict):
            reason = given.get("error") if isinstance(given, dict) else response.status_code
            _log.warning("code_refused", reason=str(reason)[:100])
            raise NotProvenError("The provider did not take the code that it sent you back with. Sign in again.")
        return given

    async def _checked(self, known: _Known, id_token: object, attempt: Attempt) -> Claims:
        if not isinstance(id_token, str):
            raise NotProvenError("The provider did not say who you are. Sign in again.")
        try:
            claims = await self._signed(known, id_token)
            self._check(known, claims, attempt)
        except (JoseError, ValueError) as error:
            _log.warning("id_token_refused", reason=str(error)[:200])
            raise NotProvenError("What the provider says of you does not hold. Sign in again.") from error
        return claims

    async def _signed(self, known: _Known, id_token: str) -> Claims:
        """Read what the ID token says, where one of the provider's keys has signed it: also one that is new."""
        try:
            return jwt.decode(id_token, known.keys, ALGORITHMS).claims
        except (InvalidKeyIdError, BadSignatureError):
            keys = await self._keys(known.about)
            self._known = _Known(known.about, keys, self._now())
            return jwt.decode(id_token, keys, ALGORITHMS).claims

    def _check(self, known: _Known, claims: Claims, attempt: Attempt) -> None:
        client_id = self._settings.oidc_client_id
        jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": known.about["issuer"]},
            aud={"essential": True, "value": client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": attempt.nonce},
        ).validate(claims)
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if claims.get("azp", None if several else client_id) != client_id:
            raise ValueError("it was given to another client")
        subject = claims["sub"]
        if len(subject) > LONGEST_SUBJECT or not subject.isprintable():
            raise ValueError("its subject cannot be kept")

    def _has_all(self, claims: Claims) -> bool:
        path = self._settings.oidc_role_claim
        return "email" in claims and (not path or _at(claims, path) is not None)

    async def _more(self, known: _Known, access_token: object, claims: Claims) -> Claims:
        """Ask for what the ID token leaves out, where the provider has more to say."""
        endpoint = known.about.get("userinfo_endpoint")
        if not isinstance(endpoint, str) or not isinstance(access_token, str):
            return {}
        told = await self._get(endpoint, access_token)
        if told.get("sub") != claims["sub"]:
            raise NotProvenError("The provider speaks of somebody else when it is asked about you. Sign in again.")
        return told

    def _identity(self, claims: Claims) -> Identity:
        settings = self._settings
        email, verified = claims.get("email"), claims.get("email_verified", settings.oidc_trust_email)
        is_known = isinstance(email, str) and "@" in email and email.isprintable() and verified in (True, "true")
        name = next((own for key in ("name", "preferred_username") if isinstance(own := claims.get(key), str)), "")
        return Identity(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            email=email.strip().lower() if is_known and isinstance(email, str) else None,
            name="".join(filter(str.isprintable, name)).strip() or None,
            role=role_of(_texts(_at(claims, settings.oidc_role_claim)), settings.oidc_roles),
        )


def _at(claims: Claims, path: str) -> object:
    """Find a claim by its name, or by the way to it: realm_access.roles."""
    if path in claims:
        return claims[path]
    found: object = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _texts(claim: object) -> list[str]:
    """Read a claim that lists names: as a list, as one name, or as what the keys of an object are."""
    if isinstance(claim, str):
        return [claim]
    return [name for name in claim if isinstance(name, str)] if isinstance(claim, list | dict) else []


def _trouble(what: str) -> str:
    return f"The sign-in provider cannot be used now: {what}. Try again in a moment, or tell whoever runs Maycall."
