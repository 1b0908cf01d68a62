"""The forms of events: one a kind, with the filters that it has."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.cohorts.language.forms import (
    COMPARED,
    MANY,
    TEXT,
    Codes,
    CompareSchema,
    NumberOrTwo,
    Strict,
    codes_list,
    one_of,
    refuse,
    told,
    words,
)
from app.cohorts.language.time_forms import CountSchema, GapSchema, Periods, PickField
from app.cohorts.language.vocabulary import KINDS, MEASURES, NEVER
from graph.wording import marked

GRADES = ("abnormal", "high", "low", "normal")
_STATUS = ("Statuses.", "상태.")


class EventSchema(Strict):
    """What all kinds of events share."""

    kind = fields.String(validate=validate.OneOf(sorted(KINDS)), metadata=told("The kind.", "종류."))
    period = Periods()
    date = fields.String(
        validate=TEXT,
        metadata=told(
            "Elements joined by `|`: the first that is present counts.", "`|`로 나눈 날짜 항목: 먼저 있는 것."
        ),
    )
    on_missing_date = fields.String(
        validate=validate.OneOf(["flag", "exclude", "include"]),
        metadata=told(
            "An event without a date where a period is asked. Default: flag.",
            "날짜가 없는 사건의 처리. 기본값: flag.",
        ),
    )
    pick = PickField()
    count = fields.Nested(CountSchema, metadata=told("How many there are.", "몇 번 있었는지."))
    gap = fields.Nested(GapSchema, metadata=told("How far each is from the one before.", "앞의 것과의 간격."))

    @validates_schema
    def _fits(self, data: Mapping[str, Any], **_: Any) -> None:
        if "gap" in data and data.get("count", {}).get("op") not in ("ge", "gt"):
            raise ValidationError(marked("A gap needs a count with ge or gt."), "gap")


class ConditionSchema(EventSchema):
    """A diagnosis."""

    codes = Codes()
    body_site = Codes("Where.", "부위.")
    severity = Codes("How severe.", "중증도.")
    verification = codes_list(
        f"Verification statuses. Default: any but {', '.join(NEVER['Condition']['verification-status'])}.",
        "확인 상태.",
    )
    clinical_status = codes_list("Clinical statuses. Default: any.", "임상 상태. 기본값: 모두.")
    category = codes_list("Categories.", "분류.")


class ValueSchema(Strict):
    """What a result says: a number in a unit, a code, or how it stands to what is normal."""

    op = fields.String(
        required=True,
        validate=validate.OneOf([*COMPARED, "in", *GRADES]),
        metadata=told("How it compares.", "비교 방법."),
    )
    value = NumberOrTwo("A number, or two for `between`.", "숫자, `between`이면 두 개.")
    unit = fields.String(
        validate=validate.Length(min=1, max=64),
        metadata=told("Its unit in UCUM; absent: as stored.", "UCUM 단위. 없으면 저장된 단위."),
    )
    codes = Codes("For `in`: the coded results that count.", "`in`: 해당하는 결과 코드.")

    @validates_schema
    def _fits(self, data: Mapping[str, Any], **_: Any) -> None:
        needed = {"in": "codes", **dict.fromkeys(COMPARED, "value")}.get(str(data.get("op")))
        allowed = {"op", "src", "why", needed} | ({"unit"} if needed == "value" else set())
        if (needed and needed not in data) or data.keys() - allowed:
            raise ValidationError(marked("A number has value and unit, `in` has codes, a grade has neither."))


class ObservationSchema(EventSchema):
    """A result: of a laboratory, a vital sign, a questionnaire."""

    codes = Codes()
    value = fields.Nested(ValueSchema, metadata=told("What it says.", "결과값."))
    status = codes_list(*_STATUS)
    category = codes_list("Categories.", "분류.")


class DoseSchema(EventSchema):
    """Radiation that an examination took, as its dose report says."""

    measure = fields.String(
        required=True, validate=validate.OneOf(sorted(MEASURES)), metadata=told("Which dose.", "선량의 종류.")
    )
    value = fields.Nested(ValueSchema, metadata=told("How much.", "값."))


class MedicationSchema(EventSchema):
    """A drug: prescribed, unless `resource` says otherwise."""

    resource = fields.String(
        validate=validate.OneOf(sorted(KINDS["medication"])),
        metadata=told("Prescribed, taken, given or handed out.", "처방, 복용, 투여, 조제."),
    )
    codes = Codes()
    status = codes_list(*_STATUS)
    intent = codes_list(
        "Intents of a MedicationRequest. Default: orders of any kind.", "처방의 의도. 기본값: 모든 처방."
    )


class ProcedureSchema(EventSchema):
    """A procedure that was done."""

    codes = Codes()
    status = codes_list(*_STATUS)
    category = codes_list("Categories.", "분류.")


class EncounterSchema(EventSchema):
    """A visit or a stay."""

    codes = Codes("Types.", "종류.")
    class_ = codes_list("Classes: AMB, EMER, IMP, ACUTE …", "구분: AMB, EMER, IMP, ACUTE …")
    status = codes_list(*_STATUS)
    reason = Codes("Why.", "이유.")


class AllergySchema(EventSchema):
    """An allergy or intolerance."""

    codes = Codes("To what, or with which reaction.", "원인 물질 또는 반응.")
    clinical_status = codes_list("Clinical statuses. Default: any.", "임상 상태. 기본값: 모두.")
    verification = codes_list("Verification statuses.", "확인 상태.")
    category = codes_list("Categories.", "분류.")
    criticality = codes_list("Criticality.", "위험도.")


class ImmunizationSchema(EventSchema):
    """A vaccination."""

    codes = Codes("Vaccines.", "백신.")
    status = codes_list(*_STATUS)


class FamilyHistorySchema(EventSchema):
    """What a relative has or had."""

    codes = Codes()
    relationship = codes_list("Relationships: FTH, MTH …", "관계: FTH, MTH …")
    status = codes_list(*_STATUS)


class DocumentSchema(EventSchema):
    """A document."""

    codes = Codes("Types.", "종류.")
    category = codes_list("Categories.", "분류.")
    status = codes_list(*_STATUS)


class DeviceSchema(EventSchema):
    """A device of the patient's, such as an implant."""

    codes = Codes("Types.", "종류.")
    manufacturer = words("What the maker's name begins with.", "제조사.")
    model = words("What the model's name begins with.", "모델명.")
    status = codes_list(*_STATUS)


