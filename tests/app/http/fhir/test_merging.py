"""Merging patients and parting them: all that refers to one follows, and nothing is written anew."""

import json
from typing import Any

import pytest
from flask import Flask

from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.accounts.accounts import Granted
from graph.invariants import InvariantStore
from tests.app.http.fhir.conftest import Fhir, names
from tests.app.security.planting import Planter
from tests.factories.dicom import ct_instance
from tests.factories.fhir import bundle, condition, entry, observation, patient
from tests.factories.reports import measurement_report

UID, BASE = "1.2.826.0.1.80", "http://127.0.0.1:8042/fhir"
PERSON = {"PatientName": "Doe^Jane", "PatientBirthDate": "19700102", "PatientSex": "F"}
JANE = {"name": [{"family": "Doe", "given": ["Jane"]}], "birthDate": "1970-01-02", "gender": "female"}


@pytest.fixture
def pair(fhir: Fhir) -> tuple[str, str]:
    """Two charts of one person: `source` with a number of its own, and `target`."""
    return fhir.create(patient("7", **JANE)), fhir.create(patient("8", **JANE))


def ask(fhir: Fhir, what: str, source: str, target: str) -> Any:
    named = (("source-patient", source), ("target-patient", target))
    parts = [{"name": name, "valueReference": {"reference": each}} for name, each in named]
    return fhir.send("POST", f"Patient/${what}", {"resourceType": "Parameters", "parameter": parts})


def merged(fhir: Fhir, what: str, source: str, target: str) -> dict[str, Any]:
    answer = ask(fhir, what, source, target)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def store(services: Wiring, *files: bytes) -> None:
    scope = system_scope(services.sites.own.tenant, "modality")
    assert all(each.stored for each in services.ingest.store(scope, [(file,) for file in files]).outcomes)


def body(fhir: Fhir, name: str) -> dict[str, Any]:
    found: dict[str, Any] = fhir.get(name).json or {}
    return found


def everything_of(person: str) -> tuple[str, ...]:
    """Searches that find what refers to a patient, each in another way."""
    return (
        f"Observation?patient={person}",
        f"Observation?subject={person}&code=718-7",
        f"Condition?patient={person}",
        f"{person}/Condition",
        f"ImagingStudy?patient={person}",
        f"{person}/ImagingStudy",
        f"DiagnosticReport?subject={person}",
    )


def record(fhir: Fhir, services: Wiring, person: str) -> None:
    """What refers to a patient whose number is 7: a result, a diagnosis, a study with a report."""
    fhir.create(observation(person))
    fhir.create(condition(person))
    picture = ct_instance(patient_id="7", study_uid=UID, **PERSON)
    store(services, picture, measurement_report(patient_id="7", study_uid=UID, number=2, **PERSON))


def test_merged_patients_say_so_of_one_another(fhir: Fhir, pair: tuple[str, str]) -> None:
    source, target = pair
    answered = merged(fhir, "merge", source, target)

    assert answered == body(fhir, target)
    assert answered["link"] == [{"other": {"reference": source}, "type": "replaces"}]
    assert body(fhir, source)["active"] is False
    assert body(fhir, source)["link"] == [{"other": {"reference": target}, "type": "replaced-by"}]


def test_whoever_writes_the_target_leaves_its_link(fhir: Fhir, pair: tuple[str, str]) -> None:
    source, target = pair
    merged(fhir, "merge", source, target)
    link = {"other": {"reference": source}, "type": "replaces"}
    other = {"other": {"reference": "Patient/else"}, "type": "seealso"}
    plain = {**patient("8", **JANE), "id": target.partition("/")[2]}
    exact = json.dumps(plain).replace("{", '{"extension":[{"url":"urn:w","valueDecimal":1.50}],', 1)

    for sent, links in (
        (exact, [link]),
        ({**plain, "link": [other]}, [other, link]),
        ({**plain, "link": [link, other]}, [link, other]),
        ({**plain, "link": [{**link, "other": {"reference": f"{BASE}/{source}"}}]}, None),
    ):
        assert fhir.send("PUT", target, sent).status_code == 200
        assert body(fhir, target)["link"] == (links or sent["link"])  # type: ignore[index]
        assert fhir.found(f"Patient?link={source}") == [target]
    assert '"valueDecimal":1.50' in fhir.get(f"{target}/_history/3").text
    patch = [{"op": "remove", "path": "/link"}]
    assert fhir.send("PATCH", target, patch, Content_Type="application/json-patch+json").status_code == 200
    fhir.send("POST", "", bundle(entry(plain, "PUT", target)))
    assert body(fhir, target)["link"] == [link]
    merged(fhir, "unmerge", source, target)
    assert fhir.send("PUT", target, plain).json.get("link") is None  # type: ignore[union-attr]


