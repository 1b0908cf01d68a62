"""`$convert`: a resource in another format (FHIR R4 resource-operation-convert.html)."""

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operations import FhirOperation
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.documents import parse
from graph.errors import Invalid
from graph.scope import AccessScope


class ConvertViews:
    """The answers to who wants a resource in another format; nothing is stored or looked up."""

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        return (FhirOperation("convert", ("system",), {"Resource": self.convert}, changes=True),)

    def convert(self, scope: AccessScope, call: Call) -> Answer:
        """200 with the resource that was sent, which leaves in the format that is asked for, as any answer.

        Raises `InvalidDocument`, and `Invalid` for what is no resource.
        """
        if not call.body:
            raise Invalid("the body is the resource that is converted", code="required")
        if parse(call.body).get("resourceType") not in RESOURCE_TYPES:
            raise Invalid("the body is no resource", location="resourceType", code="structure")
        return Answer(200, call.body)
