"""The whole ward: people who are there anyhow, and the witnesses of questions."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.factories.fhir import Resource
from tests.factories.wards.charts import Chart
from tests.factories.wards.noise import noise
from tests.factories.wards.witnesses import witnesses

_ANYBODY, _RECORDS = 60, 9
_MOST_WITNESSES = 6
_AS_OF = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Ward:
    """Charts that are to be stored: people, then pictures, then what was said of the pictures."""

    charts: tuple[Chart, ...]

    def people(self) -> Iterator[Resource]:
        """The patients with their records."""
        for chart in self.charts:
            yield from chart.everything()

    def files(self) -> Iterator[bytes]:
        """The pictures."""
        for chart in self.charts:
            yield from chart.files()

    def findings(self) -> Iterator[Resource]:
        """Reports and documents."""
        for chart in self.charts:
            yield from chart.findings


def ward(trees: Iterable[Mapping[str, Any]], seed: int = 20_261_122) -> Ward:
    """A ward that tells these questions apart; the same for the same questions and seed."""
    random = Random(seed)
    distinct = {json.dumps(each, sort_keys=True): each for each in trees}
    charts = [_anybody(random, number) for number in range(_ANYBODY)]
    for number, tree in enumerate(distinct.values()):
        charts += witnesses(tree, random, f"w{number}", _MOST_WITNESSES)
    random.shuffle(charts)
    return Ward(tuple(charts))


def _anybody(random: Random, number: int) -> Chart:
    chart = Chart(random, f"a{number}", korean=number % 2 == 1)
    died = {"deceasedDateTime": "2025-05-05"} if random.random() < 0.1 else {}
    chart.born(
        _AS_OF - timedelta(days=random.randint(0, 95 * 365)), random.choice(("female", "male")), **died
    )
    noise(chart, _AS_OF, _RECORDS)
    return chart
