"""What a unit of work sees when it decides: the graph under the tenant's lock, and what was decided before.

The lock (the tenant's counter node) is held from the first statement to the commit, so what is read here
cannot change before the write: versions, duplicates and conditional criteria are judged on the truth.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.commit.statements import LOAD, flush
from graph.commit.writes import ResourceWrite, Writes
from graph.cypher.compile import page
from graph.query.expression import Question
from graph.scope import AccessScope
from graph.session import Transaction

_NOW_STEP = 1  # microsecond: the clock of a tenant never stands still nor goes back


@dataclass(frozen=True, slots=True)
class ResourceState:
    """The current version of a resource, as far as a decision needs it."""

    key: str
    resource_type: str
    serial: int
    version_id: int
    deleted: bool
    compartment: tuple[str, ...] | None
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reads:
    """The keys that a unit knows it will look at: loaded for a whole batch as the lock is taken."""

    resources: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    instances: tuple[str, ...] = ()

    @staticmethod
    def union(all_reads: Iterable["Reads"]) -> dict[str, list[str]]:
        """The keys of many units, each once."""
        reads = list(all_reads)
        names = ("resources", "studies", "series", "instances")
        return {
            name: list(dict.fromkeys(key for read in reads for key in getattr(read, name))) for name in names
        }


class State:
    """The graph of one tenant inside one transaction."""

    def __init__(
        self, transaction: Transaction, tenant: str, reads: Mapping[str, list[str]], now: int
    ) -> None:
        self._transaction = transaction
        self.tenant = tenant
        row = transaction.run(LOAD, tenant=tenant, now=now, keys=reads)[0]
        counter = row["counter"]
        self.now = max(now, counter.get("clock", 0) + _NOW_STEP)
        self.serial: int = counter.get("serial", 0)
        self.sequence: int = counter.get("sequence", 0)
        self.version_sequence: int = counter.get("versionSequence", 0)
        self.recent: list[str] = counter.get("recent", [])
        self._resources: dict[str, ResourceState | None] = dict.fromkeys(reads["resources"])
        self._resources |= {each["key"]: _resource(each) for each in row["resources"]}
        self._studies: dict[str, ResourceState | None] = dict.fromkeys(reads["studies"])
        for properties in row["studies"]:
            self._know_study(properties)
        self.series: dict[str, dict[str, Any]] = {each["key"]: each for each in row["series"]}
        self.instances: set[str] = set(row["instances"])
        self._pending = Writes()
        self._flushed = False
        self._snapshots: set[str] = set()

    def resource(self, key: str) -> ResourceState | None:
        """The resource of this key, deleted ones too; None where there never was one."""
        self.load((key,))
        return self._resources[key]

    def load(self, keys: Iterable[str]) -> None:
        """Read the resources of these keys that are not known yet, in one statement."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._resources]
        if missing:
            text = "UNWIND $keys AS key MATCH (r:Resource {key: key}) RETURN properties(r) AS r"
            self._resources |= dict.fromkeys(missing)
            for row in self._transaction.run(text, keys=missing):
                self._resources[row["r"]["key"]] = _resource(row["r"])

    def study(self, dicom_key: str) -> ResourceState | None:
        """The study of this DICOM key; None where it has no pictures and no FHIR resource named it."""
        if dicom_key not in self._studies:
            text = "MATCH (s:ImagingStudy {dicomKey: $key}) RETURN properties(s) AS s"
            rows = self._transaction.run(text, key=dicom_key)
            self._studies[dicom_key] = None
            for row in rows:
                self._know_study(row["s"])
        return self._studies[dicom_key]

    def _know_study(self, properties: Mapping[str, Any]) -> None:
        """A study is one row under two keys."""
        known = _resource(properties)
        self._studies[properties["dicomKey"]] = known
        self._resources[properties["key"]] = known

    def find(self, scope: AccessScope, question: Question) -> list[str]:
        """Keys of a page of an answer, with what the batch has decided so far."""
        self.flush()
        statement = page(scope, question)
        return [row["key"] for row in self._transaction.run(statement.text, **statement.parameters)]

    def run(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """Run a read that only one kind of unit needs, with what the batch has decided so far."""
        self.flush()
        return self._transaction.run(text, **parameters)

    def take_serial(self) -> int:
        """The next creation number of the tenant; a unit that fails leaves a gap, which nothing minds."""
        self.serial += 1
        return self.serial

    def next_snapshot(self, before: ResourceState | None, key: str) -> int:
        """The version of a rendered resource that this commit makes: one, however many units touch it."""
        if before is None:
            return 1
        return before.version_id if key in self._snapshots else before.version_id + 1

    def apply(self, writes: Writes) -> None:
        """Let the units after this one see what it decided."""
        for write in writes.resources:
            self._remember(write)
            if write.snapshot:
                self._snapshots.add(write.key)
        for series in writes.series:
            self.series[series.key] = {**self.series.get(series.key, {}), **series.properties}
        self.instances |= {instance.key for instance in writes.instances}
        self.instances -= {removal.key for removal in writes.removals}
        for key in writes.empty_series:
            self.series.pop(key, None)
        self._pending.extend(writes)

    def _remember(self, write: ResourceWrite) -> None:
        before = self._resources.get(write.key)
        properties = {**(before.properties if before else {}), **write.properties}
        state = ResourceState(
            key=write.key,
            resource_type=write.resource_type,
            serial=before.serial if before and before.serial else properties["serial"],
            version_id=write.version_id,
            deleted=write.method == "DELETE",
            compartment=write.compartment,
            properties=properties,
        )
        self._resources[write.key] = state
        if dicom_key := properties.get("dicomKey"):
            self._studies[dicom_key] = state

    def flush(self, commit_id: str | None = None) -> None:
        """Write what is pending: at the end of the commit, and before a search inside it."""
        if self._pending or (commit_id and self._flushed):
            flush(self._transaction, self, self._pending, commit_id)
            self._pending = Writes()
            self._snapshots.clear()
            self._flushed = True

    def close(self, commit_id: str) -> None:
        """Write the rest and move the counter, if anything was written at all."""
        self.flush(commit_id)


def _resource(properties: Mapping[str, Any]) -> ResourceState | None:
    """The state of a resource; a placeholder, which only has its key, counts as absent."""
    if "versionId" not in properties:
        return None
    compartment = properties.get("compartment")
    return ResourceState(
        key=properties["key"],
        resource_type=properties["kind"].rpartition("|")[2],
        serial=properties["serial"],
        version_id=properties["versionId"],
        deleted=properties["deleted"],
        compartment=None if compartment is None else tuple(compartment),
        properties=properties,
    )
