"""The operations on code systems: `$lookup`, `$validate-code`, `$subsumes` (codesystem-operations.html)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import OperationInput, operation_input, parameters
from app.http.fhir.operations import FhirOperation
from app.http.fhir.terminology_input import CODE_NAMES, LANGUAGE, codes, languages, named
from app.http.fhir.value_sets import ValueSetViews, verdict_of
from app.terminology import CodeSystems
from app.terminology.answers import AskedCode, coding_of
from app.terminology.code_systems import FoundCode
from app.terminology.value_sets import NamedDefinition
from fhir_profiles.terminology.decimals import json_of
from fhir_profiles.terminology.languages import name_of
from graph.errors import Invalid
from graph.scope import AccessScope

KIND = "CodeSystem"
_OF_LOOKUP = frozenset(("code", "system", "version", "coding", "property", LANGUAGE))
_OF_VALIDATION = frozenset((*CODE_NAMES, "url", "codeSystem", "resource", LANGUAGE))
_OF_SUBSUMPTION = frozenset(("codeA", "codeB", "system", "version", "codingA", "codingB"))
_STRUCTURAL = frozenset({"parent", "child"})


class CodeSystemViews:
    """The answers to questions about codes."""

    def __init__(self, code_systems: CodeSystems, value_sets: ValueSetViews) -> None:
        self._code_systems = code_systems
        self._value_sets = value_sets

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations, with that which value sets have by the same name."""
        both = {KIND: self.validate_code, "ValueSet": self._value_sets.validate_code}
        return (
            FhirOperation("lookup", ("type",), {KIND: self.lookup}),
            FhirOperation("subsumes", ("type", "instance"), {KIND: self.subsumes}),
            FhirOperation("validate-code", ("type", "instance"), both),
        )

    def lookup(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """200 with what is known of a code; 404 where nothing is."""
        asked = operation_input(call)
        asked.require_known(_OF_LOOKUP)
        found = self._code_systems.lookup(scope, codes(asked)[0])
        wanted = frozenset(str(each) for each in asked.values.get("property", ()))
        display = name_of(found.entry, languages(call, asked)) or found.entry.code
        told = {"resourceType": "Parameters", "parameter": list(_told(found, display, wanted))}
        return Answer(200, json_of(told))

    def validate_code(
        self, scope: AccessScope, call: Call, *, kind: str, resource_id: str | None = None
    ) -> Answer:
        """200 with whether a code is one of the system.

        Raises `Invalid` for a system that is sent instead of named.
        """
        asked = operation_input(call)
        asked.require_known(_OF_VALIDATION)
        definition = named(kind, asked, resource_id, "codeSystem")
        if definition and definition.sent:
            raise Invalid("name the code system by its url", location="codeSystem", code="not-supported")
        if definition and definition.url:
            about: NamedDefinition | None = None
            listed = tuple(_of_url(each, definition.url) for each in codes(asked))
        else:
            about, listed = definition, codes(asked)
        verdict = self._code_systems.validate(scope, about, listed, languages(call, asked))
        return Answer(200, verdict_of(verdict))

    def subsumes(
        self, scope: AccessScope, call: Call, *, kind: str, resource_id: str | None = None
    ) -> Answer:
        """200 with how two codes stand to one another; raises `Invalid` where they are not two."""
        asked = operation_input(call)
        asked.require_known(_OF_SUBSUMPTION)
        system = asked.text("system")
        if resource_id is not None:
            system = self._code_systems.url_of(scope, resource_id)
        first, second = (_end(asked, end, system) for end in ("A", "B"))
        outcome = self._code_systems.subsumes(scope, first, second)
        return Answer(200, parameters({"name": "outcome", "valueCode": outcome}))


def _end(asked: OperationInput, end: str, system: str | None) -> AskedCode:
    """One of the two codes.

    Raises `Invalid` where it is not given, or twice.
    """
    code, coding = asked.text(f"code{end}"), asked.one(f"coding{end}")
    if (code is None) == (coding is None):
        raise Invalid(f"give one of code{end} and coding{end}", location=f"code{end}", code="required")
    if coding is not None:
        return coding_of(coding, f"coding{end}")
    return AskedCode(system or "", code or "", asked.text("version"), place=f"code{end}")


def _of_url(asked: AskedCode, url: str) -> AskedCode:
    """A code of the system that the operation names.

    Raises `Invalid` where the code itself names another.
    """
    if asked.system not in ("", url):
        raise Invalid("the url and the system of the code differ", location=asked.place)
    return AskedCode(url, asked.code, asked.version, asked.display, asked.place)


def _told(found: FoundCode, display: str, wanted: Collection[str]) -> Iterator[Mapping[str, Any]]:
    """The parts of the answer; `wanted` names the properties, of none all are."""

    def wants(name: str) -> bool:
        return not wanted or name in wanted

    title, entry = found.title, found.entry
    yield {"name": "name", "valueString": title.name or title.url}
    if title.version:
        yield {"name": "version", "valueString": title.version}
    yield {"name": "display", "valueString": display}
    if entry.definition and wants("definition"):
        yield _property("definition", "valueString", entry.definition)
    for each in entry.designations if wants("designation") else ():
        told = (("language", "valueCode", each.language), ("use", "valueCoding", each.use))
        parts = [{"name": name, kind: value} for name, kind, value in told if value]
        yield {"name": "designation", "part": [*parts, {"name": "value", "valueString": each.value}]}
    for one in entry.properties:
        if wants(one.code) and one.code not in _STRUCTURAL:
            yield _property(one.code, one.kind, one.value)
    if wants("parent"):
        yield from (_property("parent", "valueCode", each) for each in entry.parents)
    if wants("child"):
        yield from (_property("child", "valueCode", each) for each in found.children)


def _property(code: str, kind: str, value: Any) -> Mapping[str, Any]:
    parts = [{"name": "code", "valueCode": code}, {"name": "value", kind: value}]
    return {"name": "property", "part": parts}
