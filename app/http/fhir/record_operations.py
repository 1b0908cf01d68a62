"""The operations on the record, each with the use case that it calls."""

from dataclasses import dataclass

from app.http.fhir.bulk import ExportViews
from app.http.fhir.convert import ConvertViews
from app.http.fhir.documents import DocumentViews
from app.http.fhir.everything import EverythingViews
from app.http.fhir.lastn import LatestViews
from app.http.fhir.match import MatchViews
from app.http.fhir.meta import MetaViews
from app.http.fhir.operations import FhirOperation
from app.http.fhir.pictures import PictureViews
from app.paging import PageTokens
from app.records.documents import Documents, PatientSummaries
from app.records.everything import Everything
from app.records.labels import RecordLabels
from app.records.latest import LatestObservations
from app.records.match import PatientMatch
from app.records.read import RecordReader, StudyAddresses
from app.records.search import RecordSearch
from app.site import Sites
from app.work.bulk.exports import Exports
from app.work.bulk.imports import Imports


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUses:
    """The use cases that operations call."""

    everything: Everything
    exports: Exports
    imports: Imports
    labels: RecordLabels
    matching: PatientMatch
    reader: RecordReader
    search: RecordSearch
    latest: LatestObservations
    documents: Documents
    summaries: PatientSummaries


def record_operations(uses: RecordUses, tokens: PageTokens, sites: Sites) -> tuple[FhirOperation, ...]:
    """Their rows of the table of operations."""
    return (
        *MetaViews(uses.reader, uses.labels).operations(),
        *EverythingViews(uses.everything, tokens, sites).operations(),
        *MatchViews(uses.matching, sites).operations(),
        *LatestViews(uses.latest, uses.search, tokens, sites).operations(),
        *DocumentViews(uses.documents, uses.summaries, sites).operations(),
        *ConvertViews().operations(),
        *PictureViews(StudyAddresses(uses.reader, sites)).operations(),
        *ExportViews(uses.exports, sites).operations(),
    )
