"""What the entries of a Bundle say of each other (FHIR R4 bundle.html#references, documents.html#content)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fhir_profiles.validation.structure import RESOURCE_TYPES
from fhir_profiles.validation.validation import ElementPath, IssueReport

_UUID = "urn:uuid:"
_WHOLE = {
    "document": (
        "Composition",
        ("subject", "encounter", "author", "attester.party", "custodian", "event.detail"),
    ),
    "message": ("MessageHeader", ("focus",)),
}
"""What the first entry of a Bundle is, and what it refers to that must come with it, sections aside."""


def check_bundle(value: Mapping[str, Any], place: ElementPath, report: IssueReport) -> None:
    """Report addresses that contradict their resources, and what a document or message leaves out."""
    entries = [each for each in value.get("entry", ()) if isinstance(each, dict)]
    for index, each in enumerate(entries):
        wrong = _not_absolute(each) or contradiction(each)
        if wrong is not None:
            report("value", ((place, "entry", index), "fullUrl", None), wrong)
    if entries and value.get("type") in _WHOLE:
        _check_whole(entries, *_WHOLE[value["type"]], place, report)


def _not_absolute(entry: Mapping[str, Any]) -> str | None:
    address = entry.get("fullUrl")
    return "it is an absolute URL" if isinstance(address, str) and ":" not in address else None


def contradiction(entry: Mapping[str, Any]) -> str | None:
    """Why the address of an entry is not that of its resource; None where it may be."""
    address, resource = entry.get("fullUrl"), entry.get("resource")
    if not isinstance(address, str) or address.startswith(_UUID):
        return None
    if not isinstance(resource, dict) or "id" not in resource:
        return None
    *_, kind, name = ("", *address.rstrip("/").split("/"))
    if name.rpartition(":")[2] != resource["id"]:
        return "it ends in another id than that of the resource"
    if kind in RESOURCE_TYPES and kind != resource.get("resourceType"):
        return f"it is the address of a {kind}, and the resource is another"
    return None


def _check_whole(
    entries: list[dict[str, Any]], kind: str, paths: Iterable[str], place: ElementPath, report: IssueReport
) -> None:
    first = entries[0].get("resource")
    if not isinstance(first, dict) or first.get("resourceType") != kind:
        return
    there = set(_names(entries))
    where: ElementPath = ((place, "entry", 0), "resource", None)
    for path in paths:
        _check_all(_values(first, path.split("."), where), there, report)
    _check_sections(first.get("section"), where, there, report)


def _check_sections(sections: Any, place: ElementPath, there: set[str], report: IssueReport) -> None:
    for index, each in enumerate(sections if isinstance(sections, list) else ()):
        where = (place, "section", index)
        for name in ("author", "focus", "entry"):
            _check_all(_values(each, [name], where), there, report)
        _check_sections(each.get("section"), where, there, report)


def _check_all(
    found: Iterable[tuple[Mapping[str, Any], ElementPath]], there: set[str], report: IssueReport
) -> None:
    for value, where in found:
        text = value.get("reference")
        if isinstance(text, str) and not text.startswith("#") and _bare(text) not in there:
            report("not-found", where, "what it refers to is no entry of the Bundle")


def _values(
    value: Mapping[str, Any], steps: list[str], place: ElementPath
) -> Iterator[tuple[Mapping[str, Any], ElementPath]]:
    """The objects at a path, each with its place."""
    step, *rest = steps
    held = value.get(step)
    listed = list(enumerate(held)) if isinstance(held, list) else [(None, held)]
    for index, each in listed:
        if isinstance(each, dict):
            where = (place, step, index)
            yield from _values(each, rest, where) if rest else ((each, where),)


def _names(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What the resources of entries may be called by: their addresses, their types and ids."""
    for each in entries:
        address, resource = each.get("fullUrl"), each.get("resource")
        if isinstance(address, str):
            yield address
        if isinstance(resource, dict) and "id" in resource:
            yield f"{resource.get('resourceType')}/{resource['id']}"


def _bare(reference: str) -> str:
    """A reference without its version and fragment."""
    return reference.partition("#")[0].partition("/_history/")[0]
