"""A sign-in provider of our own: OpenID Connect over real HTTP, which can be told to misbehave."""

import asyncio
import base64
import hashlib
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "maycall", "a secret: with & and %"
ASHA = {"sub": "asha-1", "email": "Asha@Example.com", "email_verified": True, "name": "Asha Rao"}

Claims = dict[str, Any]


@cache
def rsa_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


def ec_key(name: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig"})


@dataclass(slots=True)
class Provider:
    """`someone` is who sits at the browser; `spoiled` is put over what their ID tokens say."""

    url: str
    now: Callable[[], datetime]
    someone: Claims = field(default_factory=lambda: dict(ASHA))
    spoiled: Claims = field(default_factory=dict)
    more: Claims = field(default_factory=dict)  # what only its userinfo tells
    told: Claims = field(default_factory=dict)  # what it says of itself, over what is so
    signing: RSAKey | ECKey = field(default_factory=lambda: rsa_key("first"))
    published: list[RSAKey | ECKey] = field(default_factory=list)
    refusing: str | None = None
    token: Callable[[str], str] = lambda id_token: id_token  # what becomes of each ID token on its way
    asked: list[str] = field(default_factory=list)  # paths
    _codes: dict[str, Claims] = field(default_factory=dict)
    _access: dict[str, Claims] = field(default_factory=dict)

    def rotate(self) -> None:
        """Sign with a new key from now on, and publish no other."""
        self.signing = ec_key(f"key {len(self.asked)}")
        self.published = [self.signing]

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._itself),
                Route("/authorize", self._authorize),
                Route("/token", self._exchange, methods=["POST"]),
                Route("/keys", self._keys),
                Route("/userinfo", self._userinfo),
            ]
        )

    async def _itself(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        itself = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
        }
        return JSONResponse(itself | self.told)

    async def _keys(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.published or [self.signing]]})

    async def _authorize(self, request: Request) -> Response:
        given = dict(request.query_params)
        assert (given["response_type"], given["client_id"]) == ("code", CLIENT_ID)
        assert given["code_challenge_method"] == "S256"
        if self.refusing is not None:
            back = {"error": self.refusing, "state": given["state"]}
        else:
            code = secrets.token_urlsafe()
            self._codes[code] = given
            back = {"code": code, "state": given["state"]}
        return RedirectResponse(f"{given['redirect_uri']}?{urlencode(back)}", 302)

    async def _exchange(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        form = dict(parse_qsl((await request.body()).decode()))
        given = self._codes.pop(form["code"], None)  # a code is good once
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        if given is None or given["redirect_uri"] != form["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != given["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self._client(request, form) != (CLIENT_ID, CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        now = int(self.now().timestamp())
        about = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": given["nonce"]}
        claims = {name: value for name, value in (about | self.someone | self.spoiled).items() if value is not None}
        alg = "ES256" if isinstance(self.signing, ECKey) else "RS256"
        id_token = jwt.encode({"alg": alg, "kid": self.signing.kid}, claims, self.signing)
        access_token = secrets.token_urlsafe()
        self._access[access_token] = {"sub": self.someone["sub"]} | self.more
        return JSONResponse({"access_token": access_token, "token_type": "Bearer", "id_token": self.token(id_token)})

    def _client(self, request: Request, form: Claims) -> tuple[str, str]:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            name, _, secret = base64.b64decode(given).decode().partition(":")
            return unquote_plus(name), unquote_plus(secret)
        return form.get("client_id", ""), form.get("client_secret", "")

    async def _userinfo(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return JSONResponse(self._access[token]) if token in self._access else Response(status_code=401)


@asynccontextmanager
async def running(now: Callable[[], datetime]) -> AsyncIterator[Provider]:
    """Serve a provider on a port of its own, in this very process."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        provider = Provider(f"http://127.0.0.1:{listening.getsockname()[1]}", now)
        config = uvicorn.Config(provider.app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield provider
        finally:
            server.should_exit = server.force_exit = True
            with suppress(asyncio.CancelledError):
                await serving
