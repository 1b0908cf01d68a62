"""What the window of FHIR calls, and the table of all interactions with resources (R4 http.html#summary).

It knows no web: requests and the entries of Bundles are routed by it, and requests that are answered later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.audit.asking import AuditReader
from app.http.fhir.audit import AUDIT, AuditViews
from app.http.fhir.code_systems import CodeSystemViews
from app.http.fhir.concept_maps import ConceptMapViews
from app.http.fhir.disclosures import DisclosureViews
from app.http.fhir.graphql import GraphqlViews
from app.http.fhir.history import HistoryViews
from app.http.fhir.identities import IdentityViews
from app.http.fhir.interactions import FORM, PATCH, RESOURCE, Interaction
from app.http.fhir.operations import FhirOperation, no_such_operation
from app.http.fhir.read import ReadViews
from app.http.fhir.record_operations import RecordUses, record_operations
from app.http.fhir.search import SearchViews
from app.http.fhir.search_system import SystemSearchViews
from app.http.fhir.validate import ValidateViews
from app.http.fhir.value_sets import ValueSetViews
from app.http.fhir.write import WriteViews
from app.paging import PageTokens
from app.records import Records
from app.records.audited import AuditSearch, Disclosures
from app.records.bundles.bundles import Bundles
from app.records.graphql.executing import GraphqlReader
from app.records.history import RecordHistory
from app.records.identities import PatientIdentities
from app.records.read import RecordReader
from app.records.search import RecordSearch
from app.records.search.system import SystemSearch
from app.records.validate import RecordValidation
from app.records.write.patching import Patching
from app.site import Sites
from app.terminology import TerminologyUses
from fhir_profiles.definitions.added import AddedParameter

OwnParameters: TypeAlias = Callable[[], tuple[AddedParameter, ...]]

_TYPE, _RESOURCE = "/<type:kind>", "/<type:kind>/<resource_id>"
_MEMBERS, _EVERY_MEMBER = "/Patient/<patient_id>/<type:kind>", "/Patient/<patient_id>/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirUses:
    """The use cases that the window calls; `own_parameters` tells the search parameters of the tenant."""

    reader: RecordReader
    search: RecordSearch
    system: SystemSearch
    history: RecordHistory
    identities: PatientIdentities
    records: Records
    patching: Patching
    bundles: Bundles
    graphql: GraphqlReader
    audit: AuditReader
    audit_search: AuditSearch
    disclosures: Disclosures
    terminology: TerminologyUses
    uses: RecordUses
    validation: RecordValidation
    tokens: PageTokens
    sites: Sites
    own_parameters: OwnParameters


@dataclass(frozen=True, slots=True)
class FhirTable:
    """All that is offered: the interactions, and the operations among them."""

    interactions: tuple[Interaction, ...]
    operations: tuple[FhirOperation, ...]


def fhir_table(uses: FhirUses) -> FhirTable:
    """The table of what these use cases do."""
    tokens, sites = uses.tokens, uses.sites
    operations = (
        *ValidateViews(uses.validation).operations(),
        *IdentityViews(uses.identities).operations(),
        *terminology_operations(uses.terminology),
        *record_operations(uses.uses, tokens, sites),
        *GraphqlViews(uses.graphql, sites).operations(),
        *DisclosureViews(uses.disclosures, tokens, sites).operations(),
    )
    single = interactions(
        read=ReadViews(uses.reader),
        search=SearchViews(uses.search, tokens, sites),
        system=SystemSearchViews(uses.system, tokens, sites),
        history=HistoryViews(uses.history, tokens, sites),
        write=WriteViews(uses.records, uses.patching, uses.search, uses.reader, sites),
        audit=AuditViews(uses.audit, uses.audit_search, tokens, sites),
        operations=operations,
    )
    return FhirTable(single, operations)


def interactions(
    *,
    read: ReadViews,
    search: SearchViews,
    system: SystemSearchViews,
    history: HistoryViews,
    write: WriteViews,
    audit: AuditViews,
    operations: Sequence[FhirOperation],
) -> tuple[Interaction, ...]:
    """The table of all interactions with resources: code, method, path, permission, handler."""
    past, find, find_all = history.history, search.search, system.search
    seen, event = {AUDIT: audit.search}, {AUDIT: audit.read}
    some = ("audit.read", "fhir.count")
    return (
        Interaction("history-system", "GET", "/_history", "fhir.read", past),
        Interaction("search-system", "GET", "/", "fhir.read", find_all, action="E"),
        Interaction("search-system-post", "POST", "/_search", "fhir.read", find_all, FORM, "E"),
        Interaction("search-type", "GET", _TYPE, "fhir.read", find, (), "E", seen, instead=some),
        Interaction(
            "search-type-post", "POST", f"{_TYPE}/_search", "fhir.read", find, FORM, "E", seen, instead=some
        ),
        Interaction("create", "POST", _TYPE, "fhir.write", write.create, RESOURCE),
        Interaction("update-conditional", "PUT", _TYPE, "fhir.write", write.update_where, RESOURCE),
        Interaction("patch-conditional", "PATCH", _TYPE, "fhir.write", write.patch_where, PATCH),
        Interaction("delete-conditional", "DELETE", _TYPE, "fhir.write", write.delete_where),
        Interaction("history-type", "GET", f"{_TYPE}/_history", "fhir.read", past),
        Interaction("read", "GET", _RESOURCE, "fhir.read", read.read, own=event, instead=some),
        Interaction("update", "PUT", _RESOURCE, "fhir.write", write.update, RESOURCE),
        Interaction("patch", "PATCH", _RESOURCE, "fhir.write", write.patch, PATCH),
        Interaction("delete", "DELETE", _RESOURCE, "fhir.write", write.delete),
        Interaction("history-instance", "GET", f"{_RESOURCE}/_history", "fhir.read", past),
        Interaction("vread", "GET", f"{_RESOURCE}/_history/<version>", "fhir.read", read.vread),
        Interaction("search-compartment", "GET", _MEMBERS, "fhir.read", find, (), "E", seen, instead=some),
        Interaction(
            *("search-compartment-post", "POST", f"{_MEMBERS}/_search", "fhir.read", find, FORM, "E", seen),
            instead=some,
        ),
        Interaction("search-members", "GET", _EVERY_MEMBER, "fhir.read", find_all, action="E"),
        *(each for operation in operations for each in operation.interactions(operations)),
        *no_such_operation(operations),
    )


def terminology_operations(uses: TerminologyUses) -> tuple[FhirOperation, ...]:
    """The operations on terminology."""
    value_sets = ValueSetViews(uses.value_sets)
    views = (
        value_sets,
        CodeSystemViews(uses.code_systems, value_sets),
        ConceptMapViews(uses.concept_maps, uses.closures),
    )
    return tuple(operation for each in views for operation in each.operations())
