"""DICOM code sequence items as FHIR codings (PS3.3 table 8.8-1, PS3.16 table 8-1).

An entry is what a file says: value, coding scheme designator, meaning.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from fhir_profiles.mapping.body_parts import SNOMED
from fhir_profiles.mapping.dicom_values import DCM, is_code, text

ContentCode: TypeAlias = Sequence[str]
"""Code value, coding scheme designator, code meaning."""

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
SYSTEMS: Mapping[str, str] = {
    "DCM": DCM,
    "SCT": SNOMED,
    "LN": LOINC,
    "UCUM": UCUM,
    "RADLEX": "http://radlex.org",
    "I9C": "http://hl7.org/fhir/sid/icd-9-cm",
    "I10": "http://hl7.org/fhir/sid/icd-10",
    "I10C": "http://hl7.org/fhir/sid/icd-10-cm",
    "C4": "http://www.ama-assn.org/go/cpt",
    "NCIt": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "UMLS": "http://terminology.hl7.org/CodeSystem/umls",
    "MDC": "urn:iso:std:iso:11073:10101",
    "FMA": "http://terminology.hl7.org/CodeSystem/fma",
    "LOINC": LOINC,
    "SNOMED": SNOMED,
}
"""The FHIR code systems of coding scheme designators; a private scheme has none."""


def coding_of(entry: ContentCode) -> dict[str, str] | None:
    """The Coding of an entry; None where it has no code that FHIR could hold."""
    value, scheme, meaning = (text(each) or "" for each in entry)
    coding = {"system": SYSTEMS.get(scheme), "code": value if is_code(value) else None}
    coding["display"] = meaning or None
    return {name: each for name, each in coding.items() if each} if coding["code"] else None


def concept_of(entry: ContentCode) -> dict[str, Any] | None:
    """The CodeableConcept of an entry: its coding, or its meaning alone; None where it says nothing."""
    found, meaning = coding_of(entry), text(entry[2])
    concept = {"coding": [found] if found else None, "text": meaning}
    return {name: each for name, each in concept.items() if each} or None


def concepts_of(entries: Iterable[ContentCode]) -> list[dict[str, Any]]:
    """The CodeableConcepts of entries, each once, in their order."""
    found: list[dict[str, Any]] = []
    for entry in entries:
        concept = concept_of(entry)
        if concept and concept not in found:
            found.append(concept)
    return found
