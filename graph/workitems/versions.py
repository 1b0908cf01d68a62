"""A workitem is one thing: the data set, its lock, what it is tied to; and the Task that each version is.

The node of a Task that is a workitem has the label `Workitem` beside, and holds the data set and the
Transaction UID of its claim, which no answer shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from fhir_profiles.index.extraction import extract
from fhir_profiles.mapping.workitem_attributes import WorkitemJson, said, tag_of
from fhir_profiles.mapping.workitem_task import TaskLinks, task
from graph.clock import instant
from graph.commit import View
from graph.errors import Unprocessable
from graph.keys import partition_key, resource_key, workitem_key
from graph.packing import packed, unpacked
from graph.query.rows import TASK, ValueRows, member_rows, value_rows
from graph.resources.rewriting import write_of
from graph.resources.states import ResourceState
from graph.resources.writing import WORKITEM, ResourceWrite
from graph.scope import AccessScope
from graph.site import Site
from graph.workitems.search_keys import kept_rows
from graph.workitems.states import UpsState

DATASET, LINKS, TRANSACTION = "dataset", "links", "transactionUid"
LABEL = "Workitem"


@dataclass(frozen=True, slots=True)
class WorkitemVersion:
    """One version of a workitem: its data set, the Transaction UID of its claim, what its Task refers to."""

    dataset: WorkitemJson
    links: TaskLinks
    transaction: str | None = None

    @property
    def uid(self) -> str:
        """Its SOP Instance UID."""
        return said(self.dataset, "SOPInstanceUID")

    @property
    def state(self) -> UpsState:
        """Its Procedure Step State."""
        return UpsState(said(self.dataset, "ProcedureStepState"))

    def with_attributes(self, changes: WorkitemJson) -> "WorkitemVersion":
        """The version with these attributes in place of those of the same tags."""
        return replace(self, dataset=dict(sorted((dict(self.dataset) | dict(changes)).items())))

    def in_state(self, state: UpsState) -> "WorkitemVersion":
        """The version in another state."""
        return self.with_attributes({tag_of("ProcedureStepState"): {"vr": "CS", "Value": [str(state)]}})


def version_of(known: ResourceState) -> WorkitemVersion:
    """The workitem that a Task is as it is known."""
    node = known.properties
    links = TaskLinks(**orjson.loads(node[LINKS]))
    return WorkitemVersion(dataset_of(node), links, node.get(TRANSACTION))


def dataset_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """The data set that a node holds."""
    found: dict[str, Any] = orjson.loads(unpacked(bytes(node[DATASET])))
    return found


def refuse_workitem(known: ResourceState | None) -> None:
    """Refuse to change a workitem as a Task, which shows it; raises `Unprocessable`."""
    if known is not None and known.properties.get(WORKITEM):
        raise Unprocessable(
            "the Task is a workitem: change it over DICOMweb, under /workitems", code="business-rule"
        )


def workitem_write(
    view: View, scope: AccessScope, site: Site, known: ResourceState | None, after: WorkitemVersion
) -> ResourceWrite:
    """How a version enters the graph: as the next version of its Task."""
    resource_id = known.resource_id if known else site.new_id()
    resource = task(after.dataset, after.links, id=resource_id, modified=instant(view.now), zone=site.zone)
    properties = {
        WORKITEM: workitem_key(scope.tenant, scope.partition, after.uid),
        "partition": partition_key(scope.tenant, scope.partition),
        DATASET: packed(orjson.dumps(after.dataset)),
        LINKS: orjson.dumps(asdict(after.links)).decode(),
        TRANSACTION: after.transaction,
    }
    write = write_of(view, site, known, resource, resource, properties=properties)
    studies = _studies(scope.tenant, after.links)
    compartment = dict.fromkeys((*(write.compartment or ()), *studies))
    return replace(
        write,
        values=_with_kept(write.values or ValueRows(), scope.tenant, site, after),
        compartment=tuple(compartment),
        labels=(LABEL,),
        before=rows_as_known(scope.tenant, site, known) if known and not site.added else None,
    )


def rows_as_known(tenant: str, site: Site, known: ResourceState) -> ValueRows:
    """The rows by which a workitem is found as it is known: of many attributes few change at once.

    Where a tenant has search parameters of its own they are not told in this way: those come and go.
    """
    before, modified = version_of(known), instant(int(known.properties["lastUpdated"]))
    resource = task(before.dataset, before.links, id=known.resource_id, modified=modified, zone=site.zone)
    values = value_rows(tenant, TASK, extract(resource, site.zone, site.fhir_base))
    return _with_kept(values, tenant, site, before)


def _studies(tenant: str, links: TaskLinks) -> list[str]:
    """The key of its study: who was given that sees the workitem, as they see its report."""
    return [resource_key(tenant, *links.study.split("/"))] if links.study else []


def _with_kept(of_task: ValueRows, tenant: str, site: Site, version: WorkitemVersion) -> ValueRows:
    """The rows of a Task with those of the workitem, and of the study that both are about."""
    members = ValueRows(terms=member_rows(tenant, TASK, _studies(tenant, version.links)))
    return _joined((of_task, kept_rows(tenant, version.dataset, site.zone), members))


def _joined(rows: Sequence[ValueRows]) -> ValueRows:
    """The rows by which FHIR search finds the Task, those of the workitem, and of whom both are about."""
    return replace(
        rows[0],
        terms=tuple(dict.fromkeys(term for each in rows for term in each.terms)),
        texts=tuple(text for each in rows for text in each.texts),
        spans=tuple(span for each in rows for span in each.spans),
    )
