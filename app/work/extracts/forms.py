"""The form of what `POST /exports` takes; OpenAPI shows it, too."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.cohorts.language.forms import Strict
from app.cohorts.language.places import first_fault
from app.deidentification.options import ProfileOption, chosen
from app.deidentification.project import LONGEST_NAME
from app.security.plain_text import plain_line
from app.work.extracts.wishes import DestinationType, ExtractWish, PictureFormat, TableFormat
from graph.errors import Invalid
from graph.wording import marked

DEFAULT_OPTIONS = (ProfileOption.RETAIN_MODIFIED_DATES,)
_PATH = validate.Regexp(
    r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}){0,3}\Z",
    error=marked("A path below the folder of exports: up to four names of letters, digits, . _ and -."),
)
_PROJECT = validate.Regexp(r"\S.*\S|\S", error=marked("A name that neither begins nor ends with a space."))


def _one_of(values: Any) -> validate.OneOf:
    return validate.OneOf([str(each) for each in values])


class DestinationSchema(Strict):
    """Where the files go."""

    type = fields.String(
        required=True,
        validate=_one_of(DestinationType),
        metadata={"description": "To be downloaded one by one; as one zip; into a folder of the gateway."},
    )
    path = fields.String(
        validate=_PATH, metadata={"description": "Of a folder: where it is below the folder of exports."}
    )


class KeptCohortSchema(Strict):
    """A cohort that was saved."""

    id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    version = fields.Integer(
        strict=True,
        validate=validate.Range(min=1),
        metadata={"description": "The newest where it is not said."},
    )


class ExtractSchema(Strict):
    """An export: whose, what of it, how de-identified, and where to."""

    project = fields.String(
        required=True,
        validate=[validate.Length(min=1, max=LONGEST_NAME), _PROJECT, plain_line],
        metadata={"description": "Pseudonyms and dates are the same in all exports of a project."},
    )
    question = fields.Dict(
        keys=fields.String(), metadata={"description": "A cohort question, as of /cohorts/query."}
    )
    cohort = fields.Nested(KeptCohortSchema, metadata={"description": "A saved cohort in its place."})
    what = fields.String(load_default=str(PictureFormat.DICOM), validate=_one_of(PictureFormat))
    tables = fields.String(load_default=str(TableFormat.CSV), validate=_one_of(TableFormat))
    deidentify = fields.Boolean(truthy={True}, falsy={False}, load_default=True)
    options = fields.List(
        fields.String(validate=_one_of(ProfileOption)),
        load_default=[str(each) for each in DEFAULT_OPTIONS],
        validate=validate.Length(max=len(ProfileOption)),
        metadata={"description": "Options of the Basic Profile (PS3.15 E.3)."},
    )
    destination = fields.Nested(DestinationSchema, load_default=lambda: {"type": str(DestinationType.ZIP)})


def read_form(raw: Any) -> Mapping[str, Any]:
    """What an export is asked for; raises `Invalid` with the JSONPath of what is wrong."""
    if not isinstance(raw, dict):
        raise Invalid("a JSON object is expected", location="$")
    try:
        form: Mapping[str, Any] = ExtractSchema().load(raw)
    except ValidationError as error:
        raise first_fault(error.messages_dict, raw) from None
    if ("question" in form) == ("cohort" in form):
        raise Invalid("either a question or a saved cohort is exported", location="$.question")
    if (form["destination"]["type"] == DestinationType.FOLDER) != ("path" in form["destination"]):
        raise Invalid("a folder has a path, and nothing else has one", location="$.destination.path")
    return form


def wish_of(form: Mapping[str, Any], question: Mapping[str, Any], now: int) -> ExtractWish:
    """The wish of a form, with the question of its cohort; raises `Invalid`."""
    options = chosen(form["options"], "$.options")
    wish = ExtractWish(
        project=form["project"],
        question=question,
        asked_at=now,
        what=PictureFormat(form["what"]),
        tables=TableFormat(form["tables"]),
        options=options if form["deidentify"] else frozenset(),
        deidentify=form["deidentify"],
        destination=DestinationType(form["destination"]["type"]),
        path=form["destination"].get("path", ""),
    )
    if (wish.what, wish.tables) == (PictureFormat.NONE, TableFormat.NONE):
        raise Invalid("neither pictures nor tables are asked for", location="$.what")
    return wish
