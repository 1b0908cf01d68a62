"""What the operations of terminology are asked with: definitions, codes and languages, read in one way."""

from collections.abc import Mapping

from app.http.fhir.exchange import Call
from app.http.fhir.operation_input import OperationInput
from app.terminology.answers import AskedCode, coding_of, codings_of
from app.terminology.value_sets import NamedDefinition
from fhir_profiles.terminology.languages import languages_of
from graph.errors import Invalid

CODE_NAMES = ("code", "system", "version", "display", "coding", "codeableConcept")
LANGUAGE = "displayLanguage"
_SYSTEM_VERSION = "system-version"


def languages(call: Call, asked: OperationInput) -> tuple[str, ...]:
    """The languages in which codes are to be named: those of the parameter, else of the header."""
    return languages_of(asked.text(LANGUAGE) or call.headers.get("Accept-Language"))


def named(
    kind: str, asked: OperationInput, resource_id: str | None, parameter: str
) -> NamedDefinition | None:
    """Which definition is asked about; None where none is named.

    `parameter` is what it is called where it is sent itself. Raises `Invalid`.
    """
    sent = asked.resource(parameter) or asked.resource()
    url, version = asked.text("url"), asked.text(f"{parameter}Version")
    if (resource_id, url, sent) == (None, None, None):
        return None
    return NamedDefinition(kind, resource_id, url, version, sent)


def required(found: NamedDefinition | None) -> NamedDefinition:
    """The definition that is asked about.

    Raises `Invalid` where none is named.
    """
    if found is None:
        raise Invalid("name what is asked about, by its url, or send it", location="url", code="required")
    return found


def codes(asked: OperationInput, version: str = "version") -> tuple[AskedCode, ...]:
    """The codes that are asked about: those of a codeableConcept, a coding, or one in parameters of its own.

    `version` is what the version of the system is called there. Raises `Invalid` where none is given, or
    several are.
    """
    ways = [name for name in ("code", "coding", "codeableConcept") if asked.one(name) is not None]
    if len(ways) != 1:
        raise Invalid("ask about one of code, coding and codeableConcept", location="code", code="required")
    if ways == ["codeableConcept"]:
        return codings_of(asked.one("codeableConcept"), "codeableConcept")
    if ways == ["coding"]:
        return (coding_of(asked.one("coding"), "coding"),)
    code = asked.text("code") or ""
    return (AskedCode(asked.text("system") or "", code, asked.text(version), asked.text("display")),)


def versions(asked: OperationInput) -> Mapping[str, str]:
    """The versions of systems that definitions name none of, by system; raises `Invalid`."""
    found: dict[str, str] = {}
    for each in asked.values.get(_SYSTEM_VERSION, ()):
        url, mark, version = each.partition("|") if isinstance(each, str) else ("", "", "")
        if not (url and mark and version):
            raise Invalid(f"{_SYSTEM_VERSION} is system|version", location=_SYSTEM_VERSION)
        found[url] = version
    return found
