"""The form of an answer, for OpenAPI."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate


class CountsSchema(Schema):
    """How many patients; null where the number is withheld, or not asked for."""

    matched = fields.Integer(required=True, allow_none=True)
    unknown_ = fields.Integer(required=True, allow_none=True, data_key="unknown")


class VerdictSchema(Schema):
    """One patient."""

    reference = fields.String(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(["matched", "unknown"]))
    deciding = fields.List(
        fields.String(), required=True, metadata={"description": "JSONPaths of the conditions that decide."}
    )


class LinkSchema(Schema):
    """A row that belongs to a study."""

    from_ = fields.String(required=True, data_key="from")
    to = fields.String(required=True)
    via = fields.String(required=True, validate=validate.OneOf(["imagingStudy", "basedOn", "accession"]))


class AnswerSchema(Schema):
    """The answer to a cohort question."""

    cohort = fields.String(required=True, metadata={"description": "SHA-256 of the question's normal form."})
    as_of = fields.Date(required=True, data_key="asOf")
    counts = fields.Nested(CountsSchema, required=True)
    patients = fields.List(fields.Nested(VerdictSchema), required=True)
    rows = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Dict(keys=fields.String())),
        required=True,
        metadata={"description": "Under the names of `output.rows`; each with patient and reference."},
    )
    links = fields.List(fields.Nested(LinkSchema), required=True)
    next_ = fields.String(required=True, allow_none=True, data_key="next")


MISSION: Mapping[str, Any] = {
    "version": "1",
    "asOf": "2026-11-22",
    "conceptSets": {
        "osteosarcoma": {
            "include": [
                {"system": "http://snomed.info/sct", "code": "21708004", "descendants": True},
                {"system": "urn:oid:2.16.840.1.113883.6.43.1", "code": "9180/3", "descendants": True},
            ]
        }
    },
    "events": {
        "dx": {
            "kind": "condition",
            "codes": {"set": "osteosarcoma"},
            "verification": ["confirmed", "provisional"],
            "date": "recordedDate|onset",
            "period": {"within": "P2Y", "before": "asOf"},
        },
        "ct": {"kind": "imaging", "modality": ["CT"]},
    },
    "population": {
        "all": [
            {"age": {"op": "gt", "value": 45, "unit": "a", "at": "asOf"}},
            {"exists": "dx"},
            {"exists": "ct"},
        ]
    },
    "output": {
        "rows": [
            {"resource": "MedicationRequest", "as": "rx"},
            {"resource": "ImagingStudy", "event": "ct", "as": "ct"},
            {"resource": "DocumentReference", "linkedTo": "ct", "as": "doc"},
            {"resource": "DiagnosticReport", "linkedTo": "ct", "as": "rep"},
        ],
        "links": [{"from": "rep", "to": "ct", "via": "imagingStudy|basedOn|accession"}],
    },
}
"""Medications, CT scan documents and radiology reports of every patient over 45 who was diagnosed with
osteosarcoma within the last two years."""
