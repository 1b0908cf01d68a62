"""The forms of feedback, as marshmallow schemas: what is accepted, and what OpenAPI shows."""

from typing import Any

from marshmallow import fields, validate

from app.feedback.packets import LONGEST
from app.feedback.verdicts import SCHEMES, ReadVerdict
from app.security.forms import Plain
from app.security.plain_text import plain_lines
from graph.wording import marked

_REPORT = r"(?:DiagnosticReport/)?[A-Za-z0-9\-.]{1,64}\Z"
_CODES = sorted({each.code for categories in SCHEMES.values() for each in categories})


_SAID = validate.Regexp(r"(?s).*\S", error=marked("Say something."))


def _comment(**more: Any) -> fields.String:
    checks = [*more.pop("validate", ()), validate.Length(max=LONGEST), plain_lines]
    return fields.String(validate=checks, **more)


class AnswerFormSchema(Plain):
    """What a reader says of how their read turned out."""

    verdict = fields.String(
        required=True,
        validate=validate.OneOf(list(map(str, ReadVerdict))),
        metadata={"description": "Whether the read agrees with its outcome."},
    )
    category = fields.String(
        load_default="",
        validate=validate.OneOf(["", *_CODES]),
        metadata={"description": "A category of the configured scheme that goes with the verdict."},
    )
    comment = _comment(load_default="", metadata={"description": "Free text, for the reader alone."})
    patient_at_risk = fields.Boolean(
        data_key="patientAtRisk",
        load_default=False,
        metadata={"description": "Opens a safety issue in the chart of the patient."},
    )
    version = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 2**31),
        metadata={"description": "The version of the packet that was looked at: 409 where more came since."},
    )


class MessageFormSchema(Plain):
    """What a colleague says of a report to those who read it."""

    report = fields.String(
        required=True,
        validate=validate.Regexp(_REPORT, error=marked("The id of a DiagnosticReport.")),
        metadata={"description": "Of which report, by its id."},
    )
    text = _comment(
        required=True, validate=[_SAID], metadata={"description": "What its readers should know."}
    )
    category = fields.String(
        load_default="",
        validate=validate.OneOf(["", *_CODES]),
        metadata={"description": "A category of the configured scheme."},
    )
    patient_at_risk = fields.Boolean(
        data_key="patientAtRisk",
        load_default=False,
        metadata={"description": "Opens a safety issue in the chart of the patient."},
    )
