"""The forms of what is answered besides the verdicts: rows, links, counts by dimension, and in which form."""

from marshmallow import fields, validate

from app.cohorts.language.forms import MANY, NAME, TEXT, Strict, told
from app.cohorts.language.question import AnswerFormat, Grain, Way
from app.cohorts.language.shaping import AGES_OF_A_GROUP, DIMENSIONS, WIDEST_AGES
from app.cohorts.language.vocabulary import LINKABLE, row_types
from app.security.policy import LEAST_CELL

_WAYS = "|".join(Way)
_LINKABLE = ", ".join(LINKABLE)
_FORMATS = ", ".join(AnswerFormat)


def _via() -> fields.String:
    """The ways by which rows belong to studies."""
    return fields.String(
        validate=TEXT,
        metadata=told(
            f"Ways to link, joined by `|`; default all: {_WAYS}.",
            f"연결 방법. `|`로 이어 쓰며, 없으면 모두: {_WAYS}.",
        ),
    )


class RowsSchema(Strict):
    """Rows of one resource type for the patients who match."""

    resource = fields.String(
        required=True,
        validate=validate.OneOf(sorted(row_types())),
        metadata=told("The type of resource.", "자원의 종류."),
    )
    as_ = fields.String(validate=NAME, metadata=told("The name of the rows.", "행에 붙일 이름."))
    event = fields.String(
        validate=NAME, metadata=told("Those of this event only.", "이 사건에 해당하는 행만.")
    )
    linked_to = fields.String(
        validate=NAME,
        metadata=told(
            f"Those of these studies only; for {_LINKABLE}.", f"이 검사에 속한 행만. 대상: {_LINKABLE}."
        ),
    )
    via = _via()
    columns = fields.List(
        fields.String(validate=TEXT),
        validate=MANY,
        metadata=told("The columns, in order; default all.", "보여 줄 열과 순서. 없으면 모두."),
    )


class LinksSchema(Strict):
    """Pairs between two names of rows."""

    from_ = fields.String(
        required=True,
        validate=NAME,
        metadata=told(f"Rows of {_LINKABLE}, by name.", f"{_LINKABLE} 행의 이름."),
    )
    to = fields.String(
        required=True,
        validate=NAME,
        metadata=told("Rows of imaging studies, by name.", "영상 검사 행의 이름."),
    )
    via = _via()


class PrivacySchema(Strict):
    """For callers who see pseudonyms only."""

    min_cell = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=1_000),
        metadata=told(
            f"Smaller counts are withheld; never less than {LEAST_CELL}.",
            f"이보다 작은 수는 알리지 않음. {LEAST_CELL}보다 작을 수 없음.",
        ),
    )


class DimensionSchema(Strict):
    """What patients are counted by; `of` names the event, or the rows, whose dates or codes are meant."""

    by = fields.String(
        required=True,
        validate=validate.OneOf(tuple(DIMENSIONS)),
        metadata=told("What they are counted by.", "무엇별로 셀지."),
    )
    width = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=WIDEST_AGES),
        metadata=told(
            f"Years of a group of ages. Default: {AGES_OF_A_GROUP}.",
            f"연령대 한 구간의 햇수. 기본값: {AGES_OF_A_GROUP}.",
        ),
    )
    of = fields.String(validate=NAME, metadata=told("An event, or rows, by name.", "사건 또는 행의 이름."))


class OutputSchema(Strict):
    """What is answered besides the verdicts."""

    grain = fields.String(
        validate=validate.OneOf(tuple(Grain)),
        metadata=told(
            "What one line is: a patient, a study with its patient, or linked rows.",
            "한 줄의 단위: 환자, 환자가 딸린 검사, 또는 서로 연결된 행.",
        ),
    )
    by = fields.List(
        fields.Nested(DimensionSchema),
        validate=validate.Length(min=1, max=2),
        metadata=told(
            "Count those who match by one dimension, or by two, crossed.",
            "해당하는 환자를 한 기준으로, 또는 두 기준을 교차하여 셈.",
        ),
    )
    rows = fields.List(
        fields.Nested(RowsSchema),
        validate=validate.Length(max=32),
        metadata=told("What is listed of those who match.", "해당하는 환자의 어떤 기록을 보여 줄지."),
    )
    links = fields.List(
        fields.Nested(LinksSchema),
        validate=validate.Length(max=32),
        metadata=told("Which of these rows belong together.", "어떤 행끼리 연결할지."),
    )
    count = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata=told("Whether the numbers are told. Default: true.", "수를 알릴지. 기본값: true."),
    )
    format = fields.String(
        validate=TEXT,
        metadata=told(
            f"Alternatives joined by `|`, of {_FORMATS}.", f"`|`로 이어 쓰는 답의 형식: {_FORMATS}."
        ),
    )
    privacy = fields.Nested(
        PrivacySchema,
        metadata=told("For callers who see pseudonyms only.", "가명만 보는 사용자에게 적용."),
    )
