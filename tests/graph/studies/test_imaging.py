"""Storing, reading, deleting and rendering pictures on a real graph."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import orjson
import pytest

from graph.changes.changes import ChangeStore, FeedWindow
from graph.commit import Committer
from graph.errors import Forbidden, NotFound
from graph.query.expression import EVERYTHING, Field, Kind, Page, Question, Term
from graph.resources.histories import HistoryWindow
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Site
from graph.studies.imaging import ImagingStore
from graph.studies.rendering import StudyRenderer
from tests.factories.rows import instance_row, uid
from tests.factories.scopes import scope_of

SETTINGS = Site("http://hilum.test")


@pytest.fixture
def imaging(graph: Graph, committer: Committer) -> ImagingStore:
    return ImagingStore(graph, committer, SETTINGS)


@pytest.fixture
def resources(graph: Graph, committer: Committer) -> ResourceStore:
    return ResourceStore(graph, committer, StudyRenderer(graph, SETTINGS))


@pytest.fixture
def service(tenant: str) -> AccessScope:
    return scope_of("service", tenant=tenant)


def only_study(resources: ResourceStore, scope: AccessScope) -> dict[str, object]:
    keys = resources.search(scope, Question("ImagingStudy", EVERYTHING, Page(10))).keys
    (found,) = resources.bodies(scope, keys)
    study: dict[str, object] = orjson.loads(found.body)
    return study


def test_a_stored_instance_is_at_once_an_imaging_study(
    imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    outcomes = imaging.store(service, [instance_row(study_uid="1.2.3")])

    study = only_study(resources, service)

    assert [outcome.status for outcome in outcomes] == ["stored"]
    assert study["identifier"][0] == {"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}  # type: ignore[index]
    assert study["numberOfInstances"] == 1
    patient = resources.read(service, *str(study["subject"]["reference"]).split("/"))  # type: ignore[index]
    assert orjson.loads(patient.body)["identifier"] == [{"system": "urn:hilum:mrn", "value": "P1"}]


def test_an_instance_is_stored_once_and_the_same_bytes_are_a_repeat(
    imaging: ImagingStore, service: AccessScope
) -> None:
    row, twin = instance_row(sop_uid="1.9"), instance_row(sop_uid="1.9")
    other = replace(instance_row(sop_uid="1.9"), digest="1" * 64)

    first = imaging.store(service, [row, twin, other])
    again = imaging.store(service, [other, instance_row(sop_uid="1.9")])

    assert [outcome.status for outcome in first] == ["stored", "repeated", "exists"]
    assert [outcome.status for outcome in again] == ["exists", "repeated"]
    assert imaging.instances(service, "1.2.3")[0].blob_id == row.blob_id


def test_storing_again_after_the_answer_was_lost_answers_the_same(
    imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    row = instance_row()
    first = imaging.store(service, [row])

    assert imaging.store(service, [row]) == first
    assert only_study(resources, service)["numberOfInstances"] == 1


def test_counts_are_of_children(
    imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    imaging.store(service, [instance_row(series_uid="1.2.3.1") for _ in range(3)])
    imaging.store(service, [instance_row(series_uid="1.2.3.2", modality="SR")])

    study = only_study(resources, service)

    assert (study["numberOfSeries"], study["numberOfInstances"]) == (2, 4)
    assert [each["code"] for each in study["modality"]] == ["CT", "SR"]  # type: ignore[attr-defined]


def test_storing_is_searchable_by_every_modality_of_the_study(
    imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    imaging.store(service, [instance_row(series_uid="1.1")])
    imaging.store(service, [instance_row(series_uid="1.2", modality="PT")])

    for modality in ("CT", "PT"):
        where = Term(Field("ImagingStudy", "modality", Kind.TERM), (modality,))
        assert len(resources.search(service, Question("ImagingStudy", where, Page(10))).keys) == 1


def test_eight_writers_of_one_study_make_one_patient_and_a_gapless_feed(
    graph: Graph, imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    rows = [instance_row(series_uid=f"1.{number % 4}") for number in range(64)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda row: imaging.store(service, [row]), rows))

    feed = ChangeStore(graph).page(service, FeedWindow(limit=200), metadata=False)
    assert [change.sequence for change in feed] == list(range(1, 65))
    assert {change.state for change in feed} == {"Current"}
    assert only_study(resources, service)["numberOfInstances"] == 64
    patients = resources.search(service, Question("Patient", EVERYTHING, Page(10)))
    assert len(patients.keys) == 1


def test_a_study_whose_demographics_disagree_stays_out_of_the_chart(
    imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    imaging.store(service, [instance_row(study_uid="1.1")])
    imaging.store(service, [instance_row(study_uid="1.2", study={"PatientName": "Roe^Richard"})])

    patients = resources.search(service, Question("Patient", EVERYTHING, Page(10))).keys
    tasks = resources.search(service, Question("Task", EVERYTHING, Page(10))).keys

    assert (len(patients), len(tasks)) == (2, 1)


def test_one_patient_whose_name_is_spelt_in_several_ways_has_one_chart(
    imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    for study_uid, name in (
        ("1.1", "O'Neil^Łucja-Ann"),
        ("1.2", "ONEIL^LUCJA ANN"),
        ("1.3", "Oneil Lucjaann"),
    ):
        imaging.store(service, [instance_row(study_uid=study_uid, study={"PatientName": name})])

    patients = resources.search(service, Question("Patient", EVERYTHING, Page(10))).keys
    tasks = resources.search(service, Question("Task", EVERYTHING, Page(10))).keys

    assert (len(patients), len(tasks)) == (1, 0)


def test_an_empty_patient_id_matches_nobody(
    imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    for study_uid in ("1.1", "1.2"):
        imaging.store(service, [instance_row(study_uid=study_uid, study={"PatientID": ""})])

    assert len(resources.search(service, Question("Patient", EVERYTHING, Page(10))).keys) == 2


def test_deleting_a_series_lowers_the_counts_and_the_last_one_ends_the_study(
    graph: Graph, imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    imaging.store(service, [instance_row(series_uid="1.1"), instance_row(series_uid="1.2", modality="SR")])

    imaging.delete(service, "1.2.3", "1.2")
    left = only_study(resources, service)
    imaging.delete(service, "1.2.3")

    assert (left["numberOfSeries"], left["numberOfInstances"]) == (1, 1)
    assert not resources.search(service, Question("ImagingStudy", EVERYTHING, Page(10))).keys
    with pytest.raises(NotFound):
        imaging.delete(service, "1.2.3")
    feed = ChangeStore(graph).page(service, FeedWindow(limit=10), metadata=False)
    assert [(each.action, each.state) for each in feed] == [
        ("Create", "Deleted"),
        ("Create", "Deleted"),
        ("Delete", "Deleted"),
        ("Delete", "Deleted"),
    ]


def test_what_was_deleted_can_be_stored_again_under_the_same_resource(
    imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    row = instance_row()
    imaging.store(service, [row])
    before = only_study(resources, service)["id"]
    imaging.delete(service, row.study_uid)

    again = imaging.store(service, [row])

    assert again[0].status == "stored"
    assert only_study(resources, service)["id"] == before


def test_an_older_version_shows_the_instances_that_it_had(
    imaging: ImagingStore, resources: ResourceStore, service: AccessScope
) -> None:
    first, second = instance_row(sop_uid=uid()), instance_row(sop_uid=uid())
    imaging.store(service, [first])
    imaging.store(service, [second])
    imaging.delete(service, first.study_uid, first.series_uid, first.sop_uid)
    study_id = str(only_study(resources, service)["id"])

    shown = [
        [
            instance["uid"]
            for series in orjson.loads(resources.version(service, "ImagingStudy", study_id, number).body)[
                "series"
            ]
            for instance in series["instance"]
        ]
        for number in (1, 2, 3)
    ]

    assert shown == [[first.sop_uid], [first.sop_uid, second.sop_uid], [second.sop_uid]]
    versions = resources.history(service, HistoryWindow(limit=10), "ImagingStudy", study_id)
    assert [version.version_id for version in versions] == [3, 2, 1]


def test_another_tenant_sees_nothing(imaging: ImagingStore, service: AccessScope) -> None:
    imaging.store(service, [instance_row()])

    with pytest.raises(NotFound):
        imaging.instances(scope_of("service", tenant=service.tenant + "x"), "1.2.3")


def test_a_reader_may_not_store(imaging: ImagingStore, tenant: str) -> None:
    with pytest.raises(Forbidden):
        imaging.store(scope_of("clinician", tenant=tenant), [instance_row()])
