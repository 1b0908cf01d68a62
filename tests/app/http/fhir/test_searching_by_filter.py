"""search: `_filter`, lists, chained orders, places, parts of addresses, estimates and summaries."""

from typing import Any

import pytest

from tests.app.http.fhir.conftest import Fhir, found, names
from tests.factories.fhir import bundle, condition, entry, observation, patient, practitioner, reference

SEOUL, BUSAN = {"latitude": 37.5665, "longitude": 126.978}, {"latitude": 35.1796, "longitude": 129.0756}
SERVER = "http://acme.example/fhir/ValueSet"


def location(id_: str, position: dict[str, float] | None) -> dict[str, Any]:
    return {"resourceType": "Location", "id": id_, **({"position": position} if position else {})}


def value_set(id_: str, url: str) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "id": id_, "status": "active", "url": url}


RECORD = (
    patient(
        "P1", id="ana", name=[{"family": "Angström"}], generalPractitioner=[reference("Practitioner/gp")]
    ),
    patient("P2", id="bo", name=[{"family": "Kim"}, {"family": "Angles"}], gender="male", birthDate="1980"),
    patient("P3", id="cy", name=None, gender=None, birthDate=None, active=False),
    practitioner(id="gp", name=[{"family": "Ward"}]),
    observation("Patient/ana", id="hb-1", value=13.5, effectiveDateTime="2026-01-01"),
    observation("Patient/bo", id="hb-2", value=15.0, effectiveDateTime="2026-01-02"),
    observation("Patient/ana", id="hb-3", value=9.0, effectiveDateTime="2026-02"),
    condition("Patient/bo", id="tumour", onsetDateTime="2025-06"),
    location("seoul", SEOUL),
    location("busan", BUSAN),
    location("nowhere", None),
    value_set("vs-1", f"{SERVER}/1"),
    value_set("vs-12", f"{SERVER}/1/2"),
    value_set("vs-10", f"{SERVER}/10"),
    value_set("oid", "urn:oid:1.2.3"),
    {
        "resourceType": "List",
        "id": "watched",
        "status": "current",
        "mode": "working",
        "entry": [{"item": reference("Patient/bo")}, {"item": reference("Observation/hb-1")}],
    },
    {
        "resourceType": "MolecularSequence",
        "id": "dna",
        "coordinateSystem": 0,
        "referenceSeq": {
            "genomeBuild": "GRCh38",
            "chromosome": {"coding": [{"code": "1"}]},
            "windowStart": 100,
            "windowEnd": 200,
        },
        "variant": [{"start": 110, "end": 120}, {"start": 180, "end": 190}],
    },
    {
        "resourceType": "MolecularSequence",
        "id": "rna",
        "coordinateSystem": 0,
        "referenceSeq": {
            "referenceSeqId": {"coding": [{"code": "NC_1"}]},
            "windowStart": 100,
            "windowEnd": 200,
        },
        "variant": [{"start": 110, "end": 120}, {"start": 180, "end": 190}],
    },
)


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    """A small record under known ids, written in the order above."""
    return fhir.hold(*RECORD)


