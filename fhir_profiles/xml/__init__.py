"""FHIR's XML (FHIR R4 xml.html), to and from the JSON text of a resource.

What is kept, judged and searched is JSON; XML is how it may come and go. Nothing is lost between them that
XML can say: decimals stay as they are written, and an id or extensions of a primitive stay with it.
"""

from fhir_profiles.xml.reading import json_of
from fhir_profiles.xml.writing import xml_of

__all__ = ["json_of", "xml_of"]
