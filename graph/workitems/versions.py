"""A workitem is one thing: the data set, its lock, what it is tied to; and the Task that each version is.

The node of a Task that is a workitem has the label `Workitem` beside, and holds the data set and the
Transaction UID of its claim, which no answer shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from fhir_profiles.mapping.workitem_attributes import WorkitemJson, said, tag_of
from fhir_profiles.mapping.workitem_task import TaskLinks, task
from graph.clock import instant
from graph.commit import View
from graph.errors import Unprocessable
from graph.keys import partition_key, resource_key, workitem_key
from graph.packing import packed, unpacked
from graph.query.rows import TASK, ValueRows, member_rows
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
    studies = [_study_key(scope.tenant, after.links)] if after.links.study else []
    members = ValueRows(terms=member_rows(scope.tenant, TASK, studies))
    rows = (write.values or ValueRows(), kept_rows(scope.tenant, after.dataset, site.zone), members)
    compartment = dict.fromkeys((*(write.compartment or ()), *studies))
    return replace(write, values=_joined(rows), compartment=tuple(compartment), labels=(LABEL,))


def _study_key(tenant: str, links: TaskLinks) -> str:
    """The key of its study: who was given that sees the workitem, as they see its report."""
    return resource_key(tenant, *str(links.study).split("/"))


def _joined(rows: Sequence[ValueRows]) -> ValueRows:
    """The rows by which FHIR search finds the Task, those of the workitem, and of whom both are about."""
    return replace(
        rows[0],
        terms=tuple(dict.fromkeys(term for each in rows for term in each.terms)),
        texts=tuple(text for each in rows for text in each.texts),
        spans=tuple(span for each in rows for span in each.spans),
    )
