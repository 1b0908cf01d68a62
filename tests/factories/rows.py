"""Instance rows as ingest hands them to the graph, without files."""

import zlib
from typing import Any
from uuid import uuid4

import orjson

from graph.records import InstanceRow

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"


def uid() -> str:
    """A DICOM UID that nobody else has (PS3.5 B.2)."""
    return f"2.25.{uuid4().int}"


def instance_row(
    *,
    study_uid: str = "1.2.3",
    series_uid: str = "1.2.3.1",
    sop_uid: str | None = None,
    modality: str = "CT",
    study: dict[str, Any] | None = None,
    instance: dict[str, Any] | None = None,
) -> InstanceRow:
    """A row of a small CT; `study` and `instance` are laid over its attributes of these levels."""
    sop_uid = sop_uid or uid()
    facts = {
        "StudyInstanceUID": study_uid,
        "StudyDate": "20260102",
        "StudyTime": "101500",
        "PatientID": "P1",
        "PatientName": "Doe^Jane",
        "PatientBirthDate": "19700102",
        "PatientSex": "F",
        "AccessionNumber": "A1",
    }
    return InstanceRow(
        study_uid=study_uid,
        series_uid=series_uid,
        sop_uid=sop_uid,
        sop_class_uid=CT_IMAGE,
        transfer_syntax_uid=EXPLICIT_LITTLE,
        blob_id=uuid4().hex,
        size=1,
        digest="0" * 64,
        study=facts | (study or {}),
        series={"SeriesInstanceUID": series_uid, "Modality": modality},
        instance={
            "SOPInstanceUID": sop_uid,
            "SOPClassUID": CT_IMAGE,
            "InstanceNumber": 1,
            **(instance or {}),
        },
        metadata=zlib.compress(orjson.dumps({"00080018": {"vr": "UI", "Value": [sop_uid]}})),
    )
