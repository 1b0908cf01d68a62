"""Which rows one caller may see: one value, with its meaning in memory and in Cypher side by side.

Of a row three things count: its `partition`, which only DICOM rows have; its `compartment`, the keys of the
patients and studies it is about, which only what everybody may read lacks (Practitioner, Endpoint …); and its
own key, for studies that were granted one by one. A version of a resource has a compartment of its own.
`RowRight.sees` says it of a row at hand, `graph.visibility` in fixed statements, `graph.cypher.access` in
compiled ones; a test holds that the three agree. What further narrows a caller, as rights that differ by
type, is a further part of this value and of the two conditions below.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache


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
        if key in self.studies:
            return True
        return any(each in self.patients or each in self.studies for each in compartment)

    def granted(self) -> list[str]:
        """The keys of all granted rows, as a parameter of a statement; the list is shared, for reading."""
        return _listed(self.patients or frozenset(), self.studies)

    def granted_patients(self) -> list[str]:
        """The keys of the granted patients, shared as those of `granted`."""
        return _listed(self.patients or frozenset(), frozenset())

    def granted_studies(self) -> list[str]:
        """The keys of the granted studies, shared as those of `granted`."""
        return _listed(frozenset(), self.studies)


@lru_cache(maxsize=48)
def _listed(patients: frozenset[str], studies: frozenset[str]) -> list[str]:
    """Both, sorted: of ten thousand grants that takes longer than the statement that they are for."""
    return sorted(patients | studies)


def in_partition(name: str, partition: str) -> str:
    """The condition that the row of a variable is of the partition, or of none."""
    return f"({name}.partition IS NULL OR {name}.partition = {partition})"


def granted(name: str, keys: str, studies: str, version: str | None = None) -> str:
    """The condition that a row is everybody's, is a granted study, or is about what was granted.

    `name` is its variable, `keys` holds the keys of all granted rows. With a `version`, the variable of a
    version of that row, it is judged by whom the version is about.
    """
    compartment = f"{version or name}.compartment"
    member = f"any(each IN {compartment} WHERE each IN {keys})"
    return f"({compartment} IS NULL OR {name}.key IN {studies} OR {member})"
