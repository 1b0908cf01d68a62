"""For which order a study was made: the ServiceRequest of its patient that carries the accession number.

Pictures look for their order as they come; an order that comes, changes or goes looks for its studies, which
say in the same commit whether it is theirs.
"""

from collections.abc import Iterable, Iterator, Mapping

from graph.commit import Draft, View
from graph.keys import resource_of
from graph.query.expression import Field, Kind
from graph.query.rows import ValueRows, code_key
from graph.records import Facts
from graph.resources.states import NUMBERED, ORDERS, STUDIES, CarriedOrder
from graph.resources.writing import VERSIONS, ResourceWrite, next_snapshot
from graph.site import Site
from graph.studies.rows import SERIES_OF
from graph.studies.version import StudyVersion, of_known, of_snapshot, version_write

_ORDER = "ServiceRequest"
_IDENTIFIER = Field(_ORDER, "identifier", Kind.TERM)
_NUMBER_OF_STUDY = Field("ImagingStudy", "identifier", Kind.TERM)
# The studies with a number that these orders carry as they are stored.
_STUDIES_NOW = """
MATCH (o:Resource)<-[:OF]-(t:Term) WHERE o.key IN $orders AND t.key STARTS WITH $of_order
WITH DISTINCT $of_study + substring(t.key, size($of_order)) AS number
MATCH (n:Term) USING INDEX n:Term(key, serial) WHERE n.key = number AND n.serial IS NOT NULL
MATCH (n)-[:OF]->(s:ImagingStudy) WHERE s.managed = true AND s.deleted = false
RETURN DISTINCT s.dicomKey AS study ORDER BY study
"""
_MOST_STUDIES = 100  # that one order changes; others name it with their next change


def order_term(tenant: str, facts: Facts) -> str | None:
    """The key of the Term of a study's accession number as an order carries it; None where it has none."""
    accession = facts.get("AccessionNumber")
    return code_key(tenant, _IDENTIFIER, str(accession)) if accession else None


def numbered_keys(tenant: str, resource_type: str, values: ValueRows) -> list[str]:
    """The keys of the Terms by which studies with the numbers of an order are found; of others none."""
    if resource_type != _ORDER:
        return []
    of_order, of_study = _beginnings(tenant)
    keys = dict.fromkeys(key for key, *_ in values.terms if key.startswith(of_order) and key != of_order)
    return [of_study + key.removeprefix(of_order) for key in keys]


def _beginnings(tenant: str) -> tuple[str, str]:
    """What the keys of the Terms of numbers begin with: those of orders, and those of studies."""
    return code_key(tenant, _IDENTIFIER, ""), code_key(tenant, _NUMBER_OF_STUDY, "")


def order_of(view: View, facts: Facts, patient: str) -> str | None:
    """The one order of a patient (their key) with the accession number, as `ServiceRequest/id`.

    None where there is none, and where there are several: which one it is, is not told then.
    """
    return _order_among(view, facts, patient, {})


def follow_orders(view: View, draft: Draft, site: Site) -> None:
    """Draft the next versions of the studies whose order comes, changes or goes with a draft."""
    writes = [item for part, item in draft if part is VERSIONS]
    orders = {write.key: write for write in writes if write.resource_type == _ORDER}
    studies = dict.fromkeys(_studies_of(view, orders)) if orders else {}
    drafted = {write.properties.get("dicomKey"): write for write in writes if write.snapshot}
    for dicom_key in list(studies)[:_MOST_STUDIES]:
        known = view.get(STUDIES, dicom_key)
        if known is None or not known.managed:
            continue
        before = of_known(known, view.get(SERIES_OF, dicom_key))
        if earlier := drafted.get(dicom_key):
            before = _as_drafted(before, earlier)
        after = before.ordered_by(_order_among(view, before.facts, before.patient, orders))
        if after is not before:
            number = next_snapshot(known, view.now)
            draft.add(VERSIONS, version_write(site, known, after, version_id=number, dicom_key=dicom_key))


def _studies_of(view: View, orders: Mapping[str, ResourceWrite]) -> Iterator[str]:
    """The studies with a number that the orders carried before, or will carry."""
    before = [write.key for write in orders.values() if write.known is not None]
    if before:
        of_order, of_study = _beginnings(view.tenant)
        for row in view.read(_STUDIES_NOW, orders=before, of_order=of_order, of_study=of_study):
            yield row["study"]
    for write in orders.values():
        for key in numbered_keys(view.tenant, write.resource_type, write.values or ValueRows()):
            yield from view.get(NUMBERED, key)


def _as_drafted(study: StudyVersion, write: ResourceWrite) -> StudyVersion:
    """The version of a study that a draft makes; its series are as they were."""
    drafted = of_snapshot(study.resource_id, study.partition, write.body)
    return StudyVersion(
        study.resource_id, study.partition, drafted.patient, drafted.facts, study.series, drafted.overlay
    )


def _order_among(view: View, facts: Facts, patient: str, written: Mapping[str, ResourceWrite]) -> str | None:
    """As `order_of`, with orders as they are `written`, by their keys."""
    term = order_term(view.tenant, facts)
    if term is None:
        return None
    carried = [each for each in view.get(ORDERS, term) if each.key not in written]
    carried += _carrying(term, written.values())
    orders = [each.key for each in carried if patient in each.patients]
    return resource_of(orders[0]) if len(orders) == 1 else None


def _carrying(term: str, written: Iterable[ResourceWrite]) -> Iterator[CarriedOrder]:
    for write in written:
        if write.method != "DELETE" and any(term == key for key, *_ in (write.values or ValueRows()).terms):
            yield CarriedOrder(write.key, write.compartment or ())
