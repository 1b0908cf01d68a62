"""Systems whose codes say by their first characters what they are a kind of: E11.9 stands below E11.

In ICD-10 a category has three characters, what is below it has further ones behind a point, which claims
leave out; a block is written by its first and last category. ATC has levels of one, three, four, five and
seven characters. So what stands below such a code is known where no terminology was loaded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from re import Pattern

ICD_10, ICD_10_CM = "http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm"
KCD_8 = "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8"
ATC = "http://www.whocc.no/atc"
_LAST = "\uffff"  # behind every character of a code
_CATEGORY = r"[A-Z][0-9][0-9A-Z]"
_ICD = re.compile(rf"(?P<category>{_CATEGORY})(\.?(?P<rest>[0-9A-Z]{{1,4}}))?")
_BLOCK = re.compile(rf"(?P<low>{_CATEGORY})-(?P<high>{_CATEGORY})")
_ICD_9 = re.compile(r"(?P<category>[0-9]{3}|V[0-9]{2}|E[0-9]{3})(\.?(?P<rest>[0-9]{1,2}))?")
_ATC = re.compile(r"(?P<category>[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?)")

DIAGNOSES = (
    ("Condition", "code"),
    ("Encounter", "reason-code"),
    ("FamilyMemberHistory", "code"),
    ("Observation", "value-concept"),
    ("Procedure", "reason-code"),
)
DRUGS = (
    ("AllergyIntolerance", "code"),
    ("Medication", "code"),
    ("MedicationAdministration", "code"),
    ("MedicationDispense", "code"),
    ("MedicationRequest", "code"),
    ("MedicationStatement", "code"),
)


@dataclass(frozen=True, slots=True)
class _PrefixSystem:
    """How the codes of a system are formed, and the search parameters whose values are such codes."""

    form: Pattern[str]
    fields: tuple[tuple[str, str], ...]


_KOREAN = re.compile(r"http://www\.hl7korea\.or\.kr/CodeSystem/kostat-kcd-\d{1,2}")
_TENTH = _PrefixSystem(_ICD, DIAGNOSES)
_SYSTEMS: Mapping[str, _PrefixSystem] = {
    ICD_10: _TENTH,
    ICD_10_CM: _TENTH,
    "http://hl7.org/fhir/sid/icd-9-cm": _PrefixSystem(_ICD_9, DIAGNOSES),
    "urn:oid:2.16.840.1.113883.6.43.1": _TENTH,  # the topography of ICD-O
    "http://terminology.hl7.org/CodeSystem/icd-o-3": _TENTH,
    ATC: _PrefixSystem(_ATC, DRUGS),
}


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Codes from `low` to what is behind `high`, and the search parameters (type, name) that hold such."""

    low: str
    high: str
    fields: tuple[tuple[str, str], ...]


def ranges_below(system: str, code: str) -> tuple[CodeRange, ...]:
    """Where the codes below one, and that one, stand in their order; none where its form does not say."""
    known = _TENTH if _KOREAN.fullmatch(system) else _SYSTEMS.get(system)
    if known is None:
        return ()
    if known is _TENTH and (block := _BLOCK.fullmatch(code)):
        return (CodeRange(block["low"], block["high"] + _LAST, known.fields),)
    found = known.form.fullmatch(code)
    if found is None:
        return ()
    parts = found.groupdict()
    rest = parts.get("rest")
    forms = [f"{parts['category']}.{rest}", f"{parts['category']}{rest}"] if rest else [parts["category"]]
    return tuple(CodeRange(each, each + _LAST, known.fields) for each in forms)
