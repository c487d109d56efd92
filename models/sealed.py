"""Secrets at rest: sealed with AES-256-GCM by a key from outside the database, each for its own row and column.

A table declares the column, an action fills and reads it through the seal that is in its resources:

    class Endpoint(SQLModel, table=True):          # keyed by (workspace_id, id) like every table
        signing_secret: Sealed | None = sealed()

    if not resources.seal.has_key:
        return EncryptionKeyMissing()              # the refusal for it
    resources.seal.put(endpoint, "signing_secret", secret)
    secret = resources.seal.read(endpoint, "signing_secret")

All the rest follows from the column: the check at the start, `doctor`, and `python -m server seal`.
"""

import base64
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Dialect, Table, Text, TypeDecorator, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

KEY_BYTES = 32
NONCE_BYTES = 12
NAME_LENGTH = 8  # of a key, in hexadecimal digits
AT_ONCE = 100

_MARK = "s1"  # how it is sealed, should there ever be another way
_BEGINNING = len(_MARK) + 1 + NAME_LENGTH  # what tells by which key a secret is sealed
_TO_URLSAFE = str.maketrans("+/", "-_")
_KEY = re.compile(r"[A-Za-z0-9+/_-]{43}=?")


class SealError(Exception):
    """A secret cannot be sealed or opened: a sentence that says why, and never the secret."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret as it is kept: useless without the key, and of no use in another row or column."""

    text: str = field(repr=False)

    @property
    def key_name(self) -> str:
        """Which key it was sealed with, by the name that follows from the key."""
        return self.text[len(_MARK) + 1 : _BEGINNING]


class SealedText(TypeDecorator[Sealed]):
    """A column that takes nothing but sealed secrets."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError("Only what is sealed is written here. Seal it with Resources.seal.")
        return value.text

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Sealed | None:
        return None if value is None else Sealed(value)


def sealed() -> Any:
    return Field(default=None, sa_type=SealedText)


class Seal:
    """Seals with the first of its keys and opens with any of them, so that keys can be changed one after the other.

    Without a key it can do neither.
    """

    __slots__ = ("_ciphers", "_first")

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        """Take keys of 32 random bytes each."""
        self._ciphers = {_name(key): AESGCM(key) for key in keys}
        self._first = _name(keys[0]) if keys else None

    @property
    def has_key(self) -> bool:
        return self._first is not None

    def put(self, row: SQLModel, column: str, secret: str | None) -> None:
        """Write the secret into the row's column, sealed for it; None clears it. SealError without a key."""
        setattr(row, column, None if secret is None else self._seal(secret, _place_of(row, column)))

    def read(self, row: SQLModel, column: str) -> str | None:
        """Read the secret in the row's column. SealError when no key opens it, or it was put there by somebody else."""
        kept: Sealed | None = getattr(row, column)
        return None if kept is None else self._open(kept, _place_of(row, column))

    def knows(self, key_name: str) -> bool:
        """Tell whether one of its keys has this name."""
        return key_name in self._ciphers

    def again(self, secret: "SealedAt") -> Sealed:
        """Seal with the first key what is sealed with any. SealError when none opens it."""
        opened = self._open(secret.kept, secret.place)
        return secret.kept if secret.kept.key_name == self._first else self._seal(opened, secret.place)

    def check(self, secret: "SealedAt") -> None:
        """See to it that the secret can be opened. SealError otherwise."""
        self._open(secret.kept, secret.place)

    def _seal(self, secret: str, place: str) -> Sealed:
        if self._first is None:
            raise SealError("There is no key to seal secrets with. Set MAYCALL_ENCRYPTION_KEY.")
        nonce = os.urandom(NONCE_BYTES)
        closed = nonce + self._ciphers[self._first].encrypt(nonce, secret.encode(), place.encode())
        return Sealed(f"{_MARK}:{self._first}:{base64.urlsafe_b64encode(closed).decode()}")

    def _open(self, kept: Sealed, place: str) -> str:
        cipher = self._ciphers.get(kept.key_name)
        if cipher is None:
            raise SealError(
                f"A secret is sealed with the key {kept.key_name!r}, which is not among MAYCALL_ENCRYPTION_KEY."
            )
        try:
            closed = base64.urlsafe_b64decode(kept.text[_BEGINNING + 1 :])
            return cipher.decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealError(
                f"The secret in {place} is not what was sealed there: it was changed, or moved from elsewhere."
            ) from error


def new_key() -> str:
    """Make a key, as MAYCALL_ENCRYPTION_KEY takes it."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def keys_in(text: str) -> tuple[bytes, ...]:
    """Read keys that stand with commas between them. ValueError, which shows none of them, for what is no key."""
    return tuple(_key_in(part.strip()) for part in text.split(",")) if text.strip() else ()


def _key_in(text: str) -> bytes:
    if not _KEY.fullmatch(text):
        raise ValueError("each key must be 32 random bytes in base64. Make one: python -m server new-key")
    return base64.urlsafe_b64decode(text.rstrip("=").translate(_TO_URLSAFE) + "=")


def _name(key: bytes) -> str:
    return hashlib.sha256(b"the name of a key: " + key).hexdigest()[:NAME_LENGTH]


def _place_of(row: Any, column: str) -> str:
    return _place(row.__table__.c[column], row.workspace_id, row.id)


def _place(column: Column[Any], workspace_id: object, row_id: object) -> str:
    return f"{column.table}.{column.name} of {workspace_id}/{row_id}"


# --- All that is sealed ---


def columns() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """List the tables in which something is sealed, with the columns."""
    for table in SQLModel.metadata.sorted_tables:
        found = [column for column in table.columns if isinstance(column.type, SealedText)]
        if found:
            yield table, found


async def key_names(session: AsyncSession) -> set[str]:
    """Tell with which keys anything is sealed."""
    names: set[str] = set()
    for _table, found in columns():
        for column in found:
            beginning = func.substr(column, 1, _BEGINNING, type_=Text)
            begun = await (await session.connection()).execute(select(beginning).where(column.is_not(None)).distinct())
            names |= {Sealed(text).key_name for text in begun.scalars()}
    return names


@dataclass(frozen=True, slots=True)
class SealedAt:
    """A sealed secret, and where it is kept."""

    kept: Sealed
    column: str
    place: str


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A row, and the secrets in it."""

    table: Table
    workspace_id: UUID
    id: UUID
    secrets: tuple[SealedAt, ...]


async def next_rows(
    session: AsyncSession, table: Table, found: Sequence[Column[Any]], last: SealedRow | None, *, locked: bool = False
) -> list[SealedRow]:
    """Give the next hundred rows in which anything is sealed, after the last of those before."""
    workspace_id, row_id = table.c.workspace_id, table.c.id
    asked = select(workspace_id, row_id, *found).where(or_(*(column.is_not(None) for column in found)))
    if last is not None:
        later = and_(workspace_id == last.workspace_id, row_id > last.id)
        asked = asked.where(or_(workspace_id > last.workspace_id, later))
    asked = asked.order_by(workspace_id, row_id).limit(AT_ONCE)
    rows = await (await session.connection()).execute(asked.with_for_update() if locked else asked)
    return [_row(table, found, row) for row in rows]


def _row(table: Table, found: Sequence[Column[Any]], row: Any) -> SealedRow:
    workspace_id, row_id, *kept = row
    secrets = (
        SealedAt(secret, column.name, _place(column, workspace_id, row_id))
        for column, secret in zip(found, kept, strict=True)
        if secret is not None
    )
    return SealedRow(table, workspace_id, row_id, tuple(secrets))
