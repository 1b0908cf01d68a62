"""The form of a question, as marshmallow schemas: what `POST /cohorts/query` accepts, and what OpenAPI shows.

Unknown keys are refused. What a name means (does the event exist, can these rows be linked) is checked when
the question is read.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from app.cohorts.calendar import UNITS, largest_age
from app.cohorts.vocabulary import KINDS, LINKABLE, NEVER, row_types
from app.security.policy import LEAST_CELL
from graph.wording import marked

DEFAULT_PAGE, LARGEST_PAGE = 100, 1_000
_NAME = validate.Regexp(
    r"[A-Za-z_][A-Za-z0-9_-]{0,63}\Z", error=marked("A name: a letter, then letters and digits.")
)
_TEXT = validate.Length(min=1, max=1_000)
_MANY = validate.Length(min=1, max=200)
_NODE = "app.cohorts.schemas.NodeSchema"
_OLDEST = max(map(largest_age, UNITS))
_AGE = validate.Range(min=0, max=_OLDEST)


class Strict(Schema):
    """A JSON object without unknown keys, its names in camel case; `src` and `why` are notes."""

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Name a field as JSON does: `as_of` is `asOf`, `not_` is `not`."""
        first, *others = field_name.rstrip("_").split("_")
        field_obj.data_key = first + "".join(each.title() for each in others)

    src = fields.List(fields.Integer(), metadata={"description": "Span of the question in words. A note."})
    why = fields.String(validate=_TEXT, metadata={"description": "A note."})


class ConceptSchema(Strict):
    """One coding."""

    system = fields.String(validate=_TEXT, metadata={"description": "The code system; absent: any."})
    code = fields.String(required=True, validate=_TEXT)
    display = fields.Raw(metadata={"description": "A note."})
    descendants = fields.Boolean(
        truthy={True}, falsy={False}, metadata={"description": "Every concept below it counts too."}
    )
    maps = fields.Boolean(
        truthy={True}, falsy={False}, metadata={"description": "Codes that equal it in other systems count."}
    )


class ConceptSetSchema(Strict):
    """Codings that mean one thing."""

    include = fields.List(fields.Nested(ConceptSchema), required=True, validate=_MANY)
    exclude = fields.List(  # type: ignore[assignment]
        fields.Nested(ConceptSchema), validate=validate.Length(max=200)
    )
    display = fields.Raw(metadata={"description": "What it is called, by language. A note."})
    via = fields.String(metadata={"description": "Where the set comes from. A note."})


class SetReferenceSchema(Strict):
    """A concept set by its name in `conceptSets`."""

    set_ = fields.String(required=True, validate=_NAME)


def _one_of(*names: str, **more: Any) -> dict[str, Any]:
    return {"oneOf": [*({"$ref": f"#/components/schemas/{name}"} for name in names), *more.values()]}


class Codes(fields.Field[Any]):
    """A named set, a set in place, or a list of codings."""

    def __init__(self) -> None:
        codings = {"type": "array", "items": {"$ref": "#/components/schemas/Concept"}}
        super().__init__(metadata=_one_of("SetReference", "ConceptSet", codings=codings))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list):
            if not value:
                return _fail(marked("Give a code."))
            return ConceptSetSchema().load({"include": value})["include"]
        if not isinstance(value, dict):
            return _fail(marked('Give {"set": name} or a list of codings.'))
        return (SetReferenceSchema if "set" in value else ConceptSetSchema)().load(value)


class PeriodSchema(Strict):
    """Whole days, both ends included: `within` a duration before or after a day, or from start to end."""

    within = fields.String(validate=_TEXT, metadata={"description": "ISO 8601: P2Y, P18M, P90D."})
    before = fields.String(validate=_TEXT, metadata={"description": "`asOf` or a date."})
    after = fields.String(validate=_TEXT, metadata={"description": "`asOf` or a date."})
    start = fields.String(validate=_TEXT, metadata={"description": "A date; a year or month from its start."})
    end = fields.String(validate=_TEXT, metadata={"description": "A date; a year or month to its end."})

    @validates_schema
    def _says_something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data.keys() & {"before", "after", "start", "end"}:
            raise ValidationError(marked("A period needs before, after, start or end."))
        if "within" in data and len(data.keys() & {"before", "after"}) != 1:
            raise ValidationError(marked("`within` needs one of before and after."))


def _codes_list(description: str) -> fields.List[Any]:
    return fields.List(fields.String(validate=_TEXT), validate=_MANY, metadata={"description": description})


