"""The DICOM objects of reports: what they say, that each is made once, and that none tells a report twice."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from threading import Event
from uuid import uuid4

import pytest
from pydicom import Dataset, dcmread

from app.config import Config
from app.imaging.reports import is_report, transcript_of
from app.records.reporting.content import ReportCode, ReportContent
from app.records.reporting.states import ReportStep
from app.wiring import Wiring
from app.work.doing import JobDoer
from app.work.queue import JobQueue
from app.work.reports import ReportFilingJob, report_lane
from app.work.waking import Waker
from graph.errors import StorageFull
from graph.jobs.claims import ClaimStore
from graph.session import Graph
from tests.factories.dicom import ct_instance
from tests.factories.keys import keyed
from tests.factories.reporting import KOREAN, Department, ToReport

CODE = ReportCode("http://snomed.info/sct", "254637007", "Non-small cell lung cancer")
# PS3.3 A.35.1.3, C.17: what each object has with a value (type 1), and at least empty (type 2).
WITH_VALUES = (
    *("SOPClassUID", "SOPInstanceUID", "SpecificCharacterSet", "StudyInstanceUID", "SeriesInstanceUID"),
    *("Modality", "SeriesNumber", "InstanceNumber", "CompletionFlag", "VerificationFlag", "ContentDate"),
    *("ContentTime", "VerifyingObserverSequence", "ValueType", "ConceptNameCodeSequence", "ContentSequence"),
    *("ContinuityOfContent", "CurrentRequestedProcedureEvidenceSequence", "ReferencedRequestSequence"),
)
AT_LEAST_EMPTY = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID"),
    *(
        "AccessionNumber",
        "ReferringPhysicianName",
        "ReferencedPerformedProcedureStepSequence",
        "Manufacturer",
    ),
    "PerformedProcedureCodeSequence",
)
TEXT_KINDS = frozenset(
    {
        *("TEXT", "CODE", "DATETIME", "DATE", "TIME", "UIDREF", "PNAME", "COMPOSITE", "IMAGE", "WAVEFORM"),
        "CONTAINER",
    }
)


def filed(department: Department, waiting: ToReport, number: int = 0) -> Dataset:
    return dcmread(BytesIO(department.bytes_of(waiting, department.objects(waiting)[number])))


def items(dataset: Dataset) -> Iterator[Dataset]:
    for each in dataset.get("ContentSequence", ()):
        yield each
        yield from items(each)


def texts(dataset: Dataset) -> dict[str, str]:
    """The text below each heading."""
    return {
        each.ConceptNameCodeSequence[0].CodeMeaning: inner.TextValue
        for each in dataset.ContentSequence
        for inner in each.get("ContentSequence", ())
        if inner.ValueType == "TEXT"
    }


def test_an_object_says_what_its_report_says(department: Department) -> None:
    waiting = department.waiting()
    content = ReportContent(indication="기침", findings="결절.", impression=KOREAN, codes=(CODE,))
    report = department.reporting.write(department.reader, waiting.uid, content, ReportStep.SIGN, None)

    assert department.file(report) == 1

    said = filed(department, waiting)
    assert [said.SOPInstanceUID] == list(report.objects) == department.objects(waiting)
    assert said.StudyInstanceUID == waiting.uid
    assert said.SpecificCharacterSet == "ISO_IR 192"
    assert texts(said) == {"Indications for Procedure": "기침", "Findings": "결절.", "Impressions": KOREAN}
    (observer,) = said.VerifyingObserverSequence
    assert str(observer.VerifyingObserverName) == "Han^Jiwoo==한^지우"
    assert (said.CompletionFlag, said.VerificationFlag, said.PreliminaryFlag) == (
        "COMPLETE",
        "VERIFIED",
        "FINAL",
    )
    coded = [each.ConceptCodeSequence[0] for each in items(said) if each.ValueType == "CODE"]
    assert ("254637007", "SCT") in [(each.CodeValue, each.CodingSchemeDesignator) for each in coded]
    (asked,) = said.ReferencedRequestSequence
    assert asked.AccessionNumber == waiting.accession


def test_an_object_has_what_its_iod_asks_for(department: Department) -> None:
    waiting = department.waiting()
    department.file(department.signed(waiting))

    said = filed(department, waiting)

    assert [each for each in WITH_VALUES if each not in said or said[each].is_empty] == []
    assert [each for each in AT_LEAST_EMPTY if each not in said] == []
    (observer,) = said.VerifyingObserverSequence
    for each in ("VerifyingObserverName", "VerifyingOrganization", "VerificationDateTime"):
        assert not observer[each].is_empty
    assert {each.ValueType for each in items(said)} <= TEXT_KINDS
    assert all("RelationshipType" in each for each in items(said))
    (template,) = said.ContentTemplateSequence
    assert (template.MappingResource, template.TemplateIdentifier) == ("DCMR", "2000")
    first = said.ContentSequence[0]
    assert first.ConceptNameCodeSequence[0].CodeValue == "121049"
    (evidence,) = said.CurrentRequestedProcedureEvidenceSequence
    (series,) = evidence.ReferencedSeriesSequence
    assert len(series.ReferencedSOPSequence) == 1


def test_the_reader_of_other_reports_reads_it_too(department: Department) -> None:
    waiting = department.waiting()
    department.file(department.signed(waiting))
    file = department.bytes_of(waiting, department.objects(waiting)[0])

    told = transcript_of(BytesIO(file), "1.2.3")

    assert is_report(dcmread(BytesIO(file)).SOPClassUID)
    (report,) = [each for each in told if each.resource_type == "DiagnosticReport"]
    assert "우상엽에 6 mm 결절" in report.body.decode()


def test_each_signature_makes_an_object_that_names_those_before(department: Department) -> None:
    waiting = department.waiting()
    signed = department.signed(waiting)
    department.reporting.append(department.second, signed.report_id, "CT of 2024 seen.", 1)
    changed = replace(signed.content, impression="8 mm.")
    last = department.reporting.correct(department.reader, signed.report_id, changed, 2, "Measured anew")

    assert department.file(last) == 3

    first, second, third = (filed(department, waiting, number) for number in range(3))
    assert [each.SOPInstanceUID for each in (first, second, third)] == list(last.objects)
    assert len({each.SeriesInstanceUID for each in (first, second, third)}) == 1
    assert "PredecessorDocumentsSequence" not in first
    named = third.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence
    assert [each.ReferencedSOPInstanceUID for each in named] == list(last.objects[:2])
    assert (texts(first)["Impressions"], texts(third)["Impressions"]) == (KOREAN, "8 mm.")
    assert "Addendum" not in texts(first)
    assert texts(second)["Addendum"] == "Minseo Park: CT of 2024 seen."
    names = [str(each.VerifyingObserverName) for each in third.VerifyingObserverSequence]
    assert names == ["Park^Minseo", "Han^Jiwoo==한^지우"]


def test_a_report_that_is_only_begun_has_none(department: Department) -> None:
    waiting = department.waiting()
    content = ReportContent(findings="A")
    begun = department.reporting.write(department.reader, waiting.uid, content, ReportStep.SAVE, None)

    assert department.file(begun) == 0
    assert department.objects(waiting) == []


def test_an_object_of_a_report_tells_no_second_one(department: Department) -> None:
    waiting = department.waiting()
    report = department.signed(waiting)
    department.file(report)

    (only,) = department.reports(waiting)
    assert only["id"] == report.report_id

    file = department.bytes_of(waiting, report.objects[0])
    department.wiring.imaging.delete(department.system, waiting.uid, None, None)
    department.store(ct_instance(study_uid=waiting.uid, patient_id=_patient_id(file), **_named(file)), file)
    assert [each["id"] for each in department.reports(waiting)] == [report.report_id]


def _patient_id(file: bytes) -> str:
    return str(dcmread(BytesIO(file)).PatientID)


def _named(file: bytes) -> dict[str, str]:
    said = dcmread(BytesIO(file))
    return {"PatientName": str(said.PatientName), "AccessionNumber": str(said.AccessionNumber)}


@pytest.fixture
def elsewhere(graph: Graph, config: Config) -> Iterator[Department]:
    """Another archive, which knows none of the reports."""
    settings = replace(config, tenant=f"t{uuid4().hex[:12]}", home=keyed(config.home.parent / "other"))
    wired = Wiring(settings, graph)
    yield Department(wired)
    wired.close()


def test_where_its_report_is_not_the_object_tells_of_itself(
    department: Department, elsewhere: Department
) -> None:
    waiting = department.waiting()
    report = department.signed(waiting)
    department.file(report)

    elsewhere.store(department.bytes_of(waiting, report.objects[0]))

    (told,) = elsewhere.found(
        "DiagnosticReport", ("identifier", f"urn:dicom:uid|urn:oid:{report.objects[0]}")
    )
    assert told["meta"]["tag"][0]["code"] == "dicom"
    assert told["status"] == "final"
    assert KOREAN.split("\n")[0] in told["conclusion"]


def test_a_report_that_is_carried_elsewhere_first_stays_the_only_one(
    department: Department, elsewhere: Department
) -> None:
    waiting = department.waiting()
    report = department.signed(waiting)
    department.file(report)
    picture = department.wiring.imaging.instances(department.system, waiting.uid)[0].sop_uid
    elsewhere.store(department.bytes_of(waiting, picture))
    (study,) = elsewhere.found("ImagingStudy", ("identifier", f"urn:oid:{waiting.uid}"))
    carried = {
        **report.document,
        "subject": study["subject"],
        "imagingStudy": [{"reference": f"ImagingStudy/{study['id']}"}],
    }
    carried.pop("basedOn")
    elsewhere.put(carried)

    elsewhere.store(department.bytes_of(waiting, report.objects[0]))

    found = elsewhere.found("DiagnosticReport", ("imagingStudy", f"ImagingStudy/{study['id']}"))
    assert [each["id"] for each in found] == [report.report_id]


def test_a_report_that_is_carried_elsewhere_after_its_object_takes_its_place(
    department: Department, elsewhere: Department
) -> None:
    waiting = department.waiting()
    report = department.signed(waiting)
    department.file(report)
    elsewhere.store(department.bytes_of(waiting, report.objects[0]))
    (told,) = elsewhere.found("DiagnosticReport", ("identifier", f"urn:oid:{report.objects[0]}"))

    carried = {**report.document, "subject": told["subject"], "imagingStudy": told["imagingStudy"]}
    carried.pop("basedOn")
    elsewhere.put(carried)

    of_study = ("imagingStudy", told["imagingStudy"][0]["reference"])
    assert [each["id"] for each in elsewhere.found("DiagnosticReport", of_study)] == [report.report_id]
    assert elsewhere.found("Observation", ("subject", told["subject"]["reference"])) == []


def test_an_object_of_another_patient_is_not_kept_quiet_by_a_report(department: Department) -> None:
    waiting, other = department.waiting(), department.waiting()
    report = department.signed(waiting)
    department.file(report)
    said = dcmread(BytesIO(department.bytes_of(waiting, report.objects[0])))
    said.SOPInstanceUID = said.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    liar = {
        **department.document(f"DiagnosticReport/{report.report_id}"),
        "id": f"liar-{other.order}",
        "subject": {"reference": f"Patient/{other.patient}"},
        "identifier": [{"system": "urn:dicom:uid", "value": "urn:oid:1.2.3.4"}],
    }
    liar.pop("basedOn")
    department.put(liar)
    written = BytesIO()
    said.save_as(written)

    department.store(written.getvalue())

    tags = [each["meta"]["tag"][0]["code"] for each in department.reports(waiting)]
    assert sorted(tags) == ["dicom", "reporting", "reporting"]


def test_filing_again_makes_nothing_new_and_a_deleted_study_stays_deleted(department: Department) -> None:
    waiting = department.waiting()
    report = department.signed(waiting)
    assert [department.file(report), department.file(report)] == [1, 0]

    gone = department.signed(other := department.waiting())
    department.wiring.imaging.delete(department.system, other.uid)

    assert department.file(gone) == 0
    assert gone.report_id not in [name for name, _ in department.filing.due(department.system)]


def run_worker(department: Department) -> None:
    """Let the lane look, and the job be done, as a worker does."""
    queue = JobQueue(department.wiring.jobs, Waker(department.wiring.config.home))
    report_lane(department.filing, queue, department.system).work(Event())
    kinds = [ReportFilingJob(department.filing)]
    JobDoer(ClaimStore(department.wiring.graph), kinds, department.system).do_due("a worker", Event())


def test_a_worker_files_what_was_signed_while_there_was_none(department: Department) -> None:
    studies = [department.waiting() for _ in range(2)]
    reports = [department.signed(each) for each in studies]

    run_worker(department)

    assert [department.objects(each) for each in studies] == [list(each.objects) for each in reports]
    assert department.filing.due(department.system) == []


def test_what_could_not_be_filed_stays_due(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = department.waiting()
    report = department.signed(waiting)
    blobs = department.wiring.blobs

    def full(*_: object, **__: object) -> None:
        raise StorageFull("no space")

    with monkeypatch.context() as patched:
        patched.setattr(blobs, "begin", full)
        with pytest.raises(StorageFull):
            department.file(report)

    assert (report.report_id, 1) in department.filing.due(department.system)
    assert department.file(report) == 1
