"""What coded elements say: their words, and their codes."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Resource: TypeAlias = Mapping[str, Any]


def each_in(value: Any) -> Iterator[Resource]:
    """The objects of an element that has one or many; none where there is something else."""
    for each in value if isinstance(value, list) else (value,):
        if isinstance(each, dict):
            yield each


def wording_of(value: Any) -> str:
    """The words of a CodeableConcept, Coding or Reference, or the first of several; "" where none has any."""
    for each in each_in(value):
        codings = list(each_in(each.get("coding")))
        shown = next((coding["display"] for coding in codings if coding.get("display")), "")
        coded = next((coding["code"] for coding in codings if coding.get("code")), "")
        if found := each.get("text") or shown or each.get("display") or coded or each.get("code"):
            return str(found)
    return ""


def codes_in(value: Any) -> frozenset[str]:
    """The codes of one or many CodeableConcepts or Codings, whatever their systems."""
    found = set[str]()
    for each in each_in(value):
        found.update(str(coding["code"]) for coding in each_in(each.get("coding")) if coding.get("code"))
        if isinstance(each.get("code"), str):
            found.add(each["code"])
    return frozenset(found)


def all_words(value: Any) -> str:
    """Every word of one or many CodeableConcepts: their texts and the displays of all their codings."""
    parts = list[str]()
    for each in each_in(value):
        parts.append(str(each.get("text", "")))
        parts += [str(coding.get("display", "")) for coding in each_in(each.get("coding"))]
        parts.append(str(each.get("display", "")))
    return " ".join(filter(None, parts))


def references_in(value: Any) -> tuple[str, ...]:
    """The literal references, as `Type/id`, of one or many References."""
    told = (each.get("reference") for each in each_in(value))
    texts = (each.partition("/_history/")[0] for each in told if isinstance(each, str))
    return tuple("/".join(each.split("/")[-2:]) for each in texts if "/" in each)


def medication_of(resource: Resource) -> str:
    """The words for what a request, statement, administration or dispense is of; "" where it says none."""
    return wording_of(resource.get("medicationCodeableConcept")) or wording_of(
        resource.get("medicationReference")
    )


_LABELS = (
    "code",
    "medicationCodeableConcept",
    "medicationReference",
    "vaccineCode",
    "description",
    "title",
    "type",
    "device",
    "deviceName",
    "class",
    "category",
    "name",
    "serviceType",
    "scope",
)


def label_of(resource: Resource) -> str:
    """What a resource is called where it stands in a line: its own words, else its type."""
    for name in _LABELS:
        value = resource.get(name)
        if isinstance(value, str):
            return value
        if (found := wording_of(value)) or (found := _named(value)):
            return found
    return str(resource.get("resourceType", ""))


def _named(value: Any) -> str:
    """The words of a name of a person or a device."""
    for each in each_in(value):
        given = each.get("given")
        parts = [each.get("text"), each.get("family"), *(given if isinstance(given, list) else ())]
        if isinstance(each.get("name"), str):
            return str(each["name"])
        if found := next((part for part in parts if isinstance(part, str)), ""):
            return found
    return ""


def study_uid(resource: Resource) -> str | None:
    """The Study Instance UID of an ImagingStudy; None of what has none."""
    told = (str(each.get("value", "")) for each in each_in(resource.get("identifier")))
    return next((each.removeprefix("urn:oid:") for each in told if each.startswith("urn:oid:")), None)
