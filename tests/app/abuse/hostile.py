"""Questions at their limits and beyond, of every kind that costs more than it looks."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.factories.fhir import SNOMED, bundle, entry, patient

Pairs = list[tuple[str, str]]
FORM, JSON, FHIR = "application/x-www-form-urlencoded", "application/json", "application/fhir+json"
MANY = st.one_of(st.integers(1, 8), st.integers(1, 120), st.sampled_from((16, 17, 100, 101, 256, 500)))
A_FEW = st.integers(1, 9)
STEP = "has-member:Observation."


@dataclass(frozen=True)
class Question:
    """One request."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path[:200]} {self.body[:200]!r} ({len(self.body)} bytes)"


def search(kind: str, pairs: Pairs) -> Question:
    return Question("POST", f"/fhir/{kind}/_search", urlencode(pairs).encode(), FORM)


def _repeated(kind: str, name: str, value: Callable[[int], str], **more: str) -> Callable[[int], Question]:
    def made(times: int) -> Question:
        pairs = [(name.replace("#", str(each)), value(each)) for each in range(times)]
        return search(kind, [*pairs, *more.items()])

    return made


def _chain(depth: int) -> Question:
    return search("Observation", [(f"{STEP * (depth - 1)}subject:Patient.name", "a")])


def _open_chain(depth: int) -> Question:
    """Every type that the last reference may lead to."""
    return search("DiagnosticReport", [(f"result:Observation.{STEP * (depth - 1)}subject.name", "a")])


def _reverse_chain(depth: int) -> Question:
    steps = ("Observation:patient:", "Provenance:target:", "Task:focus:")
    name = "".join(f"_has:{steps[min(each, 2)]}" for each in range(depth))
    return search("Patient", [(f"{name}_id", "a")])


def _values(times: int) -> Question:
    return search("Observation", [("code", ",".join(f"c{each}" for each in range(times * 50)))])


def _backslashes(times: int) -> Question:
    return search("Observation", [("code", "\\,a" * (times * 1000))])


def _batch(of: Question) -> Callable[[int], Question]:
    def made(times: int) -> Question:
        url = f"{of.path.removeprefix('/fhir/').removesuffix('/_search')}?{of.body.decode()}"
        entries = [entry(None, "GET", url) for _ in range(times)]
        return Question("POST", "/fhir", json.dumps(bundle(*entries, kind="batch")).encode(), FHIR)

    return made


def _histories(times: int) -> Question:
    entries = [entry(None, "GET", "_history?_count=1000") for _ in range(times)]
    return Question("POST", "/fhir", json.dumps(bundle(*entries, kind="batch")).encode(), FHIR)


def _readings(times: int) -> Question:
    entries = [entry(None, "GET", f"Patient/h{each % 100}") for each in range(times * 20)]
    return Question("POST", "/fhir", json.dumps(bundle(*entries, kind="batch")).encode(), FHIR)


def _batch_of_forms(times: int) -> Question:
    """Searches of which no two have the same form."""
    names = ("code:not", "status", "value-string:missing", "subject:Patient.name", "date", "category:not")
    values = ("x", "final", "true", "a", "ge2020", "y")
    pairs = list(zip(names, values, strict=True))
    forms = (
        urlencode([each for at, each in enumerate(pairs) if form >> at & 1] * 3) for form in range(times)
    )
    entries = [entry(None, "GET", f"Observation?{form}") for form in forms]
    return Question("POST", "/fhir", json.dumps(bundle(*entries, kind="batch")).encode(), FHIR)


def _conditional(kind: str) -> Callable[[int], Question]:
    """Creates that are each conditional on a search, of somebody whom nobody has."""

    def made(times: int) -> Question:
        entries = [
            entry(patient(f"new{each}"), "POST", "Patient", ifNoneExist=f"identifier=none{each}&name=n{each}")
            for each in range(times)
        ]
        return Question("POST", "/fhir", json.dumps(bundle(*entries, kind=kind)).encode(), FHIR)

    return made


def _cohort(population: Any) -> Question:
    asked = {"version": "1", "asOf": "2026-11-22", "population": population, "output": {"grain": "patient"}}
    return Question("POST", "/cohorts/query", json.dumps(asked).encode(), JSON)


def _condition(number: int) -> Any:
    return {"condition": {"codes": [{"system": SNOMED, "code": f"{number}"}], "period": {"start": "2020"}}}


