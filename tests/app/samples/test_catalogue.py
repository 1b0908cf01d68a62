"""The sample data as a whole: valid, repeatable, and true to the answer it promises."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
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
def pictures(samples: Samples) -> list[Dataset]:
    return [dcmread(BytesIO(raw), stop_before_pixels=True) for raw in samples.images()]


def entries(bundles: Iterator[bytes]) -> Iterator[Resource]:
    for bundle in bundles:
        yield from json.loads(bundle)["entry"]


def resources(samples: Samples) -> list[Resource]:
    both = (*entries(samples.before_images()), *entries(samples.after_images()))
    return [each["resource"] for each in both]


def test_every_resource_is_valid(samples: Samples) -> None:
    assert [issue for each in resources(samples) for issue in validate(each)] == []


def test_every_entry_may_be_loaded_twice(samples: Samples) -> None:
    for each in (*entries(samples.before_images()), *entries(samples.after_images())):
        resource, request = each["resource"], each["request"]
        put = request["url"] == f"{resource['resourceType']}/{resource.get('id')}"
        assert (request["method"] == "PUT" and put) or request["ifNoneExist"]


def test_no_two_resources_share_an_id(samples: Samples) -> None:
    names = [
        f"{each['resourceType']}/{each['id']}"
        for each in resources(samples)
        if "id" in each and each["resourceType"] not in {"Organization", "Practitioner", "Location"}
    ]

    assert len(names) == len(set(names))


def test_the_same_day_and_seed_give_the_same_data(samples: Samples) -> None:
    again = Samples(AS_OF, seed=7, patients=2)

    assert list(again.before_images()) == list(samples.before_images())
    assert list(again.images()) == list(samples.images())
    assert list(again.after_images()) == list(samples.after_images())


def test_another_seed_gives_other_studies_of_the_same_cases(samples: Samples) -> None:
    other = Samples(AS_OF, seed=8, patients=2)

    assert [each.patient for each in other.expected()] == [each.patient for each in samples.expected()]
    uids = {uid for each in samples.expected() for uid in each.ct_studies}
    assert uids.isdisjoint(uid for each in other.expected() for uid in each.ct_studies)


def test_the_counts_that_a_progress_bar_needs_are_right(samples: Samples, pictures: list[Dataset]) -> None:
    assert samples.bundle_count() == (len(list(samples.before_images())), len(list(samples.after_images())))
    assert samples.image_count() == len(pictures)


def test_every_picture_belongs_to_a_patient_of_the_records(samples: Samples, pictures: list[Dataset]) -> None:
    numbers = {
        identifier["value"]
        for each in resources(samples)
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


def test_every_reference_to_a_study_finds_its_pictures(samples: Samples, pictures: list[Dataset]) -> None:
    studies = {each.StudyInstanceUID for each in pictures}
    text = b"".join(samples.after_images()).decode()

    referred = {
        part.split('"')[0] for part in text.split("ImagingStudy?identifier=urn:dicom:uid|urn:oid:")[1:]
    }
    assert referred
    assert referred <= studies


def test_the_promised_answer_is_what_a_plain_reader_finds(samples: Samples, pictures: list[Dataset]) -> None:
    reader = Reader(resources(samples), pictures, samples.question())

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


def test_the_question_reaches_every_diagnosis_of_those_who_match(samples: Samples) -> None:
    included = samples.question()["conceptSets"]["dx"]["include"]
    codes = set().union(*(descendants(each["system"], each["code"]) for each in included))
    matched = {each.patient for each in samples.expected() if each.verdict is Verdict.MATCHED}

    for each in resources(samples):
        if each["resourceType"] == "Condition" and each["subject"]["reference"] in matched:
            coding = each["code"]["coding"][0]
            assert (coding["system"], coding["code"]) in codes


def _promised(each: Expected) -> tuple[str, set[str], set[str], set[str], set[tuple[str, str, str]]]:
    links = {(link.report, link.study_uid, str(link.via)) for link in each.links}
    return str(each.verdict), set(each.medications), set(each.ct_studies), set(each.documents), links
