"""The use cases of operations on the record, made of the parts of a process."""

from app.http.fhir.record_operations import RecordUses
from app.records.documents import Documents, PatientSummaries
from app.records.everything import Everything
from app.records.labels import RecordLabels
from app.records.latest import LatestObservations
from app.records.match import PatientMatch
from app.wiring.bulk import exports, imports
from app.wiring.process import Wiring
from graph.resources.codings import CodingStore
from graph.resources.compartments import CompartmentStore
from graph.resources.labels import LabelStore


def record_uses(wiring: Wiring) -> RecordUses:
    """What the window onto the record calls for its operations."""
    return RecordUses(
        everything=Everything(CompartmentStore(wiring.graph), wiring.resources),
        exports=exports(wiring),
        imports=imports(wiring),
        labels=RecordLabels(LabelStore(wiring.graph), wiring.reader, wiring.records),
        matching=PatientMatch(wiring.record_search),
        reader=wiring.reader,
        search=wiring.record_search,
        latest=LatestObservations(wiring.record_search, wiring.resources, CodingStore(wiring.graph)),
        documents=Documents(wiring.resources, wiring.reader, wiring.records),
        summaries=PatientSummaries(wiring.resources, wiring.reader, wiring.record_search, wiring.sites),
    )
