"""When and how often, as forms: periods, which occasion is meant, how many there are, how far apart."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.cohorts.language.forms import NAME, TEXT, Strict, one_of, refuse, told
from graph.wording import marked

_ANCHORS = ("before", "after", "around")
_LONE = ("during", "same")
MOST_PERIODS = 8
_DAY_OF = told(
    "`asOf`, a date, or the name of an event: some occasion of it.", "`asOf`, 날짜, 또는 사건의 이름."
)


class PeriodSchema(Strict):
    """Whole days, both ends included: near a day or an event, from start to end, or of the same as one."""

    within = fields.String(
        validate=TEXT, metadata=told("At most so long: P2Y, P18M, P90D.", "최대 기간: P2Y, P18M, P90D.")
    )
    at_least = fields.String(validate=TEXT, metadata=told("At least so long.", "최소 기간."))
    before = fields.String(validate=TEXT, metadata=_DAY_OF)
    after = fields.String(validate=TEXT, metadata=_DAY_OF)
    around = fields.String(validate=TEXT, metadata=_DAY_OF)
    start = fields.String(
        validate=TEXT, metadata=told("A date; a year or month from its start.", "시작 날짜(연, 월 가능).")
    )
    end = fields.String(
        validate=TEXT, metadata=told("A date; a year or month to its end.", "끝 날짜(연, 월 가능).")
    )
    during = fields.String(
        validate=NAME,
        metadata=told("An event: it begins while that lasts.", "사건의 이름: 그 사건이 지속되는 동안."),
    )
    same = fields.String(
        validate=validate.OneOf(["day", "encounter", "accession", "study"]),
        metadata=told("What it shares with the event `as`.", "`as` 사건과 같은 것."),
    )
    as_ = fields.String(validate=NAME, metadata=told("An event.", "사건의 이름."))

    @validates_schema
    def _says_something(self, data: Mapping[str, Any], **_: Any) -> None:
        named = [each for each in (*_ANCHORS, *_LONE) if each in data]
        edges = data.keys() & {"start", "end"}
        if not named and not edges:
            raise ValidationError(marked("A period needs before, after, start or end."))
        if data.keys() & {"within", "at_least"} and (len(named) != 1 or named[0] in _LONE):
            raise ValidationError(marked("`within` needs one of before and after."))
        if ("same" in data) != ("as_" in data):
            raise ValidationError(marked("`same` needs the event `as`, and that needs it."))
        if any(each in data for each in _LONE) and len(named) + len(edges) > 1:
            raise ValidationError(marked("`during` and `same` stand alone in a period."))
        if "around" in data and "within" not in data:
            raise ValidationError(marked("`around` needs `within`."))


class Periods(fields.Field[Any]):
    """A period, or a list of periods that all hold."""

    def __init__(self) -> None:
        several = {"type": "array", "items": {"$ref": "#/components/schemas/Period"}}
        meaning = told("When; of several, all hold.", "시기. 여러 개면 모두 만족.")
        super().__init__(metadata=meaning | one_of("Period", several=several))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict):
            return PeriodSchema().load(value)
        if not isinstance(value, list) or not 0 < len(value) <= MOST_PERIODS:
            return refuse(marked("Give a period, or some of them."))
        return PeriodSchema(many=True).load(value)


class PickSchema(Strict):
    """Which of the occasions is meant; those of one day are one occasion."""

    nth = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=1_000),
        metadata=told("1: the first.", "1: 첫 번째."),
    )
    from_ = fields.String(
        validate=validate.OneOf(["first", "last"]),
        metadata=told("Counted from the first or from the last.", "처음부터 또는 마지막부터."),
    )
    in_period = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata=told("Only those in the period are put in order.", "기간 안의 사건만 순서를 정함."),
    )


class PickField(fields.Field[Any]):
    """`first`, `last`, or which of them from where."""

    def __init__(self) -> None:
        words = {"type": "string", "enum": ["first", "last"]}
        meaning = told("Which occasion has to be so.", "몇 번째 사건인지.")
        super().__init__(metadata=meaning | one_of("Pick", words=words))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value in ("first", "last"):
            return {"nth": 1, "from_": value}
        if not isinstance(value, dict):
            return refuse(marked("Give first, last, or an object."))
        return PickSchema().load(value)


class CountSchema(Strict):
    """How many there are; none at all counts as 0."""

    op = fields.String(
        required=True,
        validate=validate.OneOf(["ge", "gt", "le", "lt", "eq"]),
        metadata=told("How the number compares.", "비교 방법."),
    )
    n = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0, max=10_000),
        metadata=told("The number.", "횟수."),
    )
    distinct = fields.String(
        validate=validate.OneOf(["day"]),
        metadata=told("Those of a day count once.", "같은 날은 한 번."),
    )


class GapSchema(Strict):
    """How far one is from the one before, of as many as are counted."""

    max_ = fields.String(validate=TEXT, metadata=told("At most so long.", "최대 간격."))
    min_ = fields.String(validate=TEXT, metadata=told("At least so long.", "최소 간격."))

    @validates_schema
    def _says_something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data.keys() & {"max_", "min_"}:
            raise ValidationError(marked("A gap needs max or min."))