class TagSchema(Strict):
    """An attribute of the pictures, by its tag or keyword."""

    tag = fields.String(
        required=True,
        validate=validate.Length(min=1, max=128),
        metadata=told("`00180050` or `SliceThickness`.", "`00180050` 또는 `SliceThickness`."),
    )
    op = fields.String(
        required=True,
        validate=validate.OneOf([*COMPARED, "in", "contains"]),
        metadata=told("How it compares.", "비교 방법."),
    )
    value = fields.Raw(required=True, metadata=told("A number, a text, or a list.", "숫자, 글자, 또는 목록."))


class Contrast(fields.Field[Any]):
    """true, false, or `unknown`."""

    def __init__(self) -> None:
        forms = one_of(truth={"type": "boolean"}, unknown={"type": "string", "enum": ["unknown"]})
        super().__init__(metadata=told("Whether contrast was given.", "조영제 사용 여부.") | forms)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value is True or value is False or value == "unknown":
            return value
        return refuse(marked("Give true, false or unknown."))


class ImagingSchema(EventSchema):
    """An imaging study, and what its pictures are."""

    modality = codes_list("DICOM modalities (CT, MR …), any of them.", "DICOM 검사 장비(CT, MR …).")
    body_site = Codes("Where.", "부위.")
    status = codes_list(*_STATUS)
    laterality = codes_list("L, R, B.", "좌우(L, R, B).")
    contrast = Contrast()
    manufacturer = words("In the maker's name.", "제조사 이름에 포함.")
    model = words("In the model's name.", "모델명에 포함.")
    station = words("In the station's name.", "장비 이름에 포함.")
    protocol = words("In the protocol's name.", "프로토콜 이름에 포함.")
    description = words("In the description of the study.", "검사 설명에 포함.")
    series_description = words("In the description of a series.", "시리즈 설명에 포함.")
    slice_thickness = fields.Nested(CompareSchema, metadata=told("In millimetres.", "절편 두께(mm)."))
    field_strength = fields.Nested(CompareSchema, metadata=told("In tesla.", "자기장 세기(T)."))
    series_count = fields.Nested(CompareSchema, metadata=told("Series of the study.", "검사의 시리즈 수."))
    instance_count = fields.Nested(CompareSchema, metadata=told("Pictures of the study.", "검사의 영상 수."))
    tags = fields.List(
        fields.Nested(TagSchema), validate=MANY, metadata=told("Further attributes.", "다른 속성.")
    )
    level = fields.String(
        validate=validate.OneOf(["study", "series", "instance"]),
        metadata=told(
            "Where all that is asked of series holds together: on one series (default), on one picture, or "
            "each somewhere in the study.",
            "조건이 함께 성립하는 단위: 시리즈(기본값), 영상, 또는 검사.",
        ),
    )


