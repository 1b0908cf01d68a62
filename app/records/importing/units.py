"""The unit of work of an import: the next versions of many resources, all or none."""

from dataclasses import dataclass

from app.records.write.receiving import Prepared
from app.records.write.units import RecordUnit
from app.records.write.writing import Desk, Written
from graph.commit import Keys
from graph.resources.states import RESOURCES, STUDIES
from graph.studies.overlaying import named_study


@dataclass(frozen=True, slots=True, kw_only=True)
class PutResources(RecordUnit[list[Written]]):
    """Writes the next version of each resource, or its first; no resource stands there twice."""

    prepared: tuple[Prepared, ...]

    @property
    def weight(self) -> int:
        """As many as there are."""
        return max(1, len(self.prepared))

    def looks_at(self) -> Keys:
        """The resources; of each ImagingStudy, whether another one has its UID."""
        studies = (named_study(self.scope, each.study) for each in self.prepared if each.study is not None)
        return {
            RESOURCES: tuple(each.key for each in self.prepared),
            STUDIES: tuple(key for key in studies if key),
        }

    def write(self, desk: Desk) -> list[Written]:
        """Write them in their order."""
        return [desk.put(each, method="PUT") for each in self.prepared]
