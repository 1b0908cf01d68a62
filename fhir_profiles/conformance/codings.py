"""Whether a Coding is a code of its system, and is called what that calls it (FHIR R4 datatypes.html#Coding).

Asked of the code systems that ship: what other systems hold, nobody here can tell.
"""

from collections.abc import Mapping
from typing import Any

from fhir_profiles.terminology import shipped
from fhir_profiles.terminology.codes import CodeEntry
from fhir_profiles.validation.validation import ElementPath, IssueReport

_WARNING = "warning"
_IMPLICIT = "?fhir_vs"
_MOST_TOLD = 3  # names that are told of a code


def check_coding(value: Mapping[str, Any], place: ElementPath, report: IssueReport) -> None:
    """Warn of a code that its system has not, and of a display that is none of its names.

    A value set for a system is an error: a code has no meaning by it (FHIR R4 terminologies.html#system).
    """
    system, code = value.get("system"), value.get("code")
    if not isinstance(system, str) or not isinstance(code, str) or "version" in value:
        return
    known = shipped.code_system(system)
    if known is None:
        if _IMPLICIT in system or shipped.definition("ValueSet", system) is not None:
            report("code-invalid", (place, "system", None), "it is a value set, not a code system")
        return
    entry = known.entries((code,)).get(code)
    if entry is None:
        if known.title.complete:
            report(
                "code-invalid", (place, "code", None), f"the code system {system} has no such code", _WARNING
            )
        return
    shown, names = value.get("display"), _names(entry)
    if isinstance(shown, str) and names and _plain(shown) not in {_plain(each) for each in names}:
        told = ", ".join(dict.fromkeys(names[:_MOST_TOLD]))
        report("value", (place, "display", None), f"{system} calls this code {told}", _WARNING)


def check_system(value: Mapping[str, Any], place: ElementPath, report: IssueReport) -> None:
    """Report the system of a Coding, Identifier or Quantity that is relative, and so names nothing."""
    system = value.get("system")
    if isinstance(system, str) and ":" not in system:
        report("value", (place, "system", None), "a system is an absolute URI")


def _names(entry: CodeEntry) -> list[str]:
    named = [entry.display] if entry.display else []
    return [*named, *(each.value for each in entry.designations)]


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
