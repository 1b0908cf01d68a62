"""Korean wordings of lists of which one is enough, of what is no matter, and of what was read in pictures."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, plain, read, reasons, who

_YEAR, _DAY = "within 1 year before the day of the question", "before the day of the question"
ANY_OF = (
    (
        "현재 와파린·에독사반·헤파린 중 하나를 복용 중인 환자",
        "any of [drug “warfarin” (status active); drug “edoxaban” (status active); "
        "drug “heparin” (status active)]",
    ),
    ("와파린ㆍ에독사반 중 하나라도 처방된 환자", "any of [drug “warfarin”; drug “edoxaban”]"),
    (
        "최근 1년 이내 심근경색을 진단받고, 로사르탄, 발사르탄 중 하나를 처방받은 환자",
        f"diagnosis “myocardial infarction” ({_YEAR}); any of [drug “losartan”; drug “valsartan”]",
    ),
    (
        "간경변, 간암, 통풍 가운데 어느 하나라도 진단받은 환자",
        "any of [diagnosis “liver cirrhosis”; diagnosis “liver cancer”; diagnosis “gout”]",
    ),
    (
        "65세 이상, 당뇨병, 와파린, 헤파린 중 하나를 복용 중인 환자",
        "65 years or older; diagnosis “diabetes”; any of [drug “warfarin”; drug “heparin”]",
    ),
    (
        "LDL 160 이상, HDL 40 미만 중 하나라도 있는 환자",
        "any of [result “LDL cholesterol” (value 160 mg/dL or more); "
        "result “HDL cholesterol” (value under 40 mg/dL)]",
    ),
    ("두부 CT, MRI 중 하나를 촬영한 환자", "pictures (modality CT, MR; of “head”)"),
    ("뇌졸중·심근경색이 없는 환자", "not [any of [diagnosis “stroke”; diagnosis “myocardial infarction”]]"),
    (
        "선정기준 · 65세 이상 · 고혈압 제외기준 · 천식",
        "65 years or older; diagnosis “hypertension”; not [diagnosis “asthma”]",
    ),
)
NO_MATTER = (
    ("흉부 CT 조영 여부 무관", "pictures (modality CT; of “chest”)"),
    ("조영제 사용 여부와 상관없이 복부 CT를 찍은 환자", "pictures (modality CT; of “abdomen”)"),
    ("조영 유무 관계없이 흉부 CT를 찍은 환자", "pictures (modality CT; of “chest”)"),
    ("흉부 CT(조영 여부 무관)를 찍은 통풍 환자", "pictures (modality CT; of “chest”); diagnosis “gout”"),
    ("조영 CT를 찍은 환자", "pictures (modality CT; with contrast)"),
    ("천식 환자 중 흡연 여부와 관계없이 CT를 찍은 환자", "diagnosis “asthma”; pictures (modality CT)"),
    ("천식 환자 중 당뇨병이 있든 없든 상관없이 CT를 찍은 환자", "diagnosis “asthma”; pictures (modality CT)"),
    ("흡연, 음주 여부와 관계없이 간경변 환자", "diagnosis “liver cirrhosis”"),
    ("통풍 환자 중 스타틴 복용 여부와 관계없이 천식이 있는 환자", "diagnosis “gout”; diagnosis “asthma”"),
    ("수술 여부와 상관없이 위암 환자", "diagnosis “stomach cancer”"),
)
SUSPECTED = (
    "폐색전증 의심으로 판독된 흉부 CT",
    "폐색전증 의심 소견으로 판독된 흉부 CT를 찍은 환자",
    "폐색전증이 의심된다고 판독된 흉부 CT",
    "폐색전증 의심으로 판독된 환자",
    "폐색전증 의심 판독이 있는 환자",
)
MENTIONED = (
    "흉부 CT 판독문 중 기흉이 언급된 것",
    "판독문 중 기흉이 언급된 것",
    "기흉을 언급한 판독문",
    "기흉을 언급한 판독문이 있는 환자",
)
TIMED = (
    (
        "최근 7일 이내 수혈, 최근 60일 이내 심근경색, 크레아티닌 3 초과 중 하나라도 해당하면 제외",
        f"not [any of [procedure “blood transfusion” (within 7 days {_DAY}); "
        f"diagnosis “myocardial infarction” (within 60 days {_DAY}); "
        "result “creatinine” (value over 3 mg/dL)]]",
    ),
    (
        "최근 7일 이내 항생제 투여, 최근 60일 이내 스테로이드 투여, CRP 3 초과 중 하나라도 해당하면 제외",
        f"not [any of [drug “antibiotic” (within 7 days {_DAY}); drug “corticosteroid” "
        f"(within 60 days {_DAY}); result “C-reactive protein” (value over 3 mg/L)]]",
    ),
    (
        "최근 3개월 이내 뇌졸중, 심근경색이 있는 환자",
        f"diagnosis “stroke” (within 3 months {_DAY}); "
        f"diagnosis “myocardial infarction” (within 3 months {_DAY})",
    ),
)
FURTHER = (
    ("메트포르민에 노출된 적 없는 통풍 환자", "not [drug “metformin”]; diagnosis “gout”"),
    ("아스피린 또는 와파린에 노출된 환자", "any of [drug “aspirin”; drug “warfarin”]"),
    (
        "고관절 또는 슬관절 치환술을 받은 환자",
        "any of [procedure “hip replacement”; procedure “knee replacement”]",
    ),
    ("대퇴골 또는 척추 골절 환자", "any of [diagnosis “femur fracture”; diagnosis “vertebral fracture”]"),
    (
        "CTDIvol 25 mGy를 초과한 40세 이상 남성",
        "radiation dose (measured as ctdivol; value over 25 mGy); 40 years or older; men",
    ),
)


@pytest.mark.parametrize(
    ("question", "told"), [*ANY_OF, *NO_MATTER, *TIMED, *FURTHER], ids=lambda each: each[:40]
)
def test_is_told_as(question: str, told: str) -> None:
    assert who(question) == told


@pytest.mark.parametrize("question", SUSPECTED)
def test_what_was_read_in_pictures_is_of_their_reports(question: str) -> None:
    told = who(question)
    assert told.startswith("report (saying any of “pulmonary embolism”")
    assert "; suspected)" in told
    assert "diagnosis" not in told


def test_a_period_before_what_was_read_is_of_the_report() -> None:
    told = who("최근 1년 이내 폐렴 의심으로 판독된 흉부 CT를 찍은 환자")
    assert told.endswith(f"suspected; {_YEAR})")


def test_what_was_read_not_to_be_there_is_denied() -> None:
    assert who("기흉이 없다고 판독된 흉부 X선").endswith("; denied)")


@pytest.mark.parametrize("question", MENTIONED)
def test_a_mention_may_deny_it(question: str) -> None:
    assert "; whatever is said of it)" in who(question)
    assert "mentioned" in doubts(question)


@pytest.mark.parametrize("question", ["기흉이 있다고 언급된 판독문", "기흉을 언급하지 않은 판독문"])
def test_what_is_said_of_it_is_no_mere_mention(question: str) -> None:
    assert "whatever" not in who(question)


def test_a_conclusion_names_what_there_is() -> None:
    question = "결론에 결절이 언급된 판독문"
    assert "whatever" not in who(question)
    assert "mentioned" in doubts(question)


def test_one_alone_is_told_to_be_any() -> None:
    assert "only" in doubts("메트포르민, 시타글립틴 중 하나만 복용 중인 환자")


@pytest.mark.parametrize("verb", ["이고", "이 있고"])
def test_alternatives_ahead_may_end_before_what_goes_on(verb: str) -> None:
    question = f"통풍 또는 고혈압{verb} 아스피린을 처방받은 환자"
    place = question.index("아스피린")
    assert who(question) == "any of [diagnosis “gout”; diagnosis “hypertension”]; drug “aspirin”"
    assert who(question, **{f"order_{place}": "and"}) == (
        "any of [diagnosis “gout”; all of [diagnosis “hypertension”; drug “aspirin”]]"
    )


def test_a_longer_list_ahead_ends_so_too() -> None:
    question = "당뇨병, 통풍 또는 고혈압이 있고 아스피린을 처방받은 환자"
    told = who(question, **{f"order_{question.index('아스피린')}": "and"})
    assert told == (
        "any of [diagnosis “diabetes”; diagnosis “gout”; all of [diagnosis “hypertension”; drug “aspirin”]]"
    )


@pytest.mark.parametrize(
    ("question", "by"),
    [
        ("통풍 환자 성별 집계", ["sex"]),
        ("통풍 환자를 성별로 집계", ["sex"]),
        ("통풍 환자 수를 성별 집계해줘", ["sex"]),
        ("통풍 환자 연령대별 집계", ["ageGroup"]),
    ],
)
def test_counts_by(question: str, by: list[str]) -> None:
    found = read(question).question
    assert found is not None
    assert str(plain(found["output"])).count(by[0])


@pytest.mark.parametrize("verb", ["당뇨병을 먼저", "먼저 당뇨병을"])
def test_first_says_no_more_than_before(verb: str) -> None:
    said = plain(read(f"고혈압 진단 전에 {verb} 진단받은 환자").question)
    assert said == plain(read("고혈압 진단 전에 당뇨병을 진단받은 환자").question)


@pytest.mark.parametrize(
    "question", ["당뇨병을 먼저 진단받은 환자", "방사선에 노출된 환자", "조절이 안 되는 고혈압 환자"]
)
def test_is_refused(question: str) -> None:
    assert reasons(question)
    assert read(question).question is None
