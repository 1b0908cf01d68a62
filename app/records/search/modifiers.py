"""One parameter as it was asked for, with its modifier (FHIR R4 search.html#modifiers)."""

from dataclasses import dataclass

from fhir_profiles.definitions.registry import SearchParameter, search_parameter
from fhir_profiles.index.extraction import caseless_parameters
from fhir_profiles.index.parameter_types import row_of, takes
from graph.errors import Invalid
from graph.query import rows
from graph.query.expression import Field


class UnknownParameter(Invalid):
    """The type has no such search parameter: left out, the answer would be rows that nobody asked for."""


@dataclass(frozen=True, slots=True)
class AskedParameter:
    """A search parameter with the modifier that it was asked with; `name` is as the client wrote it."""

    resource_type: str
    parameter: SearchParameter
    modifier: str
    name: str

    def __post_init__(self) -> None:
        """Refuse a modifier that the type of parameter does not take.

        Raises `Invalid`.
        """
        if not takes(self.parameter, self.modifier):
            raise Invalid("it takes no such modifier", location=self.name[:64], code="not-supported")

    @property
    def caseless(self) -> bool:
        """Whether its values may be found in any case: of a tenant's own it is not known before."""
        own = search_parameter(self.resource_type, self.parameter.name) is None
        return own or self.parameter.name in caseless_parameters(self.resource_type)

    @property
    def field(self) -> Field:
        """Its field of the query tree."""
        return field_of(self.resource_type, self.parameter)


def field_of(resource_type: str, parameter: SearchParameter) -> Field:
    """The field of a parameter."""
    return rows.field_of(resource_type, parameter.name, row_of(parameter))
