"""What patients consent to is in force within seconds, for whom it is meant, in record and pictures."""

from typing import Any
from uuid import uuid4

import pytest

from app.security.consents import LOOKED_AT_SECONDS, Consents
from app.security.policy import CONSENTS_YIELD_TO
from app.wiring import Wiring
from graph.edition import Edition
from graph.keys import resource_key
from graph.refusals import NO_TRAITS
from graph.resources.consents import ConsentStore
from graph.scope import AccessScope
from tests.app.security.hidden_changes import RESTRICTED
from tests.app.security.planting import Caller, Planter
from tests.app.security.test_allowances import FHIR, found, get, put
from tests.factories.consents import opted_out
from tests.factories.fhir import concept, encode, observation, patient

TYPES, REASONS = "http://hl7.org/fhir/resource-types", "http://terminology.hl7.org/CodeSystem/v3-ActReason"
LOINC = "http://loinc.org"


def whom(reference: str) -> dict[str, Any]:
    role = concept("IRCP", "http://terminology.hl7.org/CodeSystem/v3-ParticipationType")
    return {"role": role, "reference": {"reference": reference}}


def reason(code: str) -> dict[str, str]:
    return {"system": REASONS, "code": code}


def of_type(kind: str) -> dict[str, str]:
    return {"system": TYPES, "code": kind}


@pytest.fixture
def chart(planter: Planter) -> str:
    """A patient of the test's own, with a finding of each of some kinds."""
    name = f"p{uuid4().hex[:12]}"
    subject, owner = f"Patient/{name}", planter.caller("superuser")
    findings = (
        observation(subject, id=f"{name}-old", effectiveDateTime="2001-05-05"),
        observation(subject, id=f"{name}-new", effectiveDateTime="2026-05-05"),
        observation(subject, "2345-7", id=f"{name}-glucose", effectiveDateTime="2026-05-05"),
        observation(subject, id=f"{name}-secret", meta=RESTRICTED, effectiveDateTime="2026-05-05"),
    )
    for each in (patient(name, id=name), *findings):
        assert put(planter, owner, each).status_code == 201
    return name


def seen(planter: Planter, caller: Caller, chart: str) -> set[str]:
    """What a caller finds in a chart."""
    listed = found(planter, caller, f"Observation?patient={chart}")
    return {each.removeprefix(f"Observation/{chart}-") for each in listed}


def agree(planter: Planter, chart: str, **provision: Any) -> str:
    answer = planter.client.post(
        "/fhir/Consent",
        data=encode(opted_out(chart, **provision)),
        headers={**planter.caller("superuser").headers, **FHIR},
    )
    assert answer.status_code == 201, answer.text
    return f"/fhir/Consent/{answer.json['id']}"


NO_GLUCOSE = {"type": "deny", "code": [concept("2345-7", LOINC)]}
ALL = {"old", "new", "glucose", "secret"}


@pytest.mark.parametrize(
    ("provision", "left"),
    [
        ({}, set()),
        ({"class": [of_type("Observation")]}, set()),
        ({"class": [of_type("Condition")]}, ALL),
        ({"code": [concept("2345-7", LOINC)]}, ALL - {"glucose"}),
        ({"securityLabel": [{"system": RESTRICTED["security"][0]["system"], "code": "R"}]}, ALL - {"secret"}),
        ({"dataPeriod": {"end": "2010"}}, ALL - {"old"}),
        ({"period": {"end": "2020"}}, ALL),
        ({"period": {"start": "2020"}}, set()),
        ({"purpose": [reason("TREAT")]}, set()),
        ({"purpose": [reason("HRESCH")]}, ALL),
        ({"actor": [whom("Practitioner/kim")]}, set()),
        ({"actor": [whom("Practitioner/lee")]}, ALL),
        ({"provision": [{"type": "permit", "actor": [whom("Practitioner/kim")]}]}, ALL),
        ({"provision": [{"type": "permit", "code": [concept("2345-7", LOINC)]}]}, {"glucose"}),
        ({"provision": [{"type": "permit"}, {"type": "deny", "dataPeriod": {"end": "2010"}}]}, ALL - {"old"}),
        (
            {
                "provision": [
                    {"type": "permit", "provision": [{"type": "deny", "code": [concept("2345-7", LOINC)]}]}
                ]
            },
            ALL - {"glucose"},
        ),
    ],
)
def test_a_provision_keeps_what_it_says_from_whom_it_says(
    planter: Planter, chart: str, provision: dict[str, Any], left: set[str]
) -> None:
    caller = planter.of_rights(actors=frozenset({"Practitioner/kim"}))
    before = seen(planter, caller, chart)

    agree(planter, chart, **provision)

    assert before == ALL
    assert seen(planter, caller, chart) == left
    reads = {name: get(planter, caller, f"/fhir/Observation/{chart}-{name}").status_code for name in ALL}
    assert reads == {name: 200 if name in left else 404 for name in ALL}


