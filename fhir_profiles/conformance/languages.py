"""Whether a code names a human language, as R4's maximum binding demands (valueset-all-languages.html).

The form is that of RFC 5646 2.1. Of the subtags, the two letters of ISO 639-1 are few enough to be known.
"""

import re
from collections.abc import Mapping
from typing import Any

from fhir_profiles.validation.structure import read_table
from fhir_profiles.validation.validation import ElementPath, IssueReport

SYSTEM = "urn:ietf:bcp:47"
"""The code system of languages."""
_LANGUAGE, _WRONG = "language", "it names no language (BCP 47, as en, de-CH or zh-Hans)"
_LETTERS = 2
_TAG = re.compile(
    r"(?:(?P<primary>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|i-[a-z]{3,8}|sgn-[a-z]{2}-[a-z]{2})",
    re.IGNORECASE | re.ASCII,
)
_ISO_639_1: frozenset[str] = frozenset(read_table("languages.json"))


def is_language(code: str) -> bool:
    """Whether a code has the form of a language tag, and its language, where that has two letters, exists."""
    found = _TAG.fullmatch(code)
    if found is None:
        return False
    primary = found["primary"]
    return primary is None or len(primary) != _LETTERS or primary.lower() in _ISO_639_1


def check_language(value: Mapping[str, Any], place: ElementPath, report: IssueReport) -> None:
    """Report a `language` that is none."""
    code = value.get(_LANGUAGE)
    if isinstance(code, str) and not is_language(code):
        report("code-invalid", (place, _LANGUAGE, None), _WRONG)


def check_language_coding(value: Mapping[str, Any], place: ElementPath, report: IssueReport) -> None:
    """Report the code of a Coding that is said to be a language and is none."""
    code = value.get("code")
    if value.get("system") == SYSTEM and isinstance(code, str) and not is_language(code):
        report("code-invalid", (place, "code", None), _WRONG)
