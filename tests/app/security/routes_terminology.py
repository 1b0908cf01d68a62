"""The routes of FHIR that tell of codes, as the documentation has them."""

import json

from tests.app.security.planting import Target
from tests.app.security.routes import JSON, ONE, RECORD, TYPE, Route

_GENDER = "url=http://hl7.org/fhir/ValueSet/administrative-gender"
_ACT = "system=http://terminology.hl7.org/CodeSystem/v3-ActCode"
_MAP = "url=http://hl7.org/fhir/ConceptMap/cm-name-use-v3"


def _closure(target: Target) -> bytes:
    return json.dumps(
        {"resourceType": "Parameters", "parameter": [{"name": "name", "valueString": target.mark}]}
    ).encode()


def _asking(kind: str, name: str, query: str) -> tuple[Route, ...]:
    """An operation on what is there for everybody: it names nobody, and no grant opens or closes it."""
    rule, path = f"{TYPE}/${name}", f"/fhir/{kind}/${name}?{query}"
    return (
        Route(f"GET {rule}", RECORD, path, by_study=True, name=kind),
        Route(f"POST {rule}", RECORD, path, by_study=True, name=kind),
    )


def _asking_of_one(kind: str, name: str, query: str) -> tuple[Route, ...]:
    """The same of a resource of an id: of one that is not there, as of any that the caller may not see."""
    rule, path = f"{ONE}/${name}", f"/fhir/{kind}/{{mark}}/${name}?{query}"
    return (
        Route(f"GET {rule}", RECORD, path, by_study=True, status=404, name=kind),
        Route(f"POST {rule}", RECORD, path, by_study=True, status=404, name=kind),
    )


TERMINOLOGY = (
    *_asking("ValueSet", "expand", _GENDER),
    *_asking("ValueSet", "validate-code", f"{_GENDER}&code=male"),
    *_asking("CodeSystem", "validate-code", f"{_ACT.replace('system', 'url')}&code=AMB"),
    *_asking("CodeSystem", "lookup", f"{_ACT}&code=AMB"),
    *_asking("CodeSystem", "subsumes", f"{_ACT}&codeA=_ActEncounterCode&codeB=AMB"),
    *_asking("ConceptMap", "translate", f"{_MAP}&system=http://hl7.org/fhir/name-use&code=usual"),
    *_asking_of_one("ValueSet", "expand", ""),
    *_asking_of_one("ValueSet", "validate-code", "code=male"),
    *_asking_of_one("CodeSystem", "validate-code", "code=AMB"),
    *_asking_of_one("CodeSystem", "subsumes", "codeA=a&codeB=b"),
    *_asking_of_one("ConceptMap", "translate", "system=urn:x&code=y"),
    Route("POST /fhir/$closure", RECORD, "/fhir/$closure", _closure, JSON, by_study=True),
)
