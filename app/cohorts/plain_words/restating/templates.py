"""The words of restatements: each said once in both languages, to be written and to be read.

A template has places, `{n}`; what it writes it reads again. Lists stand in `[ ]`, what is told of an event in
`( )`, names and texts in `“ ”`, codes in `⟨ ⟩`, and `; ` parts what stands in them.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

_PLACE = re.compile(r"\{(\w+)\}")
_OPENING, _CLOSING = "[(⟨“", "])⟩”"


class Template(NamedTuple):
    """One text in both languages."""

    en: str
    ko: str

    def write(self, language: str, **values: object) -> str:
        """The text with its values."""
        return (self.ko if language == "ko" else self.en).format(**values)

    def read(self, language: str, text: str) -> Mapping[str, str] | None:
        """The values of a text that this template wrote; None for another text."""
        found = _pattern(self.ko if language == "ko" else self.en).fullmatch(text)
        return found.groupdict() if found else None


def _place(name: str) -> str:
    """What may stand in a place: a number under `n`, any text elsewhere."""
    return r"(?P<n>\d+)" if name == "n" else f"(?P<{name}>.+?)"


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = _PLACE.split(template)
    return re.compile(
        "".join(re.escape(each) if at % 2 == 0 else _place(each) for at, each in enumerate(pieces)),
        re.DOTALL,
    )


def parts(text: str, by: str = "; ") -> Iterator[str]:
    """The parts of a text at a separator, as far as it stands in no brackets and no quotation marks."""
    depth, start, at = 0, 0, 0
    while at < len(text):
        if text[at] in _OPENING:
            depth += 1
        elif text[at] in _CLOSING:
            depth -= 1
        elif not depth and text.startswith(by, at):
            yield text[start:at]
            start = at = at + len(by)
            continue
        at += 1
    yield text[start:]


HEAD = Template("Patients as of {day}: {what}", "환자({day} 기준): {what}")
ASKED = Template("Asked for: {what}", "요청: {what}")
WHERE = Template("Where {what}", "여기서 {what}")
AND = "; "
NODES: Mapping[str, Template] = {
    "all": Template("all of [{of}]", "[{of}] 모두"),
    "any": Template("any of [{of}]", "[{of}] 중 하나 이상"),
    "atLeast": Template("at least {n} of [{of}]", "[{of}] 중 {n}개 이상"),
    "not": Template("not [{of}]", "[{of}] 아님"),
}
AGES: Mapping[str, Template] = {
    "gt": Template("older than {n} {unit}", "{n}{unit} 초과"),
    "ge": Template("{n} {unit} or older", "{n}{unit} 이상"),
    "lt": Template("younger than {n} {unit}", "{n}{unit} 미만"),
    "le": Template("at most {n} {unit} old", "{n}{unit} 이하"),
    "eq": Template("exactly {n} {unit} old", "정확히 {n}{unit}"),
    "between": Template("from {n} to {m} {unit} old", "{n}{unit} 이상 {m}{unit} 이하"),
}
AT = Template("{age}, at {event}", "{event} 당시 {age}")
AGE_UNITS: Mapping[str, Template] = {
    "a": Template("years", "세"),
    "mo": Template("months", "개월령"),
    "wk": Template("weeks", "주령"),
    "d": Template("days", "일령"),
}
SEXES: Mapping[str, Template] = {
    "female": Template("women", "여성"),
    "male": Template("men", "남성"),
    "other": Template("people of another sex", "그 밖의 성별"),
    "unknown": Template("people of unknown sex", "성별 미상"),
}
NO_SEX = Template("all but {what}", "{what} 제외")
SOME_SEXES = Template("either of {what}", "{what} 가운데")
DEATHS: Mapping[bool, Template] = {
    True: Template("has died", "사망함"),
    False: Template("is alive", "생존"),
}
TIMED = Template("{what} ({details})", "{what} ({details})")
NAMED = Template("{what} = {name}", "{what} = {name}")
KINDS: Mapping[str, Template] = {
    "condition": Template("diagnosis", "진단"),
    "observation": Template("result", "검사 결과"),
    "medication": Template("drug", "약물"),
    "procedure": Template("procedure", "시술"),
    "encounter": Template("visit", "내원"),
    "allergy": Template("allergy", "알레르기"),
    "immunization": Template("vaccination", "예방접종"),
    "familyHistory": Template("family history", "가족력"),
    "document": Template("document", "문서"),
    "device": Template("device", "의료기기"),
    "imaging": Template("pictures", "영상"),
    "report": Template("report", "판독문"),
    "dose": Template("radiation dose", "방사선량"),
}
STATE = Template("state {name}", "상태 {name}")
OF_CODES = Template("{kind} {codes}", "{kind} {codes}")
DAY = Template("the day of the question", "질문일")
UNITS_OF_TIME: Mapping[str, tuple[Template, Template]] = {
    "Y": (Template("{n} year", "{n}년"), Template("{n} years", "{n}년")),
    "M": (Template("{n} month", "{n}개월"), Template("{n} months", "{n}개월")),
    "W": (Template("{n} week", "{n}주"), Template("{n} weeks", "{n}주")),
    "D": (Template("{n} day", "{n}일"), Template("{n} days", "{n}일")),
}
PERIODS: tuple[tuple[frozenset[str], Template], ...] = tuple(
    (frozenset(names.split()), Template(en, ko))
    for names, en, ko in (
        ("within before", "within {within} before {before}", "{before} 전 {within} 이내"),
        ("within after", "within {within} after {after}", "{after} 후 {within} 이내"),
        ("within around", "within {within} before or after {around}", "{around} 전후 {within} 이내"),
        ("atLeast before", "at least {atLeast} before {before}", "{before}보다 {atLeast} 이상 전"),
        ("atLeast after", "at least {atLeast} after {after}", "{after}보다 {atLeast} 이상 후"),
        (
            "within atLeast before",
            "{atLeast} to {within} before {before}",
            "{before}보다 {atLeast} 이상 {within} 이내 전",
        ),
        (
            "within atLeast after",
            "{atLeast} to {within} after {after}",
            "{after}보다 {atLeast} 이상 {within} 이내 후",
        ),
        (
            "within atLeast around",
            "{atLeast} to {within} before or after {around}",
            "{around} 전후 {atLeast} 이상 {within} 이내",
        ),
        (
            "after before",
            "not before {after} and not after {before}",
            "{after}보다 이르지 않고 {before}보다 늦지 않음",
        ),
        ("before", "not after {before}", "{before}보다 늦지 않음"),
        ("after", "not before {after}", "{after}보다 이르지 않음"),
        ("start end", "from {start} to {end}", "{start}부터 {end}까지"),
        ("start", "since {start}", "{start}부터"),
        ("end", "until {end}", "{end}까지"),
        ("during", "during {during}", "{during} 동안"),
    )
)
SAMES: Mapping[str, Template] = {
    "day": Template("on the same day as {as}", "{as}와 같은 날"),
    "encounter": Template("in the same visit as {as}", "{as}와 같은 내원"),
    "accession": Template("of the same order as {as}", "{as}와 같은 접수번호"),
    "study": Template("of the same study as {as}", "{as}와 같은 검사"),
}
BOTH_PERIODS = Template("{one} and also {other}", "{one} 그리고 {other}")
PICKS: Mapping[str, Template] = {
    "first": Template("number {n} from the first", "처음부터 {n}번째"),
    "last": Template("number {n} from the last", "마지막부터 {n}번째"),
}
FIRST = Template("the first", "첫 번째")
LAST = Template("the last", "마지막")
IN_PERIOD = Template("{pick} of those in the period", "기간 안에서 {pick}")
COUNTS: Mapping[str, Template] = {
    "ge": Template("at least {n} times", "{n}회 이상"),
    "gt": Template("more than {n} times", "{n}회 초과"),
    "le": Template("at most {n} times", "{n}회 이하"),
    "lt": Template("fewer than {n} times", "{n}회 미만"),
    "eq": Template("exactly {n} times", "정확히 {n}회"),
}
NEVER = Template("never", "한 번도 없음")
ON_DAYS = Template("{count} on different days", "서로 다른 날 {count}")
GAPS: Mapping[str, Template] = {
    "min": Template("at least {gap} apart", "{gap} 이상 간격"),
    "max": Template("at most {gap} apart", "{gap} 이하 간격"),
}
COMPARED: Mapping[str, Template] = {
    "gt": Template("over {value}", "{value} 초과"),
    "ge": Template("{value} or more", "{value} 이상"),
    "lt": Template("under {value}", "{value} 미만"),
    "le": Template("{value} or less", "{value} 이하"),
    "eq": Template("exactly {value}", "정확히 {value}"),
    "ne": Template("other than {value}", "{value} 아닌 값"),
    "between": Template("from {value} to {other}", "{value} 이상 {other} 이하"),
}
GRADES: Mapping[str, Template] = {
    "abnormal": Template("abnormal", "비정상"),
    "high": Template("high", "높음"),
    "low": Template("low", "낮음"),
    "normal": Template("normal", "정상"),
}
ONE_OF = Template("one of {codes}", "{codes} 중 하나")
VALUE = Template("value {value}", "값 {value}")
CONTRASTS: tuple[tuple[object, Template], ...] = (
    (True, Template("with contrast", "조영")),
    (False, Template("without contrast", "비조영")),
    ("unknown", Template("contrast unknown", "조영 여부 미상")),
)
CODED: Mapping[str, Template] = {
    "bodySite": Template("of {codes}", "부위 {codes}"),
    "severity": Template("severity {codes}", "중증도 {codes}"),
    "reason": Template("because of {codes}", "이유 {codes}"),
}
LISTED: Mapping[str, Template] = {
    "modality": Template("modality {what}", "장비 {what}"),
    "laterality": Template("side {what}", "방향 {what}"),
    "verification": Template("verification {what}", "확인 상태 {what}"),
    "clinicalStatus": Template("clinical status {what}", "임상 상태 {what}"),
    "category": Template("category {what}", "분류 {what}"),
    "status": Template("status {what}", "상태 {what}"),
    "intent": Template("intent {what}", "의도 {what}"),
    "class": Template("class {what}", "구분 {what}"),
    "criticality": Template("criticality {what}", "위험도 {what}"),
    "relationship": Template("relatives {what}", "관계 {what}"),
}
TEXTS: Mapping[str, Template] = {
    "manufacturer": Template("made by {text}", "제조사 {text}"),
    "model": Template("model {text}", "모델 {text}"),
    "station": Template("station {text}", "장비 이름 {text}"),
    "protocol": Template("protocol {text}", "프로토콜 {text}"),
    "description": Template("described as {text}", "검사 설명 {text}"),
    "seriesDescription": Template("series described as {text}", "시리즈 설명 {text}"),
}
NUMBERS: Mapping[str, tuple[Template, str]] = {
    "sliceThickness": (Template("slices {value}", "절편 두께 {value}"), "mm"),
    "fieldStrength": (Template("field {value}", "자기장 {value}"), "T"),
    "seriesCount": (Template("series {value}", "시리즈 수 {value}"), ""),
    "instanceCount": (Template("number of pictures {value}", "영상 수 {value}"), ""),
}
PLAIN: Mapping[str, Template] = {
    "date": Template("dated by {text}", "날짜 기준 {text}"),
    "onMissingDate": Template("undated ones: {text}", "날짜 없는 것: {text}"),
    "resource": Template("recorded as {text}", "기록 종류 {text}"),
    "measure": Template("measured as {text}", "측정 {text}"),
    "level": Template("together on one {text}", "조건 단위 {text}"),
}
TAGS: Mapping[str, Template] = {
    **{op: Template("tag {tag} " + each.en, "태그 {tag} " + each.ko) for op, each in COMPARED.items()},
    "in": Template("tag {tag} one of {value}", "태그 {tag} 중 하나 {value}"),
    "contains": Template("tag {tag} containing {value}", "태그 {tag} 포함 {value}"),
}
WORDS: Mapping[str, Template] = {
    "any": Template("saying any of {words}", "언급(하나 이상) {words}"),
    "all": Template("saying all of {words}", "언급(모두) {words}"),
    "none": Template("saying none of {words}", "언급 없음 {words}"),
}
SECTIONS: Mapping[str, Template] = {
    "impression": Template("in the impression", "결론에서"),
    "findings": Template("in the findings", "소견에서"),
    "any": Template("in any section", "전체에서"),
}
ASSERTIONS: Mapping[str, Template] = {
    "affirmed": Template("affirmed", "있다고 함"),
    "negated": Template("denied", "없다고 함"),
    "uncertain": Template("suspected", "의심됨"),
    "any": Template("whatever is said of it", "어떻게 말하든"),
}
ROWS: Mapping[str, Template] = {
    "MedicationRequest": Template("prescriptions", "처방"),
    "ImagingStudy": Template("studies", "영상 검사"),
    "DocumentReference": Template("documents", "문서"),
    "DiagnosticReport": Template("reports", "판독문"),
    "Observation": Template("results", "검사 결과"),
    "Condition": Template("diagnoses", "진단"),
    "Procedure": Template("procedures", "시술"),
    "Encounter": Template("visits", "내원"),
    "AllergyIntolerance": Template("allergies", "알레르기"),
    "Immunization": Template("vaccinations", "예방접종"),
    "Device": Template("devices", "의료기기"),
    "Patient": Template("patients", "환자"),
}
ROW_DETAILS: Mapping[str, Template] = {
    "event": Template("those of {text}", "{text}의 것"),
    "linkedTo": Template("belonging to {text}", "{text}에 딸린 것"),
    "via": Template("by {text}", "{text} 기준"),
    "columns": Template("columns {text}", "열 {text}"),
}
LINKS = Template("links from {from_} to {to}", "{from_}에서 {to}로 연결")
BY: Mapping[str, Template] = {
    "sex": Template("by sex", "성별로"),
    "ageGroup": Template("by age in steps of {width} years", "{width}세 간격 연령대별로"),
    "year": Template("by year of {of}", "{of}의 연도별로"),
    "month": Template("by month of {of}", "{of}의 월별로"),
    "code": Template("by code of {of}", "{of}의 코드별로"),
    "modality": Template("by modality of {of}", "{of}의 장비별로"),
    "bodySite": Template("by part of the body of {of}", "{of}의 부위별로"),
}
GRAINS: Mapping[str, Template] = {
    "study": Template("studies, not patients", "환자가 아닌 검사 단위"),
    "row": Template("rows, not patients", "환자가 아닌 행 단위"),
}
NO_COUNT = Template("no count", "수는 세지 않음")
FORMAT = Template("as {text}", "형식 {text}")
LEAST_CELL = Template("cells of at least {n}", "최소 {n}명 단위")
EXCEPT = Template("{codes} but not {others}", "{codes} 제외 {others}")
