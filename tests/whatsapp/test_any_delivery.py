"""Whatever Meta sends, reading it never fails but by saying that it is no delivery, and never loses what is good."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from whatsapp.events import Delivery, NotADeliveryError, parse

from .samples import NUMBERS, sample

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(
        ("", "0", "-1", "1795166047", "terminate", "connect", "accept", "FAILED", "messages", "calls", "\0")
    )
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))
SAMPLES = [orjson.loads(sample(number)) for number in NUMBERS]


@given(st.binary(max_size=200) | values.map(orjson.dumps))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(NotADeliveryError):
        parse(body)


@given(
    st.lists(values, max_size=3), st.sampled_from(("messages", "calls", "account_update", "account_settings_update"))
)
def test_any_values_of_the_fields_that_are_known_are_read(given: list[Any], field: str) -> None:
    changes = [{"field": field, "value": value} for value in given]
    delivery = parse(orjson.dumps({"entry": [{"changes": changes}]}))
    assert delivery.news == []


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """Draw a sample in which a few things at random have become something else, or are gone."""
    document = deepcopy(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 3))):
        places = list(places_in(document["entry"]))
        if not places:
            break
        container, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            del container[key]
        else:
            container[key] = draw(values)
    return document


def places_in(node: Any) -> Any:
    """Give everything in a document as its container and its key there, from the outside in."""
    keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    for key in keys:
        yield node, key
        yield from places_in(node[key])


@given(spoiled(), st.sampled_from(SAMPLES))
def test_a_spoiled_delivery_never_keeps_a_good_one_in_the_same_post_from_being_heard(bad: Any, good: Any) -> None:
    good_news = parse(orjson.dumps(good)).news

    before = parse(orjson.dumps({"entry": [*bad["entry"], *good["entry"]]})).news
    after = parse(orjson.dumps({"entry": [*good["entry"], *bad["entry"]]})).news

    assert before[len(before) - len(good_news) :] == good_news
    assert after[: len(good_news)] == good_news


@given(st.data())
def test_a_spoiled_item_never_keeps_a_good_one_beside_it_from_being_heard(data: st.DataObject) -> None:
    document = deepcopy(data.draw(st.sampled_from(SAMPLES[:17])))
    value = document["entry"][0]["changes"][0]["value"]
    [kind] = {"messages", "statuses", "calls"} & value.keys()
    news = parse(orjson.dumps(document)).news
    bad = deepcopy(value[kind][0])
    container, key = data.draw(st.sampled_from(list(places_in([bad]))))
    container[key] = data.draw(values)

    value[kind].insert(0, bad)
    delivery: Delivery = parse(orjson.dumps(document))

    assert delivery.news[-1:] == news
    assert len(delivery.news) + len(delivery.skipped) == 2