def test_a_consent_that_ends_is_in_force_no_longer(planter: Planter, chart: str) -> None:
    caller, owner = planter.of_rights(), planter.caller("superuser")
    path = agree(planter, chart)
    assert seen(planter, caller, chart) == set()

    document = get(planter, planter.of_rights(purpose="BTG"), path).json
    put(planter, planter.of_rights(purpose="BTG"), {**document, "status": "inactive"})
    assert seen(planter, caller, chart) == ALL

    again = agree(planter, chart)
    assert seen(planter, caller, chart) == set()
    planter.client.delete(again, headers=planter.of_rights(purpose="BTG").headers)
    assert seen(planter, owner, chart) == ALL


def test_patients_see_their_own_record_and_emergencies_all(planter: Planter, chart: str) -> None:
    agree(planter, chart)

    assert seen(planter, planter.of_rights(), chart) == set()
    assert seen(planter, planter.of_rights(actors=frozenset({f"Patient/{chart}"})), chart) == ALL
    for purpose in CONSENTS_YIELD_TO:
        assert seen(planter, planter.of_rights(purpose=purpose), chart) == ALL


def test_pictures_are_kept_back_as_the_record_is(planter: Planter) -> None:
    target = planter.plant()
    caller = planter.of_rights()
    study = f"/dicom-web/studies/{target.study}"
    paths = (
        study,
        f"{study}/metadata",
        f"{study}/series/{target.series}/instances/{target.instance}/frames/1",
    )
    asked = f"/dicom-web/instances?StudyInstanceUID={target.study}"
    assert {get(planter, caller, path).status_code for path in paths} == {200}

    agree(planter, target.patient, **{"class": [of_type("ImagingStudy")]})

    assert {get(planter, caller, path).status_code for path in paths} == {404}
    assert get(planter, caller, asked).status_code == 204
    assert get(planter, caller, f"/fhir/ImagingStudy/{target.imaging_study}").status_code == 404
    assert get(planter, caller, f"/fhir/Condition/{target.condition}").status_code == 200


