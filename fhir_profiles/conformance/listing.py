"""The codes of a ValueSet that can be listed whole, for bindings that tell what would be right."""

from collections.abc import Iterable, Mapping
from typing import Any

from fhir_profiles.conformance.bindings import CodesBySystem
from fhir_profiles.terminology.codes import CodeEntry, Selection, TooCostly, UnknownSource, UnreadableFilter
from fhir_profiles.terminology.listing import MOST_LISTED, MemberListing
from fhir_profiles.terminology.membership import Library, is_partial


def codes_of(value_set: Mapping[str, Any], library: Library) -> CodesBySystem | None:
    """The codes of a value set by system; None where a part of it cannot be listed here.

    An expansion that came with it stands in for a composition that cannot be followed.
    """
    expansion = value_set.get("expansion")
    forms = [value_set] if "compose" in value_set else []
    if expansion is not None and not is_partial(expansion):
        forms.append({"expansion": expansion})
    return next((codes for form in forms if (codes := _listed(form, library)) is not None), None)


def _listed(value_set: Mapping[str, Any], library: Library) -> CodesBySystem | None:
    try:
        found = MemberListing(library).page(value_set, Selection(), count=MOST_LISTED)
    except (UnknownSource, UnreadableFilter, TooCostly):
        return None
    whole = found.total <= MOST_LISTED and not found.parts
    return _by_system(found.entries) if whole else None


def _by_system(entries: Iterable[CodeEntry]) -> CodesBySystem:
    codes: dict[str, set[str]] = {}
    for each in entries:
        codes.setdefault(each.system, set()).add(each.code)
    return {system: frozenset(found) for system, found in codes.items()}
