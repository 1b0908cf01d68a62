"""The units of work of reports: a version of a report with what follows of it for critical results, in one.

What belongs to a report is written by the rules of this room alone, whatever else its writer may write. A
Task and a Communication of it are about whom the report is about, so who sees the one sees the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.preconditions import NO_PRECONDITIONS, Preconditions
from app.records.write.conditions import Criteria
from app.records.write.receiving import Prepared
from app.records.write.units import RecordUnit
from app.records.write.writing import Desk, Written
from app.security.scopes import system_scope
from graph.commit import Keys
from graph.errors import Conflict
from graph.keys import resource_of
from graph.query.rows import member_rows
from graph.resources.filings import DOCUMENT_DUE
from graph.resources.states import RESOURCES

_STUDY = "ImagingStudy"


class AlreadyBegun(Conflict):
    """Somebody else has begun the report of the study: it is continued, and not written twice.

    `report_id` is the id of that one.
    """

    report_id: str = ""


@dataclass(frozen=True, slots=True)
class BesideReport:
    """A resource that is written with a report; of one that is there already, `base` is its version."""

    prepared: Prepared
    base: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReport(RecordUnit[Written]):
    """Writes the first version of a report, unless `criteria` find one, or the next of the one demanded.

    `filed`: a DICOM object is to be made of it.
    """

    prepared: Prepared
    demanded: Preconditions = NO_PRECONDITIONS
    criteria: Criteria | None = None
    filed: bool = False
    beside: tuple[BesideReport, ...] = ()

    def looks_at(self) -> Keys:
        """The report, and what is written with it."""
        return {RESOURCES: (self.prepared.key, *(each.prepared.key for each in self.beside))}

    def write(self, desk: Desk) -> Written:
        """Write it all.

        Raises `AlreadyBegun`, `PreconditionFailed` where somebody wrote it meanwhile, and what `Desk.put`
        raises.
        """
        if self.criteria is not None:
            for key in self.criteria.matches(desk.view, desk.scope)[:1]:
                error = AlreadyBegun("somebody has begun the report of this study: continue that one")
                error.report_id = key.rpartition("|")[2]
                raise error
        due = {DOCUMENT_DUE: self.scope.tenant} if self.filed else {}
        method = "PUT" if self.criteria is None else "POST"
        done = desk.put(self.prepared, method=method, demanded=self.demanded, reporting=due)
        put_beside(desk, self.beside, done.version.compartment)
        return done


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBeside(RecordUnit[tuple[Written, ...]]):
    """Writes what belongs to a report without a version of it, as one."""

    report: str
    beside: tuple[BesideReport, ...]

    def looks_at(self) -> Keys:
        """The report (its key), whose rows say whom it is about, and what is written."""
        return {RESOURCES: (self.report, *(each.prepared.key for each in self.beside))}

    def write(self, desk: Desk) -> tuple[Written, ...]:
        """Write it; raises `Overtaken` where somebody was first."""
        known = desk.view.get(RESOURCES, self.report)
        return put_beside(desk, self.beside, known.compartment if known else None)


def put_beside(
    desk: Desk, beside: Iterable[BesideReport], compartment: Iterable[str] | None
) -> tuple[Written, ...]:
    """Write what belongs to a report, about the same studies; whoever may do so needs no further right."""
    own = replace(desk, scope=system_scope(desk.scope.tenant, desk.scope.subject))
    studies = tuple(key for key in compartment or () if resource_of(key).startswith(f"{_STUDY}/"))
    return tuple(
        own.put(
            _about(each.prepared, studies, desk.scope.tenant),
            method="POST" if each.base is None else "PUT",
            base=each.base,
            reporting={},
        )
        for each in beside
    )


def _about(prepared: Prepared, studies: tuple[str, ...], tenant: str) -> Prepared:
    if prepared.compartment is None or not studies:
        return prepared
    members = member_rows(tenant, prepared.resource_type, studies)
    values = replace(prepared.values, terms=(*prepared.values.terms, *members))
    return replace(prepared, values=values, compartment=(*prepared.compartment, *studies))
