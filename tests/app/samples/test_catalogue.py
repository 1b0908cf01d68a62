"""The sample data as a whole: valid, repeatable, and true to the answer it promises."""

import json
from datetime import date, timedelta
from io import BytesIO
from itertools import islice
from typing import Any

import pytest
from pydicom import Dataset, dcmread

from app.samples.answer import Expected
from app.samples.case import Verdict
from app.samples.catalogue import Samples
from fhir_profiles.terminology import descendants
from fhir_profiles.validation.validation import validate
from tests.app.samples.reader import Reader

AS_OF = date(2026, 11, 22)
Resource = dict[str, Any]


@pytest.fixture(scope="module")
def samples() -> Samples:
    return Samples(AS_OF, seed=7, patients=2)


@pytest.fixture(scope="module")
def images(samples: Samples) -> list[bytes]:
    return list(samples.images())


@pytest.fixture(scope="module")
def pictures(images: list[bytes]) -> list[Dataset]:
    return [dcmread(BytesIO(raw), stop_before_pixels=True) for raw in images]


@pytest.fixture(scope="module")
def bundles(samples: Samples) -> tuple[list[bytes], list[bytes]]:
    """What is loaded before the pictures, and after them."""
    return list(samples.before_images()), list(samples.after_images())


@pytest.fixture(scope="module")
def entries(bundles: tuple[list[bytes], list[bytes]]) -> list[Resource]:
    return [each for part in bundles for bundle in part for each in json.loads(bundle)["entry"]]


@pytest.fixture(scope="module")
def resources(entries: list[Resource]) -> list[Resource]:
    return [each["resource"] for each in entries]


def test_every_resource_is_valid(resources: list[Resource]) -> None:
    assert [issue for each in resources for issue in validate(each)] == []


def test_every_entry_may_be_loaded_twice(entries: list[Resource]) -> None:
    for each in entries:
        resource, request = each["resource"], each["request"]
        put = request["url"] == f"{resource['resourceType']}/{resource.get('id')}"
        assert (request["method"] == "PUT" and put) or request["ifNoneExist"]


def test_no_two_resources_share_an_id(resources: list[Resource]) -> None:
    names = [
        f"{each['resourceType']}/{each['id']}"
        for each in resources
        if "id" in each and each["resourceType"] not in {"Organization", "Practitioner", "Location"}
    ]

    assert len(names) == len(set(names))


def test_the_same_day_and_seed_give_the_same_data(
    samples: Samples, images: list[bytes], bundles: tuple[list[bytes], list[bytes]]
) -> None:
    again = Samples(AS_OF, seed=7, patients=2)

    assert (list(again.before_images()), list(again.after_images())) == bundles
    assert list(islice(again.images(), 60)) == images[:60]  # the others: test_studies, test_binding


def test_another_seed_gives_other_studies_of_the_same_cases(samples: Samples) -> None:
    other = Samples(AS_OF, seed=8, patients=2)

    assert [each.patient for each in other.expected()] == [each.patient for each in samples.expected()]
    uids = {uid for each in samples.expected() for uid in each.ct_studies}
    assert uids.isdisjoint(uid for each in other.expected() for uid in each.ct_studies)


def test_the_counts_that_a_progress_bar_needs_are_right(
    samples: Samples, bundles: tuple[list[bytes], list[bytes]], pictures: list[Dataset]
) -> None:
    before, after = bundles
    assert samples.bundle_count() == (len(before), len(after))
    assert samples.image_count() == len(pictures)


def test_every_picture_belongs_to_a_patient_of_the_records(
    resources: list[Resource], pictures: list[Dataset]
) -> None:
    numbers = {
        identifier["value"]
        for each in resources
        if each["resourceType"] == "Patient"
        for identifier in each["identifier"]
        if identifier["system"] == "urn:hilum:mrn"
    }

    assert {each.PatientID for each in pictures} <= numbers
    assert len({each.SOPInstanceUID for each in pictures}) == len(pictures)
    assert all(len(each.AccessionNumber) <= 16 for each in pictures)


def test_pictures_are_of_the_last_years(pictures: list[Dataset]) -> None:
    days = {each.StudyDate for each in pictures}

    assert max(days) < AS_OF.strftime("%Y%m%d")
    assert min(days) > (AS_OF - timedelta(days=3 * 366)).strftime("%Y%m%d")


def test_every_reference_to_a_study_finds_its_pictures(
    bundles: tuple[list[bytes], list[bytes]], pictures: list[Dataset]
) -> None:
    studies = {each.StudyInstanceUID for each in pictures}
    text = b"".join(bundles[1]).decode()

    referred = {
        part.split('"')[0] for part in text.split("ImagingStudy?identifier=urn:dicom:uid|urn:oid:")[1:]
    }
    assert referred
    assert referred <= studies


def test_the_promised_answer_is_what_a_plain_reader_finds(
    samples: Samples, resources: list[Resource], pictures: list[Dataset]
) -> None:
    reader = Reader(resources, pictures, samples.question())

    found = {each.patient: reader.answer(each.patient) for each in samples.expected()}

    for each in samples.expected():
        assert found[each.patient] == _promised(each), each.reason


def test_the_promised_answer_has_every_kind_of_row_and_link(samples: Samples) -> None:
    matched = [each for each in samples.expected() if each.verdict is Verdict.MATCHED]

    assert len(matched) == 8
    assert {link.via for each in matched for link in each.links} == {"imagingStudy", "basedOn", "accession"}
    assert any(not each.medications for each in matched)
    assert any(not each.links for each in matched)
    assert any(len(each.ct_studies) > 1 for each in matched)
    assert sum(each.verdict is Verdict.UNKNOWN for each in samples.expected()) == 2


def test_the_question_reaches_every_diagnosis_of_those_who_match(
    samples: Samples, resources: list[Resource]
) -> None:
    included = samples.question()["conceptSets"]["dx"]["include"]
    codes = set().union(*(descendants(each["system"], each["code"]) for each in included))
    matched = {each.patient for each in samples.expected() if each.verdict is Verdict.MATCHED}

    for each in resources:
        if "-condition-" in each.get("id", "") and each["subject"]["reference"] in matched:
            coding = each["code"]["coding"][0]
            assert (coding["system"], coding["code"]) in codes


def _promised(each: Expected) -> tuple[str, set[str], set[str], set[str], set[tuple[str, str, str]]]:
    links = {(link.report, link.study_uid, str(link.via)) for link in each.links}
    return str(each.verdict), set(each.medications), set(each.ct_studies), set(each.documents), links
