"""The numbers of a table as one caller is told them: which there are, and how far each may be off.

Who sees patients as they are is told every number as it is. Who sees pseudonyms is told those that the table
by itself may tell (`suppressing`) and of these those that tell of no few beside what was told before
(`withholding`), each off by at most `MOST_OFF`. How far is drawn from the very patients who are counted, by a
secret: the same patients bring the same number, whoever asks in which words, so that asking again, or
otherwise, averages nothing out.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.cohorts.answers.counting import Crossing, TablePlace
from app.cohorts.answers.disclosure import Disclosure
from app.cohorts.answers.suppressing import tellable
from app.cohorts.answers.withholding import Withholding
from app.cohorts.evaluation.charts import Charts
from app.cohorts.language.question import Dimension
from app.cohorts.language.vocabulary import PATIENT
from graph.errors import TooLarge

MOST_OFF = 3
MOST_TOLD = 400  # cells of a table of whose numbers some are withheld
_DIGEST = 16  # bytes of a pseudonym


@dataclass(frozen=True, slots=True)
class Tally:
    """A table of numbers: those told by their places, and what is not told of it."""

    by: tuple[Dimension, ...]
    values: tuple[tuple[str, ...], ...]
    numbers: Mapping[TablePlace, int]
    withheld: bool = False
    off: int = 0

    def shown(self) -> dict[str, Any]:
        """The table as JSON."""
        everybody: TablePlace = (None,) * len(self.by)
        cells = [place for place in self.numbers if None not in place]
        return {
            "dimensions": [_dimension(each) for each in self.by],
            "total": self.numbers.get(everybody),
            "cells": [{"values": [*place], "patients": self.numbers[place]} for place in self._sorted(cells)],
            "margins": [self._margin(at) for at in range(len(self.by))] if len(self.by) > 1 else [],
            "withheld": self.withheld,
            "off": self.off,
        }

    def lines(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """The cells as lines of a flat table, whose columns of values go by `names`."""
        cells = [place for place in self.numbers if None not in place]
        return [
            {**dict(zip(names, place, strict=True)), "patients": self.numbers[place]}
            for place in self._sorted(cells)
        ]

    def _margin(self, at: int) -> list[dict[str, Any]]:
        places = [place for place in self.numbers if place[at] is not None and place.count(None) == 1]
        return [{"value": place[at], "patients": self.numbers[place]} for place in self._sorted(places)]

    def _sorted(self, places: Sequence[TablePlace]) -> list[TablePlace]:
        """Places in the order of the values of their dimensions."""
        order = [{value: at for at, value in enumerate(each)} for each in self.values]
        return sorted(
            places,
            key=lambda place: [order[at][value] if value else -1 for at, value in enumerate(place)],
        )


def tally(by: tuple[Dimension, ...], crossing: Crossing) -> Tally:
    """The table for who is told every number."""
    return Tally(by, crossing.values, {place: len(each) for place, each in crossing.patients.items()})


def guarded_tally(
    by: tuple[Dimension, ...],
    crossing: Crossing,
    charts: Charts,
    shown: Disclosure,
    withholding: Withholding,
) -> Tally:
    """The table for who sees pseudonyms, and was told before how many there are in all.

    Raises `TooLarge` for more cells than are looked through, `Throttled` where too much was told already.
    """
    if len(crossing.patients) > MOST_TOLD:
        raise TooLarge(
            "who sees pseudonyms is told tables of at most %(most)s cells: count by less",
            location="$.output.by",
            code="too-costly",
            most=MOST_TOLD,
        )
    parting = all(each.of is None for each in by)
    open_ones = tellable(crossing, withholding.least, parting=parting)
    names = {
        serial: shown.reference(key)
        for serial, key in charts.named(PATIENT, crossing.patients[crossing.everybody]).items()
    }
    members = {
        place: [names[serial] for serial in crossing.patients[place] if serial in names]
        for place in _wholes_first(crossing, open_ones)
    }
    told = dict(zip(members, withholding.told(list(members.values())), strict=True))
    numbers = {
        place: number_told(members[place], shown, withholding.least) for place, each in told.items() if each
    }
    numbers[crossing.everybody] = len(crossing.patients[crossing.everybody])  # told beside, and listed
    return Tally(by, crossing.values, numbers, len(numbers) < len(crossing.patients), MOST_OFF)


def nothing_told(by: tuple[Dimension, ...]) -> Tally:
    """The table of patients whose number is withheld."""
    return Tally(by, ((),) * len(by), {}, withheld=True, off=MOST_OFF)


def _wholes_first(crossing: Crossing, places: frozenset[TablePlace]) -> list[TablePlace]:
    """Places in the order in which they are told: all, margins, cells, the largest first."""
    return sorted(
        places,
        key=lambda place: (
            -place.count(None),
            -len(crossing.patients[place]),
            [each or "" for each in place],
        ),
    )


def number_told(patients: Sequence[str], shown: Disclosure, least: int) -> int:
    """How many patients are told for these pseudonyms: a few more or fewer, and never fewer than `least`."""
    together = 0
    for each in patients:
        together ^= int(each.rpartition("-")[2], 16)
    seed = b"count\0" + shown.tenant.encode() + b"\0" + together.to_bytes(_DIGEST)
    drawn = int.from_bytes(hmac.digest(shown.key or b"", seed, "sha256")[:8])
    return max(least, len(patients) + drawn % (2 * MOST_OFF + 1) - MOST_OFF)


def _dimension(dimension: Dimension) -> dict[str, Any]:
    found: dict[str, Any] = {"by": dimension.by}
    if dimension.width:
        found["width"] = dimension.width
    return found | ({"of": dimension.of} if dimension.of else {})
