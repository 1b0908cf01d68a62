"""Whether a code is in a value set: of HL7's own, and by each rule of composition."""

from collections.abc import Mapping
from typing import Any

import pytest

from fhir_profiles.terminology.codes import CodeSystem, Selection, TooCostly
from fhir_profiles.terminology.listing import MemberListing
from fhir_profiles.terminology.membership import SHIPPED, Checking, Membership
from fhir_profiles.terminology.parsed import ParsedCodeSystem
from fhir_profiles.validation.structure import elements, kinds, value_set

MEMBER, NO, UNKNOWN = Membership.MEMBER, Membership.NOT_A_MEMBER, Membership.UNKNOWN
HL7 = "http://hl7.org/fhir/ValueSet"
V3 = "http://terminology.hl7.org/CodeSystem"
ANIMALS = "http://example.org/animals"


class Shelf:
    """A library of one system and some value sets."""

    def __init__(self, **sets: Mapping[str, Any]) -> None:
        concept = {"code": "dog", "property": [{"code": "legs", "valueInteger": 4}]}
        beasts = {"code": "mammal", "concept": [concept, {"code": "whale"}]}
        self.system = ParsedCodeSystem(
            {"url": ANIMALS, "content": "complete", "concept": [beasts, {"code": "bird"}]}
        )
        self.sets = sets

    def code_system(self, url: str, version: str | None = None) -> CodeSystem | None:
        return self.system if url == ANIMALS else None

    def value_set(self, url: str, version: str | None = None) -> Mapping[str, Any] | None:
        return self.sets.get(url)


def within(compose: Mapping[str, Any], code: str, system: str | None = ANIMALS, **sets: Any) -> Membership:
    """Whether a composition holds a code."""
    return Checking(Shelf(**sets)).within({"compose": compose}, system, code)


def filtered(property: str, op: str, value: str) -> Mapping[str, Any]:
    """Everything of the system for which a filter holds."""
    return {"include": [{"system": ANIMALS, "filter": [{"property": property, "op": op, "value": value}]}]}


def test_every_code_of_a_required_binding_is_in_its_set_and_another_is_not() -> None:
    bound = {each.value_set for kind in kinds() for each in elements(kind).values() if each.value_set}

    for name in sorted(bound):
        own = {"FHIR-version": "FHIR-version"}.get(name, name)
        for system, codes in value_set(name).items():
            held = {SHIPPED.membership(f"{HL7}/{own}|4.0.1", None, code) for code in codes}
            if held == {UNKNOWN}:  # the canonical of this one is not HL7's core
                continue
            assert held == {MEMBER}, name
            assert SHIPPED.membership(f"{HL7}/{own}", system, "no such code") is NO, name


@pytest.mark.parametrize(
    ("name", "system", "code", "expected"),
    [
        ("observation-category", f"{V3}/observation-category", "laboratory", MEMBER),
        ("observation-category", "http://example.org/other", "laboratory", NO),
        ("encounter-participant-type", f"{V3}/v3-ParticipationType", "ATND", MEMBER),
        ("iso3166-1-3", "urn:iso:std:iso:3166", "KOR", MEMBER),
        ("iso3166-1-3", "urn:iso:std:iso:3166", "KR", NO),
        ("mimetypes", "urn:ietf:bcp:13", "application/dicom", UNKNOWN),
        ("languages", "urn:ietf:bcp:47", "ko", MEMBER),
        ("all-languages", "urn:ietf:bcp:47", "sr-Latn-RS", UNKNOWN),
        ("no-such-set", "urn:x", "y", UNKNOWN),
    ],
)
def test_what_ships_says_yes_no_or_that_it_cannot_know(
    name: str, system: str, code: str, expected: Membership
) -> None:
    assert SHIPPED.membership(f"{HL7}/{name}", system, code) is expected


@pytest.mark.parametrize(
    ("asked", "members"),
    [
        (("concept", "is-a", "mammal"), "mammal dog whale"),
        (("concept", "descendent-of", "mammal"), "dog whale"),
        (("concept", "is-not-a", "mammal"), "bird"),
        (("concept", "generalizes", "dog"), "mammal dog"),
        (("concept", "in", "dog, bird"), "dog bird"),
        (("concept", "not-in", "dog,bird"), "mammal whale"),
        (("legs", "=", "4"), "dog"),
        (("legs", "exists", "true"), "dog"),
        (("legs", "exists", "false"), "mammal whale bird"),
        (("parent", "=", "mammal"), "dog whale"),
        (("code", "regex", "[a-d].*"), "dog bird"),
    ],
)
def test_each_operator_of_filters(asked: tuple[str, str, str], members: str) -> None:
    found = [code for code in ("mammal", "dog", "whale", "bird") if within(filtered(*asked), code) is MEMBER]

    assert found == members.split()


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)*", r"(a)\1", "[", "a*b*c*d*", "(?=a)a", "x" * 201])
def test_a_regular_expression_that_could_cost_anything_is_not_asked(pattern: str) -> None:
    assert within(filtered("code", "regex", pattern), "dog") is UNKNOWN


def test_includes_add_excludes_take_away_and_sets_that_are_named_together_cut() -> None:
    whole, dog = {"system": ANIMALS}, {"system": ANIMALS, "concept": [{"code": "dog"}]}
    pets = {"compose": {"include": [dog]}}

    assert within({"include": [whole]}, "whale") is MEMBER
    assert within({"include": [whole]}, "unicorn") is NO
    assert within({"include": [whole], "exclude": [dog]}, "dog") is NO
    assert within({"include": [{**whole, "valueSet": ["pets"]}]}, "whale", pets=pets) is NO
    assert within({"include": [{"valueSet": ["pets"]}]}, "dog", pets=pets) is MEMBER
    assert within({"include": [{"valueSet": ["pets", "others"]}]}, "dog", pets=pets) is UNKNOWN
    assert (
        within(
            {"include": [{"valueSet": ["itself"]}]},
            "dog",
            itself={"compose": {"include": [{"valueSet": ["itself"]}]}},
        )
        is UNKNOWN
    )


def test_sets_that_name_one_another_many_times_cost_no_more_than_each_once() -> None:
    names = [f"set-{number}" for number in range(12)]
    parts = {name: [{"valueSet": [each]} for each in names for _ in range(20)] for name in names}
    sets = {name: {"compose": {"include": part}} for name, part in parts.items()}

    assert within({"include": parts["set-0"]}, "dog", **sets) is UNKNOWN
    with pytest.raises(TooCostly):
        list(MemberListing(Shelf(**sets)).codes(sets["set-0"], Selection()))


def test_a_code_without_a_system_may_be_of_any_that_the_set_has() -> None:
    assert within({"include": [{"system": ANIMALS}]}, "dog", None) is MEMBER
    assert within({"include": [{"system": ANIMALS}]}, "dog", "urn:other") is NO


def test_an_unknown_system_leaves_a_doubt_unless_another_include_has_the_code() -> None:
    unknown, dog = {"system": "urn:unknown"}, {"system": ANIMALS, "concept": [{"code": "dog"}]}

    assert within({"include": [unknown]}, "x", "urn:unknown") is UNKNOWN
    assert within({"include": [unknown, dog]}, "dog") is MEMBER
    assert within({"include": [{"system": ANIMALS}], "exclude": [unknown]}, "x", "urn:unknown") is NO
