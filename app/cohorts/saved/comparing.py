"""Who entered a cohort between two answers and who left it, and which conditions changed for them.

Only patients whom the caller sees now are told. Who sees pseudonyms is told of a set of them where it tells
of no few, and of no reason: each is a verdict of its own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.cohorts.answers.answering import CohortAsking
from app.cohorts.language.vocabulary import PATIENT
from app.cohorts.saved.sides import UNKNOWN, Side
from graph.resources.sieve import Serials

MOST_LISTED = 1_000  # of who entered, and of who left
EXCLUDED, ABSENT = "excluded", "absent"  # who did not match, and who was not there to see


UNTOLD: Mapping[str, Any] = {
    "counts": {"entered": None, "left": None, "stayed": None},
    "entered": [],
    "left": [],
}
"""What is told where one of the sides is withheld."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides of one cohort, and how they are shown to the caller."""

    before: Side
    after: Side
    asking: CohortAsking

    def told(self, *, listed: bool) -> dict[str, Any]:
        """Who entered and who left, as JSON: numbers, and with `listed` the patients themselves."""
        entered = self._seen(self.after.matched - self.before.matched)
        left = self._seen(self.before.matched - self.after.matched)
        stayed = self._seen(self.after.matched & self.before.matched)
        told = self._may_be_told(entered, left, stayed)
        counts = {
            name: len(each) if each_told else None
            for name, each, each_told in zip(
                ("entered", "left", "stayed"), (entered, left, stayed), told, strict=True
            )
        }
        shown = {
            "entered": self._listed(entered, self.before) if listed and told[0] else [],
            "left": self._listed(left, self.after) if listed and told[1] else [],
        }
        return {"counts": counts, **shown}

    def _seen(self, patients: Serials) -> dict[int, str]:
        """The keys of those whom the caller sees now, in order."""
        return self.asking.charts.named(PATIENT, patients)

    def _may_be_told(self, *sets: Mapping[int, str]) -> list[bool]:
        withholding, shown = self.asking.withholding, self.asking.shown
        if withholding is None:
            return [True] * len(sets)
        return withholding.told([[shown.reference(key) for key in each.values()] for each in sets])

    def _listed(self, patients: Mapping[int, str], other: Side) -> list[dict[str, Any]]:
        """Patients who match on one side, with how the other side has them, and why."""
        first = dict(list(patients.items())[:MOST_LISTED])
        self.asking.charts.scope.concerns(first.values())
        if self.asking.withholding is not None:
            return [{"reference": self.asking.shown.reference(key)} for key in first.values()]
        judged, absent = other.judged(first), other.absent(first)
        return [
            {
                "reference": self.asking.shown.reference(key),
                "verdict": _verdict(serial, other, absent),
                "deciding": list(judged[serial].deciding) if serial in judged else [],
            }
            for serial, key in first.items()
        ]


def _verdict(patient: int, other: Side, absent: Collection[int]) -> str:
    """How the other side has a patient who matches on this one: of whom it is not known, excluded."""
    if patient in other.unknown:
        return UNKNOWN
    return ABSENT if patient in absent else EXCLUDED
