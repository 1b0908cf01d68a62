"""One parameter as it was asked for: type, modifier, values apart (FHIR R4 search.html#modifiers)."""

import re
from dataclasses import dataclass

from fhir_profiles.definitions.registry import RESOURCE_TYPES, SearchParameter
from graph.errors import Invalid
from graph.query.expression import Field, Kind, Layout

_KINDS = {
    "token": Kind.TERM,
    "reference": Kind.TERM,
    "uri": Kind.TERM,
    "string": Kind.TEXT,
    "date": Kind.SPAN,
    "number": Kind.SPAN,
    "quantity": Kind.SPAN,
}
_MODIFIERS = {
    "token": {"not", "text", "of-type", "missing"},
    "reference": {"identifier", "missing", *RESOURCE_TYPES},
    "uri": {"missing"},
    "string": {"exact", "contains", "missing"},
    "date": {"missing"},
    "number": {"missing"},
    "quantity": {"missing"},
    "composite": {"missing"},
}
_ESCAPED_OR_ONE = re.compile(r"\\.|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """A search parameter with the modifier that it was asked with; `name` is as the client wrote it."""

    resource_type: str
    parameter: SearchParameter
    modifier: str
    name: str

    def __post_init__(self) -> None:
        """Refuse a modifier that the type of parameter does not take."""
        if self.modifier and self.modifier not in _MODIFIERS.get(self.parameter.type, set()):
            raise Invalid("it takes no such modifier", location=self.name[:64], code="not-supported")
        if self.parameter.type not in _MODIFIERS:
            raise Invalid("it is not searched by here", location=self.name[:64], code="not-supported")

    @property
    def field(self) -> Field:
        """Its field of the query tree."""
        return field_of(self.resource_type, self.parameter)

    def beside(self, suffix: str, kind: Kind) -> Field:
        """A field that extraction keeps beside the parameter: `code:text`, `subject:identifier`."""
        return Field(self.resource_type, f"{self.parameter.name}:{suffix}", kind)


def field_of(resource_type: str, parameter: SearchParameter) -> Field:
    """The field of a parameter; `_lastUpdated` is a property of the resource's node."""
    layout = Layout.PROPERTY if parameter.name == "_lastUpdated" else Layout.ROWS
    # A composite is kept as its last part compares: a code with a quantity is a span (`extraction`).
    compared = parameter.components[-1].type if parameter.components else parameter.type
    return Field(resource_type, parameter.name, _KINDS.get(compared, Kind.TERM), layout)


def split_values(text: str) -> list[str]:
    """The alternatives of a value: parted by commas that are not escaped (search.html#escaping)."""
    return _parted(text, ",")


def unescaped(text: str) -> str:
    """The value that a client meant: `\\,` `\\|` `\\$` and `\\\\` are the characters themselves."""
    return re.sub(r"\\([,|$\\])", r"\1", text)


def split_on(text: str, mark: str) -> list[str]:
    """Parts of a token or composite, unescaped."""
    return [unescaped(each) for each in _parted(text, mark)]


def _parted(text: str, mark: str) -> list[str]:
    """Cut at each mark that is not escaped; a backslash escapes whatever follows it, another one too."""
    parts = [""]
    for each in _ESCAPED_OR_ONE.findall(text):
        if each == mark:
            parts.append("")
        else:
            parts[-1] += each
    return parts