@pytest.mark.parametrize("sort", ["", "&_sort=-date", "&_sort=date"])
def test_pages_hold_the_same_however_long_a_right_is(
    planter: Planter, chart: str, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    """Of a long right more is found than a page holds, and judged in memory, or all is asked again."""
    owner, closed, code = planter.caller("superuser"), f"p{uuid4().hex[:12]}", uuid4().hex
    put(planter, owner, patient(closed, id=closed))
    kept_back = {*range(3, 30, 4), *range(30, 60)}  # some of a page, and more than a page
    for number in range(70):
        whose, day = (closed, chart)[number not in kept_back], f"20{number + 10}-05-05"
        made = observation(f"Patient/{whose}", code, id=f"{code}-{number}", effectiveDateTime=day)
        assert put(planter, owner, made).status_code == 201
    agree(planter, closed)
    caller = planter.of_rights()

    def pages() -> list[str]:
        path, names = f"Observation?code={code}&_count=5{sort}", list[str]()
        while path:
            answer = get(planter, caller, f"/fhir/{path}").json
            names += [each["resource"]["id"].rpartition("-")[2] for each in answer.get("entry", ())]
            links = {each["relation"]: each["url"] for each in answer["link"]}
            path = links.get("next", "").partition("/fhir/")[2]
        return names

    short = pages()
    monkeypatch.setattr("graph.rights.LONG", -1)

    assert pages() == short
    assert sorted(map(int, short)) == sorted(set(range(70)) - kept_back)


def test_the_change_feed_leaves_out_the_studies_that_are_kept_back(planter: Planter) -> None:
    feed, readers = "/dicom-web/changefeed", frozenset({"feed.read"})
    kept, other = planter.plant(), planter.plant()
    caller, all_seeing = (planter.of_rights(permissions=readers, purpose=each) for each in ("TREAT", "BTG"))
    newest = get(planter, all_seeing, f"{feed}/latest").json["sequence"]

    def told(who: Caller, query: str = "") -> list[str]:
        path = f"{feed}?limit=200&after={newest - 2}&includeMetadata=true{query}"
        return [each["studyInstanceUid"] for each in get(planter, who, path).json]

    assert told(caller) == [kept.study, other.study]
    agree(planter, other.patient)

    assert told(caller) == [kept.study]
    assert told(caller, "&offset=1") == []
    assert get(planter, caller, f"{feed}/latest").json["studyInstanceUid"] == kept.study
    owner = planter.of_rights(permissions=frozenset({"imaging.delete"}), purpose="BTG")
    gone = planter.client.delete(f"/dicom-web/studies/{other.study}", headers=owner.headers)
    assert gone.status_code == 204
    assert told(caller) == [kept.study]
    assert told(all_seeing) == [kept.study, other.study, other.study]


def test_a_label_of_a_study_is_a_label_of_its_pictures(planter: Planter) -> None:
    target, owner = planter.plant(), planter.caller("superuser")
    label = RESTRICTED["security"][0]
    caller = planter.of_rights(withheld=frozenset({f"_security|{label['code']}|{label['system']}|"}))
    study = f"/dicom-web/studies/{target.study}"
    picture = f"{study}/series/{target.series}/instances/{target.instance}"
    paths = (study, f"{study}/metadata", f"{picture}/frames/1", f"{picture}/rendered")
    resource = f"/fhir/ImagingStudy/{target.imaging_study}"
    assert {get(planter, caller, path).status_code for path in (*paths, resource)} == {200}

    meta = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": RESTRICTED}]}
    headers = {**owner.headers, **FHIR}
    added = planter.client.post(f"{resource}/$meta-add", data=encode(meta), headers=headers)

    assert added.status_code == 200, added.text
    assert {
        get(planter, caller, path).status_code for path in (*paths, resource, f"{resource}/_history/1")
    } == {404}
    for level in ("studies", "series", "instances"):
        assert get(planter, caller, f"/dicom-web/{level}?StudyInstanceUID={target.study}").status_code == 204
    assert {get(planter, owner, path).status_code for path in paths} == {200}


def test_what_cannot_be_enforced_is_refused_with_its_place(planter: Planter, chart: str) -> None:
    sent = encode(opted_out(chart, actor=[whom("Organization/1")]))
    answer = planter.client.post(
        "/fhir/Consent", data=sent, headers={**planter.caller("superuser").headers, **FHIR}
    )

    assert answer.status_code == 422
    (issue,) = answer.json["issue"]
    assert issue["expression"] == ["Consent.provision.actor[0].reference"]


def test_a_tenant_without_consents_is_looked_at_once_a_second(planter: Planter) -> None:
    clock = [100.0]
    asked: list[int] = []

    class Counting(ConsentStore):
        def changes(self, *given: Any, **named: Any) -> Any:
            asked.append(1)
            return super().changes(*given, **named)

    consents = Consents(Counting(planter.graph), lambda: clock[0])
    scope = AccessScope(f"t{uuid4().hex}", "kim", "clinician", "TREAT")

    for _ in range(10):
        assert consents.applied(scope) is scope
    assert len(asked) == 1
    clock[0] += LOOKED_AT_SECONDS
    assert consents.applied(scope) is scope
    assert len(asked) == 2


def test_what_this_machine_commits_of_consents_is_in_force_at_once(
    planter: Planter, gateway: Wiring, chart: str
) -> None:
    """Though no time passes, and whichever process of the home folder was asked to write it."""
    edition = Edition(gateway.sign_in_folder, "consents")
    consents = Consents(ConsentStore(planter.graph), lambda: 100.0, edition=edition.current)
    scope = AccessScope(planter.tenant, "kim", "clinician", "TREAT")

    def keeps() -> bool:
        key = resource_key(planter.tenant, "Patient", chart)
        return consents.applied(scope).refusals.refuses("", (key,), NO_TRAITS)

    assert not keeps()
    path = agree(planter, chart)
    assert keeps()
    planter.client.delete(path, headers=planter.of_rights(purpose="BTG").headers)
    assert not keeps()


def test_a_merge_of_patients_takes_their_consents_along(planter: Planter, chart: str) -> None:
    target = f"p{uuid4().hex[:12]}"
    put(planter, planter.caller("superuser"), patient(target, id=target))
    put(planter, planter.caller("superuser"), observation(f"Patient/{target}", id=f"{target}-own"))
    agree(planter, chart)
    caller = planter.of_rights()
    assert seen(planter, caller, target) == {"own"}

    planter.merge(chart, target)

    for _ in range(40):  # the clock of these callers leaps
        seen(planter, caller, target)
    assert seen(planter, caller, target) == set()
