"""Writes a report as a DICOM object: Basic Text SR (PS3.3 A.35.1) by TID 2000 (PS3.16), all in UTF-8.

The same report makes the same bytes, whenever and however often it is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import groupby

from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, BasicTextSRStorage, ExplicitVRLittleEndian

from app.imaging.codes import CodedValue
from graph.records import StoredInstance

IMPLEMENTATION_UID = UID("2.25.302043790172249692526321623266752743501")
_TITLE: CodedValue = ("18748-4", "LN", "Diagnostic Imaging Report")
_LANGUAGE: CodedValue = ("121049", "DCM", "Language of Content Item and Descendants")
_LANGUAGES: Mapping[str, CodedValue] = {
    "en": ("en", "RFC5646", "English"),
    "ko": ("ko", "RFC5646", "Korean"),
}
_OBSERVER_TYPE: CodedValue = ("121005", "DCM", "Observer Type")
_PERSON: CodedValue = ("121006", "DCM", "Person")
_PERSON_NAME: CodedValue = ("121008", "DCM", "Person Observer Name")
_DESCRIBED: CodedValue = ("121065", "DCM", "Procedure Description")
_FOUND: CodedValue = ("121071", "DCM", "Finding")
_CONCLUDED: CodedValue = ("121077", "DCM", "Conclusion")
_CONCLUSIONS: CodedValue = ("55110-1", "LN", "Conclusions")
SECTIONS: Mapping[str, tuple[CodedValue, CodedValue]] = {
    "addendum": (("55107-7", "LN", "Addendum"), _CONCLUDED),
    "critical": (("73568-8", "LN", "Communication of Critical Results"), _FOUND),
    "indication": (("18785-6", "LN", "Indications for Procedure"), ("11329-0", "LN", "History")),
    "technique": (("55111-9", "LN", "Current Procedure Descriptions"), _DESCRIBED),
    "comparison": (("55114-3", "LN", "Prior Procedure Descriptions"), _DESCRIBED),
    "findings": (("59776-5", "LN", "Findings"), _FOUND),
    "impression": (("19005-8", "LN", "Impressions"), ("121073", "DCM", "Impression")),
    "recommendation": (("18783-1", "LN", "Recommendations"), ("121075", "DCM", "Recommendation")),
}
"""The heading of each section (CID 7001) and what a text in it is called (CID 7002)."""
_OF_STUDY = (
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "ReferringPhysicianName",
)
_OF_PATIENT = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")
_IF_KNOWN = ("StudyDescription", "IssuerOfPatientID")
_DATE, _TIME = "%Y%m%d", "%H%M%S.%f"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportObject:
    """What a DICOM object says of a report.

    `study` are the attributes of its study by keyword, `sections` texts by the names of `SECTIONS`, `codes`
    what it concludes, `signers` the names of who signed (PN) with the last one's moment, `signed`.
    `predecessors` are the UIDs of the objects that it follows, in its series; `evidence` what it was read of.
    """

    sop_uid: str
    series_uid: str
    number: int
    study: Mapping[str, str]
    sections: Sequence[tuple[str, str]]
    codes: Sequence[CodedValue]
    language: str
    signers: Sequence[str]
    signed: datetime
    organization: str
    predecessors: Sequence[str]
    evidence: Sequence[StoredInstance]


def report_file(report: ReportObject) -> bytes:
    """The file of a report."""
    dataset = _head(report)
    dataset.update(_document(report))
    dataset.ValueType = "CONTAINER"
    dataset.ContinuityOfContent = "SEPARATE"
    dataset.ConceptNameCodeSequence = [_code(_TITLE)]
    dataset.ContentTemplateSequence = [_item(MappingResource="DCMR", TemplateIdentifier="2000")]
    dataset.ContentSequence = list(_content(report))
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.ImplementationClassUID = IMPLEMENTATION_UID
    dataset.file_meta.ImplementationVersionName = "HILUM"
    written = BytesIO()
    dcmwrite(written, dataset, enforce_file_format=True)
    return written.getvalue()


def _head(report: ReportObject) -> Dataset:
    """The modules of patient, study, series and equipment, and of SOP Common (A.35.1.3)."""
    study = report.study
    signed = report.signed
    return _item(
        SpecificCharacterSet="ISO_IR 192",
        SOPClassUID=BasicTextSRStorage,
        SOPInstanceUID=report.sop_uid,
        InstanceCreationDate=signed.strftime(_DATE),
        InstanceCreationTime=signed.strftime(_TIME),
        TimezoneOffsetFromUTC=signed.strftime("%z"),
        **{keyword: study.get(keyword, "") for keyword in (*_OF_STUDY, *_OF_PATIENT)},
        **{keyword: study[keyword] for keyword in _IF_KNOWN if study.get(keyword)},
        Modality="SR",
        SeriesInstanceUID=report.series_uid,
        SeriesNumber=9_000,
        SeriesDescription="Report",
        ReferencedPerformedProcedureStepSequence=[],
        Manufacturer="Hilum",
    )


def _document(report: ReportObject) -> Dataset:
    """The module SR Document General (C.17.2)."""
    signed = report.signed
    moment = f"{signed.strftime('%Y%m%d%H%M%S.%f%z')}"
    found = _item(
        InstanceNumber=report.number,
        ContentDate=signed.strftime(_DATE),
        ContentTime=signed.strftime(_TIME),
        CompletionFlag="COMPLETE",
        VerificationFlag="VERIFIED",
        PreliminaryFlag="FINAL",
        VerifyingObserverSequence=[
            _item(
                VerifyingObserverName=name,
                VerifyingObserverIdentificationCodeSequence=[],
                VerifyingOrganization=report.organization,
                VerificationDateTime=moment,
            )
            for name in report.signers
        ],
        PerformedProcedureCodeSequence=[],
    )
    if report.study.get("AccessionNumber"):
        found.ReferencedRequestSequence = [_request(report.study)]
    if report.predecessors:
        named = [_reference(BasicTextSRStorage, each) for each in report.predecessors]
        found.PredecessorDocumentsSequence = [_of_study(report, {report.series_uid: named})]
    if report.evidence:
        ordered = sorted(report.evidence, key=lambda each: (each.series_uid, each.sequence))
        series = {
            uid: [_reference(each.sop_class_uid, each.sop_uid) for each in instances]
            for uid, instances in groupby(ordered, lambda each: each.series_uid)
        }
        found.CurrentRequestedProcedureEvidenceSequence = [_of_study(report, series)]
    return found


def _request(study: Mapping[str, str]) -> Dataset:
    """The order that the report answers, as far as the pictures name it."""
    return _item(
        StudyInstanceUID=study["StudyInstanceUID"],
        ReferencedStudySequence=[],
        AccessionNumber=study["AccessionNumber"],
        PlacerOrderNumberImagingServiceRequest="",
        FillerOrderNumberImagingServiceRequest="",
        RequestedProcedureID="",
        RequestedProcedureDescription=study.get("StudyDescription", ""),
        RequestedProcedureCodeSequence=[],
    )


def _of_study(report: ReportObject, series: Mapping[str, Sequence[Dataset]]) -> Dataset:
    """Instances of the study, as an item of the macro Hierarchical SOP Instance Reference (C.17-3)."""
    return _item(
        StudyInstanceUID=report.study["StudyInstanceUID"],
        ReferencedSeriesSequence=[
            _item(SeriesInstanceUID=uid, ReferencedSOPSequence=list(named)) for uid, named in series.items()
        ],
    )


def _content(report: ReportObject) -> Iterator[Dataset]:
    """What stands in the root: language, who observed, and a container for each section (TID 2000, 2002)."""
    yield _coded("HAS CONCEPT MOD", _LANGUAGE, _LANGUAGES[report.language])
    yield _coded("HAS OBS CONTEXT", _OBSERVER_TYPE, _PERSON)
    yield _content_item("HAS OBS CONTEXT", "PNAME", _PERSON_NAME, PersonName=report.signers[-1])
    for name, text in report.sections:
        heading, element = SECTIONS[name]
        yield _container(heading, [_content_item("CONTAINS", "TEXT", element, TextValue=text)])
    if report.codes:
        yield _container(_CONCLUSIONS, [_coded("CONTAINS", _CONCLUDED, each) for each in report.codes])


def _container(heading: CodedValue, items: Sequence[Dataset]) -> Dataset:
    return _content_item(
        "CONTAINS", "CONTAINER", heading, ContinuityOfContent="SEPARATE", ContentSequence=list(items)
    )


def _coded(relationship: str, name: CodedValue, value: CodedValue) -> Dataset:
    return _content_item(relationship, "CODE", name, ConceptCodeSequence=[_code(value)])


def _content_item(relationship: str, kind: str, name: CodedValue, **elements: object) -> Dataset:
    return _item(
        RelationshipType=relationship, ValueType=kind, ConceptNameCodeSequence=[_code(name)], **elements
    )


_LONGEST_VALUE, _LONGEST_MEANING = 16, 64


def _code(coded: CodedValue) -> Dataset:
    """An item of a code sequence (table 8.8-1); a value longer than SH has an attribute of its own."""
    value, scheme, meaning = coded
    keyword = "CodeValue" if len(value) <= _LONGEST_VALUE else "LongCodeValue"
    return _item(
        **{keyword: value}, CodingSchemeDesignator=scheme, CodeMeaning=(meaning or value)[:_LONGEST_MEANING]
    )


def _reference(sop_class_uid: str, sop_uid: str) -> Dataset:
    return _item(ReferencedSOPClassUID=sop_class_uid, ReferencedSOPInstanceUID=sop_uid)


def _item(**elements: object) -> Dataset:
    found = Dataset()
    for keyword, value in elements.items():
        setattr(found, keyword, value)
    return found
