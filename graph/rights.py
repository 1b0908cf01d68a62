"""Which rows one caller may see: one value, with its meaning in memory and in Cypher side by side.

Of a row three things count: its `partition`, which only DICOM rows have; its `compartment`, the keys of the
patients it belongs to, which kinds that belong to nobody lack (Practitioner, Endpoint …); and its key, for
studies that were granted one by one. `RowRight.sees` says it of a row at hand, `graph.visibility` in fixed
statements, `graph.cypher.access` in compiled ones; a test holds that the three agree. What further narrows a
caller, as rights that differ by type, is a further part of this value and of the two conditions below.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowRight:
    """The rows that a caller may see.

    `partition` is the key `tenant|partition` that DICOM rows must be of. `patients` and `studies` are keys of
    granted rows; `patients` None means every row.
    """

    partition: str
    patients: frozenset[str] | None = None
    studies: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether no grants narrow it."""
        return self.patients is None

    def sees(self, key: str, compartment: Collection[str] | None, partition: str | None) -> bool:
        """Whether it covers a row; `compartment` and `partition` are None for rows that have none."""
        if partition not in (None, self.partition):
            return False
        if self.patients is None or compartment is None:
            return True
        return key in self.studies or not self.patients.isdisjoint(compartment)

    def granted_patients(self) -> list[str]:
        """The keys of the granted patients, as a parameter of a statement."""
        return sorted(self.patients or ())

    def granted_studies(self) -> list[str]:
        """The keys of the granted studies, as a parameter of a statement."""
        return sorted(self.studies)


def in_partition(name: str, partition: str) -> str:
    """The condition that the row of a variable is of the partition, or of none."""
    return f"({name}.partition IS NULL OR {name}.partition = {partition})"


def granted(name: str, patients: str, studies: str) -> str:
    """The condition that the row of a variable belongs to nobody or to a granted patient, or was granted."""
    member = f"any(each IN {name}.compartment WHERE each IN {patients})"
    return f"({name}.compartment IS NULL OR {name}.key IN {studies} OR {member})"