class ReportTextSchema(Strict):
    """Words of a report, and what it says of them."""

    any_ = fields.List(
        words("A word or words.", "낱말."), validate=MANY, metadata=told("Some of these.", "이 중 하나.")
    )
    all_ = fields.List(
        words("A word or words.", "낱말."), validate=MANY, metadata=told("All of these.", "모두.")
    )
    none = fields.List(
        words("A word or words.", "낱말."), validate=MANY, metadata=told("None of these.", "하나도 없음.")
    )
    section = fields.String(
        validate=validate.OneOf(["impression", "findings", "any"]), metadata=told("Where.", "위치.")
    )
    assertion = fields.String(
        validate=validate.OneOf(["affirmed", "negated", "uncertain", "any"]),
        metadata=told("What is said of them. Default: affirmed.", "긍정, 부정, 불확실. 기본값: 긍정."),
    )

    @validates_schema
    def _says_something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data.keys() & {"any_", "all_", "none"}:
            raise ValidationError(marked("Give words: any, all or none."))


class ReportSchema(EventSchema):
    """A diagnostic report."""

    codes = Codes()
    category = codes_list("Categories.", "분류.")
    status = codes_list(
        "Statuses. Default: any but entered-in-error and cancelled.", "상태. 기본값: 취소와 오류를 뺀 모두."
    )
    text = fields.Nested(ReportTextSchema, metadata=told("What its text says.", "판독문의 내용."))


EVENT_SCHEMAS: Mapping[str, type[EventSchema]] = {
    "condition": ConditionSchema,
    "observation": ObservationSchema,
    "medication": MedicationSchema,
    "procedure": ProcedureSchema,
    "encounter": EncounterSchema,
    "allergy": AllergySchema,
    "immunization": ImmunizationSchema,
    "familyHistory": FamilyHistorySchema,
    "document": DocumentSchema,
    "device": DeviceSchema,
    "imaging": ImagingSchema,
    "report": ReportSchema,
    "dose": DoseSchema,
}


def schema_name(kind: str) -> str:
    """What the form of a kind is called in OpenAPI."""
    return kind[0].upper() + kind[1:]


class EventField(fields.Field[Any]):
    """An event of the kind that `kind` says; with `named`, its name in `events` may stand instead."""

    def __init__(self, *, named: bool = False, **kwargs: Any) -> None:
        kinds = map(schema_name, EVENT_SCHEMAS)
        name = {"name": {"type": "string", "description": "A name in `events`."}} if named else {}
        meaning = told("Something that is on record.", "기록에 있는 사건.")
        super().__init__(metadata=meaning | one_of(*kinds, **name), **kwargs)
        self.named = named

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if self.named and isinstance(value, str):
            return value
        if not isinstance(value, dict):
            return refuse(
                marked("Give the name of an event, or an event.") if self.named else marked("Give an event.")
            )
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in EVENT_SCHEMAS:
            raise ValidationError({"kind": [f"Must be one of: {', '.join(EVENT_SCHEMAS)}."]})
        return EVENT_SCHEMAS[kind]().load(value)
