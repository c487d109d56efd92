"""Posting to addresses that partners named: only ever to the open internet, and to the very address that was checked.

A name is looked up for every attempt, all its addresses are checked, and the connection goes to one of them: what the
name says a moment later does not matter. Nothing is followed, and little is read.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property, partial
from socket import SOCK_STREAM, getaddrinfo
from time import perf_counter

import httpx

from rules.addresses import is_public
from rules.webhooks import Answer

PATIENCE_SECONDS = 15.0  # for all of an attempt
CONNECT_SECONDS = 5.0  # for one of a name's addresses
BODY_SECONDS = 2.0  # for what is read of an answer, which is there already
MOST_KEPT = 1024  # bytes of an answer
MOST_TRIED = 3  # of a name's addresses
MOST_LOOKUPS = 128  # at once
LONGEST_URL = 2000
FIRST_FREE_PORT, LAST_PORT = 1024, 65_535

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]


class RefusedAddressError(ValueError):
    """An address is not one to post to: a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of an attempt."""

    answer: Answer
    took: timedelta
    body: str | None = None  # how the answer begins
    failure: str | None = None  # why there was none, in a sentence


class Post:
    """Whoever posts for us. One that is `open` also goes to private addresses and without TLS: for trying things."""

    def __init__(
        self,
        *,
        open: bool = False,  # noqa: A002 it is what it is
        look_up: Lookup | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._open = open
        self._look_up = look_up or self._ask_system
        self._trust = trust

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        # A connection serves one attempt: two names that share an address must never share a connection.
        return httpx.AsyncClient(
            verify=self._trust or httpx.create_ssl_context(),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            timeout=httpx.Timeout(PATIENCE_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        # The system's resolver holds a thread for as long as it takes: no name may hold those that others need.
        return ThreadPoolExecutor(MOST_LOOKUPS, "look up")

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.aclose()
        if "_threads" in self.__dict__:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask_system(self, host: str, port: int) -> Sequence[str]:
        """Give all addresses of a host by the system's resolver. OSError where it has none."""
        ask = partial(getaddrinfo, host, port, type=SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    async def check(self, url: str) -> None:
        """See to it that this is an address to post to, as far as can be told now. RefusedAddressError otherwise."""
        await self._addresses(self._read(url))

    async def send(self, url: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Posted:
        """Post a body, once, and give what came of it: a failure too is something that came of it."""
        began = perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                read = self._read(url)
                response, beginning = await self._try(read, await self._addresses(read), body, headers)
        except RefusedAddressError as error:
            return Posted(Answer(None), _since(began), failure=str(error))
        except (httpx.HTTPError, OSError) as error:
            return Posted(Answer(None), _since(began), failure=_sentence(error))
        return Posted(Answer(response.status_code, _wish(response, now)), _since(began), beginning)

    def _read(self, url: str) -> httpx.URL:
        try:
            read = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise RefusedAddressError(
                f"This is no address ({error}). Write it like https://example.com/hook."
            ) from error
        if len(url) > LONGEST_URL:
            raise RefusedAddressError(f"An address has {LONGEST_URL} characters at the most.")
        if read.scheme != "https" and not (self._open and read.scheme == "http"):
            raise RefusedAddressError("The address must begin with https://, so that nobody on the way can read along.")
        if not read.host:
            raise RefusedAddressError("The address names no host. Write it like https://example.com/hook.")
        if read.userinfo or read.fragment:
            raise RefusedAddressError("The address may have no user, password or fragment in it.")
        first = 1 if self._open else FIRST_FREE_PORT
        if read.port is not None and not first <= read.port <= LAST_PORT:
            raise RefusedAddressError(f"The port may be 443, or one from {first} to {LAST_PORT}.")
        return read

    async def _addresses(self, url: httpx.URL) -> Sequence[str]:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                found = await self._look_up(url.raw_host.decode(), port)
        except (OSError, UnicodeError) as error:
            raise RefusedAddressError(f"The host {url.host} cannot be found.") from error
        if not found:
            raise RefusedAddressError(f"The host {url.host} cannot be found.")
        # All of them: one that is private among others is no accident.
        if not self._open and not all(map(is_public, found)):
            raise RefusedAddressError(
                f"The host {url.host} is at an address that is not on the open internet, and nothing is sent there."
            )
        return found

    async def _try(
        self, url: httpx.URL, addresses: Sequence[str], body: bytes, headers: Mapping[str, str]
    ) -> tuple[httpx.Response, str]:
        """Post to the first address that takes a connection."""
        *others, last = addresses[:MOST_TRIED]
        for address in others:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._post(url, address, body, headers)
        return await self._post(url, last, body, headers)

    async def _post(
        self, url: httpx.URL, address: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[httpx.Response, str]:
        # The address takes the name's place in the connection alone: who answers is asked for the name, and proves it.
        request = self._client.build_request(
            "POST",
            url.copy_with(host=address),
            content=body,
            headers={"Host": url.netloc.decode(), "Accept-Encoding": "identity", "User-Agent": "Maycall"} | {**headers},
            extensions={"sni_hostname": url.raw_host.decode()},
        )
        response = await self._client.send(request, stream=True)
        try:
            return response, await _beginning(response)
        finally:
            await response.aclose()


async def _beginning(response: httpx.Response) -> str:
    """Read how an answer begins. What it says besides its status decides nothing, so it may break off."""
    read = b""
    with suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout(BODY_SECONDS):
            async for part in response.aiter_raw():
                read += part[: MOST_KEPT - len(read)]
                if len(read) >= MOST_KEPT:
                    break
    return read.decode(errors="replace").replace("\0", "�")


def _wish(response: httpx.Response, now: datetime) -> timedelta | None:
    """Read how long it asks to be left alone, in seconds or as a moment."""
    asked = response.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return timedelta(seconds=int(asked[:8]))
    try:
        moment = parsedate_to_datetime(asked)
    except (ValueError, IndexError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(aware - now, timedelta())


def _since(began: float) -> timedelta:
    return timedelta(seconds=perf_counter() - began)


def _sentence(error: Exception) -> str:
    match error:
        case httpx.ConnectTimeout():
            return "The connection was not made in time."
        case httpx.ConnectError():
            return f"The connection could not be made: {error}."[:500]
        case TimeoutError() | httpx.TimeoutException():
            return f"No answer within {PATIENCE_SECONDS:.0f} seconds."
        case _:
            return f"The connection broke off ({type(error).__name__})."
