"""The coded concepts and context groups of DICOM PS3.16, as pydicom has them: nothing is fetched."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from re import Pattern
from typing import Any, TypeAlias

from app.terminology.sources.documents import JsonObject, SystemHead, code_system, concept
from app.terminology.sources.systems import DCM
from fhir_profiles.mapping.coded_concepts import SYSTEMS

_GROUP = "http://dicom.nema.org/medical/dicom/current/output/chtml/part16/sect_CID_{0}.html"
_FORMS = {"LN": re.compile(r"[0-9]{1,7}-[0-9]"), "SCT": re.compile(r"[0-9]{6,18}")}
_ANY = re.compile(r"\S+")
_OF_OTHERS = frozenset({"UCUM", "I10"})  # known whole elsewhere, or of one code here
_Scheme: TypeAlias = Mapping[str, Mapping[str, tuple[str, Sequence[int]]]]
"""By keyword: each code with its meaning and the context groups in which it stands under it."""


def read_dicom(head: SystemHead) -> Iterator[JsonObject]:
    """Each scheme as a CodeSystem, all but DICOM's own a part of what it is, then the groups as ValueSets."""
    schemes: Mapping[str, _Scheme] = import_module("pydicom.sr._concepts_dict").concepts
    for designator, keywords in schemes.items():
        url = SYSTEMS.get(designator)
        if url is not None and designator not in _OF_OTHERS:
            named = replace(
                head,
                url=url,
                name=f"Dicom{designator}",
                title=f"{designator} in DICOM PS3.16",
                content="complete" if url == DCM else "fragment",
            )
            yield code_system(named, list(_concepts(keywords, _form_of(designator))))
    groups = import_module("pydicom.sr._cid_dict")
    for number, keywords_of in groups.cid_concepts.items():
        yield _value_set(head, number, groups.name_for_cid[number], _codes(number, keywords_of, schemes))


def _form_of(designator: str) -> Pattern[str]:
    """What a code of a scheme looks like; the tables have some of other schemes, and an empty one."""
    return _FORMS.get(designator, _ANY)


def _concepts(keywords: _Scheme, form: Pattern[str]) -> Iterator[JsonObject]:
    """The concepts of a scheme: one to a code, whose meanings in groups are its names."""
    meanings: dict[str, list[str]] = {}
    for codes in keywords.values():
        for code, (meaning, _) in codes.items():
            if form.fullmatch(code):
                meanings.setdefault(code, []).append(meaning)
    for code, (first, *others) in sorted(meanings.items()):
        yield concept(code, first, names=(("en", each) for each in others))


def _codes(
    number: int, keywords_of: Mapping[str, Sequence[str]], schemes: Mapping[str, _Scheme]
) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The codes of a group with their meanings, by the system that has a canonical here."""
    found: dict[str, list[tuple[str, str]]] = {}
    for designator, keywords in keywords_of.items():
        if (url := SYSTEMS.get(designator)) is not None:
            for keyword in keywords:
                for code, (meaning, groups) in schemes[designator].get(keyword, {}).items():
                    if number in groups and _form_of(designator).fullmatch(code):
                        found.setdefault(url, []).append((code, meaning))
    return found


def _value_set(
    head: SystemHead, number: int, name: str, codes: Mapping[str, Sequence[tuple[str, str]]]
) -> JsonObject:
    include: list[dict[str, Any]] = [
        {"system": url, "concept": [{"code": code, "display": meaning} for code, meaning in sorted(some)]}
        for url, some in codes.items()
    ]
    return {
        "resourceType": "ValueSet",
        "url": _GROUP.format(number),
        "version": head.version,
        "name": f"CID{number}{name}",
        "title": f"CID {number} {name}",
        "status": "active",
        "publisher": head.publisher,
        "copyright": head.copyright,
        **({"compose": {"include": include}} if include else {}),
    }
