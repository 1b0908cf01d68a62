"""Search parameters that a tenant adds by a resource (FHIR R4 searchparameter.html).

A plain path is compiled as those of HL7 are; any other expression is evaluated by the engine of FHIRPath.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fhir_profiles.definitions.expressions import UnreadableExpression, parse, parts_for
from fhir_profiles.definitions.registry import (
    ADDABLE,
    RESOURCE_TYPES,
    SearchParameter,
    check_part,
    search_parameter,
)
from fhir_profiles.fhirpath.errors import NotAnExpression
from fhir_profiles.fhirpath.expression import compile_expression

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9\-]{0,63}", re.ASCII)
_LONGEST = 2_000
_FROM_PICTURES = "ImagingStudy"


class UnsupportedParameter(ValueError):
    """A SearchParameter cannot be taken; the message says why, for who sent it."""


@dataclass(frozen=True, slots=True)
class AddedParameter:
    """A search parameter of one type that a tenant added.

    `expression` is FHIRPath where the parameter's parts are no plain paths, else empty. `ready`: what was
    there before it came is indexed, so it may be asked.
    """

    resource_type: str
    parameter: SearchParameter
    expression: str = ""
    ready: bool = False

    def made_ready(self) -> "AddedParameter":
        """The same, ready to be asked."""
        return replace(self, ready=True)


def is_offered(document: Mapping[str, Any]) -> bool:
    """Whether a SearchParameter wants to be taken: it is active, and not HL7's own in another copy."""
    if document.get("status") != "active":
        return False
    return not str(document.get("url", "")).startswith("http://hl7.org/fhir/SearchParameter/")


def added_parameters(document: Mapping[str, Any]) -> tuple[AddedParameter, ...]:
    """Read the parameters that a SearchParameter adds, one for each of its types.

    Raises `UnsupportedParameter` where one of them cannot be searched by here.
    """
    code, kind, expression = (str(document.get(name, "")) for name in ("code", "type", "expression"))
    if not _CODE.fullmatch(code):
        raise UnsupportedParameter("the code is letters, digits and hyphens, and begins with a letter")
    if kind not in ADDABLE:
        raise UnsupportedParameter(f"the type is none of {', '.join(sorted(ADDABLE))}")
    if not 0 < len(expression) <= _LONGEST:
        raise UnsupportedParameter(f"an expression has 1 to {_LONGEST} characters")
    targets = tuple(each for each in document.get("target", ()) if each in RESOURCE_TYPES)
    return tuple(_of_type(base, code, kind, expression, targets) for base in document.get("base", ()))


def _of_type(base: str, code: str, kind: str, expression: str, targets: tuple[str, ...]) -> AddedParameter:
    if base not in RESOURCE_TYPES:
        raise UnsupportedParameter("the base is a resource type")
    if base == _FROM_PICTURES:
        raise UnsupportedParameter("what an ImagingStudy is found by comes from its pictures")
    if search_parameter(base, code) is not None:
        raise UnsupportedParameter(f"{base} has a parameter {code} already")
    try:
        parts = parts_for(expression, base)
        for part in parts:
            check_part(part, base)
        if parts and not any(parse(part).exists for part in parts):
            return AddedParameter(base, SearchParameter(code, kind, parts, targets))
    except UnreadableExpression:
        pass
    try:
        compile_expression(expression)
    except NotAnExpression as error:
        raise UnsupportedParameter(f"the expression: {error}") from error
    return AddedParameter(base, SearchParameter(code, kind, (), targets), expression)


def find_added(added: Iterable[AddedParameter], resource_type: str, name: str) -> AddedParameter | None:
    """The added parameter of a type and name, or None."""
    wanted = (each for each in added if each.resource_type == resource_type and each.parameter.name == name)
    return next(wanted, None)
