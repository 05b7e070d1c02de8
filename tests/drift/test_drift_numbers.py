"""What patterns say of running leaves, and what comes of witnesses that agree, disagree or say too little."""

from __future__ import annotations

from netwright.drift.numbers import Court, Pattern, Witness, pattern, witnesses
from netwright.drift.words import Word

A, B = "TenantSlice/a/*/vrf/rt", "TenantSlice/b/*/vrf/rt"
POOL_OF = {A: "rt", B: "rt"}


def word(claim: str, text: str) -> Word:
    return Word(f"own {claim}", text, "[0-9]+", lambda said: {claim: int(said)})


def patterns(*made: Pattern) -> dict[tuple[str, ...], Pattern]:
    return {one.shown: one for one in made}


def said(device: str, claim: str, *numbers: int, own: bool = True) -> Witness:
    return Witness(device, (claim,), frozenset((number,) for number in numbers), own)


def heard(*all_: Witness, known: dict[str, int] | None = None) -> Court:
    court = Court(known or {}, POOL_OF)
    court.hear(all_)
    return court


def test_a_pattern_reads_the_leaf_that_is_its_own() -> None:
    one = pattern("vrf a\x1frt 4000", {"4000": word(A, "4000")})
    (only,) = witnesses(patterns(one), "r0", {("vrf a",): "rt 17", ("vrf b",): "rt 18"})
    assert only == said("r0", A, 17)


def test_a_number_in_two_places_has_to_be_the_same() -> None:
    one = pattern("unit 4000\x1fvlan 4000", {"4000": word(A, "4000")})
    assert list(witnesses(patterns(one), "r0", {("unit 17",): "vlan 18"})) == []


def test_patterns_that_look_alike_prove_nothing() -> None:
    both = patterns(*(pattern(f"slice {n}", {n: word(c, n)}) for c, n in ((A, "4000"), (B, "3999"))))
    assert {one.own for one in witnesses(both, "r0", {("slice 7",): ""})} == set()  # `slice 7` is a path with a value
    both = patterns(*(pattern(f"slice {n}\x1f", {n: word(c, n)}) for c, n in ((A, "4000"), (B, "3999"))))
    made = list(witnesses(both, "r0", {("slice 7",): ""}))
    assert {(one.claims, one.own) for one in made} == {((A,), False), ((B,), False)}
    assert heard(*made).certain == {}


def test_a_word_inside_a_longer_number_is_none() -> None:
    assert pattern("rate 14000 40001", {"4000": word(A, "4000")}).pieces == ("rate 14000 40001",)


def test_all_have_to_agree() -> None:
    assert heard(said("r0", A, 17, 18), said("r1", A, 17)).certain == {A: 17}
    court = heard(said("r0", A, 17), said("r1", A, 18))
    assert court.certain == {}
    assert court.quarrels == {A}


def test_two_claims_on_one_number_lose_it_both() -> None:
    court = heard(said("r0", A, 17), said("r0", B, 17))
    assert court.quarrels == {A, B}
    assert court.certain == {}


def test_a_number_that_is_known_to_be_anothers_is_not_taken() -> None:
    court = heard(said("r0", A, 17), known={B: 17})
    assert court.certain == {B: 17}
    assert court.quarrels == {A}


def test_what_is_certain_narrows_down_the_rest() -> None:
    assert heard(said("r0", A, 17, 18), said("r0", B, 18)).certain == {A: 17, B: 18}


def test_who_may_speak_of_another_is_never_heard_against() -> None:
    court = heard(said("r1", A, 18, own=False), said("r0", A, 17))
    assert court.certain == {A: 17}
    assert not court.quarrels
