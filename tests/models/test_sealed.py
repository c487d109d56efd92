"""Secrets at rest: opened only with the key, only where they were put, and shown by nothing."""

import base64
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError
from sqlmodel import SQLModel

from models import sealed
from models.business_number import BusinessNumber
from models.columns import new_id
from models.database import Database
from models.sealed import Seal, Sealed, SealedText, SealError, keys_in, new_key

SECRET = "EAAB-the-secret-of-a-business"
OLD, NEW = b"o" * 32, b"n" * 32


def a_number(**values: Any) -> BusinessNumber:
    return BusinessNumber(**({"workspace_id": new_id(), "id": new_id()} | values))


def sealed_in(number: BusinessNumber) -> Sealed:
    assert number.access_token is not None
    return number.access_token


@given(st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_opens_as_it_was(secret: str) -> None:
    seal, number = Seal([OLD]), a_number()
    seal.put(number, "access_token", secret)
    assert seal.read(number, "access_token") == secret


def test_what_is_sealed_does_not_hold_what_it_was() -> None:
    seal, number = Seal([OLD]), a_number()
    seal.put(number, "access_token", SECRET)
    assert SECRET.encode() not in base64.urlsafe_b64decode(sealed_in(number).text[12:])


def test_the_same_secret_never_looks_the_same_twice() -> None:
    seal, number = Seal([OLD]), a_number()
    seal.put(number, "access_token", SECRET)
    first = sealed_in(number)
    seal.put(number, "access_token", SECRET)
    assert sealed_in(number) != first


def test_none_clears_a_secret() -> None:
    seal, number = Seal([OLD]), a_number()
    seal.put(number, "access_token", SECRET)
    seal.put(number, "access_token", None)
    assert (number.access_token, seal.read(number, "access_token")) == (None, None)


def test_a_secret_opens_in_no_other_row_column_or_workspace() -> None:
    seal, number = Seal([OLD]), a_number()
    seal.put(number, "access_token", SECRET)
    kept = sealed_in(number)
    elsewhere = [
        (a_number(workspace_id=number.workspace_id, access_token=kept), "access_token"),
        (a_number(id=number.id, access_token=kept), "access_token"),
        (a_number(workspace_id=number.workspace_id, id=number.id, app_secret=kept), "app_secret"),
    ]
    for row, column in elsewhere:
        with pytest.raises(SealError, match="is not what was sealed there"):
            seal.read(row, column)


@pytest.mark.parametrize("place", [12, 30, -1])
def test_a_secret_that_was_changed_does_not_open(place: int) -> None:
    seal, number = Seal([OLD]), a_number()
    seal.put(number, "access_token", SECRET)
    text = list(sealed_in(number).text)
    text[place] = "A" if text[place] != "A" else "B"
    number.access_token = Sealed("".join(text))
    with pytest.raises(SealError):
        seal.read(number, "access_token")


def test_keys_are_changed_one_after_the_other() -> None:
    number = a_number()
    Seal([OLD]).put(number, "access_token", SECRET)
    both = Seal([NEW, OLD])
    assert both.read(number, "access_token") == SECRET
    both.put(number, "app_secret", SECRET)
    with pytest.raises(SealError, match="which is not among MAYCALL_ENCRYPTION_KEY"):
        Seal([OLD]).read(number, "app_secret")
    assert Seal([NEW]).read(number, "app_secret") == SECRET


def test_without_a_key_nothing_is_sealed() -> None:
    seal, number = Seal(), a_number()
    assert not seal.has_key
    with pytest.raises(SealError, match="Set MAYCALL_ENCRYPTION_KEY"):
        seal.put(number, "access_token", SECRET)
    assert number.access_token is None


def test_neither_seal_nor_row_shows_a_secret_or_a_key() -> None:
    seal, number = Seal([OLD]), a_number()
    seal.put(number, "access_token", SECRET)
    shown = f"{seal!r} {number!r} {number} {sealed_in(number)!r} {sealed_in(number)}"
    assert SECRET not in shown
    assert "oooo" not in shown
    assert sealed_in(number).text not in shown


async def test_nothing_but_what_is_sealed_gets_into_such_a_column(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    number = a_number(access_token=SECRET)
    with pytest.raises(StatementError, match="Only what is sealed is written here") as told:
        async with database.writing() as session:
            session.add(number)
    assert SECRET not in str(told.value)
    await database.close()


def test_a_key_is_32_bytes_in_base64_of_either_alphabet() -> None:
    key = bytes(range(224, 256))
    plain, urlsafe = base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode()
    assert plain != urlsafe
    assert keys_in(f"{plain}, {urlsafe.rstrip('=')} ,{new_key()}")[:2] == (key, key)
    assert keys_in("") == ()


@pytest.mark.parametrize("wrong", ["short", "x" * 45, "é" * 43, ",", f"{'A' * 43}=,", f"{'A' * 43}==", "A" * 42 + " "])
def test_what_is_no_key_is_told_without_being_shown(wrong: str) -> None:
    with pytest.raises(ValueError, match="each key must be 32 random bytes in base64") as told:
        keys_in(wrong)
    assert wrong not in str(told.value)


def test_whatever_is_called_a_secret_is_sealed_or_nothing_but_a_hash() -> None:
    bare = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if any(word in column.name for word in ("secret", "token", "password"))
        and not column.name.endswith(("_id", "_hash"))
        and not isinstance(column.type, SealedText)
    }
    assert bare == set()


def test_every_table_with_secrets_is_keyed_as_the_seal_expects() -> None:
    found = dict(sealed.columns())
    assert {table.name for table in found} >= {"business_number"}
    for table in found:
        assert [column.name for column in table.primary_key.columns] == ["workspace_id", "id"]
        assert table.c.id.type.python_type is UUID