def test_of_several_who_carry_a_number_the_one_who_is_left_is_meant(fhir: Fhir) -> None:
    number = "identifier=urn:hilum:mrn|7"
    first, second, third = (fhir.create(patient("7", **JANE)) for _ in range(3))
    about = condition(f"Patient?{number}")
    assert fhir.send("POST", "", bundle(entry(about))).status_code == 412
    merged(fhir, "merge", first, third)
    assert fhir.send("POST", "", bundle(entry(about))).status_code == 412
    merged(fhir, "merge", second, third)

    made = fhir.send("POST", "", bundle(entry(about))).json["entry"][0]["response"]["location"]  # type: ignore[index]
    assert fhir.get(made).json["subject"] == {"reference": third}  # type: ignore[index]
    again = fhir.send("POST", "Patient", patient("7"), If_None_Exist=number)
    assert (again.status_code, again.json["id"]) == (200, third.partition("/")[2])  # type: ignore[index]
    patch = [{"op": "add", "path": "/birthDate", "value": "1980-01-01"}]
    changed = fhir.send("PATCH", f"Patient?{number}", patch, Content_Type="application/json-patch+json")
    assert f"Patient/{changed.json['id']}" == third  # type: ignore[index]
    assert fhir.send("PUT", f"Patient?{number}", patient("7", **JANE)).status_code == 200
    both = bundle(entry(about), entry(patient("7"), ifNoneExist=number))
    assert fhir.send("POST", "", both).status_code == 200
    assert len(fhir.found(f"Condition?subject={third}")) == 2


def test_all_that_refers_to_the_source_is_found_under_the_target(
    fhir: Fhir, services: Wiring, pair: tuple[str, str]
) -> None:
    source, target = pair
    record(fhir, services, source)
    own = {query: fhir.found(query) for query in everything_of(source)}
    assert all(own.values())
    texts = {name: fhir.get(name).text for found in own.values() for name in found}

    merged(fhir, "merge", source, target)

    assert [fhir.found(query) for query in everything_of(target)] == list(own.values())
    assert [fhir.found(query) for query in everything_of(source)] == list(own.values())
    assert {name: fhir.get(name).text for name in texts} == texts  # nothing was written anew
    assert (
        fhir.found("Observation?patient.identifier=8&code=718-7") == own[f"Observation?patient={source}"][:1]
    )
    assert set(fhir.found("Patient?_has:Condition:patient:code=307576001")) == {source, target}
    including = fhir.get(f"Patient?_id={target.partition('/')[2]}&_revinclude=Condition:patient").json
    assert names(including, "include") == own[f"Condition?patient={source}"]


def test_what_comes_later_follows_too(fhir: Fhir, services: Wiring, pair: tuple[str, str]) -> None:
    source, target = pair
    merged(fhir, "merge", source, target)
    record(fhir, services, source)

    assert all(len(fhir.found(query)) >= 1 for query in everything_of(target))
    (name,) = fhir.found(f"Condition?patient={target}")
    changed = {**body(fhir, name), "onsetDateTime": "2020"}
    assert fhir.send("PUT", name, changed).status_code == 200
    assert fhir.found(f"Condition?patient={target}") == [name]
    fhir.send("PUT", name, {**changed, "subject": {"reference": target}})
    assert fhir.found(f"Condition?patient={source}") == []


def test_parting_restores_both_to_the_letter(fhir: Fhir, services: Wiring, pair: tuple[str, str]) -> None:
    source, target = pair
    record(fhir, services, source)
    before = [body(fhir, name) for name in pair]
    merged(fhir, "merge", source, target)
    merged(fhir, "unmerge", source, target)

    assert [{**body(fhir, name), "meta": None} for name in pair] == [
        {**each, "meta": None} for each in before
    ]
    assert [fhir.found(query) for query in everything_of(target)] == [[]] * len(everything_of(target))
    assert all(fhir.found(query) for query in everything_of(source))
    assert fhir.found("Observation?patient.identifier=8") == []
    assert list(InvariantStore(services.graph).violations(system_scope(services.sites.own.tenant))) == []


def test_merges_add_up_and_are_undone_from_the_last(fhir: Fhir, pair: tuple[str, str]) -> None:
    source, middle = pair
    last = fhir.create(patient("9", **JANE))
    name = fhir.create(condition(source))
    merged(fhir, "merge", source, middle)
    merged(fhir, "merge", middle, last)

    assert [fhir.found(f"Condition?patient={each}") for each in (source, middle, last)] == [[name]] * 3
    assert ask(fhir, "unmerge", source, middle).status_code == 409
    merged(fhir, "unmerge", middle, last)
    assert fhir.found(f"Condition?patient={last}") == []
    assert fhir.found(f"Condition?patient={middle}") == [name]
    assert body(fhir, middle)["link"] == [{"other": {"reference": source}, "type": "replaces"}]


