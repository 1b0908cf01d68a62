"""The shipped concepts form hierarchies that a cohort question can expand."""

from fhir_profiles.terminology import concepts, descendants, display
from fhir_profiles.terminology.drugs import DRUG, DRUG_CLASS
from fhir_profiles.terminology.naming import name_form
from fhir_profiles.terminology.prefixes import ATC

CHEBI = "http://purl.obolibrary.org/obo/chebi.owl"

SNOMED = "http://snomed.info/sct"
ICD_O = "urn:oid:2.16.840.1.113883.6.43.1"
MONDO = "http://purl.obolibrary.org/obo/mondo.owl"
HPO = "http://human-phenotype-ontology.org"


def test_every_parent_is_itself_a_concept_and_no_coding_occurs_twice() -> None:
    codings = [concept.coding for concept in concepts()]

    assert len(codings) == len(set(codings))
    assert {parent for concept in concepts() for parent in concept.parents} <= set(codings)


def test_no_concept_is_its_own_ancestor() -> None:
    for concept in concepts():
        below = set().union(*(descendants(*parent) for parent in concept.parents))
        assert not set(concept.parents) & (descendants(*concept.coding)), concept
        assert not concept.parents or concept.coding in below


def test_each_concept_is_named_in_english_and_korean() -> None:
    named = [concept for concept in concepts() if concept.system not in (DRUG, ATC, CHEBI)]
    assert named
    assert all(concept.display["en"] and concept.display["ko"] for concept in named)


def test_each_drug_is_named_or_is_another_name_of_one() -> None:
    drugs = {concept.code: concept for concept in concepts() if concept.system == DRUG}
    for code, drug in drugs.items():
        assert name_form(code) == code
        other = [name for system, name in drug.parents if system == DRUG]
        assert drug.display or all(drugs[name].display for name in other)


def test_each_class_has_members_and_each_member_a_class_that_there_is() -> None:
    every = {concept.coding for concept in concepts()}
    classes = [concept.coding for concept in concepts() if concept.system == DRUG_CLASS]
    assert all(parent in every for concept in concepts() for parent in concept.parents)
    assert all(len(descendants(*coding)) > 2 for coding in classes)
    assert display(ICD_O, "9180/3", "ko") == "골육종, 상세불명"
    assert display(SNOMED, "0") is None


def test_osteosarcoma_gathers_the_codes_of_every_system_and_no_other_sarcoma() -> None:
    found = descendants(MONDO, "MONDO:0009807")

    assert {
        (SNOMED, "307576001"),
        (SNOMED, "21708004"),
        (SNOMED, "404077005"),
        (ICD_O, "9180/3"),
        (ICD_O, "9193/3"),
        (HPO, "HP:0002669"),
    } <= found
    assert not found & {(ICD_O, "9260/3"), (ICD_O, "9220/3"), (SNOMED, "443520009"), (SNOMED, "424413001")}


def test_descendants_stay_within_the_branch_that_is_asked_for() -> None:
    assert descendants(ICD_O, "9192/3") == {(ICD_O, "9192/3")}
    assert (ICD_O, "9180/3") not in descendants(SNOMED, "307576001")
    assert (SNOMED, "307576001") in descendants(SNOMED, "21708004")


def test_an_unknown_code_has_itself_only() -> None:
    assert descendants("urn:example", "x") == {("urn:example", "x")}
