"""People's door: to the provider they know, and back with a token. Nothing of it is kept here: any server may go on."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from html import escape

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from actions import people
from actions.people import Numbers, Unwelcome, Welcome
from actions.resources import Resources
from rules.access import Admission

from .brake import Brake, BrakedError
from .provider import Attempt, NotProvenError, Provider, ProviderError
from .settings import Settings

PATH = "/sign-in"
TIME_TO_SIGN_IN = timedelta(minutes=10)

_SIGNED_BY = ["HS256"]
_PAGE = """<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <title>Sign in to Maycall</title>
  <main>
    <h1>You are not signed in</h1>
    <p>{sentence}</p>
    <p>{ways}</p>
  </main>
</html>
"""


class SignIn:
    """The doors of signing in, also where no provider is set: then they say so."""

    def __init__(self, resources: Resources, settings: Settings, brake: Brake) -> None:
        self._resources = resources
        self._brake = brake
        self._safe = (settings.public_url or "").startswith("https://")
        self._cookie = "__Host-maycall-sign-in" if self._safe else "maycall-sign-in"
        self._key = OctKey.import_key(_key(settings))
        self._welcome = Welcome(
            Admission(settings.oidc_default_role, frozenset(settings.oidc_email_domains or ["*"])),
            Numbers(None) if settings.oidc_all_numbers else people.NO_NUMBERS,
            timedelta(hours=settings.sign_in_hours),
        )
        self.provider: Provider | None = None
        if settings.oidc_issuer is not None:
            self.provider = Provider(settings, f"{settings.public_url}{PATH}/callback", resources.now)

    @property
    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.begin),
            Route(f"{PATH}/callback", self.come_back),
            Route(f"{PATH}/ways", self.ways),
        ]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the connections to the provider until the block ends."""
        try:
            yield
        finally:
            if self.provider is not None:
                await self.provider.close()

    async def ways(self, _request: Request) -> Response:
        """Tell a page what it can offer: to paste a token, and whether there is a provider to go to."""
        return JSONResponse({"token": True, "provider": self.provider is not None})

    async def begin(self, _request: Request) -> Response:
        if self.provider is None:
            return _page(404, "Nobody signs in here by a provider: none is set up. Paste a token instead.", again=False)
        attempt = Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
        try:
            response = RedirectResponse(await self.provider.address(attempt), 303)
        except ProviderError as error:
            return _page(502, str(error))
        response.set_cookie(
            self._cookie,
            self._written(attempt),
            max_age=int(TIME_TO_SIGN_IN.total_seconds()),
            secure=self._safe,
            httponly=True,
            samesite="lax",
        )
        return _unkept(response)

    async def come_back(self, request: Request) -> Response:
        response = await self._come_back(request)
        response.delete_cookie(self._cookie, secure=self._safe, httponly=True, samesite="lax")
        return _unkept(response)

    async def _come_back(self, request: Request) -> Response:
        if self.provider is None:
            return await self.begin(request)
        attempt = self._read(request.cookies.get(self._cookie, ""))
        given = request.query_params
        if attempt is None or not secrets.compare_digest(given.get("state", "").encode(), attempt.state.encode()):
            return _page(400, "This sign-in has taken too long, or began elsewhere.")
        if "code" not in given:
            return _page(403, f"The provider did not let you in ({given.get('error', 'it does not say why')[:80]}).")
        return await self._let_in(self.provider, given["code"], attempt, request.client.host if request.client else "")

    async def _let_in(self, provider: Provider, code: str, attempt: Attempt, address: str) -> Response:
        try:
            self._brake.check(address)
            identity = await provider.identity(code, attempt)
        except BrakedError as braked:
            response = _page(429, str(braked))
            response.headers["Retry-After"] = str(braked.seconds)
            return response
        except NotProvenError as error:
            self._brake.failed(address)
            return _page(401, str(error))
        except ProviderError as error:
            return _page(502, str(error))
        made = await people.sign_in(self._resources, identity, self._welcome)
        if isinstance(made, Unwelcome):
            return _page(403, made.reason)
        self._brake.worked(made.secret)
        return RedirectResponse(f"/#token={made.secret}", 303)  # a fragment: it is sent to no server and in no log

    # --- What the browser carries from the one door to the other ---

    def _written(self, attempt: Attempt) -> str:
        ends = self._resources.now() + TIME_TO_SIGN_IN
        claims = {"state": attempt.state, "nonce": attempt.nonce, "verifier": attempt.verifier, "exp": ends}
        return jwt.encode({"alg": _SIGNED_BY[0]}, claims, self._key, _SIGNED_BY)

    def _read(self, cookie: str) -> Attempt | None:
        try:
            claims = jwt.decode(cookie, self._key, _SIGNED_BY).claims
            jwt.JWTClaimsRegistry(int(self._resources.now().timestamp()), exp={"essential": True}).validate(claims)
            return Attempt(claims["state"], claims["nonce"], claims["verifier"])
        except (JoseError, ValueError, KeyError):
            return None


def _key(settings: Settings) -> bytes:
    """Make the key that the cookie is signed with: the same on every server that has the same settings."""
    return hashlib.sha256(f"sign-in\n{settings.secret_key}\n{settings.oidc_client_secret}".encode()).digest()


def _page(status: int, sentence: str, *, again: bool = True) -> Response:
    ways = f'<a href="{PATH}">Sign in again</a> or <a href="/">paste a token</a>.' if again else '<a href="/">Back</a>'
    return HTMLResponse(_PAGE.format(sentence=escape(sentence), ways=ways), status)


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