def test_a_row_that_names_both_names_both_after_they_are_parted(fhir: Fhir, pair: tuple[str, str]) -> None:
    source, target = pair
    group = {"resourceType": "Group", "type": "person", "actual": True}
    group["member"] = [{"entity": {"reference": each}} for each in pair]
    name = fhir.create(group)
    merged(fhir, "merge", source, target)
    merged(fhir, "unmerge", source, target)

    assert [fhir.found(f"Group?member={each}") for each in pair] == [[name], [name]]


def test_a_merged_patient_is_left_as_they_are(fhir: Fhir, pair: tuple[str, str]) -> None:
    source, target = pair
    merged(fhir, "merge", source, target)

    for answer in (
        fhir.send("PUT", source, body(fhir, source)),
        fhir.send("DELETE", source),
        fhir.send("DELETE", target),
        fhir.send("POST", "", bundle(entry({**body(fhir, source)}, method="PUT", url=source))),
        ask(fhir, "merge", source, target),
        ask(fhir, "merge", target, source),
    ):
        assert answer.status_code == 409, answer.text
    assert fhir.send("PUT", target, {**body(fhir, target), "gender": "other"}).status_code == 200
    merged(fhir, "unmerge", source, target)
    assert (body(fhir, target)["gender"], "link" in body(fhir, target)) == ("other", False)


@pytest.mark.parametrize(
    ("source", "target", "status"),
    [
        ("Patient/none", "Patient/none", 422),
        ("Patient/none", "Patient/other", 404),
        ("Practitioner/1", "Patient/other", 400),
        (None, "Patient/other", 400),
    ],
)
def test_what_cannot_be_merged_is_refused(fhir: Fhir, source: str | None, target: str, status: int) -> None:
    parts = [{"name": "target-patient", "valueReference": {"reference": target}}]
    if source:
        parts.append({"name": "source-patient", "valueReference": {"reference": source}})
    answer = fhir.send("POST", "Patient/$merge", {"resourceType": "Parameters", "parameter": parts})
    assert answer.status_code == status, answer.text


def test_who_decided_is_noted(fhir: Fhir, pair: tuple[str, str]) -> None:
    source, target = pair
    merged(fhir, "merge", source, target)
    merged(fhir, "unmerge", source, target)
    said = [body(fhir, name) for name in fhir.found(f"Provenance?target={target}&_sort=_lastUpdated")]

    assert [each["activity"]["text"] for each in said] == ["merge", "unmerge"]
    assert all(each["agent"][0]["who"]["display"] for each in said)


def test_a_number_that_merged_patients_share_identifies_again(fhir: Fhir, services: Wiring) -> None:
    one, other = (fhir.create(patient("7", **JANE)) for _ in range(2))
    merged(fhir, "merge", one, other)
    store(services, ct_instance(patient_id="7", study_uid=UID, **PERSON))

    (study,) = fhir.found(f"ImagingStudy?patient={other}")
    assert body(fhir, study)["subject"]["reference"] == other


def test_who_may_see_the_target_sees_what_follows_and_only_as_long(
    app: Flask, services: Wiring, fhir: Fhir, pair: tuple[str, str]
) -> None:
    planter = Planter(app, services, services.sites.own.tenant)
    source, target = pair
    record(fhir, services, source)
    (name,) = fhir.found(f"Condition?patient={source}")
    readers = [
        Fhir(app.test_client(), dict(planter.caller("teleradiologist", granted(each)).headers))
        for each in pair
    ]

    def seen() -> list[int]:
        return [
            reader.get(path).status_code
            for reader in readers
            for path in (name, f"{name}/_history/1", source, target, f"{name}/_history")
        ]

    apart = [200, 200, 200, 404, 200, 404, 404, 404, 200, 404]
    assert seen() == apart
    merged(fhir, "merge", source, target)
    assert seen() == [*apart[:5], 200, 200, 200, 200, 200]
    assert readers[1].found("Condition") == [name]
    assert len(readers[1].found(f"ImagingStudy?patient={target}")) == 1
    merged(fhir, "unmerge", source, target)
    assert seen() == apart
    assert readers[1].found("Condition") == []


def test_what_left_the_source_before_they_were_parted_is_not_left_behind(
    app: Flask, services: Wiring, fhir: Fhir, pair: tuple[str, str]
) -> None:
    planter = Planter(app, services, services.sites.own.tenant)
    source, target = pair
    moved, gone = fhir.create(condition(source)), fhir.create(condition(source))
    reader = Fhir(app.test_client(), dict(planter.caller("teleradiologist", granted(target)).headers))
    merged(fhir, "merge", source, target)
    fhir.send("PUT", moved, {**body(fhir, moved), "subject": {"reference": fhir.create(patient("10"))}})
    fhir.send("DELETE", gone)
    merged(fhir, "unmerge", source, target)

    paths = [f"{name}{rest}" for name in (moved, gone) for rest in ("", "/_history/1", "/_history/2")]
    assert {reader.get(path).status_code for path in paths} == {404}


def granted(person: str) -> Granted:
    return Granted(patient=person.partition("/")[2])
