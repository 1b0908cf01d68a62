"""The operations on value sets: `$expand` and `$validate-code` (FHIR R4 valueset-operations.html)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import OperationInput, operation_input, parameters
from app.http.fhir.operations import FhirOperation
from app.http.fhir.terminology_input import LANGUAGE, codes, languages, named, required, versions
from app.terminology import ValueSets
from app.terminology.answers import CodeVerdict
from app.terminology.value_sets import Expansion, ExpansionWish
from fhir_profiles.terminology.codes import CodeEntry, Designation
from fhir_profiles.terminology.decimals import json_of
from fhir_profiles.terminology.languages import name_of
from graph.clock import instant
from graph.scope import AccessScope

KIND = "ValueSet"
_EXPANSIONS = UUID("7d2f5f0e-64a5-4d2f-9b8a-0a5f3a3f3d11")
_FLAGS = ("includeDesignations", "includeDefinition", "activeOnly", "excludeNested", "excludeNotForUI")
EXPANSION_PARAMETERS = frozenset(
    (
        *("url", "valueSet", "valueSetVersion", "resource", "filter", "offset", "count", LANGUAGE),
        *("system-version", "excludePostCoordinated", *_FLAGS),
    )
)
_OF_VALIDATION = frozenset(
    (
        *("url", "valueSet", "valueSetVersion", "resource", "code", "system", "systemVersion", "display"),
        *("coding", "codeableConcept", "abstract", "inferSystem", "system-version", LANGUAGE),
    )
)
_SHOWN = ("url", "version", "name", "title", "status", "experimental", "description")


class ValueSetViews:
    """The answers to questions about value sets."""

    def __init__(self, value_sets: ValueSets) -> None:
        self._value_sets = value_sets

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        return (FhirOperation("expand", ("type", "instance"), {KIND: self.expand}),)

    def expand(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str | None = None) -> Answer:
        """200 with the ValueSet and its expansion, or a page of it."""
        asked = operation_input(call)
        asked.require_known(EXPANSION_PARAMETERS)
        wish = ExpansionWish(
            text=asked.text("filter") or "",
            offset=asked.number("offset") or 0,
            count=asked.number("count"),
            active_only=asked.flag("activeOnly"),
            without_abstract=asked.flag("excludeNotForUI"),
            versions=versions(asked),
        )
        found = self._value_sets.expand(scope, required(named(kind, asked, resource_id, "valueSet")), wish)
        return Answer(200, json_of(_expanded(found, wish, asked, call)))

    def validate_code(
        self, scope: AccessScope, call: Call, *, kind: str, resource_id: str | None = None
    ) -> Answer:
        """200 with whether a code is in the value set."""
        asked = operation_input(call)
        asked.require_known(_OF_VALIDATION)
        verdict = self._value_sets.validate(
            scope,
            required(named(kind, asked, resource_id, "valueSet")),
            codes(asked, "systemVersion"),
            languages=languages(call, asked),
            versions=versions(asked),
            abstract=asked.one("abstract") in (None, True, "true"),
        )
        return Answer(200, verdict_of(verdict))


def verdict_of(verdict: CodeVerdict) -> bytes:
    """The Parameters that tell whether a code is right."""
    told: list[dict[str, Any]] = [{"name": "result", "valueBoolean": verdict.result}]
    if verdict.message:
        told.append({"name": "message", "valueString": verdict.message})
    if verdict.display:
        told.append({"name": "display", "valueString": verdict.display})
    if verdict.code:
        told.append({"name": "code", "valueCode": verdict.code.code})
        if verdict.code.system:
            told.append({"name": "system", "valueUri": verdict.code.system})
    return parameters(*told)


def _expanded(found: Expansion, wish: ExpansionWish, asked: OperationInput, call: Call) -> dict[str, Any]:
    resource = found.value_set
    shown = (
        resource
        if asked.flag("includeDefinition")
        else {name: resource[name] for name in ("id", "meta", *_SHOWN) if name in resource}
    )
    wanted = languages(call, asked)
    contains = [_contained(each, wanted, asked.flag("includeDesignations")) for each in found.codes.entries]
    whole = wish.count is None and not wish.offset and not wish.text and not asked.flag("excludeNested")
    if whole:
        contains = nested(found.codes.entries, contains)
    told = list(_parameters(wish, asked, found))
    expansion: dict[str, Any] = {
        "identifier": uuid5(_EXPANSIONS, f"{resource.get('url')}{told}").urn,
        "timestamp": instant(call.now),
        "total": found.codes.total,
        **({"offset": wish.offset} if wish.count is not None else {}),
        "parameter": told,
        "contains": contains,
    }
    empty = [name for name in ("parameter", "contains") if not expansion[name]]
    expansion = {name: value for name, value in expansion.items() if name not in empty}
    return {"resourceType": KIND, "status": "active", **shown, "expansion": expansion}


def _parameters(wish: ExpansionWish, asked: OperationInput, found: Expansion) -> Iterator[Mapping[str, Any]]:
    """What the expansion was made with (valueset-definitions.html#ValueSet.expansion.parameter)."""
    if wish.text:
        yield {"name": "filter", "valueString": wish.text}
    if wish.count is not None:
        yield {"name": "offset", "valueInteger": wish.offset}
        yield {"name": "count", "valueInteger": wish.count}
    if language := asked.text(LANGUAGE):
        yield {"name": LANGUAGE, "valueCode": language}
    yield from ({"name": name, "valueBoolean": True} for name in _FLAGS if asked.flag(name))
    yield from ({"name": "used-codesystem", "valueUri": each} for each in found.codes.systems)
    yield from ({"name": "fragment", "valueUri": each} for each in found.codes.parts)


def _contained(entry: CodeEntry, wanted: Sequence[str], designations: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"system": entry.system, "code": entry.code}
    if display := name_of(entry, wanted):
        shown["display"] = display
    if entry.abstract:
        shown["abstract"] = True
    if entry.inactive:
        shown["inactive"] = True
    if designations and entry.designations:
        shown["designation"] = [designation_of(each) for each in entry.designations]
    return shown


def designation_of(name: Designation) -> dict[str, Any]:
    """A further name of a code, as ValueSets show it."""
    told = {"language": name.language, "use": name.use, "value": name.value}
    return {key: value for key, value in told.items() if value}


def nested(entries: Sequence[CodeEntry], shown: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The codes in their hierarchy, each in the first of its parents that is shown; no cycle loses one."""
    places = {(each.system, each.code): place for place, each in enumerate(entries)}
    outer: dict[int, int] = {}
    for place, each in enumerate(entries):
        inside = (places.get((each.system, parent)) for parent in each.parents)
        above = next((one for one in inside if one is not None and not _leads(outer, one, place)), None)
        if above is not None:
            outer[place] = above
            shown[above].setdefault("contains", []).append(shown[place])
    return [each for place, each in enumerate(shown) if place not in outer]


def _leads(outer: Mapping[int, int], start: int, end: int) -> bool:
    """Whether the way up from one place passes another."""
    place: int | None = start
    while place is not None and place != end:
        place = outer.get(place)
    return place is not None
