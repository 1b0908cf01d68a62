"""The request of a question in plain words: its form, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.cohorts.language.calendar import full_date
from app.cohorts.language.forms import told
from app.cohorts.language.places import first_fault, located
from graph.wording import marked

LONGEST = 2_000  # characters
LANGUAGES = ("en", "ko")
_MOST_CHOICES = 64
_LONGEST_ID = 200


def _is_text(text: str) -> None:
    """Refuse what no other program can be told: half of a pair of surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValidationError(marked("Not a valid utf-8 string.")) from None


_ID = validate.And(validate.Length(min=1, max=_LONGEST_ID), _is_text)


class AskedSchema(Schema):
    """A question in plain words."""

    class Meta:
        unknown = RAISE

    question = fields.String(
        required=True,
        validate=validate.And(validate.Length(max=LONGEST), _is_text),
        metadata=told("The question, in English or Korean.", "영어나 한국어로 적은 질문."),
    )
    language = fields.String(
        validate=validate.OneOf(LANGUAGES),
        metadata=told(
            "The language of the question; found from its letters where it is absent.",
            "질문의 언어. 없으면 글자로 알아냅니다.",
        ),
    )
    as_of = fields.String(
        data_key="asOf",
        validate=validate.Length(min=1, max=32),
        metadata=told(
            "The day of the question, a whole date; default today.", "질문의 기준일. 기본값은 오늘."
        ),
    )
    choices = fields.Dict(
        keys=fields.String(validate=_ID),
        values=fields.String(validate=_ID),
        validate=validate.Length(max=_MOST_CHOICES),
        metadata=told(
            "What was chosen of assumptions: ids of alternatives by those of assumptions.",
            "가정에서 고른 것: 가정의 id와 고른 대안의 id.",
        ),
    )
    propose = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata=told(
            "Whether the service of the settings is sent the text, to propose a question; default false.",
            "설정에 적힌 외부 서비스에 글을 보내 질문을 제안받을지 여부. 기본값은 아니요.",
        ),
    )


@dataclass(frozen=True, slots=True)
class AskedWords:
    """A question in plain words; without a language that of its letters, without a day today."""

    text: str
    language: str | None = None
    day: date | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    propose: bool = False


_SCHEMA = AskedSchema()


def read_asked(raw: Any) -> AskedWords:
    """Read a request body. Raises `Invalid` with the JSONPath of what is wrong."""
    try:
        found = _SCHEMA.load(raw)
    except ValidationError as error:
        raise first_fault(error.messages_dict, raw) from None
    day = None
    if "as_of" in found:
        with located("$.asOf"):
            day = full_date(found["as_of"])
    return AskedWords(
        found["question"],
        found.get("language"),
        day,
        found.get("choices", {}),
        propose=found.get("propose", False),
    )
