"""Questions in plain words in OpenAPI: the form of the answer."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from app.cohorts.language.forms import told
from app.cohorts.plain_words.asked import LANGUAGES, AskedSchema
from app.http.cohorts.description import SHAPES
from app.http.kit.openapi import Operation

VERDICTS = ("exact", "assumed", "partial", "refused")
_QUESTION = told("The question, as `/cohorts/query` takes it.", "`/cohorts/query`에 물을 수 있는 질문.")
_SPAN = told(
    "From which character of the text to which, without the last.", "글에서의 시작과 끝 위치(끝은 제외)."
)


class BilingualSchema(Schema):
    """A text in both languages."""

    en = fields.String(required=True, metadata=told("In English.", "영어."))
    ko = fields.String(required=True, metadata=told("In Korean.", "한국어."))


class NotUnderstoodSchema(Schema):
    """Words that were not understood."""

    text = fields.String(required=True, metadata=told("The words.", "이해하지 못한 말."))
    span = fields.List(fields.Integer(), required=True, metadata=_SPAN)
    suggestions = fields.List(
        fields.String(), metadata=told("Names that may be meant.", "혹시 이런 뜻인지 모를 이름들.")
    )


class SpanSchema(Schema):
    """A stretch of the text, and what it became."""

    text = fields.String(required=True, metadata=told("The words.", "글에 적힌 말."))
    span = fields.List(fields.Integer(), required=True, metadata=_SPAN)
    kind = fields.String(required=True, metadata=told("What it says.", "무엇을 말하는지."))
    node = fields.String(
        required=True,
        allow_none=True,
        metadata=told("JSONPath of the condition that it is part of.", "이 말이 들어간 조건의 JSONPath."),
    )


class ChosenWaySchema(Schema):
    """The way that was taken."""

    id = fields.String(required=True, metadata=told("Its id, for `choices`.", "`choices`에 쓸 id."))
    label = fields.Nested(BilingualSchema, required=True, metadata=told("What it is called.", "이름."))


class OtherWaySchema(ChosenWaySchema):
    """Another way, and the question that it makes."""

    question = fields.Dict(required=True, metadata=_QUESTION)


class AssumptionSchema(Schema):
    """Something that the text does not say, what was assumed, and what else may be meant."""

    id = fields.String(required=True, metadata=told("Its id, for `choices`.", "`choices`에 쓸 id."))
    field = fields.String(
        required=True,
        metadata=told("JSONPath of the condition that it is about.", "가정이 있는 조건의 JSONPath."),
    )
    span = fields.List(fields.Integer(), required=True, metadata=_SPAN)
    why = fields.Nested(
        BilingualSchema, required=True, metadata=told("What is not said.", "무엇이 분명하지 않은지.")
    )
    chosen = fields.Nested(ChosenWaySchema, required=True, metadata=told("What was assumed.", "가정한 뜻."))
    alternatives = fields.List(
        fields.Nested(OtherWaySchema), required=True, metadata=told("What else may be meant.", "다른 뜻들.")
    )


class AskReasonSchema(Schema):
    """Why a question is refused, or understood in part only."""

    code = fields.String(required=True, metadata=told("The reason, for programs.", "프로그램을 위한 까닭."))
    text = fields.Nested(
        BilingualSchema, required=True, metadata=told("The reason in words.", "까닭을 적은 글.")
    )
    span = fields.List(fields.Integer(), metadata=_SPAN)


class DifferenceOfProposalSchema(Schema):
    """A place at which the proposal says otherwise; null where one of them says nothing there."""

    path = fields.String(required=True, metadata=told("JSONPath of the place.", "다른 곳의 JSONPath."))
    was = fields.Raw(required=True, allow_none=True, metadata=told("In `question`.", "`question`에 적힌 것."))
    now = fields.Raw(required=True, allow_none=True, metadata=told("In the proposal.", "제안에 적힌 것."))


class RejectedCodeSchema(Schema):
    """A code of the proposal that does not count."""

    path = fields.String(
        required=True, metadata=told("JSONPath of where it stood.", "코드가 있던 곳의 JSONPath.")
    )
    system = fields.String(required=True, metadata=told("Its code system.", "코드 체계."))
    code = fields.String(required=True, metadata=told("The code.", "코드."))
    name = fields.String(required=True, metadata=told("What it was called.", "제안에서 부른 이름."))
    reason = fields.Nested(BilingualSchema, required=True, metadata=told("Why not.", "인정하지 않은 까닭."))


class NoProposalSchema(Schema):
    """Why nothing is proposed."""

    code = fields.String(required=True, metadata=told("The reason, for programs.", "프로그램을 위한 까닭."))
    text = fields.Nested(
        BilingualSchema, required=True, metadata=told("The reason in words.", "까닭을 적은 글.")
    )


class ProposalSchema(Schema):
    """What the service outside proposes, with codes of our own, or `error`: it is asked by nobody."""

    model = fields.String(metadata=told("The model that proposes it.", "제안한 모델."))
    question = fields.Dict(metadata=_QUESTION)
    restatement = fields.Nested(BilingualSchema, metadata=told("It in words.", "제안을 풀어 쓴 글."))
    differences = fields.List(
        fields.Nested(DifferenceOfProposalSchema),
        metadata=told("Where it says otherwise than `question`.", "`question`과 다른 곳들."),
    )
    rejected = fields.List(
        fields.Nested(RejectedCodeSchema),
        metadata=told("Codes that do not count.", "인정하지 않은 코드들."),
    )
    error = fields.Nested(NoProposalSchema, metadata=told("Why there is none.", "제안이 없는 까닭."))


class AskedAnswerSchema(Schema):
    """What a text asks, as far as it was understood."""

    question = fields.Dict(required=True, allow_none=True, metadata=_QUESTION)
    restatement = fields.Nested(
        BilingualSchema,
        required=True,
        allow_none=True,
        metadata=told("The question in words, made of it alone.", "질문만으로 다시 풀어 쓴 글."),
    )
    language = fields.String(
        required=True,
        validate=validate.OneOf(LANGUAGES),
        metadata=told("The language that it was read in.", "읽은 언어."),
    )
    not_understood = fields.List(
        fields.Nested(NotUnderstoodSchema),
        required=True,
        data_key="notUnderstood",
        metadata=told("The words that were not understood.", "이해하지 못한 말들."),
    )
    spans = fields.List(
        fields.Nested(SpanSchema),
        required=True,
        metadata=told("What became of the text.", "글의 각 부분의 뜻."),
    )
    assumptions = fields.List(
        fields.Nested(AssumptionSchema), required=True, metadata=told("What was assumed.", "가정한 것들.")
    )
    verdict = fields.String(
        required=True,
        validate=validate.OneOf(VERDICTS),
        metadata=told(
            "exact; assumed: something was; partial: something is left out; refused: there is no question.",
            "exact 그대로, assumed 가정 있음, partial 일부 빠짐, refused 질문이 없음.",
        ),
    )
    reasons = fields.List(
        fields.Nested(AskReasonSchema), required=True, metadata=told("Why not exact.", "그대로가 아닌 까닭.")
    )
    proposal = fields.Nested(
        ProposalSchema, metadata=told("Where `propose` asks for one.", "`propose`로 제안을 받은 경우.")
    )


_MISSION: Mapping[str, Any] = {
    "question": "all medications prescribed, with all CT scan documents and associated radiology reports, "
    "for every patient over 45 diagnosed with osteosarcoma within the last two years"
}
_MISSION_KO: Mapping[str, Any] = {
    "question": "지난 2년 동안 골육종 진단을 받은 45세 이상 환자를 위한 모든 CT 검사 문서 및 관련 방사선 "
    "보고서로 처방된 모든 약물을 알려주세요."
}
ASK = Operation(
    summary="Read a question in plain words",
    tag="cohorts",
    description="In English or Korean. The answer holds the question for `/cohorts/query`, which is not "
    "asked here, its words again in both languages, what was assumed, and what was not understood. Of "
    "records, only the codes count that the caller may see.",
    body=AskedSchema,
    answers={200: AskedAnswerSchema},
    errors=(403, 413, 429, 503),
    schemas=SHAPES,
    examples={"mission": _MISSION, "mission-ko": _MISSION_KO},
)
