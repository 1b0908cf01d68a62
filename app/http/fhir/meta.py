"""`$meta`: the meta of a resource (FHIR R4 resource-operation-meta.html)."""

import orjson

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import operation_input, parameters
from app.http.fhir.operations import FhirOperation
from app.records.read import RecordReader
from graph.scope import AccessScope


class MetaViews:
    """The answers to a request for the meta of resources."""

    def __init__(self, reader: RecordReader) -> None:
        self._reader = reader

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        return (FhirOperation("meta", ("instance",), {"Resource": self.meta}),)

    def meta(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with Parameters, whose `return` is the meta of the current version."""
        operation_input(call).require_known(())
        document = orjson.loads(self._reader.current(scope, kind, resource_id).body)
        return Answer(200, parameters({"name": "return", "valueMeta": document["meta"]}))
