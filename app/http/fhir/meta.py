"""`$meta`, `$meta-add`, `$meta-delete`: the labels of resources (FHIR R4 resource-operation-meta.html)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import operation_input, parameters
from app.http.fhir.operations import FhirOperation
from app.records.labels import RecordLabels
from app.records.read import RecordReader
from graph.errors import Invalid
from graph.scope import AccessScope


class MetaViews:
    """The answers to a request for the meta of resources."""

    def __init__(self, reader: RecordReader, labels: RecordLabels) -> None:
        self._reader = reader
        self._labels = labels

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        writing = partial(FhirOperation, permission="fhir.write", changes=True)
        return (
            FhirOperation("meta", ("instance",), {"Resource": self.meta}),
            FhirOperation("meta", ("system", "type"), {"Resource": self.in_use}),
            writing("meta-add", ("instance",), {"Resource": self.add}),
            writing("meta-delete", ("instance",), {"Resource": self.delete}),
        )

    def meta(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with Parameters, whose `return` is the meta of the current version."""
        operation_input(call).require_known(())
        return _told(orjson.loads(self._reader.current(scope, kind, resource_id).body)["meta"])

    def in_use(self, scope: AccessScope, call: Call, *, kind: str | None = None) -> Answer:
        """200 with Parameters, whose `return` has the labels of all resources, or of those of a type."""
        operation_input(call).require_known(())
        return _told(self._labels.in_use(scope, kind))

    def add(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with Parameters, whose `return` is the meta with what was added.

        Raises `Invalid` without a Meta.
        """
        return _told(self._labels.add(scope, kind, resource_id, _given(call)))

    def delete(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with Parameters, whose `return` is the meta without what was taken away.

        Raises `Invalid` without a Meta.
        """
        return _told(self._labels.remove(scope, kind, resource_id, _given(call)))


def _given(call: Call) -> Mapping[str, Any]:
    """The parameter `meta`, a Meta; raises `Invalid` for anything else."""
    given = operation_input(call)
    given.require_known(("meta",))
    found = given.one("meta")
    if not isinstance(found, dict):
        raise Invalid("meta is a Meta", location="meta", code="required")
    return found


def _told(meta: Mapping[str, Any]) -> Answer:
    return Answer(200, parameters({"name": "return", "valueMeta": meta}))
