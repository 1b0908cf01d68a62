"""What an operation is asked with, and what it answers (FHIR R4 operations.html#request, parameters.html)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from app.http.fhir.exchange import Call
from fhir_profiles.documents import parse
from graph.errors import Invalid

Input: TypeAlias = Mapping[str, tuple[Any, ...]]
_VALUE = "value"
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class OperationInput:
    """The parameters of an operation, each with its values in their order.

    Those of a query are texts; those of a Parameters resource are JSON as it stands there: primitives,
    objects of a datatype, resources, and, for a parameter with parts, an `OperationInput`.
    """

    values: Input

    def one(self, name: str) -> Any:
        """The one value of a parameter, None where it is not given; raises `Invalid` for several."""
        found = self.values.get(name, ())
        if len(found) > 1:
            raise Invalid(f"{name} is given more than once", location=name)
        return found[0] if found else None

    def text(self, name: str) -> str | None:
        """A parameter that is a text; raises `Invalid` for anything else."""
        found = self.one(name)
        if found is not None and not isinstance(found, str):
            raise Invalid(f"{name} is a text", location=name)
        return found

    def flag(self, name: str) -> bool:
        """A parameter that is a boolean, false where it is not given; raises `Invalid`."""
        found = self.one(name)
        if found not in (None, True, False, "true", "false"):
            raise Invalid(f"{name} is true or false", location=name)
        return found in (True, "true")

    def number(self, name: str) -> int | None:
        """A parameter that is a whole number of at least 0; raises `Invalid`."""
        found = self.one(name)
        text = str(found) if type(found) in (int, str) else "-"
        if found is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
            raise Invalid(f"{name} is a whole number", location=name)
        return int(text)

    def resource(self, name: str = "resource") -> Mapping[str, Any] | None:
        """A parameter that is a resource; raises `Invalid` for anything else."""
        found = self.one(name)
        if found is not None and not (isinstance(found, dict) and "resourceType" in found):
            raise Invalid(f"{name} is a resource", location=name)
        return found

    def require_known(self, names: Collection[str]) -> None:
        """Refuse what the operation does not take: an answer that ignored it would be to another question.

        Raises `Invalid` with the first.
        """
        for name in self.values:
            if name not in names:
                raise Invalid("the operation has no such parameter", location=name[:64], code="not-supported")


def operation_input(call: Call) -> OperationInput:
    """Read the parameters of a query, of a Parameters resource, or a resource that stands alone.

    That one is the parameter `resource`. Values are not looked at: who asks to have a resource validated may
    send one that is not valid. Raises `InvalidDocument`, and `Invalid` for Parameters that are none, or where
    something is asked both ways.
    """
    asked: dict[str, tuple[Any, ...]] = {}
    for name, value in call.criteria:
        asked[name] = (*asked.get(name, ()), value)
    if not call.body:
        return OperationInput(asked)
    document = parse(call.body)
    if document.get("resourceType") != "Parameters":
        return OperationInput({**asked, "resource": (document,)})
    sent = _parts(document.get("parameter", []), "Parameters.parameter")
    if both := asked.keys() & sent.keys():
        raise Invalid("it is asked in the address and in the body", location=min(both)[:64])
    return OperationInput({**asked, **sent})


def _parts(listed: Any, place: str) -> Input:
    if not isinstance(listed, list):
        raise Invalid("it is a list of parameters", location=place, code="structure")
    found: dict[str, tuple[Any, ...]] = {}
    for index, each in enumerate(listed):
        at = f"{place}[{index}]"
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            raise Invalid("a parameter is an object with a name", location=at, code="structure")
        found[each["name"]] = (*found.get(each["name"], ()), _value(each, at))
    return found


def _value(parameter: Mapping[str, Any], place: str) -> Any:
    if "resource" in parameter:
        return parameter["resource"]
    if "part" in parameter:
        return OperationInput(_parts(parameter["part"], f"{place}.part"))
    return next((value for name, value in parameter.items() if name.startswith(_VALUE)), None)


def parameters(*parts: Mapping[str, Any]) -> bytes:
    """The JSON of a Parameters resource with these parts."""
    return orjson.dumps({"resourceType": "Parameters", "parameter": parts})
