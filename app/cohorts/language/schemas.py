"""The form of a question, as marshmallow schemas: what `POST /cohorts/query` accepts, and what OpenAPI shows.

Unknown keys are refused. What a name means (does the event exist, can these rows be linked) is checked when
the question is read.
"""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.cohorts.language.calendar import UNITS, largest_age
from app.cohorts.language.event_forms import (
    EVENT_SCHEMAS,
    AllergySchema,
    ConditionSchema,
    DeviceSchema,
    DocumentSchema,
    DoseSchema,
    EncounterSchema,
    EventField,
    FamilyHistorySchema,
    ImagingSchema,
    ImmunizationSchema,
    MedicationSchema,
    ObservationSchema,
    ProcedureSchema,
    ReportSchema,
)
from app.cohorts.language.forms import (
    MANY,
    NAME,
    TEXT,
    ConceptSetSchema,
    SetReferenceSchema,
    Strict,
    one_of,
    refuse,
    told,
)
from app.cohorts.language.output_forms import OutputSchema
from app.cohorts.language.time_forms import Periods, PeriodSchema, PickSchema
from graph.wording import marked

DEFAULT_PAGE, LARGEST_PAGE = 100, 1_000
_NODE = "app.cohorts.language.schemas.NodeSchema"
_OLDEST = max(map(largest_age, UNITS))
_AGE = validate.Range(min=0, max=_OLDEST)


class AgeValue(fields.Field[Any]):
    """A whole number of units, or for `between` two of them."""

    def __init__(self) -> None:
        one = {"type": "integer", "minimum": 0, "maximum": _OLDEST}
        both = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
        meaning = told("Completed units; for `between` two.", "만으로 센 수. `between`은 두 수.")
        super().__init__(required=True, metadata=meaning | one_of(one=one, both=both))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if (data or {}).get("op") != "between":
            return fields.Integer(strict=True, validate=_AGE).deserialize(value)
        ends = fields.List(fields.Integer(strict=True, validate=_AGE), validate=validate.Length(equal=2))
        return ends.deserialize(value)


class AgeSchema(Strict):
    """Age in completed units on the day of the question: 45 until the day before the 46th birthday."""

    op = fields.String(
        required=True,
        validate=validate.OneOf(["gt", "ge", "lt", "le", "between"]),
        metadata=told("How it compares.", "비교 방법."),
    )
    value = AgeValue()
    unit = fields.String(
        validate=validate.OneOf(tuple(UNITS)),
        metadata=told("UCUM: years, months, weeks or days.", "UCUM: 년, 월, 주, 일."),
    )
    at = fields.String(
        validate=NAME,
        metadata=told(
            "On the day of the question (`asOf`, the default), or at an event, by its name.",
            "질문일(`asOf`, 기본값) 또는 사건의 이름.",
        ),
    )


class SexValue(fields.Field[Any]):
    """One administrative gender, or for `in` a list of them."""

    def __init__(self) -> None:
        one = {"type": "string", "enum": ["male", "female", "other", "unknown"]}
        meaning = told("Administrative gender; for `in` several.", "행정상 성별. `in`은 여럿.")
        some = {"type": "array", "items": one}
        super().__init__(required=True, metadata=meaning | one_of(one=one, some=some))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        one = fields.String(validate=validate.OneOf(["male", "female", "other", "unknown"]))
        if (data or {}).get("op") != "in":
            return one.deserialize(value)
        return fields.List(one, validate=MANY).deserialize(value)


class SexSchema(Strict):
    """Administrative gender."""

    op = fields.String(
        required=True,
        validate=validate.OneOf(["eq", "ne", "in"]),
        metadata=told("How it compares.", "비교 방법."),
    )
    value = SexValue()


class AtLeastSchema(Strict):
    """At least `n` of several hold."""

    n = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=64),
        metadata=told("How many hold.", "만족하는 수."),
    )
    of = fields.List(
        fields.Nested(_NODE), required=True, validate=MANY, metadata=told("Of these.", "이 조건들 중.")
    )


class DeathSchema(Strict):
    """Whether the patient died in a period."""

    value = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        metadata=told("true: died; false: did not.", "true: 사망, false: 사망하지 않음."),
    )
    period = Periods()


