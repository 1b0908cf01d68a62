"""The unit of work of a Bundle: a transaction's entries together, or one entry of a batch."""

from dataclasses import dataclass

from app.records.bundles.plans import TransactionPlan
from app.records.bundles.transactions import write_plan
from app.records.write.units import RecordUnit
from app.records.write.writing import Desk, Written
from graph.commit import Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteEntries(RecordUnit[list[Written | None]]):
    """Writes the entries of a plan, all or none; answers in their order, None where nothing was deleted."""

    plan: TransactionPlan

    @property
    def weight(self) -> int:
        """An entry is about one resource."""
        return max(1, len(self.plan.entries))

    def looks_at(self) -> Keys:
        """All resources that the entries name, and what decides their conditions."""
        return self.plan.looks_at(self.scope)

    def presumes_absent(self) -> Keys:
        """The ids of the resources that the entries make."""
        return self.plan.presumes_absent(self.scope)

    def write(self, desk: Desk) -> list[Written | None]:
        """Settle what is conditional, then write."""
        return write_plan(desk, self.plan)
