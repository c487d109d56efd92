"""What a delivery claims to be about, before it is known who signed it."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.whatsapp.samples import NUMBERS, sample
from whatsapp.addressed import Addressed, addressed

NOBODY = Addressed(frozenset(), frozenset())
Json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["entry", "id", "changes", "value"]), inner),
)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_sample_names_its_account_and_its_number_but_for_those_that_name_no_number(number: str) -> None:
    found = addressed(sample(number))
    assert found.waba_ids == {"318840017724905"}
    assert found.phone_number_ids == (set() if number == "19" else {"529183746501122"})


@given(Json)
def test_whatever_json_comes_in_is_read_without_a_fault(document: object) -> None:
    assert isinstance(addressed(orjson.dumps(document)), Addressed)


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"null", b'"x"', b'{"entry": {"id": "1"}}', b"\xff"])
def test_of_what_is_no_delivery_nothing_is_named(body: bytes) -> None:
    assert addressed(body) == NOBODY
