"""The use cases of operations on the record, made of the parts of a process."""

from app.http.fhir.record_operations import RecordUses
from app.records.everything import Everything
from app.records.labels import RecordLabels
from app.wiring.bulk import exports, imports
from app.wiring.process import Wiring
from graph.resources.compartments import CompartmentStore
from graph.resources.labels import LabelStore


def record_uses(wiring: Wiring) -> RecordUses:
    """What the window onto the record calls for its operations."""
    return RecordUses(
        everything=Everything(CompartmentStore(wiring.graph), wiring.resources),
        exports=exports(wiring),
        imports=imports(wiring),
        labels=RecordLabels(LabelStore(wiring.graph), wiring.reader, wiring.records),
        reader=wiring.reader,
    )