class DeceasedField(fields.Field[Any]):
    """true, false, or whether it was in a period."""

    def __init__(self) -> None:
        meaning = told("Whether the patient has died.", "사망 여부.")
        super().__init__(metadata=meaning | one_of("Death", truth={"type": "boolean"}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value is True or value is False:
            return {"value": value}
        if not isinstance(value, dict):
            return refuse(marked("Not a valid boolean."))
        return DeathSchema().load(value)


NODE_KEYS = ("all", "any", "not", "atLeast", "age", "sex", "deceased", "exists", *EVENT_SCHEMAS)


class NodeSchema(Strict):
    """One condition on a patient: exactly one of the keys."""

    all_ = fields.List(fields.Nested(_NODE), validate=MANY, metadata=told("All hold.", "모두 만족."))
    any_ = fields.List(fields.Nested(_NODE), validate=MANY, metadata=told("Some holds.", "하나 이상 만족."))
    not_ = fields.Nested(_NODE, metadata=told("It does not hold.", "만족하지 않음."))
    at_least = fields.Nested(AtLeastSchema, metadata=told("So many hold.", "몇 개 이상 만족."))
    age = fields.Nested(AgeSchema, metadata=told("Age.", "나이."))
    sex = fields.Nested(SexSchema, metadata=told("Sex.", "성별."))
    deceased = DeceasedField()
    exists = EventField(named=True)
    condition = fields.Nested(ConditionSchema, metadata=told("Has a diagnosis.", "진단."))
    observation = fields.Nested(ObservationSchema, metadata=told("Has a result.", "검사 결과."))
    medication = fields.Nested(MedicationSchema, metadata=told("Has a drug.", "약물."))
    procedure = fields.Nested(ProcedureSchema, metadata=told("Had a procedure.", "시술과 수술."))
    encounter = fields.Nested(EncounterSchema, metadata=told("Had a visit.", "내원."))
    allergy = fields.Nested(AllergySchema, metadata=told("Has an allergy.", "알레르기."))
    immunization = fields.Nested(ImmunizationSchema, metadata=told("Was vaccinated.", "예방접종."))
    family_history = fields.Nested(FamilyHistorySchema, metadata=told("Has relatives with.", "가족력."))
    document = fields.Nested(DocumentSchema, metadata=told("Has a document.", "문서."))
    device = fields.Nested(DeviceSchema, metadata=told("Has a device.", "의료기기."))
    imaging = fields.Nested(ImagingSchema, metadata=told("Has pictures.", "영상 검사."))
    report = fields.Nested(ReportSchema, metadata=told("Has a report.", "판독문."))
    dose = fields.Nested(DoseSchema, metadata=told("Had radiation.", "방사선량."))

    @validates_schema(pass_original=True)
    def _is_one(self, _: Any, original: Any, **__: Any) -> None:
        if not isinstance(original, dict) or len(original.keys() & set(NODE_KEYS)) != 1:
            raise ValidationError(f"A condition has exactly one of {', '.join(NODE_KEYS)}.")


class PageSchema(Strict):
    """A window on the patients; `counts` are always of all."""

    limit = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=LARGEST_PAGE),
        metadata=told(
            f"Default: {DEFAULT_PAGE}, which is what callers who see pseudonyms get.",
            f"기본값: {DEFAULT_PAGE}. 가명만 보는 사용자는 언제나 이만큼.",
        ),
    )
    token = fields.String(
        validate=validate.Length(min=1, max=8_192),
        metadata=told("`next` of the page before.", "앞 쪽의 `next`."),
    )


class QuestionSchema(Strict):
    """A cohort question."""

    version = fields.String(
        required=True,
        validate=validate.OneOf(["1"]),
        metadata=told("Of the language.", "질문 언어의 판."),
    )
    as_of = fields.String(
        validate=TEXT,
        metadata=told("The day of the question; default today.", "질문일. 기본값: 오늘."),
    )
    concept_sets = fields.Dict(
        keys=fields.String(validate=NAME),
        values=fields.Nested(ConceptSetSchema),
        validate=validate.Length(max=64),
        metadata=told("Sets of codes, by name.", "이름을 붙인 코드 묶음."),
    )
    events = fields.Dict(
        keys=fields.String(validate=NAME),
        values=EventField(),
        validate=validate.Length(max=64),
        metadata=told("What is on record, by name.", "이름을 붙인 사건."),
    )
    population = fields.Nested(
        NodeSchema, required=True, metadata=told("Who is looked for.", "찾는 환자의 조건.")
    )
    output = fields.Nested(
        OutputSchema, metadata=told("What is answered besides the verdicts.", "판정 밖에 무엇을 답할지.")
    )
    page = fields.Nested(PageSchema, metadata=told("A window on the patients.", "환자 목록의 한 쪽."))


SPELLED_OUT: tuple[type[Schema], ...] = (
    SetReferenceSchema,
    ConceptSetSchema,
    PeriodSchema,
    PickSchema,
    DeathSchema,
    *EVENT_SCHEMAS.values(),
)
"""The schemas that stand behind the fields of several forms."""
