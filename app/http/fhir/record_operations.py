"""The operations on the record, each with the use case that it calls."""

from dataclasses import dataclass

from app.http.fhir.bulk import ExportViews
from app.http.fhir.everything import EverythingViews
from app.http.fhir.meta import MetaViews
from app.http.fhir.operations import FhirOperation
from app.paging import PageTokens
from app.records.everything import Everything
from app.records.labels import RecordLabels
from app.records.read import RecordReader
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
    reader: RecordReader


def record_operations(uses: RecordUses, tokens: PageTokens, sites: Sites) -> tuple[FhirOperation, ...]:
    """Their rows of the table of operations."""
    return (
        *MetaViews(uses.reader, uses.labels).operations(),
        *EverythingViews(uses.everything, tokens, sites).operations(),
        *ExportViews(uses.exports, sites).operations(),
    )
