"""What ships: every definition can be read by itself, and every value set lists what it holds."""

from collections import Counter

from fhir_profiles.terminology import concepts, shipped
from fhir_profiles.terminology.codes import Selection, UnknownSource
from fhir_profiles.terminology.languages import languages_of, name_of
from fhir_profiles.terminology.listing import MemberListing
from fhir_profiles.terminology.membership import SHIPPED_LIBRARY, Checking, Membership

HL7 = "http://hl7.org/fhir"
SNOMED = "http://snomed.info/sct"


def test_every_value_set_lists_members_or_names_what_is_not_known() -> None:
    """A sample of each set: the two ways of reading a composition must agree."""
    listing, checking = MemberListing(SHIPPED_LIBRARY), Checking(SHIPPED_LIBRARY)
    told: Counter[str] = Counter()
    for url in shipped.canonicals("ValueSet"):
        resource = shipped.definition("ValueSet", url)
        assert resource is not None
        try:
            page = listing.page(resource, Selection(), 0, 5)
        except UnknownSource as error:
            told[error.kind] += 1
            continue
        told["listed"] += 1
        for entry in page.entries:
            assert checking.within(resource, entry.system, entry.code) is Membership.MEMBER, (url, entry.code)

    assert told["listed"] > 1_200
    assert told["ValueSet"] < 10


def test_hl7s_own_examples_are_expanded_as_they_say() -> None:
    def codes(name: str) -> list[str]:
        resource = shipped.definition("ValueSet", f"{HL7}/ValueSet/{name}")
        assert resource is not None
        return [each.code for each in MemberListing(SHIPPED_LIBRARY).codes(resource, Selection())]

    assert codes("example-extensional") == ["14647-2", "2093-3", "35200-5", "9342-7"]
    assert codes("example-filter") == []  # no code of the example system has the property
    assert "410" in codes("iso3166-1-N")
    extensional = f"{HL7}/ValueSet/example-extensional"
    assert SHIPPED_LIBRARY.value_set(extensional, "4.0.1") is not None
    assert SHIPPED_LIBRARY.value_set(extensional, "9") is None


def test_the_hierarchy_of_v3_is_that_of_the_standard() -> None:
    act = shipped.code_system("http://terminology.hl7.org/CodeSystem/v3-ActCode")
    assert act is not None

    assert act.children("IMP") == ["ACUTE", "NONAC"]
    assert "_ActEncounterCode" in act.ancestors("ACUTE")
    assert act.entries(["_ActEncounterCode"])["_ActEncounterCode"].abstract


def test_concepts_of_this_release_are_named_in_their_languages_and_are_a_part_of_their_systems() -> None:
    for each in concepts():
        system = shipped.code_system(each.system)
        assert system is not None
        entry = system.entries([each.code])[each.code]
        english = each.display.get("en")
        assert name_of(entry, languages_of("ko-KR, en;q=0.5")) == each.display.get("ko", english)
        assert name_of(entry, languages_of("fr, *;q=0.1")) == english
        assert not system.title.complete


def test_a_part_of_a_system_says_yes_and_else_that_it_does_not_know() -> None:
    checking = Checking(SHIPPED_LIBRARY)

    def asked(root: str, code: str) -> Membership:
        part = {"system": SNOMED, "filter": [{"property": "concept", "op": "is-a", "value": root}]}
        return checking.within({"compose": {"include": [part]}}, SNOMED, code)

    assert asked("424413001", "307576001") is Membership.MEMBER
    assert asked("307576001", "424413001") is Membership.UNKNOWN
    assert asked("404684003", "307576001") is Membership.UNKNOWN