def test_a_filter_is_one_condition(record: Fhir) -> None:
    patients = {
        'family eq "kim"': "bo",
        'family eq "ki"': "",
        'family ne "kim"': "ana bo",
        'family co "gst"': "ana",
        'family sw "ang"': "ana bo",
        'family ew "STROM"': "ana",
        "family pr false": "cy",
        "gender pr true": "ana bo",
        "gender eq male": "bo",
        "gender ne male": "ana",
        "birthdate ge 1980": "bo",
        "birthdate lt 1980 or gender eq male": "ana bo",
        "birthdate po 1980": "bo",
        "birthdate po 1980-05-03": "bo",
        "active eq false": "cy",
        "not (gender eq male)": "ana cy",
        'gender eq male and family sw "ang" or active eq false': "bo cy",
        'gender eq male and (family sw "x" or active eq false)': "",
        "_id eq ana": "ana",
        "general-practitioner re Practitioner/gp": "ana",
        'general-practitioner.family eq "ward"': "ana",
        'general-practitioner[family eq "ward"].name sw "w"': "ana",
        'general-practitioner[family eq "dwar"].name sw "w"': "",
    }
    asked = {f"Patient?_filter={text}": ids for text, ids in patients.items()}
    observations = {
        "value-quantity gt 10": "hb-1 hb-2",
        "value-quantity ge 9||g/dL and date sa 2026-01-01": "hb-2 hb-3",
        'patient.family eq "kim"': "hb-2",
        'subject[gender eq female].family sw "a" and value-quantity lt 10': "hb-3",
    }
    asked |= {f"Observation?_filter={text}": ids for text, ids in observations.items()}
    asked |= {
        f'ValueSet?_filter=url sw "{SERVER}/1"': "vs-1 vs-10 vs-12",
        'ValueSet?_filter=url co "ACME"': "vs-1 vs-10 vs-12",
        "Patient?_filter=gender eq male&_filter=birthdate ge 1980": "bo",
    }
    assert found(record, asked) == asked


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a parameter"),
        ("gender", "an operator"),
        ("gender eq", "a value"),
        ("gender is male", "no operator"),
        ("gender gt male", "gt is not asked"),
        ("birthdate co 2000", "co is not asked"),
        ("(gender eq male", ") is wanted"),
        ("gender eq male)", "nothing can follow"),
        ("gender eq male birthdate", "nothing can follow"),
        ("colour eq red", "no such search parameter"),
        ("gender pr maybe", "true or false"),
        ('family eq "open', "cannot be read"),
        ("general-practitioner[family eq x] eq 1", "a dot"),
        ("general-practitioner.colour eq x", "no target"),
        ("(" * 40 + "gender eq male" + ")" * 40, "brackets"),
    ],
)
def test_a_filter_that_cannot_be_read_is_told_why(fhir: Fhir, text: str, told: str) -> None:
    answer = fhir.get(f"Patient?_filter={text}")

    assert answer.status_code == 400, answer.text
    assert told in answer.text


def test_lists_places_addresses_and_sequences(record: Fhir) -> None:
    expected = {
        "Patient?_list=watched": "bo",
        "Patient?_list=List/watched&gender=female": "",
        "Observation?_list=watched,other": "hb-1",
        "Condition?_list=watched": "",
        "Observation?patient._list=watched": "hb-2",
        "Location?near=37.5|127|10|km": "seoul",
        "Location?near=37.5|127|6": "",
        "Location?near=37.5|127|400": "busan seoul",
        "Location?near=37.5|127": "seoul",
        "Location?near=37.5|127|10000|m": "seoul",
        "Location?near=37.5|127|6|[mi_us]": "seoul",
        "Location?near:missing=true": "nowhere",
        f"ValueSet?url:below={SERVER}/1": "vs-1 vs-12",
        f"ValueSet?url:below={SERVER}/": "vs-1 vs-10 vs-12",
        "ValueSet?url:below=http://acme.example": "vs-1 vs-10 vs-12",
        f"ValueSet?url:above={SERVER}/1/2/3": "vs-1 vs-12",
        "ValueSet?url:contains=ValueSet/10": "vs-10",
        "ValueSet?url:contains=OID:1.2": "oid",
        f"ValueSet?url={SERVER}/1": "vs-1",
        "MolecularSequence?chromosome-variant-coordinate=1$ge110$le120": "dna",
        "MolecularSequence?chromosome-variant-coordinate=1$lt180$gt185": "",
        "MolecularSequence?chromosome-variant-coordinate=2$ge110$le120": "",
        "MolecularSequence?referenceseqid-variant-coordinate=NC_1$180$190": "rna",
        "MolecularSequence?chromosome-window-coordinate=1$100$200": "dna",
        "MolecularSequence?referenceseqid-window-coordinate=NC_1$gt100$200": "",
    }
    assert found(record, expected) == expected


def test_orders_along_references(record: Fhir) -> None:
    expected = {
        "Observation?_sort=patient.family,-date": "hb-2 hb-3 hb-1",
        "Observation?_sort=-patient.family": "hb-2 hb-1 hb-3",
        "Observation?_sort=subject:Patient.birthdate": "hb-1 hb-3 hb-2",
        "Observation?_sort=patient.general-practitioner:Practitioner.family,_id": "hb-1 hb-3 hb-2",
        "Patient?_sort=-general-practitioner:Practitioner.name": "ana bo cy",
        "Observation?_sort=patient._id": "hb-1 hb-3 hb-2",
    }
    ordered = {query: [name.partition("/")[2] for name in record.found(query)] for query in expected}
    assert {query: " ".join(ids) for query, ids in ordered.items()} == expected