class EventSchema(Strict):
    """What all kinds of events share."""

    kind = fields.String(validate=validate.OneOf(sorted(KINDS)))
    period = fields.Nested(PeriodSchema)
    date = fields.String(
        validate=_TEXT, metadata={"description": "Elements joined by `|`: the first that is present counts."}
    )
    on_missing_date = fields.String(
        validate=validate.OneOf(["flag", "exclude", "include"]),
        metadata={"description": "An event without a date where a period is asked. Default: flag."},
    )


class ConditionSchema(EventSchema):
    """A diagnosis."""

    codes = Codes()
    body_site = Codes()
    verification = _codes_list(
        f"Verification statuses. Default: any but {', '.join(NEVER['Condition']['verification-status'])}."
    )
    clinical_status = _codes_list("Clinical statuses. Default: any.")
    category = _codes_list("Categories.")


class MedicationSchema(EventSchema):
    """A drug: prescribed, unless `resource` says otherwise."""

    resource = fields.String(validate=validate.OneOf(sorted(KINDS["medication"])))
    codes = Codes()
    status = _codes_list("Statuses.")
    intent = _codes_list("Intents of a MedicationRequest. Default: orders of any kind.")


class ImagingSchema(EventSchema):
    """An imaging study."""

    modality = _codes_list("DICOM modalities (CT, MR …), any of them in the study.")
    body_site = Codes()
    status = _codes_list("Statuses.")


class ReportSchema(EventSchema):
    """A diagnostic report."""

    codes = Codes()
    category = _codes_list("Categories.")
    status = _codes_list("Statuses. Default: any but entered-in-error and cancelled.")


EVENT_SCHEMAS: Mapping[str, type[EventSchema]] = {
    "condition": ConditionSchema,
    "medication": MedicationSchema,
    "imaging": ImagingSchema,
    "report": ReportSchema,
}


class EventField(fields.Field[Any]):
    """An event of the kind that `kind` says; with `named`, its name in `events` may stand instead."""

    def __init__(self, *, named: bool = False, **kwargs: Any) -> None:
        kinds = [kind.title() for kind in EVENT_SCHEMAS]
        name = {"name": {"type": "string", "description": "A name in `events`."}} if named else {}
        super().__init__(metadata=_one_of(*kinds, **name), **kwargs)
        self.named = named

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if self.named and isinstance(value, str):
            return value
        if not isinstance(value, dict):
            return _fail(
                marked("Give the name of an event, or an event.") if self.named else marked("Give an event.")
            )
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in EVENT_SCHEMAS:
            raise ValidationError({"kind": [f"Must be one of: {', '.join(EVENT_SCHEMAS)}."]})
        return EVENT_SCHEMAS[kind]().load(value)


def _fail(message: str) -> Any:
    raise ValidationError(message)


class AgeValue(fields.Field[Any]):
    """A whole number of units, or for `between` two of them."""

    def __init__(self) -> None:
        one = {"type": "integer", "minimum": 0, "maximum": _OLDEST}
        both = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
        super().__init__(required=True, metadata=_one_of(one=one, both=both))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if (data or {}).get("op") != "between":
            return fields.Integer(strict=True, validate=_AGE).deserialize(value)
        ends = fields.List(fields.Integer(strict=True, validate=_AGE), validate=validate.Length(equal=2))
        return ends.deserialize(value)


class AgeSchema(Strict):
    """Age in completed units on the day of the question: 45 until the day before the 46th birthday."""

    op = fields.String(required=True, validate=validate.OneOf(["gt", "ge", "lt", "le", "between"]))
    value = AgeValue()
    unit = fields.String(
        validate=validate.OneOf(tuple(UNITS)), metadata={"description": "UCUM: years, months, weeks or days."}
    )
    at = fields.String(validate=validate.OneOf(["asOf"]))


class SexValue(fields.Field[Any]):
    """One administrative gender, or for `in` a list of them."""

    def __init__(self) -> None:
        one = {"type": "string", "enum": ["male", "female", "other", "unknown"]}
        super().__init__(required=True, metadata=_one_of(one=one, some={"type": "array", "items": one}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        one = fields.String(validate=validate.OneOf(["male", "female", "other", "unknown"]))
        if (data or {}).get("op") != "in":
            return one.deserialize(value)
        return fields.List(one, validate=_MANY).deserialize(value)


class SexSchema(Strict):
    """Administrative gender."""

    op = fields.String(required=True, validate=validate.OneOf(["eq", "ne", "in"]))
    value = SexValue()


class AtLeastSchema(Strict):
    """At least `n` of several hold."""

    n = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=64))
    of = fields.List(fields.Nested(_NODE), required=True, validate=_MANY)