def _at_least(times: int) -> Question:
    of = [_condition(each) for each in range(times)]
    return _cohort({"atLeast": {"n": max(1, times // 2), "of": of}})


def _none_of(times: int) -> Question:
    return _cohort({"all": [{"not": _condition(each)} for each in range(times)]})


def _nested(times: int) -> Question:
    found = _condition(0)
    for each in range(min(times, 20)):
        found = {"atLeast": {"n": 2, "of": [found, _condition(each), {"not": _condition(each + 1)}]}}
    return _cohort(found)


def _drugs(times: int) -> Question:
    """Every filter that a prescription has, of each type that may hold it, and what may lead to its code."""
    kinds = ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense")
    of = [
        {
            "medication": {
                "resource": kinds[each % 4],
                "codes": [{"system": SNOMED, "code": f"{each}"}],
                "status": [f"s{each}"],
                "period": {"start": "2020", "end": f"{2021 + each % 5}"},
                "onMissingDate": ("flag", "include", "exclude")[each % 3],
            }
        }
        for each in range(times)
    ]
    return _cohort({"any": [{"not": one} for one in of]})


def _shapes(times: int) -> Question:
    """Events of which no two have the same filters."""
    filters: Any = (
        {"verification": ["confirmed"]},
        {"clinicalStatus": ["active"]},
        {"category": ["x"]},
        {"bodySite": [{"system": SNOMED, "code": "1"}]},
        {"date": "onset", "period": {"start": "2020"}},
        {"codes": [{"code": "1"}]},
    )
    chosen = (
        [each for at, each in enumerate(filters) if number >> at & 1] for number in range(min(times, 64))
    )
    of = [{"condition": {name: each[name] for each in some for name in each}} for some in chosen]
    return _cohort({"atLeast": {"n": 1, "of": of}})


def _rows_of_events(times: int) -> Question:
    """Many tables of rows, and links between reports and studies."""
    events = {f"e{each}": _condition(each) for each in range(times)}
    rows = [{"resource": "Condition", "event": name, "as": name} for name in events]
    asked = {
        "version": "1",
        "asOf": "2026-11-22",
        "events": {name: {"kind": "condition", **each["condition"]} for name, each in events.items()},
        "population": {"sex": {"op": "in", "value": ["male", "female", "other", "unknown"]}},
        "output": {"grain": "patient", "rows": rows},
        "page": {"limit": 1000},
    }
    return Question("POST", "/cohorts/query", json.dumps(asked).encode(), JSON)


def _wildcards(times: int) -> Question:
    return Question("GET", f"/dicom-web/studies?PatientName={'*a?' * min(times, 400)}&fuzzymatching=false")


def _fuzzy_words(times: int) -> Question:
    pairs = [("PatientName", "a b^" * min(times, 120)), ("fuzzymatching", "true"), ("limit", "1000")]
    return Question("GET", f"/dicom-web/studies?{urlencode(pairs)}")


def _codes(times: int) -> Question:
    pairs = [("Modality", "*C?," * times), ("ModalitiesInStudy", "C*\\" * times), ("limit", "1000")]
    return Question("GET", f"/dicom-web/series?{urlencode([*pairs, ('multiplevaluematching', 'true')])}")


def _whole_metadata(times: int) -> Question:
    fields = ",".join(f"0009{each:04X}" for each in range(0x1000, 0x1000 + times))
    pairs = [("includefield", f"all,{fields}"), ("limit", "1000"), ("orderby", "-InstanceNumber,SOPClassUID")]
    return Question("GET", f"/dicom-web/instances?{urlencode([*pairs, ('total', 'true')])}")


def _ordered_far_pages(times: int) -> Question:
    return Question("GET", f"/dicom-web/studies?orderby=-StudyDate,PatientName&offset={times * 800}")


def _deep_metadata(times: int) -> Question:
    item = '{"00081140":{"vr":"SQ","Value":[' * times + "]}}" * times
    return Question("POST", "/dicom-web/studies", f"[{item}]".encode(), "application/dicom+json")


def _broad_metadata(times: int) -> Question:
    item = '{"00100020":{"vr":"LO","Value":[' + ",".join(['""'] * (times * 16_000)) + "]}}"
    return Question("POST", "/dicom-web/studies", f"[{item}]".encode(), "application/dicom+json")


def _native_model(times: int) -> Question:
    opened = '<DicomAttribute tag="00081140" vr="SQ"><Item>' * times
    document = f"<NativeDicomModel>{opened}{'</Item></DicomAttribute>' * times}</NativeDicomModel>"
    return Question("POST", "/dicom-web/studies", document.encode(), "application/dicom+xml")


def _uids(times: int) -> Question:
    return Question("GET", "/dicom-web/instances?SOPInstanceUID=" + ",".join(["1.2.3"] * min(times * 4, 800)))


_EVERYTHING = search("Observation", [("_count", "1000"), ("_total", "accurate"), ("_include", "*")])
MAKERS: dict[str, tuple[SearchStrategy[int], Callable[[int], Question]]] = {
    "chains": (MANY, _repeated("Observation", "subject:Patient.name", lambda each: f"n{each}")),
    "open chains": (MANY, _repeated("Observation", "subject.name", lambda each: f"n{each}")),
    "reverse chains": (MANY, _repeated("Patient", "_has:Observation:patient:code", lambda each: f"c{each}")),
    "negations": (MANY, _repeated("Observation", "code:not", lambda each: f"c{each}")),
    "denied chains": (MANY, _repeated("Observation", "subject:Patient.gender:not", lambda each: "male")),
    "absences": (MANY, _repeated("Observation", "value-string:missing", lambda each: "true")),
    "parts of names": (MANY, _repeated("Patient", "name:contains", lambda each: f"n{each}")),
    "includes": (MANY, _repeated("Patient", "_revinclude", lambda each: "*", _count="1000")),
    "rounds": (
        MANY,
        _repeated("Patient", "_revinclude:iterate", lambda each: ("*", "Observation:patient")[each % 2]),
    ),
    "long chains": (A_FEW, _chain),
    "open long chains": (A_FEW, _open_chain),
    "long reverse chains": (A_FEW, _reverse_chain),
    "values": (MANY, _values),
    "escapes": (MANY, _backslashes),
    "a batch of pages": (MANY, _batch(_EVERYTHING)),
    "a batch of chains": (
        MANY,
        _batch(search("Observation", [("subject:Patient.name", "n"), ("code:not", "x")])),
    ),
    "a batch of histories": (MANY, _histories),
    "a batch of readings": (MANY, _readings),
    "a batch of forms": (MANY, _batch_of_forms),
    "conditional creates": (MANY, _conditional("batch")),
    "conditional creates together": (MANY, _conditional("transaction")),
    "at least": (st.integers(1, 70), _at_least),
    "none of": (st.integers(1, 70), _none_of),
    "nested": (A_FEW, _nested),
    "drugs": (st.integers(1, 70), _drugs),
    "shapes": (st.integers(1, 63), _shapes),
    "rows of events": (st.integers(1, 70), _rows_of_events),
    "wildcards": (MANY, _wildcards),
    "UIDs": (MANY, _uids),
    "fuzzy words": (MANY, _fuzzy_words),
    "codes": (MANY, _codes),
    "whole metadata": (MANY, _whole_metadata),
    "ordered far pages": (MANY, _ordered_far_pages),
    "deep metadata": (MANY, _deep_metadata),
    "broad metadata": (st.integers(1, 40), _broad_metadata),
    "native models": (MANY, _native_model),
}

LAST_ALLOWED: dict[str, int] = {
    "chains": 19,
    "open chains": 9,
    "reverse chains": 12,
    "negations": 24,
    "denied chains": 24,
    "absences": 24,
    "parts of names": 24,
    "long chains": 3,
    "open long chains": 1,
    "long reverse chains": 2,
    "values": 10,
    "a batch of pages": 18,
    "a batch of chains": 105,
    "a batch of histories": 7,
    "a batch of readings": 50,
    "conditional creates": 100,
    "at least": 30,
    "none of": 30,
    "nested": 6,
    "drugs": 15,
    "shapes": 34,
    "rows of events": 30,
}
"""The largest question of a maker that is answered; of a batch, that has no refused entry."""
BATCHES_TO_AN_ENTRY = frozenset({"a batch of pages", "a batch of chains", "a batch of histories"})
"""Batches that are answered up to the entry that is one too many, which alone is refused."""


def questions() -> SearchStrategy[Question]:
    """A question of any kind and size."""

    def of(name: str) -> SearchStrategy[Question]:
        sizes, make = MAKERS[name]
        return sizes.map(make)

    return st.sampled_from(sorted(MAKERS)).flatmap(of)
