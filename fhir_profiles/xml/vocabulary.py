"""What XML and JSON call an element, and how they differ on it (FHIR R4 xml.html, json.html)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from fhir_profiles.validation.structure import PRIMITIVES, RESOURCE_TYPES, elements

FHIR, XHTML = "http://hl7.org/fhir", "http://www.w3.org/1999/xhtml"
RESOURCE, MARKUP = "Resource", "xhtml"
DEEPEST = 100
"""How far elements may be nested."""


@dataclass(frozen=True, slots=True)
class XmlElement:
    """An element as XML has it: its place among its siblings, its datatype, whether it may repeat."""

    place: int
    datatype: str
    many: bool

    @property
    def primitive(self) -> bool:
        """Whether it is an attribute `value` with an id and extensions beside it."""
        return self.datatype in PRIMITIVES and self.datatype != MARKUP


@cache
def xml_elements(kind: str) -> Mapping[str, XmlElement]:
    """The elements of a type by the names that JSON and XML both give them (`valueQuantity`), in order."""
    named = (
        (name, datatype, element.many)
        for element in elements(kind).values()
        for name, datatype in element.properties()
    )
    return MappingProxyType(
        {name: XmlElement(place, datatype, many) for place, (name, datatype, many) in enumerate(named)}
    )


@cache
def attributes(kind: str) -> frozenset[str]:
    """The elements of a type that are attributes in XML: an element's id, an extension's url (xml.html)."""
    if kind in RESOURCE_TYPES:
        return frozenset()
    return frozenset({"id", "url"}) if kind == "Extension" else frozenset({"id"})