NODE_KEYS = ("all", "any", "not", "atLeast", "age", "sex", "deceased", "exists", *EVENT_SCHEMAS)


class NodeSchema(Strict):
    """One condition on a patient: exactly one of the keys."""

    all_ = fields.List(fields.Nested(_NODE), validate=_MANY)
    any_ = fields.List(fields.Nested(_NODE), validate=_MANY)
    not_ = fields.Nested(_NODE)
    at_least = fields.Nested(AtLeastSchema)
    age = fields.Nested(AgeSchema)
    sex = fields.Nested(SexSchema)
    deceased = fields.Boolean(truthy={True}, falsy={False})
    exists = EventField(named=True)
    condition = fields.Nested(ConditionSchema)
    medication = fields.Nested(MedicationSchema)
    imaging = fields.Nested(ImagingSchema)
    report = fields.Nested(ReportSchema)

    @validates_schema(pass_original=True)
    def _is_one(self, _: Any, original: Any, **__: Any) -> None:
        if not isinstance(original, dict) or len(original.keys() & set(NODE_KEYS)) != 1:
            raise ValidationError(f"A condition has exactly one of {', '.join(NODE_KEYS)}.")


class RowsSchema(Strict):
    """Rows of one resource type for the patients who match."""

    resource = fields.String(required=True, validate=validate.OneOf(sorted(row_types())))
    as_ = fields.String(validate=_NAME, metadata={"description": "The name of the rows."})
    event = fields.String(validate=_NAME, metadata={"description": "Those of this event only."})
    linked_to = fields.String(
        validate=_NAME, metadata={"description": f"Those of these studies only; for {', '.join(LINKABLE)}."}
    )
    via = fields.String(validate=_TEXT, metadata={"description": "Ways to link, joined by `|`; default all."})
    columns = fields.List(fields.String(validate=_TEXT), validate=_MANY)


class LinksSchema(Strict):
    """Pairs between two names of rows."""

    from_ = fields.String(required=True, validate=_NAME)
    to = fields.String(required=True, validate=_NAME)
    via = fields.String(validate=_TEXT, metadata={"description": "imagingStudy|basedOn|accession"})


class PrivacySchema(Strict):
    """For callers who see pseudonyms only."""

    min_cell = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=1_000),
        metadata={"description": f"Smaller counts are withheld; never less than {LEAST_CELL}."},
    )


class OutputSchema(Strict):
    """What is answered besides the verdicts."""

    grain = fields.String(validate=validate.OneOf(["patient"]))
    rows = fields.List(fields.Nested(RowsSchema), validate=validate.Length(max=32))
    links = fields.List(fields.Nested(LinksSchema), validate=validate.Length(max=32))
    count = fields.Boolean(truthy={True}, falsy={False}, metadata={"description": "Default: true."})
    format = fields.String(validate=_TEXT, metadata={"description": "Alternatives joined by `|`: table."})
    privacy = fields.Nested(PrivacySchema)


class PageSchema(Strict):
    """A window on the patients; `counts` are always of all."""

    limit = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=LARGEST_PAGE),
        metadata={"description": f"Default: {DEFAULT_PAGE}, which is what callers who see pseudonyms get."},
    )
    token = fields.String(validate=validate.Length(min=1, max=8_192), metadata={"description": "`next`."})


class QuestionSchema(Strict):
    """A cohort question."""

    version = fields.String(required=True, validate=validate.OneOf(["1"]))
    as_of = fields.String(validate=_TEXT, metadata={"description": "The day of the question; default today."})
    concept_sets = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=fields.Nested(ConceptSetSchema),
        validate=validate.Length(max=64),
    )
    events = fields.Dict(
        keys=fields.String(validate=_NAME), values=EventField(), validate=validate.Length(max=64)
    )
    population = fields.Nested(NodeSchema, required=True)
    output = fields.Nested(OutputSchema)
    page = fields.Nested(PageSchema)


SPELLED_OUT: tuple[type[Schema], ...] = (SetReferenceSchema, ConceptSetSchema, *EVENT_SCHEMAS.values())
"""The schemas that stand behind the fields of several forms."""
