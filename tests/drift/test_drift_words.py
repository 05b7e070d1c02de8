"""Every text that follows from a number gives the number back, and no other text does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.alloc.ledger import Assignment, Book, Held, Ledger
from netwright.drift.numbers import pattern
from netwright.drift.words import Word, words
from netwright.intents.loader import read_intents
from netwright.services.numbers import Numbers, pools_of

ROOT = Path(__file__).parents[2]
FABRIC = read_intents([ROOT / "intents"], ROOT)[0].fabric
assert FABRIC is not None
POOLS = pools_of(FABRIC)
DAY = datetime(2026, 12, 1, tzinfo=UTC)
NODE = f"{FABRIC.address}/r1/locator/node_id"
CLAIMS = {
    "node_id": NODE,
    "loopback": f"{FABRIC.address}/r1/loopback/address",
    "router_id": f"{FABRIC.address}/r1/router/id",
    "link": f"{FABRIC.address}/*/link:r1-r2/prefix",
    "rt": "TenantSlice/a/*/vrf/rt",
    "rd": "TenantSlice/a/r1/vrf/rd",
    "colour": "TenantSlice/a/*/policy/colour",
    "vlan/r1": "TenantSlice/a/r1/spec.sites[0]/vlan",
    "sid_usid/r1": "TenantSlice/a/r1/vrf/sid",
    "sid_classic/r1": "TenantSlice/b/r1/vrf/sid",
}


def numbers(chosen: dict[str, int]) -> Numbers:
    books = {book: Book({claim: Held(chosen[claim], DAY)}) for book, claim in CLAIMS.items()}
    assert FABRIC is not None
    return Numbers(FABRIC, POOLS, Assignment(Ledger(books), chosen, frozenset()))


def of(pool: str) -> st.SearchStrategy[int]:
    span = POOLS[pool.partition("/")[0]].numbers
    return st.integers(span[0], span[-1])


chosen = st.fixed_dictionaries({claim: of(book) for book, claim in CLAIMS.items()})


@given(chosen)
def test_every_text_says_its_numbers(made: dict[str, int]) -> None:
    said = set()
    for word in words(numbers(made), "r1", made):
        reading = word.read(word.text)
        assert reading.items() <= made.items(), word
        assert pattern(word.text, {word.text: word}).pieces[1] is word  # it is one token, whatever the number
        said |= reading.keys()
    assert said == made.keys()


@given(chosen, chosen)
def test_the_texts_of_other_numbers_are_read_by_the_same_words(one: dict[str, int], other: dict[str, int]) -> None:
    readers = {word.key: word for word in words(numbers(one), "r1", one)}
    for word in words(numbers(other), "r1", other):
        if word.key in readers:
            assert readers[word.key].read(word.text).items() <= other.items()


def reader(form: str) -> Word:
    made = {claim: POOLS[book.partition("/")[0]].numbers[7] for book, claim in CLAIMS.items()}
    return next(word for word in words(numbers(made), "r1", made) if word.key.startswith(form))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("locator", "fd00:1:5::1"),
        ("locator", "fd00:2:5::"),
        ("end ", "fd00:1:5::"),
        ("end0", "2001:db8:0:1000::1"),
        ("end1", "2001:db8:0:1000::"),
        ("sid", "fd00:1:5::"),
        ("net", "49.0002.0102.5500.0001.00"),
        ("system", "0102.5500.001"),
        ("system", "0100.0000.0001"),
        ("own TenantSlice/a/*/vrf/rt", "65001:7"),
        ("address", "2001:db9::1"),
    ],
)
def test_what_is_no_such_text_is_not_read(form: str, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - several kinds of the library's own
        reader(form).read(text)
