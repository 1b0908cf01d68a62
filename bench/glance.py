"""One patient at a glance: charts of 5,000 and of 32,000 resources, taken in by one reader."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import orjson

from bench.clients import Gateway, Request, Task, measure
from bench.rows import Row
from tests.factories.charts import order, report, study, value
from tests.factories.fhir import Resource, bundle, condition, encounter, entry, medication_request, patient

SIZES = (5_000, 32_000)
_TIMES, _AT_ONCE, _DAYS = 10, 500, 6_000
_JSON = "application/fhir+json"
_CODES = ("2160-0", "33914-3", "718-7", "6690-2", *(f"{each}-{each % 10}" for each in range(9_000, 9_040)))
_SAYS = "FINDINGS: A nodule of {0} mm. IMPRESSION: Nodule, {0} mm. Recommend follow-up CT chest in 3 months."
# How many of a hundred resources are of each sort.
_MIX = {"value": 70, "encounter": 8, "drug": 7, "problem": 4, "report": 6, "order": 3, "study": 2}


def rows(gateway: Gateway) -> Iterator[Row]:
    """Every row of the suite."""
    reader = gateway.headers("clinician")
    for size in SIZES:
        who = _fill(gateway, size)
        for what in ("glance", "timeline?count=2000", "changes"):
            asked: Request = ("GET", f"/patients/{who}/{what}", None, reader)
            name = f"{what.partition('?')[0]} of {size:,} resources"
            yield from measure(gateway, Task(name, _TIMES, lambda count, asked=asked: [asked] * count), 1)


def _fill(gateway: Gateway, size: int) -> str:
    """A patient with so many resources; the id."""
    who, draw = f"glance-{uuid4()}"[:60], Random(size)
    headers = gateway.headers("clinician", Content_Type=_JSON)
    made = [patient(None, id=who), *(_resource(draw, who, at) for at in range(size - 1))]
    for start in range(0, size, _AT_ONCE):
        some = made[start : start + _AT_ONCE]
        sent = bundle(*(entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in some))
        gateway.ask(("POST", "/fhir", orjson.dumps(sent), headers))
    return who


def _resource(draw: Random, who: str, at: int) -> Resource:
    day = (date(2010, 1, 1) + timedelta(days=draw.randrange(_DAYS))).isoformat()
    name, about = f"{who}-{at}", f"Patient/{who}"
    mine: dict[str, Any] = {"subject": {"reference": about}}
    made: Mapping[str, Callable[[], Resource]] = {
        "value": lambda: value(name, day, draw.choice(_CODES), round(draw.uniform(1, 90), 1), **mine),
        "encounter": lambda: encounter(about, id=name, period={"start": day, "end": day}),
        "drug": lambda: medication_request(about, id=name, authoredOn=day),
        "problem": lambda: condition(about, id=name, onsetDateTime=day),
        "report": lambda: report(name, day, _SAYS.format(at % 9 + 1), **mine),
        "order": lambda: order(name, day, **mine),
        "study": lambda: study(name, day, **mine),
    }
    return made[draw.choices(list(_MIX), list(_MIX.values()))[0]]()