@pytest.mark.parametrize(
    "query",
    [
        "Patient?_list=$current-problems",
        "Patient?_list:not=1",
        "Patient?_query=name",
        "Patient?_query=name&_filter=active eq true",
        "ValueSet?url:below=urn:oid:1.2",
        "ValueSet?url:in=x",
        "Location?near=far",
        "Location?_sort=near",
        "Observation?_sort=code-value-quantity",
        "Observation?_sort=subject.name",
        "Observation?_sort=code.name",
        "Observation?_sort=patient.colour",
        "Observation?_sort=" + "subject:Patient.link:Patient." * 5 + "name",
    ],
)
def test_what_is_not_offered_is_refused_clearly(fhir: Fhir, query: str) -> None:
    answer = fhir.get(query)

    assert answer.status_code == 400, answer.text
    assert answer.json["issue"][0]["diagnostics"]  # type: ignore[index]


def test_an_estimate_is_exact_as_far_as_it_counts(record: Fhir, monkeypatch: pytest.MonkeyPatch) -> None:
    def total(query: str) -> Any:
        return record.get(query).json["total"]  # type: ignore[index]

    assert total("Observation?_count=1&_total=estimate") == 3
    monkeypatch.setattr("app.records.search.searching.MOST_ESTIMATED", 2)
    assert total("Observation?_count=1&_total=estimate") == 2
    assert total("Observation?_count=1&_total=accurate") == 3


def test_a_summary_holds_what_is_marked_as_one(fhir: Fhir) -> None:
    fhir.send(
        "PUT",
        "Observation/o",
        b'{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"note":[{"text":"n"}],'
        b'"valueQuantity":{"value": 1.50,"unit":"g"},"extension":[{"url":"urn:x","valueString":"y"}],'
        b'"component":[{"code":{"text":"c"},"valueString":"v","dataAbsentReason":{"text":"no"}}]}',
    )
    answer = fhir.get("Observation?_summary=true")

    (shown,) = [each["resource"] for each in answer.json["entry"]]  # type: ignore[index]
    assert set(shown) == {"resourceType", "id", "meta", "status", "code", "valueQuantity", "component"}
    assert shown["component"] == [{"code": {"text": "c"}, "valueString": "v"}]
    assert b'"value": 1.50' in answer.data
    assert shown["meta"]["tag"][-1]["code"] == "SUBSETTED"
    whole = fhir.get("Observation/o?_summary=true").json
    assert whole == shown
    assert names(answer.json) == ["Observation/o"]


def test_a_graph_includes_what_its_definition_names(record: Fhir) -> None:
    def graph(id_: str, *links: dict[str, Any], start: str = "Patient") -> None:
        document = {
            "resourceType": "GraphDefinition",
            "id": id_,
            "name": "G",
            "status": "active",
            "start": start,
        }
        answer = record.send("PUT", f"GraphDefinition/{id_}", {**document, "link": links})
        assert answer.status_code == 201, answer.text

    doctor = {"path": "Patient.generalPractitioner", "target": [{"type": "Practitioner"}]}
    graph("chart", doctor, {"target": [{"type": "Observation", "params": "subject={ref}"}]})
    graph(
        "onward",
        {"path": "Observation.subject", "target": [{"type": "Patient", "link": [doctor]}]},
        start="Observation",
    )
    graph("wrong", {"path": "Patient.name.first()", "target": [{"type": "Practitioner"}]})

    chart = record.get("Patient?_id=ana&_graph=GraphDefinition/chart").json
    onward = record.get("Observation?_id=hb-1&_graph=onward").json

    assert sorted(names(chart, "include")) == ["Observation/hb-1", "Observation/hb-3", "Practitioner/gp"]
    assert sorted(names(onward, "include")) == ["Patient/ana", "Practitioner/gp"]
    for text in ("wrong", "onward", "nothing", "GraphDefinition/", "List/watched"):
        assert record.get(f"Patient?_graph={text}").status_code == 400, text


def test_an_include_is_followed_until_nothing_new_is_found(fhir: Fhir) -> None:
    ids = [f"o{at}" for at in range(10)]
    circle = zip(ids, [*ids[1:], ids[0]], strict=True)
    every = [
        {"resourceType": "Organization", "id": one, "name": "x", "partOf": reference(f"Organization/{other}")}
        for one, other in circle
    ]
    sent = bundle(*(entry(each, "PUT", f"Organization/{each['id']}") for each in every))
    assert fhir.send("POST", "", sent).status_code == 200

    upwards = fhir.get("Organization?_id=o0&_include:iterate=Organization:partof").json
    downwards = fhir.get("Organization?_id=o9&_revinclude:iterate=Organization:partof:Organization").json

    assert sorted(names(upwards, "include")) == [f"Organization/o{at}" for at in range(1, 10)]
    assert sorted(names(downwards, "include")) == [f"Organization/o{at}" for at in range(9)]
