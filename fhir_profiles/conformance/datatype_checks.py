"""What is asked of each value of a type on request, beside the rules that R4's tables say of it."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, TypeAlias

from fhir_profiles.conformance.attachments import check_attachment
from fhir_profiles.conformance.bundle_entries import check_bundle
from fhir_profiles.conformance.codings import check_coding, check_system
from fhir_profiles.conformance.languages import check_language, check_language_coding
from fhir_profiles.conformance.media_types import KINDS as MEDIA_KINDS
from fhir_profiles.conformance.media_types import check_media_types
from fhir_profiles.validation.structure import elements, is_complex, value_set_url
from fhir_profiles.validation.validation import ElementPath, IssueReport

DatatypeCheck: TypeAlias = Callable[[Mapping[str, Any], ElementPath, IssueReport], None]
"""Looks at a well-formed value of its type and reports what is wrong."""
_RequiredCodes: TypeAlias = Mapping[str, tuple[str, str]]

_CHECKS: Mapping[str, tuple[DatatypeCheck, ...]] = {
    **dict.fromkeys(MEDIA_KINDS, (check_media_types,)),
    "Attachment": (check_media_types, check_attachment),
    "Bundle": (check_bundle,),
    **dict.fromkeys(("Identifier", "Quantity"), (check_system,)),
    "Coding": (check_system, check_coding, check_language_coding),
}
_NO_LANGUAGE = frozenset({"Expression", "ElementDefinition.mapping"})
"""Types whose `language` is not one that people speak."""


@cache
def checks_of(kind: str) -> tuple[DatatypeCheck, ...]:
    """The checks of a type; none for most."""
    own = _CHECKS.get(kind, ())
    if not is_complex(kind):
        return own
    language = elements(kind).get("language")
    if language is not None and language.types == ("code",) and kind not in _NO_LANGUAGE:
        own = (*own, check_language)
    codes = _required_codes(kind)
    return (*own, partial(_check_coded, codes)) if codes else own


def _required_codes(kind: str) -> _RequiredCodes:
    """What stands beside codes of a required binding, by its JSON property: the step, and the value set."""
    return {
        f"_{key}": (
            f"{each.name}.ofType({inner})" if each.choice else each.name,
            value_set_url(each.value_set),
        )
        for each in elements(kind).values()
        for key, inner in each.properties()
        if each.value_set and inner == "code"
    }


def _check_coded(
    codes: _RequiredCodes, value: Mapping[str, Any], place: ElementPath, report: IssueReport
) -> None:
    """Warn of a code that has extensions only: these are of no value set (terminologies.html#required)."""
    for key in codes.keys() & value.keys():
        step, url = codes[key]
        for index in _lacking(value.get(key[1:]), value[key]):
            text = f"it has no code, and one of the required value set {url} is demanded"
            report("code-invalid", (place, step, index), text, "warning")


def _lacking(values: Any, beside: Any) -> list[int | None]:
    """Where something stands beside no value; None is the one place of what does not repeat."""
    if type(beside) is not list:
        return [None] if values is None else []
    return [index for index in range(len(beside)) if values is None or values[index] is None]
