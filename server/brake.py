"""Braking those who try tokens: who fails too often from an address waits, and costs no look at the database.

Each process counts for itself: a fleet of three lets three times as many fail, which is still next to none.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import AddressValueError, IPv6Network
from math import ceil

WINDOW = timedelta(minutes=5)
MOST_KEPT = 20_000  # counts, and as many tokens that have worked: what is beyond is forgotten, oldest first


class BrakedError(Exception):
    """Too many sign-ins from an address have failed: a sentence that says when the next may be tried."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, ceil(wait.total_seconds()))
        super().__init__(f"Too many sign-ins from your address have failed. Try again in {self.seconds} seconds.")


@dataclass(slots=True)
class _Count:
    ends: datetime
    failures: int = 0


class Brake:
    """Counts an address's failures: each token that failed once, and each token by itself every time.

    So one partner's broken token stops nobody else behind that address; somebody who tries many tokens stops whoever
    comes with one that has never worked here.
    """

    def __init__(self, most: int, now: Callable[[], datetime]) -> None:
        self._most = most
        self._now = now
        self._counts: OrderedDict[Hashable, _Count] = OrderedDict()
        self._worked: OrderedDict[bytes, None] = OrderedDict()

    def check(self, address: str, secret: str | None = None) -> None:
        """Let somebody go on, who comes with this token or with something else to prove. BrakedError otherwise."""
        place = _place(address)
        token = _digest(secret)
        keys: list[Hashable] = [(place, token)] if token else []
        if token is None or token not in self._worked:
            keys.append(place)
        now = self._now()
        waits = [count.ends - now for key in keys if (count := self._counts.get(key)) and self._is_full(count, now)]
        if waits:
            raise BrakedError(max(waits))

    def failed(self, address: str, secret: str | None = None) -> None:
        """Count one that did not prove to be what it should."""
        place, token = _place(address), _digest(secret)
        if token is None:
            self._count(place)
            return
        self._worked.pop(token, None)
        if self._count((place, token)) == 1:
            self._count(place)

    def worked(self, secret: str) -> None:
        """Note that a token has worked: whoever holds it is let on, whatever others at their address do."""
        token = _digest(secret)
        if token is not None:
            self._worked[token] = None
            self._worked.move_to_end(token)
            if len(self._worked) > MOST_KEPT:
                self._worked.popitem(last=False)

    def _is_full(self, count: _Count, now: datetime) -> bool:
        return now < count.ends and count.failures >= self._most

    def _count(self, key: Hashable) -> int:
        now = self._now()
        count = self._counts.get(key)
        if count is None or now >= count.ends:
            count = self._counts[key] = _Count(now + WINDOW)
        count.failures += 1
        self._counts.move_to_end(key)
        if len(self._counts) > MOST_KEPT:
            self._counts.popitem(last=False)
        return count.failures


def _digest(secret: str | None) -> bytes | None:
    return None if secret is None else hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _place(address: str) -> str:
    """Give what one client can choose from as one place: with IPv6 that is a network of 64 bits."""
    if ":" not in address:
        return address
    try:
        return str(IPv6Network((address.partition("%")[0], 64), strict=False))
    except (AddressValueError, ValueError):
        return address
